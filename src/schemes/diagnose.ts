// Why a signature is wrong: tries what callers commonly do, and names what they did. For explanations to the app's owner (settled F20),
// never to let a call through. What it returns holds no secret, even where the caller signed one.

import { createCipheriv, createDecipheriv, createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { decodeUtf8 } from '#lib/utf8.ts'
import { decodeBase64 } from './base64.ts'
import type { AuthIdMistake } from './diagnose-auth-id.ts'
import type { MessageMistake } from './diagnose-message.ts'
import { firstDifference } from './first-difference.ts'
import { publicKeySchemes, schemes } from './index.ts'
import { type Candidate, candidates, type Mistake, type Sent } from './mistakes.ts'
import { Malformed, readJsonObject, readQuery, sortParameters } from './parameters.ts'
import { percentDecoded } from './percent-decoded.ts'
import type { Scheme } from './scheme.ts'
import type { SchemeName } from './string-form.ts'

export type Cause =
  | Mistake
  | 'none'
  | 'unknown'
  | 'old_secret'
  | 'secret_trimmed_or_case'
  | 'wrong_scheme'
  | 'wrong_algorithm'
  | 'hex_instead_of_base64'
  | 'base64_of_hex'
  | 'base64_variant'
  | 'sign_plus_as_space'
  | 'sign_url_encoded'
  | 'field_added'
  | 'field_differs'
  | MessageMistake
  | AuthIdMistake

export interface BadlySigned {
  readonly scheme: Scheme
  readonly method: string
  /** As sent. */
  readonly path: string
  readonly query: string
  readonly body: 'none' | 'json' | 'form'
  readonly bodyText: string
  readonly sign: string
  /** The live secrets, or the app's public keys of the scheme's kind. */
  readonly keys: readonly KeyObject[]
  /** Secrets that are good no longer. */
  readonly oldKeys?: readonly KeyObject[]
}

export interface Diagnosis {
  readonly cause: Cause
  /** A second thing that is wrong: how the signature was written. */
  readonly also?: Cause
  /** The parameter that it is about, or the scheme that the signature is right under. */
  readonly about?: string
  /** What should have been signed. */
  readonly stringToSign: string
  /** What was, where we know; a secret in it is masked. */
  readonly callers?: string
  /** Where the two strings part. */
  readonly differsAt?: number
}

/** undefined when the parameters cannot even be read: the gateway says why by itself. */
export function diagnose(call: BadlySigned): Diagnosis | undefined {
  const sent = readSent(call)
  if (!sent) return undefined
  const stringToSign = stringFor(call.scheme, sent)
  const given = spellingsOf(call.sign)
  const isLong = stringToSign.length > explainedLengthMax
  const found = findByKey(call, stringToSign, given) ?? (isLong ? undefined : findMistake(call, sent, stringToSign, given))
  return found ? explained(found, stringToSign, call) : { cause: 'unknown', stringToSign }
}

// Two hundred strings of ten megabytes would be two gigabytes; partners find their mistakes with small calls.
const explainedLengthMax = 65_536

function findMistake(call: BadlySigned, sent: Sent, stringToSign: string, given: readonly Spelling[]): Found | undefined {
  return (
    (call.scheme.name === 'openapi' ? readAesSign(call, sent, stringToSign, given) : undefined) ??
    findByScheme(call, sent, given) ??
    findByString(call, sent, given) ??
    findByAlgorithm(call, stringToSign, given)
  )
}

/** `text` is what the caller signed. */
interface Found {
  readonly cause: Cause
  readonly also?: Cause | undefined
  readonly about?: string | undefined
  readonly text: string
}

function explained({ cause, also, about, text }: Found, stringToSign: string, call: BadlySigned): Diagnosis {
  const callers = [...call.keys, ...(call.oldKeys ?? [])].reduce((masked, key) => mask(masked, key), text)
  const differsAt = firstDifference(stringToSign, callers)
  return {
    cause,
    ...(also && { also }),
    ...(about !== undefined && { about }),
    stringToSign,
    callers,
    ...(differsAt !== undefined && { differsAt }),
  }
}

export function mask(text: string, key: KeyObject): string {
  const secret = key.type === 'secret' ? key.export().toString() : ''
  return secret === '' ? text : text.replaceAll(secret, '***')
}

function readSent(call: BadlySigned): Sent | undefined {
  const { scheme, method, path, query, body, bodyText } = call
  const queryParameters = readQuery(query)
  const bodyParameters = body === 'none' ? [] : body === 'json' ? readJsonObject(bodyText) : readQuery(bodyText)
  if (queryParameters instanceof Malformed || bodyParameters instanceof Malformed) return undefined
  if (sortParameters([...queryParameters, ...bodyParameters]) instanceof Malformed) return undefined
  const secrets = call.keys.flatMap((key) => (key.type === 'secret' ? key.export().toString() : []))
  return { scheme, method, path, query, queryParameters, body, bodyText, bodyParameters, secrets }
}

function stringFor(scheme: Scheme, { method, path, queryParameters, bodyParameters }: Sent): string {
  const parameters = sortParameters([...queryParameters, ...bodyParameters])
  return parameters instanceof Malformed ? '' : scheme.stringToSign({ method, path, parameters })
}

/** The bytes that the caller's text may stand for, and what is wrong with the way it does. */
interface Spelling {
  readonly cause: Cause | undefined
  readonly bytes: Buffer
}

function spellingsOf(sign: string): Spelling[] {
  const found: Spelling[] = []
  const base64 = (text: string, cause: Cause | undefined) => {
    const bytes = decodeBase64(text)
    if (bytes && bytes.length > 0) found.push({ cause, bytes })
    return bytes
  }
  const plain = base64(sign, undefined)
  if (/^([0-9a-f]{2})+$/i.test(sign)) found.push({ cause: 'hex_instead_of_base64', bytes: Buffer.from(sign, 'hex') })
  if (plain && /^([0-9a-f]{2})+$/i.test(plain.toString('latin1'))) found.push({ cause: 'base64_of_hex', bytes: Buffer.from(plain.toString('latin1'), 'hex') }) // biome-ignore format: one row
  if (sign.includes(' ')) base64(sign.replaceAll(' ', '+'), 'sign_plus_as_space')
  if (sign.includes('%')) base64(percentDecoded(sign), 'sign_url_encoded')
  // Node reads the URL-safe alphabet, line breaks and missing padding too.
  if (!plain && /^[\w+/=\r\n-]+$/.test(sign)) found.push({ cause: 'base64_variant', bytes: Buffer.from(sign, 'base64') })
  return found
}

/** Whether `given` is the signature of `bytes` under `key`. */
type Prover = (bytes: Uint8Array, key: KeyObject, given: Buffer) => boolean

const provers: { readonly [Name in SchemeName]: Prover } = {
  openapi: (bytes, key, given) => aes('ecb', key.export(), null, bytes)?.equals(given) ?? false,
  'hmac-sha256': (bytes, key, given) => createHmac('sha256', key).update(bytes).digest().equals(given),
  rsa2: byScheme('rsa2'),
  sm2: byScheme('sm2'),
}

// A scheme takes text; text that is not UTF-8 is beyond what is worth explaining to those who sign with key pairs.
function byScheme(name: SchemeName): Prover {
  return (bytes, key, given) => {
    const scheme = publicKeySchemes.find((one) => one.name === name)!
    const text = decodeUtf8(bytes)
    return text !== undefined && scheme.verify(text, given.toString('base64'), key)
  }
}

function aes(mode: 'ecb' | 'cbc', key: Uint8Array, iv: Uint8Array | null, bytes: Uint8Array): Buffer | undefined {
  if (![16, 24, 32].includes(key.length)) return undefined
  const cipher = createCipheriv(`aes-${key.length * 8}-${mode}`, key, iv)
  return Buffer.concat([cipher.update(bytes), cipher.final()])
}

/** The spelling under which `given` is the signature of the text. */
function proven(prover: Prover, bytes: Uint8Array, key: KeyObject, given: readonly Spelling[]): Spelling | undefined {
  return given.find((spelling) => prover(bytes, key, spelling.bytes))
}

/** The right string: under the right key, badly written; or under a key that is not good, or not quite the key. */
function findByKey(call: BadlySigned, text: string, given: readonly Spelling[]): Found | undefined {
  const { scheme, keys, oldKeys = [] } = call
  const bytes = Buffer.from(text)
  const tries: [cause: Cause, keys: readonly KeyObject[]][] = [
    ['none', keys],
    ['old_secret', oldKeys],
    ['secret_trimmed_or_case', scheme.key === 'secret' ? keys.flatMap(alteredSecrets) : []],
  ]
  for (const [cause, tried] of tries) {
    for (const key of tried) {
      const spelling = proven(provers[scheme.name], bytes, key, given)
      if (spelling) return cause === 'none' ? { cause: spelling.cause ?? 'none', text } : { cause, also: spelling.cause, text }
    }
  }
  return undefined
}

/** A secret as it looks when it was copied, stored or decoded in another way. */
export function alteredSecrets(key: KeyObject): KeyObject[] {
  const secret = key.export()
  const text = secret.toString()
  const texts = [
    text.toLowerCase(),
    text.toUpperCase(),
    text.trim(),
    `${text}\n`,
    `${text}\r\n`,
    `${text} `,
    ` ${text}`,
    `"${text}"`,
    `${text}&`,
  ]
  const altered = [...texts.map((one) => Buffer.from(one)), Buffer.from(text, 'base64'), Buffer.from(text, 'hex')]
  altered.push(Buffer.from(secret.toString('base64')), Buffer.from(secret.toString('hex')), secret.subarray(0, -1))
  return altered.filter((bytes) => bytes.length > 0 && !bytes.equals(secret)).map((bytes) => createSecretKey(bytes))
}

/** An AES sign gives away what was signed: that explains, and proves nothing. */
function readAesSign(call: BadlySigned, sent: Sent, stringToSign: string, given: readonly Spelling[]): Found | undefined {
  const { keys, oldKeys = [] } = call
  for (const key of [...keys, ...oldKeys]) {
    for (const spelling of given) {
      const plain = deciphered(key.export(), spelling.bytes)
      if (!plain) continue
      const also = spelling.cause ?? (keys.includes(key) ? undefined : 'old_secret')
      for (const candidate of candidates(sent)) {
        if (plain.equals(bytesOf(candidate))) return { cause: candidate.mistake, also, about: candidate.parameter, text: candidate.text }
      }
      const text = decodeUtf8(plain) ?? new TextDecoder('gbk').decode(plain)
      return { ...comparePairs(stringToSign, text), also, text }
    }
  }
  return undefined
}

function deciphered(key: Buffer, bytes: Buffer): Buffer | undefined {
  if (![16, 24, 32].includes(key.length) || bytes.length % 16 !== 0) return undefined
  const decipher = createDecipheriv(`aes-${key.length * 8}-ecb`, key, null)
  try {
    const plain = Buffer.concat([decipher.update(bytes), decipher.final()])
    const text = decodeUtf8(plain) ?? new TextDecoder('gbk').decode(plain)
    // By chance the padding of rubbish is right, once in 256.
    return text === '' || /(?![\t\n\r])\p{Cc}|\ufffd/u.test(text) ? undefined : plain
  } catch {
    return undefined
  }
}

/** The first parameter of two strings that is not the same in both. */
function comparePairs(right: string, callers: string): Pick<Found, 'cause' | 'about'> {
  const [expected, signed] = [pairsOf(right), pairsOf(callers)]
  for (const [name, value] of expected) {
    if (!signed.has(name)) return { cause: 'field_left_out', about: name }
    if (signed.get(name) !== value) return { cause: 'field_differs', about: name }
  }
  const added = [...signed.keys()].find((name) => !expected.has(name))
  return added === undefined ? { cause: 'unknown' } : { cause: 'field_added', about: added }
}

function pairsOf(text: string): Map<string, string> {
  return new Map(
    text.split('&').map((pair) => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
    }),
  )
}

