// A whole request, signed: what comes to its query, body and header by each scheme, and what the signature is over. For those who
// call: `npm run sign`, and the platform when somebody tries an interface. Time and nonce come in as values.

import type { KeyObject } from 'node:crypto'
import { signAuthId } from './auth-id.ts'
import { authIdContent } from './auth-id-content.ts'
import { contentDigest } from './content-digest.ts'
import { publicKeySchemes, schemes } from './index.ts'
import { Malformed, type Parameter, readJsonObject, readQuery, sortParameters, withoutFromJson, withoutFromQuery } from './parameters.ts'
import { Ambiguous } from './php.ts'
import type { PublicKeyAlg } from './public-key.ts'
import { readMessageSignature, signMessage } from './rfc9421.ts'
import type { Scheme } from './scheme.ts'
import { Flaw, type SignedMessage } from './signature-base.ts'

/** The app's secret, or a private key whose public half it has registered. */
export interface CallerKey {
  readonly alg: 'secret' | PublicKeyAlg
  readonly key: KeyObject
  readonly keyId: string | undefined
}

export interface RequestOrder {
  readonly method: string
  readonly url: URL
  /** The JSON object of a POST or PUT, whose bytes stay as they are. */
  readonly data: string | undefined
  readonly appId: string
  readonly key: CallerKey
  readonly token: string | undefined
  /** What all partners put into their `auth-id` tokens. */
  readonly platformKey: string
  /** Epoch milliseconds. */
  readonly now: number
  readonly nonce: string
}

export interface SignedRequest {
  readonly method: string
  readonly url: string
  readonly fields: { readonly [name: string]: string }
  readonly body: string | undefined
  readonly stringToSign: string
}

/** What cannot be signed, and why. */
export type Unsignable = Malformed | Flaw | Ambiguous

export interface RequestSigner {
  takes(alg: CallerKey['alg']): boolean
  sign(order: RequestOrder): SignedRequest | Unsignable
}

export const requestSigners: { readonly [scheme: string]: RequestSigner } = {
  ...Object.fromEntries(
    [...schemes, ...publicKeySchemes].map((scheme) => [
      scheme.name,
      { takes: (alg) => alg === scheme.key, sign: (order) => signParameters(scheme, order) } satisfies RequestSigner,
    ]),
  ),
  rfc9421: { takes: (alg) => alg !== 'sm2', sign: signFields },
  'auth-id': { takes: (alg) => alg === 'secret', sign: signToken },
}

export function isUnsignable(request: SignedRequest | Unsignable): request is Unsignable {
  return request instanceof Malformed || request instanceof Flaw || request instanceof Ambiguous
}

export function carriesBody(method: string): boolean {
  return method === 'POST' || method === 'PUT'
}

/** A request that needs no signature. */
export function unsignedRequest({
  method,
  url,
  data,
  token,
}: Pick<RequestOrder, 'method' | 'url' | 'data' | 'token'>): Omit<SignedRequest, 'stringToSign'> {
  return { method, url: addressOf(url, url.search.slice(1)), fields: { ...bearer(token), ...(data === undefined ? {} : json) }, body: data }
}

const parameterFields = new Set(['appId', 'timestamp', 'nonce', 'sign', 'signType'])

/** With the fields of the signature at the end of the JSON body of POST and PUT, else at the end of the query. */
function signParameters(scheme: Scheme, order: RequestOrder): SignedRequest | Unsignable {
  const { method, url, data, appId, key, token, now } = order
  const own: Record<string, string> = { appId, timestamp: String(now), nonce: order.nonce }
  if (scheme.signType !== undefined) own.signType = scheme.signType
  const read = readBusiness(url, data)
  if (read instanceof Malformed) return read
  const { query, inQuery, inBody } = read
  // What was signed before may be signed again: its old fields go.
  const isOwn = (name: string) => parameterFields.has(name)
  const business = [...inQuery, ...inBody].filter(({ name }) => !isOwn(name))
  const parameters = sortParameters([...business, ...asParameters(own)])
  if (parameters instanceof Malformed) return parameters

  const stringToSign = scheme.stringToSign({ method, path: url.pathname, parameters })
  const complete = { ...own, sign: scheme.sign(stringToSign, key.key) }
  const left = withoutFromQuery(query, inQuery, isOwn)
  if (carriesBody(method)) {
    const body = joinJson(data === undefined ? '{}' : withoutFromJson(data, inBody, isOwn), { ...complete, timestamp: now })
    return { method, url: addressOf(url, left), fields: { ...bearer(token), ...json }, body, stringToSign }
  }
  return { method, url: addressOf(url, joinQuery(left, complete)), fields: bearer(token), body: undefined, stringToSign }
}

