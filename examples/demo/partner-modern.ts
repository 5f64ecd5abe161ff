// Two more things that a partner's program may do, by Node alone: sign a call as an HTTP message (RFC 9421), and encrypt its body.

import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { type App, type Parameters, type Request, type Signing, signedRequest } from './partner.ts'

/** The signature is over method, target, token and the digest of the body, whatever the body is; its parameters stay as they are. */
export function messageRequest(app: App, method: string, url: string, token: string, content?: { type: string; text: string }): Request {
  const headers: Record<string, string> = { authorization: `Bearer ${token}` }
  if (content !== undefined) {
    headers['content-type'] = content.type
    // RFC 9530.
    headers['content-digest'] = `sha-256=:${createHash('sha256').update(content.text).digest('base64')}:`
  }
  const { host, pathname, search } = new URL(url)
  const covered = { '@method': method, '@authority': host, '@path': pathname, '@query': search || '?', ...headers }
  const names = Object.keys(covered).map((name) => `"${name}"`)
  const created = Math.floor(Date.now() / 1000)
  const parameters = `(${names.join(' ')});created=${created};keyid="${app.appId}";nonce="${randomUUID()}";alg="hmac-sha256";tag="kaimen"`
  const lines = Object.entries(covered).map(([name, value]) => `"${name}": ${value}`)
  const base = [...lines, `"@signature-params": ${parameters}`].join('\n')
  const signature = createHmac('sha256', app.appSecret).update(base).digest('base64')
  const signed = { ...headers, 'signature-input': `sig=${parameters}`, signature: `sig=:${signature}:` }
  return { method, url, headers: signed, stringToSign: base, ...(content === undefined ? {} : { body: content.text }) }
}

const ivBytes = 12
const tagBytes = 16

/** A POST whose business is encrypted, and whose answer shall be. The signature is over what travels. */
export function sealedRequest(app: App, url: string, business: Parameters, signing: Signing): Request {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', bodyKey(app), iv)
  const sealed = Buffer.concat([iv, cipher.update(JSON.stringify(business)), cipher.final(), cipher.getAuthTag()])
  const envelope = { encrypt: 'aes-256-gcm', data: sealed.toString('base64'), encryptResponse: true }
  return signedRequest(app, 'POST', url, envelope, signing)
}

/** What the service answered. Throws when it was not encrypted for this app. */
export function openedAnswer(app: App, { data }: { data: string }): string {
  const sealed = Buffer.from(data, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', bodyKey(app), sealed.subarray(0, ivBytes)).setAuthTag(sealed.subarray(-tagBytes))
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes, -tagBytes)), decipher.final()]).toString()
}

function bodyKey({ appSecret }: App): Buffer {
  return Buffer.from(hkdfSync('sha256', appSecret, '', 'kaimen aes-256-gcm', 32))
}
