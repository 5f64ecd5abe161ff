// A person's own sessions: seen, and ended, by them.

import { and, desc, eq, gt, ne } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { type Page, type PageRequest, pageOfTable } from '#db/page.ts'
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
  return pageOfTable(db, session, where, request, [desc(session.seenAt), desc(session.id)])
}

/** False when it is nobody's, or another's. */
export async function endSessionOf(db: Db, userId: number, sessionId: string): Promise<boolean> {
  const ended = await db
    .delete(session)
    .where(and(eq(session.id, sessionId), eq(session.userId, userId)))
    .returning({ id: session.id })
  return ended.length > 0
}

export async function endOtherSessions(db: Db, userId: number, sessionKept: string): Promise<void> {
  await db.delete(session).where(and(eq(session.userId, userId), ne(session.id, sessionKept)))
}
