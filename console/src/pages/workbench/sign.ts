// A signature in the browser, by what browsers have themselves; nothing of it leaves the page. What they have not (md5, SM2) is not brought
// along for this: `npm run sign` has it.

import type { GuessedScheme } from '#schemes/pasted-request.ts'

/** What proves a call by each scheme that can be computed here. */
export const keyOf: { readonly [Scheme in GuessedScheme]?: 'secret' | 'private_key' } = {
  'hmac-sha256': 'secret',
  rfc9421: 'secret',
  openapi: 'secret',
  rsa2: 'private_key',
}

export type NotSigned = 'needs_https' | 'bad_key'

/** In Base64, as it is sent. */
export async function signHere(scheme: GuessedScheme, stringToSign: string, key: string): Promise<string | NotSigned> {
  // Browsers keep it from pages that came without TLS, but for those of the same machine.
  if (globalThis.crypto?.subtle === undefined) return 'needs_https'
  const text = new TextEncoder().encode(stringToSign)
  try {
    const bytes = scheme === 'openapi' ? await aesEcb(text, key) : scheme === 'rsa2' ? await rsa(text, key) : await hmac(text, key)
    return base64(bytes)
  } catch {
    return 'bad_key'
  }
}

async function hmac(text: Uint8Array<ArrayBuffer>, secret: string): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, text))
}

async function rsa(text: Uint8Array<ArrayBuffer>, pem: string): Promise<Uint8Array> {
  const der = Uint8Array.from(atob(pem.replace(/-----[^-]+-----|\s/g, '')), (character) => character.charCodeAt(0))
  const key = await crypto.subtle.importKey('pkcs8', der, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key, text))
}

const blockBytes = 16

/** Browsers have no ECB; a block of CBC whose vector is zero is a block of ECB. */
async function aesEcb(text: Uint8Array<ArrayBuffer>, secret: string): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), 'AES-CBC', false, ['encrypt'])
  const missing = blockBytes - (text.length % blockBytes)
  const padded = new Uint8Array(text.length + missing).fill(missing)
  padded.set(text)
  const signature = new Uint8Array(padded.length)
  for (let at = 0; at < padded.length; at += blockBytes) {
    const block = padded.subarray(at, at + blockBytes)
    const sealed = await crypto.subtle.encrypt({ name: 'AES-CBC', iv: new Uint8Array(blockBytes) }, key, block)
    signature.set(new Uint8Array(sealed, 0, blockBytes), at)
  }
  return signature
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
