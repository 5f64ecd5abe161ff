// Scheme `rfc9421`: HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530), as settled A13 narrows them.
// In two steps, so that no key is looked for before the claim is whole: `readMessageSignature` reads what the request claims,
// `verifyMessageSignature` asks whether the app's key made it.

import { createHmac, createVerify, type KeyObject, sign as signBytes, timingSafeEqual, verify as verifyBytes } from 'node:crypto'
import { type BareItem, type InnerList, serializeDictionary } from 'structured-headers'
import { checkContentDigest } from './content-digest.ts'
import { type MessageAlg, type MessageClaim, messageTag, readMessageClaim } from './message-claim.ts'
import { Flaw, fieldLinesOf, type SignedMessage, signatureBase } from './signature-base.ts'

export interface MessageKey {
  readonly alg: MessageAlg
  readonly key: KeyObject
}

export function readMessageSignature(message: SignedMessage): MessageClaim | Flaw {
  const claim = readMessageClaim(message)
  return claim instanceof Flaw ? claim : (digestFlaw(claim.covered, message) ?? claim)
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
