// Scheme `openapi` (source 002): sign = Base64(AES/ECB/PKCS5Padding(canonical string, key = the 32 ASCII bytes of appSecret)).
// An encryption used as a signature: method and path are not covered, empty parameters neither, and equal blocks show.
// It is here because partners' code has it; `hmac-sha256` is what to take for new code.

import { type Cipheriv, createCipheriv, type KeyObject } from 'node:crypto'
import { isSameSignature } from './same-signature.ts'
import type { Scheme } from './scheme.ts'
import { stringForms } from './string-form.ts'

export const openapi: Scheme = {
  ...stringForms.openapi,
  key: 'secret',

  sign,
  verify(stringToSign: string, given: string, secret: KeyObject): boolean {
    return isSameSignature(sign(stringToSign, secret), given)
  },
}

function sign(stringToSign: string, secret: KeyObject): string {
  return cipherOf(secret).update(padded(stringToSign)).toString('base64')
}

const blockBytes = 16
const ciphers = new WeakMap<KeyObject, Cipheriv>()

// ECB carries nothing from one block to the next, so one cipher serves a key for ever; making one costs twice what using it does.
// It is only ever given whole blocks, and so keeps nothing back.
function cipherOf(secret: KeyObject): Cipheriv {
  let cipher = ciphers.get(secret)
  if (!cipher) {
    const bits = (secret.symmetricKeySize ?? 0) * 8
    cipher = createCipheriv(`aes-${bits}-ecb`, secret, null).setAutoPadding(false)
    ciphers.set(secret, cipher)
  }
  return cipher
}

/** PKCS #5: as many bytes as are missing to a whole block, each of them that number; a whole block more when none is. */
function padded(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const missing = blockBytes - (length % blockBytes)
  const bytes = Buffer.alloc(length + missing, missing)
  bytes.write(text)
  return bytes
}
