// Whose a callback address is. With KAIMEN_CALLBACK_CHECK=required a new one has to answer a challenge, signed like an event, by repeating it;
// until then nothing else is sent there. So nobody can have us send to an address of which they do not hold the other end.

import { randomBytes } from 'node:crypto'

/** `pending`: it has not answered its challenge. `blocked`: it failed, or asked for a pause; it is tried again by itself. */
export type CallbackState = 'none' | 'pending' | 'open' | 'blocked' | 'disabled'

export interface CallbackFacts {
  readonly challenge: string | null
  readonly blockedUntil: Date | null
  readonly disabledAt: Date | null
}

export function stateOf(address: string | null, facts: CallbackFacts | undefined, now: Date): CallbackState {
  if (address === null) return 'none'
  if (!facts) return 'open'
  if (facts.disabledAt) return 'disabled'
  if (facts.challenge !== null) return 'pending'
  return facts.blockedUntil && facts.blockedUntil > now ? 'blocked' : 'open'
}

export function newChallenge(): string {
  return randomBytes(24).toString('base64url')
}

/** What is sent to the callback address itself, without a path behind it. */
export function challengeBody(challenge: string): string {
  return JSON.stringify({ type: 'callback.challenge', challenge })
}

/** The challenge as plain text, or as the member `challenge` of a JSON object. */
export function isEcho(response: string, challenge: string): boolean {
  if (response.trim() === challenge) return true
  try {
    const value: unknown = JSON.parse(response)
    return typeof value === 'object' && value !== null && 'challenge' in value && value.challenge === challenge
  } catch {
    return false
  }
}
