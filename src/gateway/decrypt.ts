// Encrypted bodies (contract §2, settled F10, A15): a signed JSON body with `encrypt` and `data` is opened under the app's secret, and
// what was in it goes on in its place. With `encryptResponse` the answer goes back the same way, whatever it is from here on.

import { type KeyObject, randomUUID } from 'node:crypto'
import { decodeUtf8 } from '#lib/utf8.ts'
import { type BodyAlg, openBody, sealBody } from '#schemes/envelope.ts'
import { hmacSha256 } from '#schemes/hmac-sha256.ts'
import { openapi } from '#schemes/openapi.ts'
import { Malformed, readJsonObject } from '#schemes/parameters.ts'
import type { CallSchemeName } from '#schemes/scheme.ts'
import { canonicalString } from '#schemes/string-form.ts'
import type { Payload, Readable, Unseen } from './call.ts'
import { malformed } from './payload.ts'
import { type Refusal, refuse } from './refusal.ts'

/** How a body was encrypted. */
export interface Opened {
  readonly alg: BodyAlg
  readonly secret: KeyObject
  readonly scheme: CallSchemeName
  readonly answersSealed: boolean
}

export function decrypt(caller: Unseen, payload: Payload | undefined, now: number): Readable | Refusal {
  if (caller.kind === 'bearer' || payload?.body !== 'json') return { caller, payload, opened: undefined }
  const given = (wanted: string) => payload.bodyParameters.find(({ name }) => name === wanted)?.text
  const [alg, data] = [given('encrypt'), given('data')]
  if (!alg || !data) return { caller, payload, opened: undefined }

  let problem = ''
  for (const secret of caller.app.secrets(now)) {
    const bytes = openBody(alg, data, secret)
    if (typeof bytes === 'string') {
      problem = bytes
      continue
    }
    const bodyText = decodeUtf8(bytes)
    if (bodyText === undefined) return refuse('decrypt_failed', { problem: 'not_utf8' })
    const bodyParameters = readJsonObject(bodyText)
    if (bodyParameters instanceof Malformed) return malformed(bodyParameters)
    const opened = { alg: alg as BodyAlg, secret, scheme: caller.claim.scheme, answersSealed: given('encryptResponse') === 'true' }
    return { caller, payload: { query: payload.query, body: 'json', bytes, bodyText, bodyParameters }, opened }
  }
  return refuse('decrypt_failed', { problem })
}

/** The answer that goes back: its `sign` is over the other fields, without method and path. */
export function sealAnswer({ alg, secret, scheme }: Opened, body: Uint8Array, now: number): string {
  const fields: Record<string, string | number> = { encrypt: alg, data: sealBody(alg, body, secret), timestamp: now, nonce: randomUUID() }
  // We have no private key that the app would know; so those of public keys get the secret's signature, which names itself.
  if (scheme !== 'openapi' && scheme !== 'hmac-sha256') fields.signType = hmacSha256.name
  const parameters = Object.keys(fields)
    .sort()
    .map((name) => ({ name, text: String(fields[name]), start: 0, end: 0 }))
  const signer = scheme === 'openapi' ? openapi : hmacSha256
  return JSON.stringify({ ...fields, sign: signer.sign(canonicalString(parameters, signer.signsEmpty), secret) })
}
