// The signature must be the app's, under one of its live keys. An unknown app fails here, after the same work (settled F12).

import type { CallUser, Fresh, Proven } from './call.ts'
import { type Refusal, refuse } from './refusal.ts'

/** `user` is whom the token speaks for that came with it. */
export function verifySignature(claim: Fresh, user: CallUser | undefined, now: number, done: (result: Proven | Refusal) => void): void {
  claim.verify(now, (held) => {
    const { app, found } = claim
    if (held === 'busy') done(refuse('overloaded', { retryAfter: 1 }))
    else if (!held || !app) done(refuse('signature_invalid'))
    else done({ kind: 'signed', found, claim, app, user })
  })
}
