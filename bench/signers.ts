// How a call of the benchmark is signed, by each scheme: a row each.

import type { KeyObject } from 'node:crypto'
import { settings } from '#config.ts'
import { signAuthId } from '#schemes/auth-id.ts'
import { authIdContent } from '#schemes/auth-id-content.ts'
import { sealBody } from '#schemes/envelope.ts'
import { publicKeySchemes, schemes } from '#schemes/index.ts'
import type { MessageAlg } from '#schemes/message-claim.ts'
import { Malformed, type Parameter, sortParameters } from '#schemes/parameters.ts'
import { Ambiguous } from '#schemes/php.ts'
import { signMessage } from '#schemes/rfc9421.ts'
import type { SchemeName } from '#schemes/string-form.ts'
import { keys } from './keys.ts'
import type { Partner } from './partners.ts'

export type CallScheme = SchemeName | 'rfc9421 hmac-sha256' | 'rfc9421 ed25519' | 'auth-id'

export interface Call {
  readonly target: string
  readonly fields: { readonly [name: string]: string }
  /** Of a POST; a GET has none. */
  readonly json: string | undefined
}

/** What all calls name as their host; where they go is wrk's business. */
export const host = 'open.bench.test'

interface Draft {
  readonly partner: Partner
  readonly path: string
  readonly business: { readonly [name: string]: string }
  readonly nonce: string
  readonly body: 'none' | 'json' | 'sealed'
}

export const signers: { readonly [Scheme in CallScheme]: (draft: Draft) => Call } = {
  openapi: (draft) => byParameters('openapi', draft, draft.partner.key),
  'hmac-sha256': (draft) => byParameters('hmac-sha256', draft, draft.partner.key),
  rsa2: (draft) => byParameters('rsa2', draft, keys.rsa2.privateKey),
  sm2: (draft) => byParameters('sm2', draft, keys.sm2.privateKey),
  'rfc9421 hmac-sha256': (draft) => byFields('hmac-sha256', draft.partner.appId, draft, draft.partner.key),
  'rfc9421 ed25519': (draft) => byFields('ed25519', `${draft.partner.appId}:ed25519`, draft, keys.ed25519.privateKey),
  'auth-id': byToken,
}

function byParameters(name: SchemeName, { partner, path, business, nonce, body }: Draft, key: KeyObject): Call {
  const scheme = [...schemes, ...publicKeySchemes].find((one) => one.name === name)!
  const own: Record<string, string> = { appId: partner.appId, timestamp: String(Date.now()), nonce }
  if (scheme.signType !== undefined) own.signType = scheme.signType
  const values = { ...(body === 'sealed' ? sealed(business, partner) : business), ...own }
  const parameters = orThrow(sortParameters(asParameters(values)))
  const method = body === 'none' ? 'GET' : 'POST'
  const sign = scheme.sign(scheme.stringToSign({ method, path, parameters }), key)
  if (body !== 'none') return { target: path, fields: {}, json: JSON.stringify({ ...values, sign }) }
  return { target: `${path}?${queryOf(values)}&sign=${encodeURIComponent(sign)}`, fields: {}, json: undefined }
}

/** Both ways: the answer is asked for encrypted too. */
function sealed(business: object, { key }: Partner): Record<string, string> {
  const data = sealBody('aes-256-gcm', Buffer.from(JSON.stringify(business)), key)
  return { encrypt: 'aes-256-gcm', data, encryptResponse: 'true' }
}

function byFields(alg: MessageAlg, keyid: string, { partner, path, business, nonce }: Draft, key: KeyObject): Call {
  const target = `${path}?${queryOf(business)}`
  const fieldLines = ['authorization', `Bearer ${partner.token}`]
  const message = { method: 'GET', scheme: 'http', authority: host, target, fieldLines, body: Buffer.alloc(0) } as const
  const { signatureInput, signature } = signMessage(message, { keyid, nonce, createdAt: Math.floor(Date.now() / 1000) }, { alg, key })
  return { target, fields: { 'signature-input': signatureInput, signature }, json: undefined }
}

/** Its nonce is a parameter of the business: the scheme knows none. */
function byToken({ partner, path, business, nonce }: Draft): Call {
  const requestTime = String(Date.now())
  const content = orThrow(authIdContent({ requestTime, parameters: asParameters({ ...business, nonce }) }))
  const token = signAuthId(content, settings.authIdPublicKey.fallback, partner.key)
  const target = `${path}?${queryOf({ ...business, nonce, authId: partner.appId, requestTime })}`
  return { target, fields: { token }, json: undefined }
}

function queryOf(values: { readonly [name: string]: string }): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

function asParameters(values: { readonly [name: string]: string }): Parameter[] {
  return Object.entries(values).map(([name, text]) => ({ name, text, start: 0, end: 0 }))
}

function orThrow<T>(made: T | Malformed | Ambiguous): T {
  if (made instanceof Malformed || made instanceof Ambiguous) throw new Error(JSON.stringify(made))
  return made
}
