// Who calls: reads credentials and parameters. Nothing is believed here but a token of ours.

import type { CallerApp } from '#core/app/app.ts'
import type { Reason } from '#core/fault.ts'
import type { OperationDocument } from '#core/feed/document.ts'
import type { Claims } from '#core/token/token.ts'
import { decodeUtf8 } from '#lib/utf8.ts'
import { schemeFor, signTypes } from '#schemes/index.ts'
import { Malformed, type Parameter, readJsonObject, readQuery, sortParameters } from '#schemes/parameters.ts'
import type { Bearer, Claim, Found, Payload } from './call.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Snapshot } from './snapshot.ts'
import type { Exchange } from './transport/exchange.ts'

const nonceLengthMax = 128

/** Names of a parameter scheme's own fields; they never reach the service. */
export const signatureFields: ReadonlySet<string> = new Set(['appId', 'timestamp', 'nonce', 'sign', 'signType'])

/** The bearer of an app token (contract §2): `Authorization: Bearer`, or the field `token`. */
export function identifyBearer(found: Found, exchange: Exchange, snapshot: Snapshot, now: number): Bearer | Refusal {
  const token = bearerToken(exchange)
  if (token === undefined) return refuse('missing_credentials')
  const claims = snapshot.verifyAppToken(token, now)
  if (claims === 'expired') return refuse('token_expired')
  if (claims === 'invalid') return refuse('invalid_token')
  const app = snapshot.app(claims.sub)
  if (!app || !isLive(claims, app)) return refuse('invalid_token')
  return { kind: 'bearer', found, app }
}

// A reset without grace begins a new epoch, which ends the tokens of the old one; of permanent tokens only the last one lives.
function isLive(claims: Claims, { document }: CallerApp): boolean {
  return claims.jti === undefined ? claims.epoch === document.tokenEpoch : claims.jti === document.permanentTokenId
}

function bearerToken(exchange: Exchange): string | undefined {
  const authorization = exchange.field('authorization')
  if (authorization !== undefined) return /^Bearer +([^\s,]+)$/i.exec(authorization)?.[1]
  return exchange.field('token') || undefined
}

/** What a signed call claims. `bearer` is the app of its token, where the operation wants a token too. */
export function identifySigner(found: Found, payload: Payload, bearer: CallerApp | undefined, snapshot: Snapshot): Claim | Refusal {
  const parameters = sortParameters(payload.bodyParameters.length === 0 ? payload.query : [...payload.query, ...payload.bodyParameters])
  if (parameters instanceof Malformed) return malformed(parameters)

  let appId: string | undefined
  let timestamp: string | undefined
  let nonce: string | undefined
  let sign: string | undefined
  let signType: string | undefined
  for (const { name, text } of parameters) {
    if (!text) continue
    if (name === 'appId') appId = text
    else if (name === 'timestamp') timestamp = text
    else if (name === 'nonce') nonce = text
    else if (name === 'sign') sign = text
    else if (name === 'signType') signType = text
  }
  if (appId === undefined && sign === undefined && !bearer) return refuse('missing_credentials')
  if (appId === undefined) return refuse('signature_missing', { name: 'appId' })
  if (sign === undefined) return refuse('signature_missing', { name: 'sign' })
  if (bearer && bearer.document.appId !== appId) return refuse('invalid_token')
  if (nonce !== undefined && nonce.length > nonceLengthMax) return invalid('field', { name: 'nonce', problem: `> ${nonceLengthMax}` })
  // It would hold the parameters behind it, which are signed alike, and keep them from the service.
  if (nonce?.includes('&')) return invalid('field', { name: 'nonce', problem: '&' })

  const scheme = schemeFor(signType)
  if (!scheme) return invalid('unknown_sign_type', { value: signType ?? '', known: signTypes })
  const { operation } = found
  if (operation.schemes && !operation.schemes.includes(scheme.name)) {
    return refuse('scheme_not_allowed', { scheme: scheme.name, allowed: operation.schemes.join(', ') })
  }
  if (!scheme.signsEmpty) {
    // Nobody signed them, so anybody could have added them.
    const unsigned = parameters.find(({ name, text }) => !text && !signatureFields.has(name) && !isNamed(operation, name))
    if (unsigned) return invalid('empty_unsigned', { name: unsigned.name })
  }
  return { kind: 'signed', found, app: bearer ?? snapshot.app(appId), scheme, parameters, timestamp, nonce, sign, payload }
}

function isNamed({ paramSchema }: OperationDocument, name: string): boolean {
  return Object.hasOwn((paramSchema?.properties ?? {}) as object, name)
}

const noParameters: readonly Parameter[] = []

/** Reads the parameters of a call from its query and, when it has one, its JSON or form body. */
export function readPayload(found: Found, body: Buffer, exchange: Exchange): Payload | Refusal {
  const query = found.query === '' ? noParameters : readQuery(found.query)
  if (query instanceof Malformed) return malformed(query)
  if (body.length === 0) return { query, body: 'none', bodyText: '', bodyParameters: noParameters }

  if (found.method !== 'POST' && found.method !== 'PUT') return invalid('body_on_get')
  if (exchange.field('content-encoding') !== undefined) return invalid('content_encoding')
  const kind = bodyKind(exchange.field('content-type') ?? '')
  if (!kind) return invalid('content_type')
  const bodyText = decodeUtf8(body)
  if (bodyText === undefined) return invalid('not_utf8')
  const bodyParameters = kind === 'json' ? readJsonObject(bodyText) : readQuery(bodyText)
  if (bodyParameters instanceof Malformed) return malformed(bodyParameters)
  return { query, body: kind, bodyText, bodyParameters }
}

function bodyKind(contentType: string): 'json' | 'form' | undefined {
  const match = /^(application\/json|application\/x-www-form-urlencoded)\s*(?:;\s*charset="?([\w-]+)"?\s*)?$/i.exec(contentType)
  if (!match || (match[2] !== undefined && !/^utf-?8$/i.test(match[2]))) return undefined
  return match[1]!.toLowerCase() === 'application/json' ? 'json' : 'form'
}

function malformed({ reason, facts }: Malformed): Refusal {
  return refuse('invalid_parameters', { reason, ...facts })
}

function invalid(reason: Reason, facts: { [fact: string]: string | number } = {}): Refusal {
  return refuse('invalid_parameters', { reason, ...facts })
}
