// Scheme `rfc9421`: HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530), as settled A13 narrows them.
// In two steps, so that no key is looked for before the claim is whole: `readMessageSignature` reads what the request claims,
// `verifyMessageSignature` asks whether the app's key made it.

import { createHmac, createVerify, type KeyObject, sign as signBytes, timingSafeEqual, verify as verifyBytes } from 'node:crypto'
import { type BareItem, type InnerList, isInnerList, type Parameters, parseDictionary, serializeDictionary } from 'structured-headers'
import { checkContentDigest } from './content-digest.ts'
import type { PublicKeyAlg } from './public-key.ts'
import { Flaw, fieldLinesOf, type SignedMessage, signatureBase } from './signature-base.ts'

export type MessageAlg = 'hmac-sha256' | Exclude<PublicKeyAlg, 'sm2'>

const messageAlgs: readonly string[] = ['hmac-sha256', 'rsa-v1_5-sha256', 'ecdsa-p256-sha256', 'ed25519'] satisfies MessageAlg[]

/** Marks the signature that is for us, where a request carries several. */
export const messageTag = 'kaimen'

export interface MessageClaim {
  readonly appId: string
  /** Names one of the app's public keys; undefined: by the app's secret. */
  readonly keyId: string | undefined
  /** What the request says of the algorithm. */
  readonly alg: MessageAlg | undefined
  /** Epoch seconds. */
  readonly createdAt: number
  readonly expiresAt: number | undefined
  readonly nonce: string
  /** What was signed, and so what a replay repeats. */
  readonly base: string
  readonly signature: Uint8Array
}

export interface MessageKey {
  readonly alg: MessageAlg
  readonly key: KeyObject
}

export function readMessageSignature(message: SignedMessage): MessageClaim | Flaw {
  const inputs = dictionaryOf('signature-input', message)
  if (inputs instanceof Flaw) return inputs
  const signatures = dictionaryOf('signature', message)
  if (signatures instanceof Flaw) return signatures
  const label = labelOf(inputs)
  if (label instanceof Flaw) return label
  const covered = inputs.get(label)!
  const signature = signatures.get(label)?.[0]
  if (signature === undefined) return new Flaw('field_absent', `signature;key="${label}"`)
  if (!(signature instanceof ArrayBuffer)) return new Flaw('field_malformed', 'signature')
  if (!isInnerList(covered)) return new Flaw('field_malformed', 'signature-input')

  const claims = claimsOf(covered[1])
  if (claims instanceof Flaw) return claims
  const uncovered = uncoveredOf(covered, message)
  if (uncovered !== undefined) return new Flaw('not_covered', uncovered)
  const base = signatureBase(message, covered)
  if (base instanceof Flaw) return base
  const digest = digestFlaw(covered, message)
  if (digest) return digest
  return { ...claims, base, signature: new Uint8Array(signature) }
}

function dictionaryOf(name: string, message: SignedMessage): ReturnType<typeof parseDictionary> | Flaw {
  const lines = fieldLinesOf(name, message)
  if (lines.length === 0) return new Flaw('field_absent', name)
  try {
    return parseDictionary(lines.join(', '))
  } catch {
    return new Flaw('field_malformed', name)
  }
}

const keyIdPattern = /^([0-9A-Za-z]{8,32})(?::([\x21-\x7e]{1,128}))?$/

// Proxies add signatures of their own. Ours is the only one, else the one with our tag, else the one whose keyid may be an app's.
function labelOf(inputs: ReturnType<typeof parseDictionary>): string | Flaw {
  const parametersOf = (label: string) => inputs.get(label)![1]
  const labels = [...inputs.keys()]
  if (labels.length === 1) {
    const [label] = labels
    const tag = parametersOf(label!).get('tag')
    // A signature made for somebody else's purpose proves nothing to us.
    return tag === undefined || tag === messageTag ? label! : new Flaw('foreign_tag', String(tag))
  }
  const tagged = labels.filter((label) => parametersOf(label).get('tag') === messageTag)
  const candidates =
    tagged.length > 0
      ? tagged
      : labels.filter((label) => !parametersOf(label).has('tag') && keyIdPattern.test(String(parametersOf(label).get('keyid'))))
  return candidates.length === 1 ? candidates[0]! : new Flaw('several_signatures', labels.join(', '))
}

const nonceLengthMax = 128

function claimsOf(parameters: Parameters): Omit<MessageClaim, 'base' | 'signature'> | Flaw {
  const keyid = parameters.get('keyid')
  const created = parameters.get('created')
  const expires = parameters.get('expires')
  const nonce = parameters.get('nonce')
  const alg = parameters.get('alg')
  if (keyid === undefined) return new Flaw('parameter_missing', 'keyid')
  if (created === undefined) return new Flaw('parameter_missing', 'created')
  if (nonce === undefined) return new Flaw('parameter_missing', 'nonce')
  const [, appId, keyId] = (typeof keyid === 'string' && keyIdPattern.exec(keyid)) || []
  if (appId === undefined) return new Flaw('parameter_malformed', 'keyid')
  if (!isSeconds(created)) return new Flaw('parameter_malformed', 'created')
  if (expires !== undefined && (!isSeconds(expires) || expires < created)) return new Flaw('parameter_malformed', 'expires')
  if (typeof nonce !== 'string' || nonce === '' || nonce.length > nonceLengthMax) return new Flaw('parameter_malformed', 'nonce')
  if (alg !== undefined && !isMessageAlg(alg)) return new Flaw('alg_unfit', String(alg))
  // A secret has no keyId and a public key always has one, so the two cannot be taken for one another.
  if (alg !== undefined && (alg === 'hmac-sha256') !== (keyId === undefined)) return new Flaw('alg_unfit', alg)
  return { appId, keyId, alg, createdAt: created, expiresAt: expires, nonce }
}

