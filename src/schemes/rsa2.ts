// Scheme `rsa2` (settled A14, F9): RSASSA-PKCS1-v1_5 with SHA-256 over the same string as `hmac-sha256`, in Base64.

import { createSign, createVerify, type KeyObject } from 'node:crypto'
import { decodeBase64 } from './base64.ts'
import type { Scheme } from './scheme.ts'
import { stringForms } from './string-form.ts'

export const rsa2: Scheme = {
  ...stringForms.rsa2,
  key: 'rsa-v1_5-sha256',

  sign(stringToSign: string, privateKey: KeyObject): string {
    return createSign('sha256').update(stringToSign).sign(privateKey, 'base64')
  },

  verify(stringToSign: string, given: string, publicKey: KeyObject): boolean {
    const signature = decodeBase64(given)
    return signature !== undefined && createVerify('sha256').update(stringToSign).verify(publicKey, signature)
  },
}
