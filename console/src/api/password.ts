// A password on its way to the platform: encrypted under its public key where the browser can (it can over HTTPS and on this machine),
// so that a proxy or a log in between does not hold it.

import { ask } from './ask.ts'

export async function sentPassword(password: string): Promise<{ password: string; keyId?: string }> {
  if (!crypto.subtle) return { password }
  const { publicKey, keyId } = await ask('GET /openapi/user/publicKey', {})
  const der = Uint8Array.from(atob(publicKey.replace(/-----[^-]+-----|\s/g, '')), (char) => char.charCodeAt(0))
  const key = await crypto.subtle.importKey('spki', der, { name: 'RSA-OAEP', hash: 'SHA-256' }, false, ['encrypt'])
  const sealed = await crypto.subtle.encrypt({ name: 'RSA-OAEP' }, key, new TextEncoder().encode(password))
  return { password: btoa(String.fromCharCode(...new Uint8Array(sealed))), keyId }
}
