// Encrypted bodies (contract §2, settled F10): `data` = Base64(12-byte IV ‖ ciphertext ‖ 16-byte tag), under a key that is derived
// from the app's secret for this algorithm alone. The key of the AES sign is the secret itself, and so opens nothing here.

import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { decodeBase64 } from './base64.ts'
import { openSm4Gcm, sealSm4Gcm } from './sm4-gcm.ts'

export const bodyAlgs = ['aes-256-gcm', 'sm4-gcm'] as const
export type BodyAlg = (typeof bodyAlgs)[number]
export type SealedReason = 'unknown_algorithm' | 'not_base64' | 'too_short' | 'wrong_tag'

const keyBytes: { readonly [Alg in BodyAlg]: number } = { 'aes-256-gcm': 32, 'sm4-gcm': 16 }
const ivBytes = 12
const tagBytes = 16

/** `iv` is for tests: with one key, none may be used twice. */
export function sealBody(alg: BodyAlg, plain: Uint8Array, secret: KeyObject, iv: Uint8Array = randomBytes(ivBytes)): string {
  const key = bodyKey(alg, secret)
  if (alg === 'sm4-gcm') {
    const { text, tag } = sealSm4Gcm(key, iv, plain)
    return Buffer.concat([iv, text, tag]).toString('base64')
  }
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

/** The plain bytes, or why there are none. `alg` and `data` are as the caller sent them. */
export function openBody(alg: string, data: string, secret: KeyObject): Buffer | SealedReason {
  if (!isBodyAlg(alg)) return 'unknown_algorithm'
  const sealed = decodeBase64(data)
  if (!sealed) return 'not_base64'
  if (sealed.length < ivBytes + tagBytes) return 'too_short'
  const iv = sealed.subarray(0, ivBytes)
  const text = sealed.subarray(ivBytes, -tagBytes)
  const tag = sealed.subarray(-tagBytes)
  const key = bodyKey(alg, secret)
  const plain = alg === 'sm4-gcm' ? openSm4Gcm(key, iv, text, tag) : openAesGcm(key, iv, text, tag)
  return plain ?? 'wrong_tag'
}

function isBodyAlg(alg: string): alg is BodyAlg {
  return (bodyAlgs as readonly string[]).includes(alg)
}

function openAesGcm(key: KeyObject, iv: Buffer, text: Buffer, tag: Buffer): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes }).setAuthTag(tag)
  const plain = decipher.update(text)
  try {
    return Buffer.concat([plain, decipher.final()])
  } catch {
    return undefined
  }
}

const derived = new WeakMap<KeyObject, Map<BodyAlg, KeyObject>>()

/** HKDF-SHA-256 with an empty salt (RFC 5869). Kept as a key: with bytes Node takes several times as long to make a cipher. */
export function bodyKey(alg: BodyAlg, secret: KeyObject): KeyObject {
  const keys = derived.get(secret) ?? new Map<BodyAlg, KeyObject>()
  derived.set(secret, keys)
  let key = keys.get(alg)
  if (!key) {
    key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `kaimen ${alg}`, keyBytes[alg])))
    keys.set(alg, key)
  }
  return key
}
