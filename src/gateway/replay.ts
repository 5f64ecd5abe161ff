// A signed call is taken once: what stands for it must be new within twice the window (settled C6).
// A call that is refused later in the walk stays taken.

import type { Nonces } from '#core/app/nonces.ts'
import type { Active, Unseen } from './call.ts'
import { type Refusal, refuse } from './refusal.ts'

export function checkReplay(caller: Active, nonces: Nonces, now: number): Unseen | Refusal {
  if (caller.kind === 'bearer') return caller as Unseen
  for (const print of caller.claim.fingerprints(caller.app.document.appId)) {
    const taken = nonces.take(print, now)
    if (taken === 'seen') return refuse('replayed_request')
    // With more alive than there is room for nobody can say whether it is new.
    if (taken === 'full') return refuse('overloaded', { retryAfter: 1 })
  }
  return caller as Unseen
}
