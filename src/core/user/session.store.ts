// People's sessions: seen, and ended, by themselves or by HQ.

import { and, eq, gt, ne } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { type Page, type PageRequest, pageOfList } from '#db/page.ts'
import { session } from '#db/schema.ts'

export type SessionRow = typeof session.$inferSelect

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
