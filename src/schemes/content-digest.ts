// Content-Digest (RFC 9530): what ties a body to a signature over fields.

import { createHash } from 'node:crypto'
import { parseDictionary } from 'structured-headers'

const algorithms = { 'sha-256': 'sha256', 'sha-512': 'sha512' } as const
export type DigestAlg = keyof typeof algorithms
const isKnown = (name: string): name is DigestAlg => Object.hasOwn(algorithms, name)

export function contentDigest(body: Uint8Array, alg: DigestAlg = 'sha-256'): string {
  return `${alg}=:${createHash(algorithms[alg]).update(body).digest('base64')}:`
}

/** Every digest of an algorithm that we know must be right, and one at least must be known; others are left alone (RFC 9530 §5). */
export function checkContentDigest(field: string, body: Uint8Array): 'right' | 'wrong' | 'malformed' | 'unknown' {
  let seen: 'right' | 'unknown' = 'unknown'
  try {
    for (const [name, member] of parseDictionary(field)) {
      if (!isKnown(name)) continue
      const [value] = member
      if (!(value instanceof ArrayBuffer)) return 'malformed'
      if (!createHash(algorithms[name]).update(body).digest().equals(Buffer.from(value))) return 'wrong'
      seen = 'right'
    }
  } catch {
    return 'malformed'
  }
  return seen
}
