// How often something happened in a time, kept so that it outlives a restart.

import { and, gt, inArray, like, lte, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { attempt } from '#db/schema.ts'

/** So often in such a time. */
export interface Bound {
  readonly key: string
  readonly max: number
  readonly forMs: number
  /** Once reached, it holds for the whole time from the last attempt on; else until the time that began with the first is over. */
  readonly renews?: true
}

export interface Attempts {
  readonly count: number
  readonly resetsAt: Date
}

/** Counts one more, in one statement: of attempts at once none is lost. */
export async function countAttempt(db: Db, bound: Bound, now: Date): Promise<Attempts> {
  const ends = new Date(now.getTime() + bound.forMs)
  const isOver = sql`${attempt.resetsAt} <= ${now}`
  const count = sql`case when ${isOver} then 1 else ${attempt.count} + 1 end`
  const begins = bound.renews ? sql`(${isOver} or ${attempt.count} + 1 >= ${bound.max})` : isOver
  const [row] = await db
    .insert(attempt)
    .values({ key: bound.key, count: 1, resetsAt: ends })
    .onConflictDoUpdate({
      target: attempt.key,
      set: { count, resetsAt: sql`case when ${begins} then ${ends} else ${attempt.resetsAt} end` },
    })
    .returning()
  return row!
}

/** What was counted so far, by key; what is over or never began is not there. */
export async function findAttempts(db: Db, keys: readonly string[], now: Date): Promise<ReadonlyMap<string, Attempts>> {
  const rows = await db
    .select()
    .from(attempt)
    .where(inArray(attempt.key, [...keys]))
  return new Map(rows.filter((row) => row.resetsAt > now).map((row) => [row.key, row]))
}

/** Those whose key begins so, the busiest first. */
export async function findAttemptsOf(db: Db, prefix: string, now: Date): Promise<(Attempts & { readonly key: string })[]> {
  const rows = await db
    .select()
    .from(attempt)
    .where(and(like(attempt.key, `${prefix}%`), gt(attempt.resetsAt, now)))
  return rows.sort((a, b) => b.count - a.count)
}

export async function clearAttempts(db: Db, keys: readonly string[]): Promise<void> {
  await db.delete(attempt).where(inArray(attempt.key, [...keys]))
}

export async function forgetEndedAttempts(db: Db, now: Date): Promise<void> {
  await db.delete(attempt).where(lte(attempt.resetsAt, now))
}
