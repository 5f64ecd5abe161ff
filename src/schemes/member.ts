// Scheme `member` (source 001, contract §4): the md5 sign of a token request, and the header that carries a member's token.
// sign = md5(urldecode(http_build_query(ksort(parameters) + key = secret last))), lower case, without `version` and `sign`.
// The app's secret is among the parameters and the member's password too; only TLS keeps them.

import { createHash, type KeyObject } from 'node:crypto'
import { decodeUtf8 } from '#lib/utf8.ts'
import { decodeBase64 } from './base64.ts'
import { Malformed, readQuery } from './parameters.ts'
import { Ambiguous, isPhpArray, type PhpArray, type PhpValue, phpName, phpOrder, phpQuery, phpText, readPhpJson } from './php.ts'
import { isSameSignature } from './same-signature.ts'
import type { Weakness } from './scheme.ts'

/** Of the token request; the calls carry a bearer token and no signature at all. */
export const memberWeaknesses: readonly Weakness[] = [
  'md5',
  'secret_in_request',
  'splicing',
  'types_blurred',
  'unsigned_body',
  'unsigned_method',
]

export interface MemberHeader {
  readonly uid: string
  readonly appId: string
  readonly token: string
}

/** `<uid> <base64(appid:access_token:uid)>`. A colon may only be in the token: appid ends at the first, uid begins after the last. */
export function readMemberHeader(value: string): MemberHeader | undefined {
  const [uid, base64, ...more] = value.split(' ')
  if (!uid || !base64 || more.length > 0) return undefined
  const bytes = decodeBase64(base64)
  const text = bytes && decodeUtf8(bytes)
  if (text === undefined || text.includes('\0')) return undefined
  const [first, last] = [text.indexOf(':'), text.lastIndexOf(':')]
  const header = { uid, appId: text.slice(0, first), token: text.slice(first + 1, last) }
  const isWhole = first > 0 && last > first + 1 && text.slice(last + 1) === uid
  return isWhole ? header : undefined
}

export function writeMemberHeader({ uid, appId, token }: MemberHeader): string {
  return `${uid} ${Buffer.from(`${appId}:${token}:${uid}`).toString('base64')}`
}

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
  const names = phpOrder([...parameters.keys()].filter((name) => name !== 'version' && name !== 'sign'))
  if (names instanceof Ambiguous) return names
  const sorted = new Map(names.map((name) => [name, parameters.get(name)!]))
  // A parameter of that name is overwritten where it stands, as in PHP.
  return phpQuery(sorted.set('key', secret))
}

export function signMemberRequest(parameters: PhpArray, secret: KeyObject): string | Ambiguous {
  const text = memberString(parameters, secret.export().toString())
  return text instanceof Ambiguous ? text : createHash('md5').update(text).digest('hex')
}

/** Whether `sign` is right; a request that PHP itself might sign in two ways is never right. */
export function verifyMemberRequest(parameters: PhpArray, sign: string, secret: KeyObject): boolean {
  const expected = signMemberRequest(parameters, secret)
  return !(expected instanceof Ambiguous) && isSameSignature(expected, sign)
}
