// Why a message signature (RFC 9421) is wrong. What was covered stands in the base; what callers get wrong is mostly what they took
// for one of its lines, or the key. Like `diagnose.ts` it only explains, and gives no secret away.

import { constants, createHmac, createVerify, type KeyObject } from 'node:crypto'
import { alteredSecrets, type Cause, type Diagnosis } from './diagnose.ts'
import { firstDifference } from './first-difference.ts'
import type { MessageAlg } from './message-claim.ts'
import { percentDecoded } from './percent-decoded.ts'
import { readPublicKey } from './public-key.ts'
import { verifyBase } from './rfc9421.ts'

export type MessageMistake = 'key_unknown' | 'key_of_another_id' | 'parameters_altered' | 'target_altered'

export interface BadlySignedMessage {
  /** As we built it. */
  readonly base: string
  readonly keyId: string | null
  /** What the request said of the algorithm. */
  readonly alg: string | null
  /** Base64. */
  readonly signature: string
  /** The live secrets, and those that are good no longer. */
  readonly keys: readonly KeyObject[]
  readonly oldKeys: readonly KeyObject[]
  /** The app's registered ones, as PEM. */
  readonly publicKeys: readonly { readonly keyId: string; readonly publicKey: string }[]
}

interface Found {
  readonly cause: Cause
  readonly about?: string
  /** What the caller signed, when it was not the base. */
  readonly text?: string
}

export function diagnoseMessage(message: BadlySignedMessage): Diagnosis {
  const { base } = message
  const found: Found = (message.keyId === null ? bySecret(message) : byPublicKey(message, message.keyId)) ?? { cause: 'unknown' }
  const { cause, about, text } = found
  const callers = text ?? (cause === 'unknown' ? undefined : base)
  const differsAt = callers === undefined ? undefined : firstDifference(base, callers)
  return {
    cause,
    ...(about !== undefined && { about }),
    stringToSign: base,
    ...(callers !== undefined && { callers }),
    ...(differsAt !== undefined && { differsAt }),
  }
}

function bySecret(message: BadlySignedMessage): Found | undefined {
  const { base, keys, oldKeys } = message
  const given = Buffer.from(message.signature, 'base64')
  const isBy = (key: KeyObject, text = base) => verifyBase(text, given, { alg: 'hmac-sha256', key })
  if (keys.some((key) => isBy(key))) return { cause: 'none' }
  if (oldKeys.some((key) => isBy(key))) return { cause: 'old_secret' }
  if (keys.flatMap(alteredSecrets).some((key) => isBy(key))) return { cause: 'secret_trimmed_or_case' }
  for (const { cause, text } of variants(base)) if (keys.some((key) => isBy(key, text))) return { cause, text }
  for (const hash of ['sha1', 'sha384', 'sha512', 'md5', 'sm3']) {
    if (keys.some((key) => createHmac(hash, key).update(base).digest().equals(given)))
      return { cause: 'wrong_algorithm', about: `hmac-${hash}` }
  }
  const written = given.toString('latin1')
  const isHex = (key: KeyObject) => createHmac('sha256', key).update(base).digest('hex') === written.toLowerCase()
  return keys.some(isHex) ? { cause: 'base64_of_hex' } : undefined
}

function byPublicKey({ base, keyId, alg, signature, publicKeys }: BadlySignedMessage, wanted: string): Found | undefined {
  const given = Buffer.from(signature, 'base64')
  const keys = publicKeys.flatMap(({ keyId, publicKey }) => {
    const read = readPublicKey(publicKey)
    return typeof read === 'string' || read.alg === 'sm2' ? [] : [{ keyId, alg: read.alg as MessageAlg, key: read.key }]
  })
  const own = keys.find((key) => key.keyId === wanted)
  const other = keys.find((key) => key !== own && verifyBase(base, given, key))
  if (other) return { cause: 'key_of_another_id', about: other.keyId }
  if (!own) return { cause: 'key_unknown', about: keyId ?? '' }
  if (verifyBase(base, given, own)) return alg !== null && alg !== own.alg ? { cause: 'wrong_algorithm', about: alg } : { cause: 'none' }
  const otherwise = otherAlgorithm(base, given, own.key)
  if (otherwise !== undefined) return { cause: 'wrong_algorithm', about: otherwise }
  return variants(base).find(({ text }) => verifyBase(text, given, own))
}