function bytesOf({ text, bytes }: Candidate): Uint8Array {
  return bytes ?? Buffer.from(text)
}

/** A whole signature of another scheme of ours. */
function findByScheme(call: BadlySigned, sent: Sent, given: readonly Spelling[]): Found | undefined {
  if (call.scheme.key !== 'secret') return undefined
  for (const scheme of schemes) {
    if (scheme === call.scheme) continue
    const text = stringFor(scheme, sent)
    for (const key of call.keys) {
      const spelling = proven(provers[scheme.name], Buffer.from(text), key, given)
      if (spelling) return { cause: 'wrong_scheme', also: spelling.cause, about: scheme.name, text }
    }
  }
  return undefined
}

// A signature costs two microseconds, but one of SM2 four hundred.
const candidatesMax = 200
const candidatesOfSm2Max = 50

/** Another string, under a good key. */
function findByString(call: BadlySigned, sent: Sent, given: readonly Spelling[]): Found | undefined {
  const { scheme, keys } = call
  let left = scheme.name === 'sm2' ? candidatesOfSm2Max : candidatesMax
  for (const candidate of candidates(sent)) {
    if (left-- === 0) return undefined
    for (const key of keys) {
      const spelling = proven(provers[scheme.name], bytesOf(candidate), key, given)
      if (spelling)
        return { cause: candidate.mistake, also: candidate.also ?? spelling.cause, about: candidate.parameter, text: candidate.text }
    }
  }
  return undefined
}

