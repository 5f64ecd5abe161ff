// A call's timestamp must be near our clock: milliseconds, five minutes either way, the edge included (settled C7).

import { isFresh, windowMs } from '#core/app/nonces.ts'
import type { Claim, Fresh } from './call.ts'
import { type Refusal, refuse } from './refusal.ts'

export function checkFreshness(claim: Claim, now: number): Fresh | Refusal {
  return isFresh(claim.timestamp, now)
    ? (claim as Fresh)
    : refuse('timestamp_out_of_window', { windowSeconds: windowMs / 1000, serverTime: now })
}
