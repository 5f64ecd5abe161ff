// Where the RSA keys are kept that sign ID tokens.

import { desc, lt, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { idTokenKey } from '#db/schema.ts'

export type IdTokenKeyRow = typeof idTokenKey.$inferSelect

const makingLock = 20873

/** Newest first. */
export async function findIdTokenKeys(db: Db): Promise<IdTokenKeyRow[]> {
  return db.select().from(idTokenKey).orderBy(desc(idTokenKey.createdAt), desc(idTokenKey.kid))
}

/** Adds a key unless there is one newer than `unlessAfter`: of two platforms that want one at once, one makes it. */
export async function addIdTokenKey(db: Db, row: IdTokenKeyRow, unlessAfter: Date): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${makingLock})`)
    const [newest] = await findIdTokenKeys(tx)
    if (!newest || newest.createdAt <= unlessAfter) await tx.insert(idTokenKey).values(row)
  })
}

/** Deletes all that there are, with this one in their place. Answers their names. */
export async function replaceIdTokenKeys(db: Db, row: IdTokenKeyRow): Promise<string[]> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${makingLock})`)
    const ended = await tx.delete(idTokenKey).returning({ kid: idTokenKey.kid })
    await tx.insert(idTokenKey).values(row)
    return ended.map(({ kid }) => kid)
  })
}

export async function forgetIdTokenKeys(db: Db, madeBefore: Date): Promise<void> {
  await db.delete(idTokenKey).where(lt(idTokenKey.createdAt, madeBefore))
}
