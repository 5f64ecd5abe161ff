// People's sessions: begun, seen, and ended, by themselves, by HQ or by time. Whose a session is tells viewer.store.ts.

import { and, eq, gt, isNull, lt, ne, or } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { type Page, type PageRequest, pageOfList } from '#db/page.ts'
import { session, user } from '#db/schema.ts'

export type SessionRow = typeof session.$inferSelect

/**
 * Begins a session for who proved the password of `passwordHash`; false when it is not theirs any more. `rehashed` is the same password,
 * hashed with today's parameters. The row of the user is held meanwhile: a password that changes at this moment ends this session too.
 */
export async function openSession(
  db: Db,
  row: typeof session.$inferInsert,
  { passwordHash, rehashed }: { passwordHash: string; rehashed: string | undefined },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const proven = and(eq(user.id, row.userId), eq(user.passwordHash, passwordHash), isNull(user.deletedAt))
    const [held] = await tx.select({ id: user.id }).from(user).where(proven).for('update')
    if (!held) return false
    if (rehashed !== undefined) await tx.update(user).set({ passwordHash: rehashed }).where(eq(user.id, row.userId))
    await tx.insert(session).values(row)
    return true
  })
}

/** Those that live, the last used first. */
export async function pageSessions(
  db: Db,
  { userId, idleSeconds, ...request }: PageRequest & { readonly userId: number; readonly idleSeconds: number },
  now: Date,
): Promise<Page<SessionRow>> {
  const seenAfter = new Date(now.getTime() - idleSeconds * 1000)
  const where = and(eq(session.userId, userId), gt(session.expiresAt, now), gt(session.seenAt, seenAfter))
  return pageOfList(db, session, where, request, { sort: { column: session.seenAt, isDescending: true } })
}

/** Of `userId` alone when it is given. False when there is none. */
export async function endSession(db: Db, sessionId: string, userId?: number): Promise<boolean> {
  const ended = await db
    .delete(session)
    .where(and(eq(session.id, sessionId), userId === undefined ? undefined : eq(session.userId, userId)))
    .returning({ id: session.id })
  return ended.length > 0
}

/** Everybody's. Answers how many there were. */
export async function endAllSessions(db: Db): Promise<number> {
  return (await db.delete(session)).rowCount ?? 0
}

/** All of a person but the one that is kept, should it be theirs. */
export async function endSessions(db: Db, userId: number, sessionKept?: string): Promise<void> {
  await db.delete(session).where(and(eq(session.userId, userId), sessionKept === undefined ? undefined : ne(session.id, sessionKept)))
}

export async function forgetEndedSessions(db: Db, now: Date, idleSeconds: number): Promise<void> {
  const seenBefore = new Date(now.getTime() - idleSeconds * 1000)
  await db.delete(session).where(or(lt(session.expiresAt, now), lt(session.seenAt, seenBefore)))
}
