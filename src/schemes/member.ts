// Scheme `member` (source 001, contract §4): the md5 sign of a token request, and the header that carries a member's token.
// sign = md5(urldecode(http_build_query(ksort(parameters) + key = secret last))), lower case, without `version` and `sign`.
// The app's secret is among the parameters and the member's password too; only TLS keeps them.

import { createHash, type KeyObject } from 'node:crypto'
import { decodeUtf8 } from '#lib/utf8.ts'
import { decodeBase64 } from './base64.ts'
import { memberString } from './member-content.ts'
import { Ambiguous, type PhpArray } from './php.ts'
import { isSameSignature } from './same-signature.ts'

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

export function signMemberRequest(parameters: PhpArray, secret: KeyObject): string | Ambiguous {
  const text = memberString(parameters, secret.export().toString())
  return text instanceof Ambiguous ? text : createHash('md5').update(text).digest('hex')
}

/** Whether `sign` is right; a request that PHP itself might sign in two ways is never right. */
export function verifyMemberRequest(parameters: PhpArray, sign: string, secret: KeyObject): boolean {
  const expected = signMemberRequest(parameters, secret)
  return !(expected instanceof Ambiguous) && isSameSignature(expected, sign)
}
