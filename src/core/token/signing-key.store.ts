// Where the keys are kept that sign our JWTs. Each change goes to the gateways with the feed.

import { desc, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { signingKey } from '#db/schema.ts'

export type SigningKeyRow = typeof signingKey.$inferSelect
export type NewSigningKey = typeof signingKey.$inferInsert

const makingLock = 20874

/** Newest first. */
export async function findLiveSigningKeys(db: Db): Promise<SigningKeyRow[]> {
  return db.select().from(signingKey).where(isNull(signingKey.retiredAt)).orderBy(desc(signingKey.createdAt), desc(signingKey.id))
}

/** Adds a key unless there is one newer than `unlessAfter`: of two platforms that want one at once, one makes it. */
export async function addSigningKey(db: Db, row: NewSigningKey, unlessAfter: Date): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${makingLock})`)
    const [newest] = await findLiveSigningKeys(tx)
    if (!newest || newest.createdAt <= unlessAfter) await tx.insert(signingKey).values(row)
  })
}

/** Retires all that live, with this one in their place. Answers their names. */
export async function replaceSigningKeys(db: Db, row: NewSigningKey, now: Date): Promise<string[]> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${makingLock})`)
    const ended = await tx
      .update(signingKey)
      .set({ retiredAt: now, privateKeySealed: '' })
      .where(isNull(signingKey.retiredAt))
      .returning({ kid: signingKey.kid })
    await tx.insert(signingKey).values(row)
    return ended.map(({ kid }) => kid)
  })
}

/** Its private half is gone for good. */
export async function retireSigningKey(db: Db, id: number, now: Date): Promise<void> {
  await db.update(signingKey).set({ retiredAt: now, privateKeySealed: '' }).where(eq(signingKey.id, id))
}
