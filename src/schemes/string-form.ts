// What a call by a parameter scheme is signed over, without the key: so that a browser builds the same string. Pure, without Node.

import type { Parameter } from './parameters.ts'

export interface SignedCall {
  readonly method: string
  /** The path as it was sent, before any decoding. */
  readonly path: string
  /** Query and body together, sorted by name, no name twice. */
  readonly parameters: readonly Parameter[]
}

export type SchemeName = 'openapi' | 'hmac-sha256' | 'rsa2' | 'sm2'

export interface StringForm {
  readonly name: SchemeName
  /** The value of `signType` that asks for this scheme; undefined when its absence does. */
  readonly signType: string | undefined
  /** Whether empty and null parameters are part of what is signed. */
  readonly signsEmpty: boolean
  stringToSign(call: SignedCall): string
}

const modern = <Name extends SchemeName>(name: Name) => ({ name, signType: name, signsEmpty: true, stringToSign: requestString })

export const stringForms = {
  openapi: {
    name: 'openapi',
    signType: undefined,
    signsEmpty: false,
    stringToSign: ({ parameters }) => canonicalString(parameters, false),
  },
  'hmac-sha256': modern('hmac-sha256'),
  rsa2: modern('rsa2'),
  sm2: modern('sm2'),
} as const satisfies { readonly [Name in SchemeName]: StringForm }

/** What the modern parameter schemes sign (settled F9): method, raw path and the canonical string, empties kept. */
function requestString(call: SignedCall): string {
  return `${call.method}\n${call.path}\n${canonicalString(call.parameters, true)}`
}

/**
 * `k=v` of every parameter but `sign`, joined with `&`; values raw, as they are after decoding.
 * Not injective: a `&` or `=` in a value may be moved into the next one. `weaknesses.ts` says so.
 */
export function canonicalString(parameters: readonly Parameter[], keepEmpty: boolean): string {
  let canonical = ''
  for (const parameter of parameters) {
    if (reasonToLeaveOut(parameter, keepEmpty)) continue
    const { name, text } = parameter
    const value = text ?? ''
    canonical += canonical === '' ? `${name}=${value}` : `&${name}=${value}`
  }
  return canonical
}

/** Why a parameter is no part of the canonical string; undefined when it is. */
export function reasonToLeaveOut({ name, text }: Parameter, keepEmpty: boolean): 'is_sign' | 'is_empty' | undefined {
  if (name === 'sign') return 'is_sign'
  return keepEmpty || text ? undefined : 'is_empty'
}