/** With the fields of RFC 9421. The parts of the target are covered one by one, so that it holds behind a proxy that ends TLS as well. */
function signFields({ method, url, data, appId, key, token, now, nonce }: RequestOrder): SignedRequest | Unsignable {
  const body = data === undefined ? {} : { ...json, 'Content-Digest': contentDigest(Buffer.from(data)) }
  const fields: Record<string, string> = { ...bearer(token), ...body }
  const message: SignedMessage = {
    method,
    scheme: url.protocol === 'https:' ? 'https' : 'http',
    authority: url.host,
    target: `${url.pathname}${url.search}`,
    fieldLines: Object.entries(fields).flat(),
    body: Buffer.from(data ?? ''),
  }
  const components = ['@method', '@authority', '@path', '@query', ...Object.keys(fields).map((name) => name.toLowerCase())]
  const keyid = key.keyId === undefined ? appId : `${appId}:${key.keyId}`
  const alg = key.alg === 'secret' ? 'hmac-sha256' : (key.alg as Exclude<CallerKey['alg'], 'secret' | 'sm2'>)
  const order = { keyid, nonce, createdAt: Math.floor(now / 1000), components }
  const { signatureInput, signature } = signMessage(message, order, { alg, key: key.key })
  const complete = { ...fields, 'Signature-Input': signatureInput, Signature: signature }
  const read = readMessageSignature({ ...message, fieldLines: Object.entries(complete).flat() })
  if (read instanceof Flaw) return read
  return { method, url: addressOf(url, url.search.slice(1)), fields: complete, body: data, stringToSign: read.base }
}

/** With `authId` and `requestTime` in the query, and the md5 in the field `token`. */
function signToken({ method, url, data, appId, key, token, platformKey, now }: RequestOrder): SignedRequest | Unsignable {
  const own = { authId: appId, requestTime: String(now) }
  const read = readBusiness(url, data)
  if (read instanceof Malformed) return read
  const { query, inQuery, inBody } = read
  const isOwn = (name: string) => Object.hasOwn(own, name)
  const parameters = [...inQuery, ...inBody].filter(({ name }) => !isOwn(name))
  const content = authIdContent({ requestTime: own.requestTime, parameters })
  if (content instanceof Ambiguous) return content
  const fields = { ...bearer(token), token: signAuthId(content, platformKey, key.key), ...(data === undefined ? {} : json) }
  return { method, url: addressOf(url, joinQuery(withoutFromQuery(query, inQuery, isOwn), own)), fields, body: data, stringToSign: content }
}

const json = { 'Content-Type': 'application/json' }

function bearer(token: string | undefined): { [name: string]: string } {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` }
}

interface Business {
  readonly query: string
  readonly inQuery: Parameter[]
  readonly inBody: Parameter[]
}

function readBusiness(url: URL, data: string | undefined): Business | Malformed {
  const query = url.search.slice(1)
  const inQuery = readQuery(query)
  const inBody = data === undefined ? [] : readJsonObject(data)
  if (inQuery instanceof Malformed) return inQuery
  return inBody instanceof Malformed ? inBody : { query, inQuery, inBody }
}

function asParameters(values: Record<string, string>): Parameter[] {
  return Object.entries(values).map(([name, text]) => ({ name, text, start: 0, end: 0 }))
}

/** Two objects as one, without touching the text of the first. */
function joinJson(first: string, second: object): string {
  const members = first.slice(1, -1)
  return `{${members}${members === '' ? '' : ','}${JSON.stringify(second).slice(1)}`
}

function joinQuery(first: string, second: Record<string, string>): string {
  return [first, new URLSearchParams(second).toString()].filter((part) => part !== '').join('&')
}

function addressOf(url: URL, query: string): string {
  return `${url.origin}${url.pathname}${query === '' ? '' : `?${query}`}`
}
