// A call's timestamp must be near our clock: milliseconds, five minutes either way, the edge included (settled C7).

import { windowMs } from '#core/app/nonces.ts'
import type { Claim, Fresh } from './call.ts'
import { type Refusal, refuse } from './refusal.ts'

export function checkFreshness(claim: Claim, now: number): Fresh | Refusal {
  const { timestamp } = claim
  // Digits only: `1e3`, ` 1` and `0x10` are numbers to JavaScript, not to the partner's Java.
  const isFresh = timestamp !== undefined && /^\d{1,15}$/.test(timestamp) && Math.abs(now - Number(timestamp)) <= windowMs
  return isFresh ? (claim as Fresh) : refuse('timestamp_out_of_window', { windowSeconds: windowMs / 1000, serverTime: now })
}
