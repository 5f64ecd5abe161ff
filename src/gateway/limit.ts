// Calls a second to one operation, all apps together. At the limit it refuses for the rest of that second.
// Cost: one entry an operation that has a limit and was called.

import type { OperationDocument } from '#core/feed/document.ts'
import { getOrMake } from '#lib/get-or-make.ts'
import type { Admitted, Found, Granted } from './call.ts'
import type { Left } from './limit-fields.ts'
import { Refusal, refuse } from './refusal.ts'

export interface Limits {
  /** Takes one call of the operation's second. */
  take(operation: OperationDocument, now: number): Left | Refusal | undefined
}

const newWindow = () => ({ second: 0, taken: 0 })

export function createLimits(): Limits {
  const windows = new Map<number, { second: number; taken: number }>()
  return {
    take({ id, limitCount }, now) {
      if (limitCount === null) return undefined
      const second = Math.floor(now / 1000)
      const window = getOrMake(windows, id, newWindow)
      if (window.second !== second) {
        window.second = second
        window.taken = 0
      }
      if (window.taken >= limitCount) return refuse('rate_limited', { retryAfter: 1, quota: limitCount })
      window.taken++
      return { quota: limitCount, remaining: limitCount - window.taken }
    },
  }
}

export function limit(caller: Granted, limits: Limits, now: number): Admitted | Refusal {
  const found = caller.kind === 'signed' ? caller.claim.found : caller.found
  const payload = caller.kind === 'signed' ? caller.claim.payload : undefined
  const left = limits.take(found.operation, now)
  return left instanceof Refusal ? left : { found, app: caller.app, payload, left }
}

/** The same for a call that nobody has to identify for. */
export function limitOpen(found: Found, limits: Limits, now: number): Admitted | Refusal {
  const left = limits.take(found.operation, now)
  return left instanceof Refusal ? left : { found, app: undefined, payload: undefined, left }
}
