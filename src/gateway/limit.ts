// Calls a second to one operation, all apps and all threads together. At the limit it refuses for the rest of that second.

import type { OperationDocument } from '#core/feed/document.ts'
import type { Admitted, Found, Granted } from './call.ts'
import type { Counters } from './counters.ts'
import type { Left } from './limit-fields.ts'
import { Refusal, refuse } from './refusal.ts'

export function limit(caller: Granted, counters: Counters, now: number): Admitted | Refusal {
  const found = caller.kind === 'signed' ? caller.claim.found : caller.found
  const payload = caller.kind === 'signed' ? caller.claim.payload : undefined
  const left = takeOne(found.operation, counters, now)
  return left instanceof Refusal ? left : { found, app: caller.app, payload, left }
}

/** The same for a call that nobody has to identify for. */
export function limitOpen(found: Found, counters: Counters, now: number): Admitted | Refusal {
  const left = takeOne(found.operation, counters, now)
  return left instanceof Refusal ? left : { found, app: undefined, payload: undefined, left }
}

function takeOne({ id, limitCount }: OperationDocument, counters: Counters, now: number): Left | Refusal | undefined {
  if (limitCount === null) return undefined
  const remaining = counters.take('operation', id, 0, Math.floor(now / 1000), limitCount)
  return remaining < 0 ? refuse('rate_limited', { retryAfter: 1, quota: limitCount }) : { quota: limitCount, remaining }
}
