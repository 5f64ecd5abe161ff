// Where OAuth's codes, tokens, grants and sessions of browsers are kept. Of the value that opens one only a digest is: a copy of the
// table opens nothing.

import { hash } from 'node:crypto'
import { and, eq, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { app, oauthArtifact, session } from '#db/schema.ts'

export interface Artifact {
  readonly payload: Record<string, unknown>
  readonly consumedAt: Date | null
}

export interface NewArtifact {
  readonly payload: Record<string, unknown>
  readonly grantId: string | undefined
  readonly uid: string | undefined
  readonly userId: number | undefined
  /** Undefined leaves what is known of it. */
  readonly sessionId: string | undefined
  readonly expiresAt: Date
}

const digestOf = (id: string) => hash('sha256', id, 'base64url')
const named = (kind: string, id: string) => and(eq(oauthArtifact.kind, kind), eq(oauthArtifact.digest, digestOf(id)))

export async function keepArtifact(db: Db, kind: string, id: string, { sessionId, ...row }: NewArtifact): Promise<void> {
  const known = sessionId === undefined ? {} : { sessionId }
  await db
    .insert(oauthArtifact)
    .values({ kind, digest: digestOf(id), ...row, ...known })
    .onConflictDoUpdate({ target: [oauthArtifact.kind, oauthArtifact.digest], set: { ...row, ...known } })
}

export async function findArtifact(db: Db, kind: string, id: string): Promise<Artifact | undefined> {
  const [row] = await db
    .select({ payload: oauthArtifact.payload, consumedAt: oauthArtifact.consumedAt })
    .from(oauthArtifact)
    .where(named(kind, id))
  return row
}

export async function findArtifactByUid(db: Db, kind: string, uid: string): Promise<Artifact | undefined> {
  const [row] = await db
    .select({ payload: oauthArtifact.payload, consumedAt: oauthArtifact.consumedAt })
    .from(oauthArtifact)
    .where(and(eq(oauthArtifact.uid, uid), eq(oauthArtifact.kind, kind)))
  return row
}

/** Uses it up; false when somebody else did: of many at once one has it. */
export async function consumeArtifact(db: Db, kind: string, id: string, now: Date): Promise<boolean> {
  const used = await db
    .update(oauthArtifact)
    .set({ consumedAt: now })
    .where(and(named(kind, id), isNull(oauthArtifact.consumedAt)))
    .returning({ kind: oauthArtifact.kind })
  return used.length > 0
}

/** Answers the sign-in that it went back to. */
export async function dropArtifact(db: Db, kind: string, id: string): Promise<string | undefined> {
  const [dropped] = await db.delete(oauthArtifact).where(named(kind, id)).returning({ signIn: oauthArtifact.sessionId })
  return dropped?.signIn ?? undefined
}

/** Ends those of this kind that belong to a family. */
export async function dropFamily(db: Db, kind: string, grantId: string): Promise<void> {
  await db.delete(oauthArtifact).where(and(eq(oauthArtifact.grantId, grantId), eq(oauthArtifact.kind, kind)))
}

/** Ends all that apps hold of a person, one app or all; answers the families of which gateways may know a token. */
export async function dropFamiliesOf(db: Db, userId: number, appId?: string): Promise<string[]> {
  const ofApp = appId === undefined ? undefined : sql`${oauthArtifact.payload} ->> 'clientId' = ${appId}`
  const families = db
    .select({ id: oauthArtifact.grantId })
    .from(oauthArtifact)
    .where(and(eq(oauthArtifact.kind, 'Grant'), eq(oauthArtifact.userId, userId), ofApp))
  const dropped = await db
    .delete(oauthArtifact)
    .where(inArray(oauthArtifact.grantId, families))
    .returning({ kind: oauthArtifact.kind, grantId: oauthArtifact.grantId })
  return [...new Set(dropped.flatMap(({ kind, grantId }) => (kind === 'AccessToken' && grantId ? [grantId] : [])))]
}

/**
 * Ends what an app can use without its secret: tokens of its own, and for a public client, which has none, what it would get new ones for.
 * User tokens are ended by a revocation.
 */
export async function dropTokensOfApp(db: Db, appId: string): Promise<void> {
  const isPublic = sql`exists (select from ${app} where ${app.appId} = ${appId} and ${app.clientType} = 'public')`
  // The kinds as the index `oauth_artifact_client` names them.
  const isHeld = sql`${oauthArtifact.kind} in ('ClientCredentials', 'RefreshToken', 'AuthorizationCode')`
  const isMeant = or(eq(oauthArtifact.kind, 'ClientCredentials'), isPublic)
  await db.delete(oauthArtifact).where(and(sql`${oauthArtifact.payload} ->> 'clientId' = ${appId}`, isHeld, isMeant))
}

/** Whether the sign-in still lives that a browser's session goes back to. */
export async function isSignedIn(db: Db, sessionUid: string): Promise<boolean> {
  const isIt = and(eq(oauthArtifact.uid, sessionUid), eq(oauthArtifact.kind, 'Session'))
  return (await db.$count(oauthArtifact, and(isIt, isNotNull(oauthArtifact.sessionId)))) > 0
}

/** Ends that sign-in. */
export async function endSignInOf(db: Db, sessionArtifactId: string): Promise<void> {
  const signIn = db.select({ id: oauthArtifact.sessionId }).from(oauthArtifact).where(named('Session', sessionArtifactId))
  await db.delete(session).where(inArray(session.id, signIn))
}

const forgottenAtOnceMax = 5_000

/** A few of those that have ended, so that nobody who gets a token waits for their locks; says how many there were. */
export async function forgetEndedArtifacts(db: Db, now: Date): Promise<number> {
  const ended = db.select({ row: sql`ctid` }).from(oauthArtifact).where(lt(oauthArtifact.expiresAt, now)).limit(forgottenAtOnceMax)
  const { rowCount } = await db.execute(sql`delete from ${oauthArtifact} where ctid = any(array(${ended}))`)
  return rowCount ?? 0
}