type Algorithm = (text: string, secret: Buffer) => Buffer | undefined

/** What is made of the right string, or of the other scheme's, with the right secret and the wrong tool. */
const algorithms: { readonly [name: string]: Algorithm } = {
  'hmac-sha1': (text, secret) => createHmac('sha1', secret).update(text).digest(),
  'hmac-sha512': (text, secret) => createHmac('sha512', secret).update(text).digest(),
  'hmac-md5': (text, secret) => createHmac('md5', secret).update(text).digest(),
  'hmac-sm3': (text, secret) => createHmac('sm3', secret).update(text).digest(),
  'hmac of the hex': (text, secret) => createHmac('sha256', secret).update(createHash('sha256').update(text).digest('hex')).digest(),
  'md5, secret last': (text, secret) => createHash('md5').update(text).update(secret).digest(),
  'md5, key= last': (text, secret) => createHash('md5').update(`${text}&key=`).update(secret).digest(),
  'md5, secret at both ends': (text, secret) => createHash('md5').update(secret).update(text).update(secret).digest(),
  md5: (text) => createHash('md5').update(text).digest(),
  'sha256, secret last': (text, secret) => createHash('sha256').update(text).update(secret).digest(),
  'sha256, secret first': (text, secret) => createHash('sha256').update(secret).update(text).digest(),
  sha256: (text) => createHash('sha256').update(text).digest(),
  'hmac with the string as key': (text, secret) => createHmac('sha256', text).update(secret).digest(),
  'aes-128-ecb': (text, secret) => aes('ecb', secret.subarray(0, 16), null, Buffer.from(text)),
  'aes-128-ecb, SHA1PRNG': (text, secret) => aes('ecb', sha1(sha1(secret)).subarray(0, 16), null, Buffer.from(text)),
  'aes-128-ecb, key md5': (text, secret) => aes('ecb', createHash('md5').update(secret).digest(), null, Buffer.from(text)),
  'aes-256-ecb, key sha256': (text, secret) => aes('ecb', createHash('sha256').update(secret).digest(), null, Buffer.from(text)),
  'aes-256-cbc, iv zero': (text, secret) => aes('cbc', secret, Buffer.alloc(16), Buffer.from(text)),
  'aes-256-cbc, iv key': (text, secret) => aes('cbc', secret, secret.subarray(0, 16), Buffer.from(text)),
  'aes-128-cbc, iv key': (text, secret) => aes('cbc', secret.subarray(0, 16), secret.subarray(0, 16), Buffer.from(text)),
  'aes-256-ecb, zero padding': zeroPadded,
  'aes-256-ecb': (text, secret) => aes('ecb', secret, null, Buffer.from(text)),
  'hmac-sha256': (text, secret) => createHmac('sha256', secret).update(text).digest(),
}

function sha1(bytes: Uint8Array): Buffer {
  return createHash('sha1').update(bytes).digest()
}

function zeroPadded(text: string, secret: Buffer): Buffer | undefined {
  if (secret.length !== 32) return undefined
  const bytes = Buffer.from(text)
  const cipher = createCipheriv('aes-256-ecb', secret, null).setAutoPadding(false)
  return cipher.update(Buffer.concat([bytes, Buffer.alloc((16 - (bytes.length % 16)) % 16)]))
}

function findByAlgorithm(call: BadlySigned, stringToSign: string, given: readonly Spelling[]): Found | undefined {
  for (const key of call.scheme.key === 'secret' ? call.keys : []) {
    for (const [name, algorithm] of Object.entries(algorithms)) {
      const expected = algorithm(stringToSign, key.export())
      const spelling = expected && given.find(({ bytes }) => bytes.equals(expected))
      if (spelling) return { cause: 'wrong_algorithm', also: spelling.cause, about: name, text: stringToSign }
    }
  }
  return undefined
}
