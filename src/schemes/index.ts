// Every parameter scheme that the product has. Add one by writing its file and its rows here.

import { hmacSha256 } from './hmac-sha256.ts'
import { openapi } from './openapi.ts'
import { rsa2 } from './rsa2.ts'
import type { Scheme } from './scheme.ts'
import { sm2 } from './sm2.ts'

export { isSameSignature } from './same-signature.ts'

/** Proven by the app's secret. */
export const schemes: readonly Scheme[] = [openapi, hmacSha256]

/** Proven by a public key of the app. */
export const publicKeySchemes: readonly Scheme[] = [rsa2, sm2]

const askedFor: readonly Scheme[] = [...schemes, ...publicKeySchemes]

/** The values of `signType` that there are, for a message. */
export const signTypes = askedFor.flatMap(({ signType }) => signType ?? []).join(', ')

/** The scheme that a call asks for by its `signType`, or undefined when there is none of that name. */
export function schemeFor(signType: string | undefined): Scheme | undefined {
  return askedFor.find((scheme) => scheme.signType === signType)
}
