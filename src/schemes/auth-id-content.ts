// What a token of the scheme `auth-id` is made of, but for the platform's key and the secret. Pure, without Node: the browser builds
// the same string.

import type { Parameter } from './parameters.ts'
import { Ambiguous, phpName, phpOrder } from './php.ts'

export interface AuthIdCall {
  /** As it was sent: a text that is signed, whatever unit it is in. */
  readonly requestTime: string
  /** Query and body together (settled C11). */
  readonly parameters: readonly Parameter[]
}

/** What follows the platform's key and the secret: the time and the values. What replay has to remember is the token itself. */
export function authIdContent({ requestTime, parameters }: AuthIdCall): string | Ambiguous {
  const values = authIdValues(parameters)
  return values instanceof Ambiguous ? values : requestTime + values.map(({ text }) => text).join('')
}

export interface AuthIdValue {
  /** As PHP has it. */
  readonly name: string
  readonly text: string
}

/** The business parameters in PHP's order. */
export function authIdValues(parameters: readonly Parameter[]): AuthIdValue[] | Ambiguous {
  const values = new Map<string, string>()
  const sentAs = new Map<string, string>()
  for (const { name, text } of parameters) {
    if (authIdFields.includes(name)) continue
    const phpsName = phpName(name)
    // PHP would sign the last one only, and the service would be given both.
    const earlier = sentAs.get(phpsName)
    if (earlier !== undefined) return new Ambiguous([earlier, name])
    sentAs.set(phpsName, name)
    values.set(phpsName, text ?? '')
  }
  const order = phpOrder([...values.keys()])
  return order instanceof Ambiguous ? order : order.map((name) => ({ name, text: values.get(name)! }))
}

export const authIdFields: readonly string[] = ['authId', 'requestTime']
