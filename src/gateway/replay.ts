// A signed call is taken once: its nonce, or without one all that was signed, must be new within twice the window (settled C6).
// A call that is refused later in the walk stays taken.

import { fingerprint, type Nonces } from '#core/app/nonces.ts'
import type { Active, Unseen } from './call.ts'
import { type Refusal, refuse } from './refusal.ts'

export function checkReplay(caller: Active, nonces: Nonces, now: number): Unseen | Refusal {
  if (caller.kind === 'bearer') return caller as Unseen
  for (const print of printsOf(caller.content, caller.app.document.appId)) {
    const taken = nonces.take(print, now)
    if (taken === 'seen') return refuse('replayed_request')
    // With more alive than there is room for nobody can say whether it is new.
    if (taken === 'full') return refuse('overloaded', { retryAfter: 1 })
  }
  return caller as Unseen
}

// Nonces are looked for in what was signed, not among the parameters: `a=1&nonce=N` is signed alike as two parameters and as one whose
// value holds the other (settled F9). However a call is cut up the second time, it has the same nonces.
function printsOf(content: string, appId: string): bigint[] {
  const prints: bigint[] = []
  for (let at = content.indexOf(marker); at >= 0; ) {
    const start = at + marker.length
    at = content.indexOf('&', start)
    const nonce = at < 0 ? content.slice(start) : content.slice(start, at)
    if (nonce !== '') prints.push(fingerprint(appId, 'nonce', nonce))
    at = at < 0 ? -1 : content.indexOf(marker, at)
  }
  return prints.length > 0 ? prints : [fingerprint(appId, 'content', content)]
}

// `appId` sorts before it, so it is never the first.
const marker = '&nonce='
