// What may be asked for so often and no more.

import { fault } from '#core/fault.ts'
import type { Db } from '#db/open.ts'
import { type Bound, countAttempt } from './attempt.store.ts'

/** Counts one more of each; throws `rate_limited` at the first that is used up, and does not count the rest. */
export async function take(db: Db, bounds: readonly Bound[], now: Date): Promise<void> {
  for (const bound of bounds) {
    const { count, resetsAt } = await countAttempt(db, bound, now)
    if (count > bound.max) throw fault('rate_limited', { retryAfter: secondsUntil(resetsAt, now, bound.forMs) })
  }
}

/** Whole seconds. `now` may be a little before the moment that another one at the same time counted from, so no more than `mostMs`. */
export function secondsUntil(at: Date, now: Date, mostMs: number): number {
  return Math.max(1, Math.ceil(Math.min(at.getTime() - now.getTime(), mostMs) / 1000))
}
