// A signed call is taken once: its nonce, or without one all that was signed, must be new within twice the window (settled C6).
// A call that is refused later in the walk stays taken.

import { fingerprint, type Nonces } from '#core/app/nonces.ts'
import type { Active, Unseen } from './call.ts'
import { type Refusal, refuse } from './refusal.ts'

export function checkReplay(caller: Active, nonces: Nonces, now: number): Unseen | Refusal {
  if (caller.kind === 'bearer') return caller as Unseen
  const { claim, app, content } = caller
  const print =
    claim.nonce === undefined ? fingerprint(app.document.appId, 'content', content) : fingerprint(app.document.appId, 'nonce', claim.nonce)
  const taken = nonces.take(print, now)
  if (taken === 'taken') return caller as Unseen
  // With more alive than there is room for nobody can say whether it is new.
  return taken === 'seen' ? refuse('replayed_request') : refuse('overloaded', { retryAfter: 1 })
}
