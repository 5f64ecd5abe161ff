// What every parameter scheme is: a string to sign, built from the call, and a signature made from it under the app's key.
// A scheme knows no HTTP beyond the names below, and no clock; freshness and replay are the gateway's business.

import type { KeyObject } from 'node:crypto'
import type { Parameter } from './parameters.ts'
import type { PublicKeyAlg } from './public-key.ts'

export interface SignedCall {
  readonly method: string
  /** The path as it was sent, before any decoding. */
  readonly path: string
  /** Query and body together, sorted by name, no name twice. */
  readonly parameters: readonly Parameter[]
}

export interface Scheme {
  readonly name: SchemeName
  /** The value of `signType` that asks for this scheme; undefined when its absence does. */
  readonly signType: string | undefined
  /** What proves a call: the app's secret, or a public key of this kind that the app has registered. */
  readonly key: 'secret' | PublicKeyAlg
  /** Whether empty and null parameters are part of what is signed. */
  readonly signsEmpty: boolean
  readonly weaknesses: readonly Weakness[]
  stringToSign(call: SignedCall): string
  /** Under the secret or, where a public key proves the call, the private key, which only the caller has. */
  sign(stringToSign: string, key: KeyObject): string
  /** Whether `sign` is right under the secret or the public key. What a caller sends never makes it throw. */
  verify(stringToSign: string, sign: string, key: KeyObject): boolean
}

export type SchemeName = 'openapi' | 'hmac-sha256' | 'rsa2' | 'sm2'
/** Everything that a call may be signed by. */
export type CallSchemeName = SchemeName | 'rfc9421' | 'auth-id'

/**
 * What a scheme leaves open to somebody on the way, by name (settled F9); the words are in `text/`.
 * `splicing`: text may move between parameters over a `&` or `=`. `types_blurred`: `1`, `"1"` and, nested, an object and its text are one.
 * `no_separators`: text may move between neighbours, and names are not signed. `unsigned_empty`: empty parameters may be added.
 */
export type Weakness =
  | 'ecb'
  | 'md5'
  | 'no_separators'
  | 'secret_in_request'
  | 'splicing'
  | 'types_blurred'
  | 'unsigned_body'
  | 'unsigned_empty'
  | 'unsigned_method'

/** What the modern parameter schemes sign (settled F9): method, raw path and the canonical string, empties kept. */
export function requestString(call: SignedCall): string {
  return `${call.method}\n${call.path}\n${canonicalString(call.parameters, true)}`
}

/**
 * `k=v` of every parameter but `sign`, joined with `&`; values raw, as they are after decoding.
 * Not injective: a `&` or `=` in a value may be moved into the next one. Schemes say so in their `weaknesses`.
 */
export function canonicalString(parameters: readonly Parameter[], keepEmpty: boolean): string {
  let canonical = ''
  for (const { name, text } of parameters) {
    if (name === 'sign') continue
    const value = text ?? ''
    if (value === '' && !keepEmpty) continue
    canonical += canonical === '' ? `${name}=${value}` : `&${name}=${value}`
  }
  return canonical
}
