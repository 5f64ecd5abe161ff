// What a partner's program needs to call an open platform: two ways to sign, and the token. It stands alone, so take it along:
// it wants nothing but Node. Both ways put `appId`, `timestamp`, `nonce` and `sign` beside the parameters of the business.

import { createCipheriv, createHmac, randomUUID } from 'node:crypto'

export interface App {
  readonly appId: string
  readonly appSecret: string
}

/** `hmac-sha256` covers method and path too and is what to take; `openapi` is the AES form that older clients have. */
export type Scheme = 'hmac-sha256' | 'openapi'

export type Parameters = Readonly<Record<string, unknown>>

export interface Request {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Only to be looked at: it never travels. */
  readonly stringToSign?: string
}

export interface Signing {
  readonly scheme?: Scheme
  /** `Authorization: Bearer`, for interfaces that want a token beside the signature. */
  readonly token?: string
  /** Epoch milliseconds; the platform takes five minutes either way. */
  readonly timestamp?: number
}

/** A signed request: parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT. */
export function signedRequest(app: App, method: string, url: string, business: Parameters, signing: Signing = {}): Request {
  const { scheme = 'hmac-sha256', token, timestamp = Date.now() } = signing
  const unsigned = { ...business, appId: app.appId, timestamp, nonce: randomUUID() }
  // Without a `signType` the platform takes the AES form, which does not sign empty values: what is empty is not sent.
  const parameters = scheme === 'openapi' ? withoutEmpty(unsigned) : { ...unsigned, signType: scheme }
  const toSign = stringToSign(scheme, method, new URL(url).pathname, parameters)
  const complete = { ...parameters, sign: sign(scheme, toSign, app.appSecret) }

  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  if (method === 'POST' || method === 'PUT') {
    return {
      method,
      url,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(complete),
      stringToSign: toSign,
    }
  }
  const query = new URLSearchParams(Object.entries(complete).map(([name, value]): [string, string] => [name, textOf(value)]))
  return { method, url: `${url}?${query}`, headers, stringToSign: toSign }
}

/** Asks for a token. The secret itself stays at home: the signature proves that we have it. */
export function tokenRequest(gateway: string, app: App): Request {
  return signedRequest(app, 'POST', `${gateway}/openapi/token/generate`, {})
}

/** `name=value` of every parameter, in the order of the names, joined with `&`; values as they are, not as a URL writes them. */
export function stringToSign(scheme: Scheme, method: string, path: string, parameters: Parameters): string {
  const signed = scheme === 'openapi' ? withoutEmpty(parameters) : parameters
  const pairs = Object.keys(signed)
    .filter((name) => name !== 'sign')
    .sort()
    .map((name) => `${name}=${textOf(signed[name])}`)
    .join('&')
  return scheme === 'openapi' ? pairs : `${method}\n${path}\n${pairs}`
}

export function sign(scheme: Scheme, text: string, appSecret: string): string {
  if (scheme === 'hmac-sha256') return createHmac('sha256', appSecret).update(text).digest('base64')
  // Java's AES/ECB/PKCS5Padding; the 32 characters of the secret are the key.
  const cipher = createCipheriv('aes-256-ecb', appSecret, null)
  return cipher.update(text, 'utf8', 'base64') + cipher.final('base64')
}

function withoutEmpty(parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => textOf(value) !== ''))
}

/** A text stays as it is, a number as JSON writes it; an object or a list is its JSON without spaces. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
