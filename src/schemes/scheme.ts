// What every parameter scheme is: a string to sign, built from the call, and a signature made from it under the app's key.
// A scheme knows no HTTP beyond the names below, and no clock; freshness and replay are the gateway's business.

import type { KeyObject } from 'node:crypto'
import type { PublicKeyAlg } from './public-key.ts'
import type { StringForm } from './string-form.ts'

export interface Scheme extends StringForm {
  /** What proves a call: the app's secret, or a public key of this kind that the app has registered. */
  readonly key: 'secret' | PublicKeyAlg
  /** Under the secret or, where a public key proves the call, the private key, which only the caller has. */
  sign(stringToSign: string, key: KeyObject): string
  /** Whether `sign` is right under the secret or the public key. What a caller sends never makes it throw. */
  verify(stringToSign: string, sign: string, key: KeyObject): boolean
}

/** Everything that a call may be signed by. */
export type CallSchemeName = StringForm['name'] | 'rfc9421' | 'auth-id'

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
