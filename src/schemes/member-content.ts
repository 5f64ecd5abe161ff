// What the sign of a member's token request (scheme `member`) is over: its parameters, as PHP has them. Pure, without Node: the browser
// builds the same string.

import { Malformed, readQuery } from './parameters.ts'
import { Ambiguous, isPhpArray, type PhpArray, type PhpValue, phpName, phpOrder, phpQuery, phpText, readPhpJson } from './php.ts'

/** The parameters of a token request as PHP would hold them. A form is read as flat: the documented fields are. */
export function readMemberParameters(source: string, kind: 'json' | 'form'): PhpArray | Malformed {
  if (kind === 'json') return readPhpJson(source)
  const pairs = readQuery(source)
  if (pairs instanceof Malformed) return pairs
  const parameters = new Map<string, PhpValue>()
  for (const { name, text } of pairs) {
    const phpsName = phpName(name)
    if (parameters.has(phpsName)) return new Malformed('repeated', { name })
    parameters.set(phpsName, text)
  }
  return parameters
}

/** A field of the request as text; undefined when it is absent, null or nested. */
export function memberField(parameters: PhpArray, name: string): string | undefined {
  const value = parameters.get(name)
  return value === undefined || value === null || isPhpArray(value) ? undefined : phpText(value)
}

/** The string that is digested. It ends with the secret: not for logs, not for explanations. */
export function memberString(parameters: PhpArray, secret: string): string | Ambiguous {
  const names = memberOrder(parameters)
  if (names instanceof Ambiguous) return names
  const sorted = new Map(names.map((name) => [name, parameters.get(name)!]))
  // A parameter of that name is overwritten where it stands, as in PHP.
  return phpQuery(sorted.set('key', secret))
}

/** What is signed, in its order. */
export function memberOrder(parameters: PhpArray): string[] | Ambiguous {
  return phpOrder([...parameters.keys()].filter((name) => !memberUnsigned.includes(name)))
}

export const memberUnsigned: readonly string[] = ['version', 'sign']
