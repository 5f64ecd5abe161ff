// Where second factors and their recovery codes are kept.

import { and, eq, isNotNull, isNull, lt, or } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { recoveryCode, secondFactor, session } from '#db/schema.ts'

export type SecondFactorRow = typeof secondFactor.$inferSelect

export async function findSecondFactor(db: Db, userId: number): Promise<SecondFactorRow | undefined> {
  const [row] = await db.select().from(secondFactor).where(eq(secondFactor.userId, userId))
  return row
}

/** In place of one that was never confirmed; false when there is a confirmed one. */
export async function putSecondFactor(db: Db, userId: number, secretSealed: string): Promise<boolean> {
  const put = await db
    .insert(secondFactor)
    .values({ userId, secretSealed })
    .onConflictDoUpdate({ target: secondFactor.userId, set: { secretSealed }, setWhere: isNull(secondFactor.confirmedAt) })
    .returning({ userId: secondFactor.userId })
  return put.length > 0
}

/** Confirms it, with its recovery codes, and makes the session one of both factors; all others of the user end. False: there was none to confirm. */
export async function confirmSecondFactor(
  db: Db,
  { userId, sessionId, usedAt, codeHashes }: { userId: number; sessionId: string; usedAt: Date; codeHashes: readonly string[] },
  now: Date,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const confirmed = await tx
      .update(secondFactor)
      .set({ confirmedAt: now, lastUsedAt: usedAt })
      .where(and(eq(secondFactor.userId, userId), isNull(secondFactor.confirmedAt)))
      .returning({ userId: secondFactor.userId })
    if (confirmed.length === 0) return false
    await putRecoveryCodes(tx, userId, codeHashes)
    await tx.update(session).set({ method: 'password+otp' }).where(eq(session.id, sessionId))
    await tx.delete(session).where(and(eq(session.userId, userId), eq(session.method, 'password')))
    return true
  })
}

/** Puts them in the place of all that there are. False: the user has no second factor. */
export async function replaceRecoveryCodes(db: Db, userId: number, codeHashes: readonly string[]): Promise<boolean> {
  return db.transaction(async (tx) => {
    // The row lock keeps two replacements from mixing.
    const [confirmed] = await tx
      .select({ userId: secondFactor.userId })
      .from(secondFactor)
      .where(and(eq(secondFactor.userId, userId), isNotNull(secondFactor.confirmedAt)))
      .for('update')
    if (!confirmed) return false
    await putRecoveryCodes(tx, userId, codeHashes)
    return true
  })
}

async function putRecoveryCodes(tx: Db, userId: number, codeHashes: readonly string[]): Promise<void> {
  await tx.delete(recoveryCode).where(eq(recoveryCode.userId, userId))
  await tx.insert(recoveryCode).values(codeHashes.map((codeHash) => ({ userId, codeHash })))
}

/** Uses up the time step that began at `usedAt`, and all before it: of many who give its code at once, one has it. */
export async function takeStep(db: Db, userId: number, usedAt: Date): Promise<boolean> {
  const isNew = or(isNull(secondFactor.lastUsedAt), lt(secondFactor.lastUsedAt, usedAt))
  const used = await db
    .update(secondFactor)
    .set({ lastUsedAt: usedAt })
    .where(and(eq(secondFactor.userId, userId), isNotNull(secondFactor.confirmedAt), isNew))
    .returning({ userId: secondFactor.userId })
  return used.length > 0
}

export async function takeRecoveryCode(db: Db, userId: number, codeHash: string): Promise<boolean> {
  const taken = await db
    .delete(recoveryCode)
    .where(and(eq(recoveryCode.userId, userId), eq(recoveryCode.codeHash, codeHash)))
    .returning({ id: recoveryCode.id })
  return taken.length > 0
}

export async function countRecoveryCodes(db: Db, userId: number): Promise<number> {
  return db.$count(recoveryCode, eq(recoveryCode.userId, userId))
}

export async function deleteSecondFactor(db: Db, userId: number): Promise<void> {
  await db.delete(secondFactor).where(eq(secondFactor.userId, userId))
  await db.delete(recoveryCode).where(eq(recoveryCode.userId, userId))
}
