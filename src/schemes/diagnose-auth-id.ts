// Why a token of the scheme `auth-id` is wrong: tries what callers commonly hash instead. Like `diagnose.ts` it only explains; the
// secret stands as `***` in every string that it shows.

import { createHash, type KeyObject } from 'node:crypto'
import { authIdContent } from './auth-id-content.ts'
import { alteredSecrets, type Cause, type Diagnosis } from './diagnose.ts'
import { firstDifference } from './first-difference.ts'
import { Malformed, type Parameter, readJsonObject, readQuery } from './parameters.ts'
import { Ambiguous, byBytes } from './php.ts'

export type AuthIdMistake = 'names_included' | 'key_and_secret_swapped' | 'platform_key_missing' | 'upper_case_hex'

export interface BadlySignedAuthId {
  readonly query: string
  readonly body: 'none' | 'json' | 'form'
  readonly bodyText: string
  readonly token: string
  /** The platform's, known to all partners. */
  readonly publicKey: string
  readonly keys: readonly KeyObject[]
  readonly oldKeys: readonly KeyObject[]
}

interface Candidate {
  readonly cause: Cause
  readonly about?: string
  /** What was hashed, with the secret as `secret` has it. */
  text(secret: string): string
}

/** undefined when the parameters cannot be read, or have no certain order: the gateway says so by itself. */
export function diagnoseAuthId(call: BadlySignedAuthId): Diagnosis | undefined {
  const { publicKey, keys, oldKeys } = call
  const sent = readSent(call)
  const parameters = sent && [...sent.query, ...sent.body]
  const requestTime = parameters?.find(({ name }) => name === 'requestTime')?.text ?? ''
  const content = parameters && authIdContent({ requestTime, parameters })
  if (!sent || content === undefined || content instanceof Ambiguous) return undefined

  const right = (secret: string) => publicKey + secret + content
  const stringToSign = right('***')
  const found = find(call, right, candidates(requestTime, sent, publicKey, content), keys, oldKeys)
  if (!found) return { cause: 'unknown', stringToSign }
  const callers = found.text('***')
  const differsAt = firstDifference(stringToSign, callers)
  return {
    cause: found.cause,
    ...(found.about !== undefined && { about: found.about }),
    stringToSign,
    callers,
    ...(differsAt !== undefined && { differsAt }),
  }
}

function find(
  { token }: BadlySignedAuthId,
  right: Candidate['text'],
  others: readonly Candidate[],
  keys: readonly KeyObject[],
  oldKeys: readonly KeyObject[],
): Candidate | undefined {
  const isOf = (text: string, hash = 'md5') => createHash(hash).update(text).digest('hex') === token
  const secretOf = (key: KeyObject) => key.export().toString()
  const secrets = keys.map(secretOf)
  if (secrets.some((secret) => isOf(right(secret)))) return { cause: 'none', text: right }
  if (oldKeys.map(secretOf).some((secret) => isOf(right(secret)))) return { cause: 'old_secret', text: right }
  if (secrets.some((secret) => createHash('md5').update(right(secret)).digest('hex') === token.trim().toLowerCase())) return { cause: 'upper_case_hex', text: right } // biome-ignore format: one row
  if (keys.flatMap(alteredSecrets).map(secretOf).some((secret) => isOf(right(secret)))) return { cause: 'secret_trimmed_or_case', text: right } // biome-ignore format: one row
  for (const hash of ['sha1', 'sha256', 'sha512', 'sm3']) {
    if (secrets.some((secret) => isOf(right(secret), hash))) return { cause: 'wrong_algorithm', about: hash, text: right }
  }
  return others.find(({ text }) => secrets.some((secret) => isOf(text(secret))))
}

interface Sent {
  readonly query: readonly Parameter[]
  readonly body: readonly Parameter[]
}

function readSent({ query, body, bodyText }: BadlySignedAuthId): Sent | undefined {
  const ofQuery = readQuery(query)
  const ofBody = body === 'none' ? [] : body === 'json' ? readJsonObject(bodyText) : readQuery(bodyText)
  return ofQuery instanceof Malformed || ofBody instanceof Malformed ? undefined : { query: ofQuery, body: ofBody }
}

function candidates(requestTime: string, sent: Sent, publicKey: string, content: string): Candidate[] {
  const inOrder = (some: readonly Parameter[]) => some.toSorted((a, b) => byBytes(a.name, b.name))
  const isBusiness = ({ name }: Parameter) => name !== 'authId' && name !== 'requestTime'
  const query = sent.query.filter(isBusiness)
  const business = [...query, ...sent.body]
  const sorted = inOrder(business)
  const natural = business.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  const values = (some: readonly Parameter[]) => some.map(({ text }) => text ?? '').join('')
  const behindSecret = (cause: Cause, ...rests: string[]) =>
    rests.map((rest): Candidate => ({ cause, text: (secret) => publicKey + secret + rest }))
  const joined = (some: readonly Parameter[], inside: string, between: string) =>
    some.map(({ name, text }) => name + inside + (text ?? '')).join(between)
  const encoded = (text: string | null) => encodeURIComponent(text ?? '')

  const seconds = requestTime.length > 11 ? requestTime.slice(0, -3) : `${requestTime}000`
  return [
    ...behindSecret('not_sorted', requestTime + values(business)),
    ...behindSecret(
      'sorted_otherwise',
      requestTime + values(natural),
      requestTime + values(sorted),
      requestTime + values(sorted.toReversed()),
      requestTime + sorted.map(({ text }) => text ?? '').sort(byBytes).join(''), // biome-ignore format: one thought
      values(inOrder([...sent.query, ...sent.body])),
      content.slice(requestTime.length) + requestTime,
    ),
    ...behindSecret('names_included', ...[['=', '&'], ['', ''], ['=', '']].map(([inside, between]) => requestTime + joined(sorted, inside!, between!))), // biome-ignore format: one row
    ...behindSecret('timestamp_altered', ...[seconds, ''].map((time) => time + content.slice(requestTime.length))),
    ...behindSecret('url_encoded_values', requestTime + sorted.map(({ text }) => encoded(text)).join('')),
    ...(sent.body.length > 0 ? behindSecret('body_left_out', requestTime + values(inOrder(query))) : []),
    ...behindSecret('query_left_out', requestTime + values(inOrder(sent.body))),
    { cause: 'key_and_secret_swapped', text: (secret) => secret + publicKey + content },
    { cause: 'platform_key_missing', text: (secret) => secret + content },
    { cause: 'joined_otherwise', text: (secret) => content + publicKey + secret },
    { cause: 'joined_otherwise', text: (secret) => content + secret },
  ]
}