/** The right key under another algorithm, or a signature written otherwise. */
function otherAlgorithm(base: string, given: Buffer, key: KeyObject): string | undefined {
  const verify = (hash: string, options: object) =>
    createVerify(hash)
      .update(base)
      .verify({ key, ...options }, given)
  switch (key.asymmetricKeyType) {
    case 'rsa': {
      const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }
      if (verify('sha512', pss)) return 'rsa-pss-sha512'
      if (verify('sha256', pss)) return 'rsa-pss-sha256'
      return verify('sha512', {}) ? 'rsa-v1_5-sha512' : verify('sha1', {}) ? 'rsa-v1_5-sha1' : undefined
    }
    case 'ec':
      return verify('sha256', { dsaEncoding: 'der' }) ? 'ecdsa-p256-sha256 (DER)' : undefined
    default:
      return undefined
  }
}

/** The base with one of its lines as callers often have it. */
function variants(base: string): { cause: Cause; text: string }[] {
  const line = (name: string, change: (value: string) => string) =>
    base.replace(new RegExp(`^("${name}": )(.*)$`, 'm'), (_, head: string, value: string) => head + change(value))
  const target = (change: (url: string) => string) => line('@target-uri', change)
  const swapped = (url: string) => (url.startsWith('https:') ? url.replace('https:', 'http:') : url.replace('http:', 'https:'))
  const withoutQuery = (url: string) => url.replace(/\?.*$/, '')
  const withPort = (url: string) =>
    url.replace(/^(https?):\/\/([^/:]+)(?=\/)/, (all, scheme: string) => `${all}:${scheme === 'https' ? 443 : 80}`)
  const withoutPort = (text: string) => text.replace(/:\d+(?=\/|$)/, '')
  const pathOf = (url: string) => url.replace(/^https?:\/\/[^/]+/, '')
  const lines = base.split('\n')
  const named: [cause: Cause, texts: string[]][] = [
    [
      'target_altered',
      [
        target(swapped),
        target(withoutPort),
        target(withPort),
        target((url) => swapped(withoutPort(url))),
        target(pathOf),
        line('@authority', withoutPort),
      ],
    ],
    [
      'query_left_out',
      [
        target(withoutQuery),
        target((url) => swapped(withoutQuery(url))),
        line('@query', () => '?'),
        line('@query', (query) => query.slice(1)),
      ],
    ],
    ['path_altered', [line('@path', percentDecoded), target(percentDecoded), line('@path', (path) => `${path}/`)]],
    ['lower_case_method', [line('@method', (method) => method.toLowerCase())]],
    ['trailing_newline', [`${base}\n`, `${base} `]],
    ['line_ends', [lines.join('\r\n'), lines.join(''), lines.join('\\n')]],
    [
      'parameters_altered',
      [
        lines.slice(0, -1).join('\n'),
        [...lines.slice(0, -1), lines.at(-1)!.replace(/^"@signature-params": /, '')].join('\n'),
        [...lines.slice(0, -1), lines.at(-1)!.replace(/^"(@signature-params)"/, '$1')].join('\n'),
      ],
    ],
    ['joined_otherwise', [base.replace(/^"([^"]+)": /gm, '$1: '), base.replace(/^("[^"]+"): /gm, '$1:')]],
  ]
  return named.flatMap(([cause, texts]) => texts.filter((text) => text !== base).map((text) => ({ cause, text })))
}
