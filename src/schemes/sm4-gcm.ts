// SM4-GCM (RFC 8998), which OpenSSL 3 in Node does not have: Node's SM4-CTR for the cipher, @noble/ciphers' GHASH for the tag,
// and what NIST SP 800-38D says of putting the two together for a 12-byte IV.

import { type CipherKey, createCipheriv, timingSafeEqual } from 'node:crypto'
import { ghash } from '@noble/ciphers/_polyval.js'

const blockBytes = 16

export function sealSm4Gcm(key: CipherKey, iv: Uint8Array, plain: Uint8Array, aad: Uint8Array = none): { text: Buffer; tag: Buffer } {
  const { text, mask } = counterMode(key, iv, plain)
  return { text, tag: tagOf(key, mask, text, aad) }
}

/** undefined when the tag is wrong; nothing is deciphered before it is known to be right. */
export function openSm4Gcm(key: CipherKey, iv: Uint8Array, text: Uint8Array, tag: Uint8Array, aad: Uint8Array = none): Buffer | undefined {
  const { mask } = counterMode(key, iv, none)
  const expected = tagOf(key, mask, text, aad)
  if (tag.length !== expected.length || !timingSafeEqual(expected, tag)) return undefined
  return counterMode(key, iv, text).text
}

const none = new Uint8Array()

// The first block of the key stream masks the tag, the next begins the text. CTR counts with all 16 bytes and GCM with the last four,
// which is the same below 2^32 blocks: 64 GB.
function counterMode(key: CipherKey, iv: Uint8Array, input: Uint8Array): { text: Buffer; mask: Buffer } {
  const cipher = createCipheriv('sm4-ctr', key, Buffer.concat([iv, Buffer.from([0, 0, 0, 1])]))
  const mask = cipher.update(Buffer.alloc(blockBytes))
  return { text: cipher.update(input), mask }
}

function tagOf(key: CipherKey, mask: Buffer, text: Uint8Array, aad: Uint8Array): Buffer {
  const hashKey = createCipheriv('sm4-ecb', key, null).setAutoPadding(false).update(Buffer.alloc(blockBytes))
  const lengths = Buffer.alloc(blockBytes)
  lengths.writeBigUInt64BE(BigInt(aad.length) * 8n, 0)
  lengths.writeBigUInt64BE(BigInt(text.length) * 8n, 8)
  const digest = ghash(Buffer.concat([aad, padding(aad), text, padding(text), lengths]), hashKey)
  return Buffer.from(digest.map((byte, at) => byte ^ mask[at]!))
}

function padding(bytes: Uint8Array): Buffer {
  return Buffer.alloc((blockBytes - (bytes.length % blockBytes)) % blockBytes)
}
