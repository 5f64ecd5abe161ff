// Seamless refresh (source 000, contract §6, settled F8): what an app token that has just ended is exchanged for. Its successor follows
// from it alone, to the byte, for EdDSA knows no chance: whoever exchanges it, on whatever thread or node, gets the same, so a family of
// tokens is a chain and never a tree.

import { fingerprint } from '#core/app/nonces.ts'
import type { Claims, Tokens } from './token.ts'

/** How long after its end a token may be exchanged. */
export const renewalMs = 600_000
/** From the first token on, which an app proved its secret for. */
const familySeconds = 30 * 86_400

export interface Renewal {
  /** Stands for the token that was exchanged. */
  readonly print: bigint
  /** The successor. */
  readonly token: string
}

/** `claims` are of an app token that ended at most `renewalMs` ago; undefined when its family is too old. */
export function renew(text: string, claims: Claims, tokens: Tokens, tokenTtl: number, now: number): Renewal | undefined {
  const began = claims.fam ?? claims.iat!
  const endedAt = claims.exp!
  // It lives its whole life from the last moment on that it can be asked for.
  const exp = Math.min(endedAt + renewalMs / 1000 + tokenTtl, began + familySeconds)
  if (exp * 1000 <= now) return undefined
  const { sub, epoch } = claims
  const token = tokens.sign('app', { sub, epoch: epoch!, fam: began, exp }, endedAt * 1000)
  return { print: fingerprint(sub, 'content', `renewed\n${text}`), token }
}

/** When a client does well to ask for a new token: this one is good a while longer, so calls under way lose nothing. Seconds. */
export function refreshIn(tokenTtl: number): number {
  return Math.max(1, Math.floor(tokenTtl * 0.8))
}
