// Secrets at rest: AES-256-GCM under a key derived from the master key for one purpose.
// A sealed text is `v1.` + Base64url(12-byte IV ‖ ciphertext ‖ 16-byte tag). Each purpose has a key of its own,
// so a sealed app secret cannot be passed off as a sealed signing key.

import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { getOrMake } from './get-or-make.ts'

const ivBytes = 12
const tagBytes = 16

export interface Sealer {
  sealBytes(purpose: Purpose, plain: Uint8Array): Buffer
  /** Throws when the bytes were not sealed by this key for this purpose. */
  openBytes(purpose: Purpose, sealed: Uint8Array): Buffer
  seal(purpose: Purpose, plain: string): string
  open(purpose: Purpose, sealed: string): string
  /** What is short enough to be guessed is compared by this: without the master key nobody can try guesses on it. */
  digest(purpose: Purpose, plain: string): string
}

export type Purpose =
  | 'app-secret'
  | 'signing-key'
  | 'snapshot'
  | 'evidence'
  | 'key-check'
  | 'transport-key'
  | 'captcha'
  | 'sms-code'
  | 'login-name'
  | 'project-source'
  | 'form'
  | 'sign-in'
  | 'second-factor'
  | 'recovery-code'
  | 'passkey-user'
  | 'user-token'
  | 'id-token-key'
  | 'oauth'
  | 'member-refresh'
  | 'endless-token'

export function createSealer(masterKey: Uint8Array): Sealer {
  // With bytes for a key Node takes several times as long to make a cipher.
  const keys = new Map<Purpose, KeyObject>()
  function keyFor(purpose: Purpose): KeyObject {
    return getOrMake(keys, purpose, () => createSecretKey(Buffer.from(hkdfSync('sha256', masterKey, '', `kaimen seal ${purpose}`, 32))))
  }

  function sealBytes(purpose: Purpose, plain: Uint8Array): Buffer {
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv('aes-256-gcm', keyFor(purpose), iv)
    return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }

  function openBytes(purpose: Purpose, sealed: Uint8Array): Buffer {
    if (sealed.length < ivBytes + tagBytes) throw new Error(`sealed ${purpose} is too short`)
    const end = sealed.length - tagBytes
    const decipher = createDecipheriv('aes-256-gcm', keyFor(purpose), sealed.subarray(0, ivBytes), { authTagLength: tagBytes })
    decipher.setAuthTag(sealed.subarray(end))
    return Buffer.concat([decipher.update(sealed.subarray(ivBytes, end)), decipher.final()])
  }

  return {
    sealBytes,
    openBytes,
    seal: (purpose, plain) => `v1.${sealBytes(purpose, Buffer.from(plain)).toString('base64url')}`,
    open(purpose, sealed) {
      if (!sealed.startsWith('v1.')) throw new Error(`sealed ${purpose} is of an unknown version`)
      return openBytes(purpose, Buffer.from(sealed.slice(3), 'base64url')).toString()
    },
    digest: (purpose, plain) => createHmac('sha256', keyFor(purpose)).update(plain).digest('base64url'),
  }
}
