// An app as OAuth meets it: a client, with the secrets that it may prove itself by.

import { and, eq, gt, isNull, or } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { app, appSecret, user } from '#db/schema.ts'

/** What can be one (settled D6); the rest does not come near the database. */
const isAppId = (text: string) => /^[0-9A-Za-z]{8,32}$/.test(text)

export interface OAuthClient {
  /** The app's row. */
  readonly id: number
  readonly appId: string
  readonly name: string
  readonly logo: string | null
  readonly clientType: 'confidential' | 'public'
  readonly redirectUris: readonly string[]
  readonly internal: boolean
  readonly grantedScopes: readonly string[]
  readonly secrets: readonly ClientSecret[]
}

export interface ClientSecret {
  readonly id: number
  readonly sealed: string
}

/** Undefined when there is none, or when it may do nothing: disabled, expired, deleted, or its owner is. */
export async function findOAuthClient(db: Db, appId: string, now: Date): Promise<OAuthClient | undefined> {
  if (!isAppId(appId)) return undefined
  const isLive = and(isNull(appSecret.endedAt), or(isNull(appSecret.expiresAt), gt(appSecret.expiresAt, now)))
  const rows = await db
    .select({
      id: app.id,
      appId: app.appId,
      name: app.name,
      logo: app.logo,
      clientType: app.clientType,
      redirectUris: app.redirectUris,
      internal: app.internal,
      grantedScopes: app.grantedScopes,
      secret: { id: appSecret.id, sealed: appSecret.sealed },
    })
    .from(app)
    .innerJoin(user, and(eq(user.id, app.userId), isNull(user.deletedAt)))
    .leftJoin(appSecret, and(eq(appSecret.appId, app.id), isLive))
    .where(and(eq(app.appId, appId), eq(app.enabled, true), isNull(app.deletedAt), or(isNull(app.expiresAt), gt(app.expiresAt, now))))
  const [first] = rows
  if (!first) return undefined
  const { secret: _, ...client } = first
  return { ...client, secrets: rows.flatMap(({ secret }) => secret ?? []) }
}
