// What each scheme that an app or an interface may list (settled A3) leaves open to somebody on the way. Pure, without Node.

import type { Weakness } from './scheme.ts'

const modern: readonly Weakness[] = ['splicing', 'types_blurred']

export const weaknessesOf: { readonly [scheme: string]: readonly Weakness[] } = {
  'hmac-sha256': modern,
  rsa2: modern,
  sm2: modern,
  rfc9421: [],
  openapi: ['ecb', 'unsigned_method', 'unsigned_empty', 'splicing', 'types_blurred'],
  'auth-id': ['md5', 'no_separators', 'types_blurred', 'unsigned_empty', 'unsigned_method'],
  // Of the token request; the calls carry a bearer token and no signature at all.
  member: ['md5', 'secret_in_request', 'splicing', 'types_blurred', 'unsigned_body', 'unsigned_method'],
}
