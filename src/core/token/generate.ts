// POST /openapi/token/generate, for both listeners: an app proves that it holds its secret and gets a token (contract §2, settled C9, F8).

import { timingSafeEqual } from 'node:crypto'
import { type CallerApp, isExpired } from '#core/app/app.ts'
import { fingerprint, isFresh, type Nonces, readMs, windowMs } from '#core/app/nonces.ts'
import { checkSigned, type Verifier } from '#core/app/signed.ts'
import { type Detail, type FaultName, Refusal } from '#core/fault.ts'
import { toWireTime } from '#lib/time.ts'
import { schemeFor, signTypes } from '#schemes/index.ts'
import { Malformed, type Parameter, sortParameters } from '#schemes/parameters.ts'
import type { Scheme } from '#schemes/scheme.ts'
import { refreshIn } from './renewal.ts'
import type { Tokens } from './token.ts'

export interface TokenRequest {
  readonly path: string
  /** All parameters of the body. */
  readonly parameters: readonly Parameter[]
  readonly app: CallerApp | undefined
}

export interface TokenAnswer {
  readonly token: string
  /** Seconds. */
  readonly expiresIn: number
  /** Seconds after which to ask for the next one. */
  readonly refresh_in: number
}

const deny = (fault: FaultName, detail: Detail = {}) => new Refusal(fault, detail)

export interface TokenDeps {
  readonly tokens: Tokens
  readonly nonces: Nonces
  readonly verifier: Verifier
  readonly tokenTtl: number
  readonly timeZone: string
}

/** Calls back at once, or when the signature was looked at elsewhere. An unknown app, a wrong secret and a wrong sign are one and the same to the caller. */
export function generateToken(request: TokenRequest, deps: TokenDeps, now: number, done: (answer: TokenAnswer | Refusal) => void): void {
  const parameters = sortParameters(request.parameters)
  if (parameters instanceof Malformed) return done(deny('invalid_parameters', { reason: parameters.reason, ...parameters.facts }))
  const given = (name: string) => parameters.find((parameter) => parameter.name === name)?.text || undefined

  const sign = given('sign')
  if (!given('appId')) return done(deny('signature_missing', { name: 'appId' }))
  if (!sign) return done(deny('signature_missing', { name: 'sign' }))
  if (!isFresh(readMs(given('timestamp')), now))
    return done(deny('timestamp_out_of_window', { windowSeconds: windowMs / 1000, serverTime: now }))
  const scheme = schemeFor(given('signType'))
  if (!scheme) return done(deny('invalid_parameters', { reason: 'unknown_sign_type', value: given('signType') ?? '', known: signTypes }))

  const { app } = request
  const stringToSign = scheme.stringToSign({ method: 'POST', path: request.path, parameters })
  checkSigned({ app, scheme, stringToSign, sign }, deps.verifier, now, (held) => {
    if (held === 'busy') return done(deny('overloaded', { retryAfter: 1 }))
    const secret = given('appSecret')
    const knows = secret === undefined || (app?.secrets(now).some((key) => isSameText(key.export(), secret)) ?? false)
    done(held && knows && app ? issue(app, scheme, stringToSign, deps, now) : deny('signature_invalid'))
  })
}

function issue(app: CallerApp, scheme: Scheme, stringToSign: string, deps: TokenDeps, now: number): TokenAnswer | Refusal {
  if (!app.document.schemes.includes(scheme.name))
    return deny('scheme_not_allowed', { scheme: scheme.name, allowed: app.document.schemes.join(', ') })
  if (!app.document.enabled) return deny('app_disabled')
  if (isExpired(app.document, now)) return deny('app_expired', { expiredAt: toWireTime(new Date(app.document.expiresAt!), deps.timeZone) })
  const taken = deps.nonces.take(fingerprint(app.document.appId, 'content', `token\n${stringToSign}`), now)
  if (taken !== 'taken') return deny(taken === 'seen' ? 'replayed_request' : 'overloaded')

  const token = deps.tokens.sign(
    'app',
    { sub: app.document.appId, epoch: app.document.tokenEpoch, exp: Math.floor(now / 1000) + deps.tokenTtl },
    now,
  )
  return { token, expiresIn: deps.tokenTtl, refresh_in: refreshIn(deps.tokenTtl) }
}

function isSameText(secret: Buffer, given: string): boolean {
  const bytes = Buffer.from(given)
  return bytes.length === secret.length && timingSafeEqual(bytes, secret)
}
