// What people let apps know and do. It outlives the tokens that were given by it; withdrawing it ends them.

import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { revoke } from '#core/token/revocation.store.ts'
import type { Db } from '#db/open.ts'
import { offsetOf, type Page, type PageRequest } from '#db/page.ts'
import { app, consent, openId, user } from '#db/schema.ts'
import { dropFamiliesOf } from './artifact.store.ts'

export async function consentedScopes(db: Db, userId: number, appId: string): Promise<ReadonlySet<string>> {
  const [row] = await db
    .select({ scopes: consent.scopes })
    .from(consent)
    .innerJoin(app, eq(app.id, consent.appId))
    .where(and(eq(consent.userId, userId), eq(app.appId, appId)))
  return new Set(row?.scopes)
}

/** Adds to what was allowed before. */
export async function keepConsent(db: Db, userId: number, appId: string, scopes: readonly string[], now: Date): Promise<void> {
  const given = sql`array(select distinct unnest(${consent.scopes} || excluded.scopes) order by 1)`
  const [found] = await db.select({ id: app.id }).from(app).where(eq(app.appId, appId))
  await db
    .insert(consent)
    .values({ userId, appId: found!.id, scopes: [...scopes], createdAt: now, updatedAt: now })
    .onConflictDoUpdate({ target: [consent.userId, consent.appId], set: { scopes: given, updatedAt: now } })
}

export interface GivenConsent {
  /** The public id. */
  readonly appId: string
  readonly name: string
  readonly logo: string | null
  readonly scopes: readonly string[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What a person has allowed, by name of the app. */
export async function consentsOf(db: Db, userId: number): Promise<GivenConsent[]> {
  return db
    .select({
      appId: app.appId,
      name: app.name,
      logo: app.logo,
      scopes: consent.scopes,
      createdAt: consent.createdAt,
      updatedAt: consent.updatedAt,
    })
    .from(consent)
    .innerJoin(app, and(eq(app.id, consent.appId), isNull(app.deletedAt)))
    .where(eq(consent.userId, userId))
    .orderBy(asc(app.name), asc(app.id))
}

export interface ConsentToApp {
  readonly userId: number
  readonly username: string
  /** null: the app has not asked for them yet. */
  readonly openId: string | null
  readonly scopes: readonly string[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Who let an app in, the last first. */
export async function pageConsents(db: Db, { appId, ...page }: PageRequest & { readonly appId: number }): Promise<Page<ConsentToApp>> {
  const isTheirs = eq(consent.appId, appId)
  const total = await db.$count(consent, isTheirs)
  const { userId, scopes, createdAt, updatedAt } = consent
  const records = await db
    .select({ userId, username: user.username, openId: openId.openId, scopes, createdAt, updatedAt })
    .from(consent)
    .innerJoin(user, eq(user.id, userId))
    .leftJoin(openId, and(eq(openId.userId, sql`${userId}::text`), eq(openId.appId, appId)))
    .where(isTheirs)
    .orderBy(desc(updatedAt), desc(userId))
    .limit(page.size)
    .offset(offsetOf(page))
  return { total, records }
}

/** Takes back what a person allowed an app: the consent, and every token that was given by it. True when there was one. */
export async function withdrawConsent(db: Db, userId: number, appId: string, now: Date): Promise<boolean> {
  return db.transaction(async (tx) => {
    const which = tx.select({ id: app.id }).from(app).where(eq(app.appId, appId))
    const withdrawn = await tx
      .delete(consent)
      .where(and(eq(consent.userId, userId), inArray(consent.appId, which)))
      .returning({ appId: consent.appId })
    for (const family of await dropFamiliesOf(tx, userId, appId)) await revoke(tx, 'grant', family, now)
    return withdrawn.length > 0
  })
}
