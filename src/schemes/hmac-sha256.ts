// Scheme `hmac-sha256` (settled F9): sign = Base64(HMAC-SHA-256(METHOD \n raw path \n canonical string, key = appSecret)).
// Empty and null parameters are signed as `k=`, and `signType` is a parameter like any other.

import { createHmac, type KeyObject } from 'node:crypto'
import { isSameSignature } from './same-signature.ts'
import type { Scheme } from './scheme.ts'
import { stringForms } from './string-form.ts'

export const hmacSha256: Scheme = {
  ...stringForms['hmac-sha256'],
  key: 'secret',
  sign,
  verify(stringToSign: string, given: string, secret: KeyObject): boolean {
    return isSameSignature(sign(stringToSign, secret), given)
  },
}

function sign(stringToSign: string, secret: KeyObject): string {
  return createHmac('sha256', secret).update(stringToSign).digest('base64')
}
