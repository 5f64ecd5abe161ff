// Every parameter scheme that the product has. Add one by writing its file and its row here.

import { timingSafeEqual } from 'node:crypto'
import { hmacSha256 } from './hmac-sha256.ts'
import { openapi } from './openapi.ts'
import type { Scheme } from './scheme.ts'

export const schemes: readonly Scheme[] = [openapi, hmacSha256]

/** The values of `signType` that there are, for a message. */
export const signTypes = schemes.flatMap(({ signType }) => signType ?? []).join(', ')

/** The scheme that a call asks for by its `signType`, or undefined when there is none of that name. */
export function schemeFor(signType: string | undefined): Scheme | undefined {
  return schemes.find((scheme) => scheme.signType === signType)
}

/** Compares two signatures in a time that depends on their lengths only. */
export function isSameSignature(expected: string, given: string): boolean {
  const a = Buffer.from(expected)
  const b = Buffer.from(given)
  return a.length === b.length && timingSafeEqual(a, b)
}
