// What every parameter scheme is: a string to sign, built from the call, and a signature made from it under the app's secret.
// A scheme knows no HTTP beyond the names below, and no clock; freshness and replay are the gateway's business.

import type { KeyObject } from 'node:crypto'
import type { Parameter } from './parameters.ts'

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
  /** Whether empty and null parameters are part of what is signed. */
  readonly signsEmpty: boolean
  stringToSign(call: SignedCall): string
  sign(stringToSign: string, secret: KeyObject): string
}

export type SchemeName = 'openapi' | 'hmac-sha256'

/**
 * `k=v` of every parameter but `sign`, joined with `&`; values raw, as they are after decoding.
 * Not injective: a `&` or `=` in a value may be moved into the next one. Schemes say so in their documentation.
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
