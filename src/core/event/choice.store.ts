// What people decided of the events of an app: that they wait, and which of the platform's own it wants.

import { eq, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { callback, eventChoice } from '#db/schema.ts'

export type EventChoice = typeof eventChoice.$inferSelect

export async function findChoice(db: Db, appId: number): Promise<EventChoice | undefined> {
  const [row] = await db.select().from(eventChoice).where(eq(eventChoice.appId, appId))
  return row
}

export interface Choice {
  /** Events wait. */
  readonly paused?: boolean | undefined
  readonly subscribed?: readonly string[] | undefined
}

/** What is absent stays; a pause that is begun again has begun when it first did. */
export async function choose(tx: Db, appId: number, { paused, subscribed }: Choice, now: Date): Promise<void> {
  await tx.insert(eventChoice).values({ appId }).onConflictDoNothing()
  const at = sql`${now.toISOString()}::timestamptz`
  const pause = paused
    ? { pausedAt: sql`coalesce(paused_at, ${at})` }
    : { pausedAt: null, resumedAt: sql`case when paused_at is null then resumed_at else ${at} end` }
  await tx
    .update(eventChoice)
    .set({ appId, ...(paused === undefined ? {} : pause), ...(subscribed && { subscribed: [...subscribed] }) })
    .where(eq(eventChoice.appId, appId))
}

/** Whether somebody takes the events of this app by `npm run listen` now. */
export async function isListenedTo(db: Db, appId: number, now: Date): Promise<boolean> {
  const [row] = await db.select({ until: callback.listenedUntil }).from(callback).where(eq(callback.appId, appId))
  return row?.until != null && row.until > now
}
