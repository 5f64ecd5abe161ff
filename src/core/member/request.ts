// The proof of a member token request: that it comes from the app, now, and once (contract §4, settled C9, C13).

import { type CallerApp, isExpired, nobodysSecret } from '#core/app/app.ts'
import { fingerprint, type Nonces } from '#core/app/nonces.ts'
import { heldBy } from '#core/app/signed.ts'
import { fault, problem } from '#core/fault.ts'
import { toWireTime } from '#lib/time.ts'
import { verifyMemberRequest } from '#schemes/member.ts'
import { memberField } from '#schemes/member-content.ts'
import type { PhpArray } from '#schemes/php.ts'
import { isSameSignature } from '#schemes/same-signature.ts'

export interface MemberRequest {
  readonly username: string
  readonly password: string
}

export interface RequestDeps {
  readonly nonces: Nonces
  readonly windowSeconds: number
  readonly timeZone: string
}

const textLengthMax = 128
/** One that is encrypted is longer than any that somebody has. */
const passwordLengthMax = 344

/** Throws what is wrong. An unknown app, a wrong secret and a wrong sign are one and the same to the caller. */
export function proveRequest(parameters: PhpArray, app: CallerApp | undefined, deps: RequestDeps, now: number): MemberRequest {
  const given = (name: string) => memberField(parameters, name) || undefined
  const sign = given('sign')
  for (const name of ['appid', 'sign']) if (!given(name)) throw fault('signature_missing', { name })
  if (!isNow(given('timestamp'), deps.windowSeconds, now)) {
    throw fault('timestamp_out_of_window', { windowSeconds: deps.windowSeconds, serverTime: Math.floor(now / 1000) })
  }
  // One named so would take the place of the secret in what is signed.
  if (parameters.has('key')) throw fault('invalid_parameters', { reason: 'field', name: 'key', problem: problem('reserved_name') })
  const [username, password, nonce] = ['username', 'password', 'nonce'].map((name) => {
    const text = given(name)
    if (text === undefined) throw fault('invalid_parameters', { reason: 'field', name, problem: problem('missing') })
    const lengthMax = name === 'password' ? passwordLengthMax : textLengthMax
    if (text.length > lengthMax) throw fault('invalid_parameters', { reason: 'field', name, problem: `> ${lengthMax}` })
    return text
  }) as [string, string, string]

  const secret = given('appsecret')
  const key = heldBy(app?.secrets(now) ?? [], nobodysSecret, (one) => {
    const holds = verifyMemberRequest(parameters, sign!, one)
    const knows = secret === undefined || isSameSignature(one.export().toString(), secret)
    return holds && knows
  })
  if (!app || !key) throw fault('signature_invalid')
  app.noteUse(key, now)
  requireAllowed(app, deps.timeZone, now)
  const taken = deps.nonces.take(fingerprint(app.document.appId, 'nonce', nonce), now)
  if (taken !== 'taken') throw fault(taken === 'seen' ? 'replayed_request' : 'overloaded')
  return { username, password }
}

/** Told only to who proved to be the app, or holds a token of it. */
export function requireAllowed({ document }: CallerApp, timeZone: string, now: number): void {
  if (!document.schemes.includes('member')) {
    throw fault('scheme_not_allowed', { scheme: 'member', allowed: document.schemes.join(', ') })
  }
  if (!document.enabled) throw fault('app_disabled')
  if (isExpired(document, now)) throw fault('app_expired', { expiredAt: toWireTime(new Date(document.expiresAt!), timeZone) })
}

// Ten seconds, as source 001 states, but not which way; we refuse both, or a fast clock could prepare requests for later.
function isNow(timestamp: string | undefined, windowSeconds: number, now: number): boolean {
  return timestamp !== undefined && /^\d{1,11}$/.test(timestamp) && Math.abs(Math.floor(now / 1000) - Number(timestamp)) <= windowSeconds
}
