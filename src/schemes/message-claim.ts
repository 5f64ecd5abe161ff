// What a request claims by its HTTP Message Signature (RFC 9421), as settled A13 narrows it, and the base that it says was signed.
// Pure, without Node: the browser builds the same base.

import { type BareItem, type InnerList, isInnerList, type Parameters, parseDictionary } from 'structured-headers'
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
  /** The components that it covers, and its parameters. */
  readonly covered: InnerList
  readonly signature: Uint8Array
}

/** All but whether Content-Digest is that of the body. */
export function readMessageClaim(message: SignedMessage): MessageClaim | Flaw {
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
  return { ...claims, base, covered, signature: new Uint8Array(signature) }
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

function claimsOf(parameters: Parameters): Omit<MessageClaim, 'base' | 'covered' | 'signature'> | Flaw {
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
