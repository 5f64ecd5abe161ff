// Where passkeys are kept, and what browsers are asked to sign with them.

import { and, asc, eq, gt, lt, lte, or, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { passkey, passkeyChallenge } from '#db/schema.ts'

export type PasskeyRow = typeof passkey.$inferSelect
export type ChallengeRow = typeof passkeyChallenge.$inferSelect

export async function insertPasskey(db: Db, row: PasskeyRow): Promise<boolean> {
  const inserted = await db.insert(passkey).values(row).onConflictDoNothing().returning({ id: passkey.id })
  return inserted.length > 0
}

export async function findPasskey(db: Db, id: string): Promise<PasskeyRow | undefined> {
  const [row] = await db.select().from(passkey).where(eq(passkey.id, id))
  return row
}

export async function passkeysOf(db: Db, userId: number): Promise<PasskeyRow[]> {
  return db.select().from(passkey).where(eq(passkey.userId, userId)).orderBy(asc(passkey.createdAt))
}

/** False when the counter did not grow meanwhile: of two at once, one is a copy. */
export async function notePasskeyUse(db: Db, id: string, counter: number, now: Date): Promise<boolean> {
  const grows = or(lt(passkey.counter, counter), and(eq(passkey.counter, 0), sql`${counter} = 0`))
  const used = await db
    .update(passkey)
    .set({ counter, lastUsedAt: now })
    .where(and(eq(passkey.id, id), grows))
    .returning({ id: passkey.id })
  return used.length > 0
}

export async function renamePasskey(db: Db, userId: number, id: string, name: string): Promise<void> {
  await db
    .update(passkey)
    .set({ name })
    .where(and(eq(passkey.id, id), eq(passkey.userId, userId)))
}

export async function deletePasskey(db: Db, userId: number, id: string): Promise<void> {
  await db.delete(passkey).where(and(eq(passkey.id, id), eq(passkey.userId, userId)))
}

export async function deletePasskeysOf(db: Db, userId: number): Promise<void> {
  await db.delete(passkey).where(eq(passkey.userId, userId))
}

export async function insertChallenge(db: Db, row: ChallengeRow): Promise<void> {
  await db.insert(passkeyChallenge).values(row)
}

/** Takes it away: of many who answer at once, one has it. */
export async function takeChallenge(db: Db, id: string, now: Date): Promise<ChallengeRow | undefined> {
  const [row] = await db
    .delete(passkeyChallenge)
    .where(and(eq(passkeyChallenge.id, id), gt(passkeyChallenge.expiresAt, now)))
    .returning()
  return row
}

export async function forgetEndedChallenges(db: Db, now: Date): Promise<void> {
  await db.delete(passkeyChallenge).where(lte(passkeyChallenge.expiresAt, now))
}
