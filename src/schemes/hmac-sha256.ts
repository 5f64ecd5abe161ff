// Scheme `hmac-sha256` (settled F9): sign = Base64(HMAC-SHA-256(METHOD \n raw path \n canonical string, key = appSecret)).
// Empty and null parameters are signed as `k=`, and `signType` is a parameter like any other.

import { createHmac, type KeyObject } from 'node:crypto'
import { canonicalString, type Scheme, type SignedCall } from './scheme.ts'

export const hmacSha256: Scheme = {
  name: 'hmac-sha256',
  signType: 'hmac-sha256',
  signsEmpty: true,

  stringToSign(call: SignedCall): string {
    return `${call.method}\n${call.path}\n${canonicalString(call.parameters, true)}`
  },

  sign(stringToSign: string, secret: KeyObject): string {
    return createHmac('sha256', secret).update(stringToSign).digest('base64')
  },
}
