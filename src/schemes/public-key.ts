// The public keys that an app registers (settled A3): one PEM block of SubjectPublicKeyInfo. What a key is for follows from its kind.

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

/** RFC 9421's names where it has one. An `rsa-v1_5-sha256` key proves the scheme `rsa2` too. */
export type PublicKeyAlg = 'rsa-v1_5-sha256' | 'ecdsa-p256-sha256' | 'ed25519' | 'sm2'

export interface PublicKey {
  readonly alg: PublicKeyAlg
  readonly key: KeyObject
}

export type PublicKeyReason = 'private_key' | 'not_a_public_key' | 'unknown_kind' | 'rsa_size'

const rsaBitsMin = 2048
// A larger one costs its owner nothing, and us the time of a hundred.
const rsaBitsMax = 4096

export function readPublicKey(pem: string): PublicKey | PublicKeyReason {
  // Node would take the public half of a private key without a word, and its owner would not learn that the key has left the house.
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) return 'private_key'
  if (!/^\s*-----BEGIN PUBLIC KEY-----[\w+/=\s]+-----END PUBLIC KEY-----\s*$/.test(pem)) return 'not_a_public_key'
  let key: KeyObject
  try {
    key = createPublicKey(pem)
  } catch {
    return 'not_a_public_key'
  }
  const alg = algOf(key)
  if (!alg) return 'unknown_kind'
  const bits = key.asymmetricKeyDetails?.modulusLength
  if (bits !== undefined && (bits < rsaBitsMin || bits > rsaBitsMax)) return 'rsa_size'
  return { alg, key }
}

/** A PKCS #8 PEM. For those who sign: a partner's code, our tests. */
export function readPrivateKey(pem: string): { readonly alg: PublicKeyAlg; readonly key: KeyObject } | 'unknown_kind' {
  const key = createPrivateKey(pem)
  const alg = algOf(createPublicKey(key))
  return alg ? { alg, key } : 'unknown_kind'
}

function algOf(key: KeyObject): PublicKeyAlg | undefined {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return 'rsa-v1_5-sha256'
    case 'ed25519':
      return 'ed25519'
    case 'ec':
      return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? 'ecdsa-p256-sha256' : undefined
    default:
      return sm2PointOf(key) ? 'sm2' : undefined
  }
}

// id-ecPublicKey on the curve 1.2.156.10197.1.301, an uncompressed point. Node has no name for the kind, but OpenSSL behind it does.
const sm2Prefix = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d03420004', 'hex')

/** The 64 bytes x ‖ y of an SM2 key, private or public; undefined when it is of another kind. */
export function sm2PointOf(key: KeyObject): Buffer | undefined {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  const der = publicKey.export({ type: 'spki', format: 'der' })
  const isSm2 = der.length === sm2Prefix.length + 64 && der.subarray(0, sm2Prefix.length).equals(sm2Prefix)
  return isSm2 ? der.subarray(sm2Prefix.length) : undefined
}
