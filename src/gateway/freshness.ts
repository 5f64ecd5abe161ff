// When a call was signed must be near our clock: five minutes either way, the edge included (settled C7), and not after what it says itself.

import { isFresh, windowMs } from '#core/app/nonces.ts'
import type { Claim, Fresh } from './call.ts'
import { type Refusal, refuse } from './refusal.ts'

export function checkFreshness(claim: Claim, now: number): Fresh | Refusal {
  const isOver = claim.expiresAt !== undefined && now > claim.expiresAt
  return isFresh(claim.signedAt, now) && !isOver
    ? (claim as Fresh)
    : refuse('timestamp_out_of_window', { windowSeconds: windowMs / 1000, serverTime: now })
}