function isSeconds(value: BareItem): value is number {
  return typeof value === 'number' && Number.isInteger(value)
}

function isMessageAlg(value: BareItem): value is MessageAlg {
  return typeof value === 'string' && messageAlgs.includes(value)
}

/** The first of what A13 wants covered that is not. Only the plain component counts, without parameters. */
function uncoveredOf(covered: InnerList, message: SignedMessage): string | undefined {
  const plain = new Set(covered[0].filter(([, parameters]) => parameters.size === 0).map(([name]) => name))
  const target = plain.has('@target-uri') ? ['@target-uri'] : ['@authority', '@path', '@query']
  const wanted = ['@method', ...target]
  if (message.body.length > 0) wanted.push('content-digest')
  if (fieldLinesOf('authorization', message).length > 0) wanted.push('authorization')
  return wanted.find((name) => !plain.has(name))
}

function digestFlaw(covered: InnerList, message: SignedMessage): Flaw | undefined {
  if (!covered[0].some(([name]) => name === 'content-digest')) return undefined
  switch (checkContentDigest(fieldLinesOf('content-digest', message).join(', '), message.body)) {
    case 'right':
      return undefined
    case 'wrong':
      return new Flaw('digest_wrong', 'content-digest')
    case 'unknown':
      return new Flaw('digest_unknown', 'content-digest')
    case 'malformed':
      return new Flaw('field_malformed', 'content-digest')
  }
}

/** Whether `key`, which the app has for this `keyId`, made the signature, under the algorithm that the request named, if it named one. */
export function verifyMessageSignature(claim: MessageClaim, { alg, key }: MessageKey): boolean {
  const isFit = (claim.alg === undefined || claim.alg === alg) && (alg === 'hmac-sha256') === (claim.keyId === undefined)
  return isFit && verifyBase(claim.base, claim.signature, { alg, key })
}

export function verifyBase(base: string, signature: Uint8Array, { alg, key }: MessageKey): boolean {
  switch (alg) {
    case 'hmac-sha256': {
      const expected = createHmac('sha256', key).update(base).digest()
      return expected.length === signature.length && timingSafeEqual(expected, signature)
    }
    case 'rsa-v1_5-sha256':
      return createVerify('sha256').update(base).verify(key, signature)
    case 'ecdsa-p256-sha256':
      // Of another length than r ‖ s it would make Node throw.
      return signature.length === 64 && createVerify('sha256').update(base).verify({ key, dsaEncoding: 'ieee-p1363' }, signature)
    case 'ed25519':
      return verifyBytes(null, Buffer.from(base), key, signature)
  }
}

export function signBase(base: string, { alg, key }: MessageKey): Buffer {
  switch (alg) {
    case 'hmac-sha256':
      return createHmac('sha256', key).update(base).digest()
    case 'ecdsa-p256-sha256':
      return signBytes('sha256', Buffer.from(base), { key, dsaEncoding: 'ieee-p1363' })
    case 'rsa-v1_5-sha256':
      return signBytes('sha256', Buffer.from(base), key)
    case 'ed25519':
      return signBytes(null, Buffer.from(base), key)
  }
}

export interface MessageOrder {
  readonly keyid: string
  readonly nonce: string
  /** Epoch seconds. */
  readonly createdAt: number
  readonly expiresAt?: number
  /** What A13 asks for, when left out. */
  readonly components?: readonly string[]
}

/** The values of `Signature-Input` and `Signature` for a request; its Content-Digest must be among its fields already. */
export function signMessage(message: SignedMessage, order: MessageOrder, key: MessageKey): { signatureInput: string; signature: string } {
  const sent = ['content-digest', 'authorization'].filter((name) => fieldLinesOf(name, message).length > 0)
  const names = order.components ?? ['@method', '@target-uri', ...sent]
  const parameters = new Map<string, BareItem>([
    ['created', order.createdAt],
    ['keyid', order.keyid],
    ['alg', key.alg],
    ['nonce', order.nonce],
    ['tag', messageTag],
  ])
  if (order.expiresAt !== undefined) parameters.set('expires', order.expiresAt)
  const covered: InnerList = [names.map((name) => [name, new Map()]), parameters]
  const base = signatureBase(message, covered)
  if (base instanceof Flaw) throw new Error(`cannot sign: ${base.reason} ${base.name}`)
  return {
    signatureInput: serializeDictionary(new Map([['sig', covered]])),
    signature: serializeDictionary(new Map([['sig', [new Uint8Array(signBase(base, key)), new Map()]]])),
  }
}
