// Scheme `sm2` (settled A14, F9): SM2 with SM3 (GB/T 32918.2, GM/T 0003.2) over the same string as `hmac-sha256`, DER in Base64.
//
// What SM2 signs is SM3(Z ‖ message), Z being a digest of the signer's id, the curve and the public key. Node's one-shot `sign` and
// `verify` make a Z of an empty id and cannot be told another. The streaming ones only digest what they are given and hand the digest
// to OpenSSL's SM2, so we put the right Z in front. It wants a key that came from PEM or DER: one that Node generated on this curve
// is an ECDSA key to OpenSSL. The curve's arithmetic is OpenSSL's, as quick as JavaScript with tables for each key, and nothing to carry.

import { createHash, createSign, createVerify, type KeyObject } from 'node:crypto'
import { decodeBase64 } from './base64.ts'
import { sm2PointOf } from './public-key.ts'
import type { Scheme } from './scheme.ts'
import { stringForms } from './string-form.ts'

export const sm2: Scheme = {
  ...stringForms.sm2,
  key: 'sm2',

  sign(stringToSign: string, privateKey: KeyObject): string {
    return createSign('sm3').update(identityOf(privateKey)).update(stringToSign).sign(privateKey, 'base64')
  },

  verify(stringToSign: string, given: string, publicKey: KeyObject): boolean {
    const signature = decodeBase64(given)
    return signature !== undefined && createVerify('sm3').update(identityOf(publicKey)).update(stringToSign).verify(publicKey, signature)
  },
}

const signerId = Buffer.from('1234567812345678')
// a, b and the base point of the recommended curve (GM/T 0003.5).
const curve = Buffer.from(
  'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc' +
    '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93' +
    '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7' +
    'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
  'hex',
)

const identities = new WeakMap<KeyObject, Buffer>()

/** Z: SM3(length of the id in bits ‖ id ‖ a ‖ b ‖ xG ‖ yG ‖ x ‖ y). */
export function identityOf(key: KeyObject): Buffer {
  let identity = identities.get(key)
  if (!identity) {
    const point = sm2PointOf(key)
    if (!point) throw new Error('an SM2 key was expected')
    const idBits = Buffer.alloc(2)
    idBits.writeUInt16BE(signerId.length * 8)
    identity = createHash('sm3').update(idBits).update(signerId).update(curve).update(point).digest()
    identities.set(key, identity)
  }
  return identity
}
