// Scheme `openapi` (source 002): sign = Base64(AES/ECB/PKCS5Padding(canonical string, key = the 32 ASCII bytes of appSecret)).
// An encryption used as a signature: method and path are not covered, empty parameters neither, and equal blocks show.
// It is here because partners' code has it; `hmac-sha256` is what to take for new code.

import { createCipheriv, type KeyObject } from 'node:crypto'
import { canonicalString, type Scheme, type SignedCall } from './scheme.ts'

export const openapi: Scheme = {
  name: 'openapi',
  signType: undefined,
  signsEmpty: false,

  stringToSign(call: SignedCall): string {
    return canonicalString(call.parameters, false)
  },

  sign(stringToSign: string, secret: KeyObject): string {
    const bits = (secret.symmetricKeySize ?? 0) * 8
    const cipher = createCipheriv(`aes-${bits}-ecb`, secret, null)
    return cipher.update(stringToSign, 'utf8', 'base64') + cipher.final('base64')
  },
}
