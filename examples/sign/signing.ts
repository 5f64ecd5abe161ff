// How one call is signed by each scheme: what comes to its query, body and header, and what the signature is over.

import { type KeyObject, randomUUID } from 'node:crypto'
import { authIdContent, signAuthId } from '#schemes/auth-id.ts'
import { contentDigest } from '#schemes/content-digest.ts'
import { publicKeySchemes, schemes } from '#schemes/index.ts'
import {
  Malformed,
  type Parameter,
  readJsonObject,
  readQuery,
  sortParameters,
  withoutFromJson,
  withoutFromQuery,
} from '#schemes/parameters.ts'
import { Ambiguous } from '#schemes/php.ts'
import type { PublicKeyAlg } from '#schemes/public-key.ts'
import { readMessageSignature, signMessage } from '#schemes/rfc9421.ts'
import type { Scheme } from '#schemes/scheme.ts'
import { Flaw, type SignedMessage } from '#schemes/signature-base.ts'
import { refuse } from './refuse.ts'

/** The app's secret, or a private key whose public half it has registered. */
export interface Key {
  readonly alg: 'secret' | PublicKeyAlg
  readonly key: KeyObject
  readonly keyId: string | undefined
}

export interface Order {
  readonly method: string
  readonly url: URL
  readonly data: string | undefined
  readonly appId: string
  readonly key: Key
  readonly token: string | undefined
  /** What all partners put into their `auth-id` tokens. */
  readonly platformKey: string
}

export interface SignedCall {
  readonly method: string
  readonly url: string
  readonly fields: { readonly [name: string]: string }
  readonly body: string | undefined
  readonly stringToSign: string
}

export interface Signer {
  takes(alg: Key['alg']): boolean
  sign(order: Order): SignedCall
}

export const signers: { readonly [scheme: string]: Signer } = {
  ...Object.fromEntries(
    [...schemes, ...publicKeySchemes].map((scheme) => [
      scheme.name,
      { takes: (alg) => alg === scheme.key, sign: (order) => signParameters(scheme, order) } satisfies Signer,
    ]),
  ),
  rfc9421: { takes: (alg) => alg !== 'sm2', sign: signFields },
  'auth-id': { takes: (alg) => alg === 'secret', sign: signToken },
}

export function carriesBody(method: string): boolean {
  return method === 'POST' || method === 'PUT'
}

const parameterFields = new Set(['appId', 'timestamp', 'nonce', 'sign', 'signType'])

/** With the fields of the signature at the end of the JSON body of POST and PUT, else at the end of the query. */
function signParameters(scheme: Scheme, { method, url, data, appId, key, token }: Order): SignedCall {
  const timestamp = Date.now()
  const own: Record<string, string> = { appId, timestamp: String(timestamp), nonce: randomUUID() }
  if (scheme.signType !== undefined) own.signType = scheme.signType
  const { query, inQuery, inBody } = readBusiness(url, data)
  // What was signed before may be signed again: its old fields go.
  const isOwn = (name: string) => parameterFields.has(name)
  const business = [...inQuery, ...inBody].filter(({ name }) => !isOwn(name))
  const parameters = orRefuse(sortParameters([...business, ...asParameters(own)]))

  const stringToSign = scheme.stringToSign({ method, path: url.pathname, parameters })
  const complete = { ...own, sign: scheme.sign(stringToSign, key.key) }
  const left = withoutFromQuery(query, inQuery, isOwn)
  if (carriesBody(method)) {
    const body = joinJson(data === undefined ? '{}' : withoutFromJson(data, inBody, isOwn), { ...complete, timestamp })
    return { method, url: addressOf(url, left), fields: { ...bearer(token), ...json }, body, stringToSign }
  }
  return { method, url: addressOf(url, joinQuery(left, complete)), fields: bearer(token), body: undefined, stringToSign }
}

/** With the fields of RFC 9421. The parts of the target are covered one by one, so that it holds behind a proxy that ends TLS as well. */
function signFields({ method, url, data, appId, key, token }: Order): SignedCall {
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
  const alg = key.alg === 'secret' ? 'hmac-sha256' : (key.alg as Exclude<Key['alg'], 'secret' | 'sm2'>)
  const order = { keyid, nonce: randomUUID(), createdAt: Math.floor(Date.now() / 1000), components }
  const { signatureInput, signature } = signMessage(message, order, { alg, key: key.key })
  const complete = { ...fields, 'Signature-Input': signatureInput, Signature: signature }
  const read = readMessageSignature({ ...message, fieldLines: Object.entries(complete).flat() })
  if (read instanceof Flaw) return refuse(`无法签名：${read.reason} ${read.name}`, `It cannot be signed: ${read.reason} ${read.name}`)
  return { method, url: addressOf(url, url.search.slice(1)), fields: complete, body: data, stringToSign: read.base }
}

/** With `authId` and `requestTime` in the query, and the md5 in the field `token`. */
function signToken({ method, url, data, appId, key, token, platformKey }: Order): SignedCall {
  const own = { authId: appId, requestTime: String(Date.now()) }
  const { query, inQuery, inBody } = readBusiness(url, data)
  const isOwn = (name: string) => Object.hasOwn(own, name)
  const parameters = [...inQuery, ...inBody].filter(({ name }) => !isOwn(name))
  const content = authIdContent({ requestTime: own.requestTime, parameters })
  if (content instanceof Ambiguous) {
    const [one, other] = content.names
    return refuse(`PHP 不能确定 ${one} 与 ${other} 的先后。`, `PHP would not put ${one} and ${other} in one certain order.`)
  }
  const fields = { ...bearer(token), token: signAuthId(content, platformKey, key.key), ...(data === undefined ? {} : json) }
  return { method, url: addressOf(url, joinQuery(withoutFromQuery(query, inQuery, isOwn), own)), fields, body: data, stringToSign: content }
}

const json = { 'Content-Type': 'application/json' }

function bearer(token: string | undefined): { [name: string]: string } {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` }
}

function readBusiness(url: URL, data: string | undefined): { query: string; inQuery: Parameter[]; inBody: Parameter[] } {
  const query = url.search.slice(1)
  return { query, inQuery: orRefuse(readQuery(query)), inBody: data === undefined ? [] : orRefuse(readJsonObject(data)) }
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

function orRefuse<T>(read: T | Malformed): T {
  if (!(read instanceof Malformed)) return read
  const facts = Object.values(read.facts).join(', ')
  return refuse(`参数有误：${read.reason} ${facts}`, `The parameters are not right: ${read.reason} ${facts}`)
}
