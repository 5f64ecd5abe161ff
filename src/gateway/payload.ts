// Reads what a call brings besides its head: the parameters of its query and of a JSON or form body, or just bytes.

import type { Reason } from '#core/fault.ts'
import { decodeUtf8 } from '#lib/utf8.ts'
import { Malformed, type Parameter, readJsonObject, readQuery } from '#schemes/parameters.ts'
import type { Found, Payload } from './call.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Exchange } from './transport/exchange.ts'

const noParameters: readonly Parameter[] = []

/** For whoever has to know the parameters: signatures over them, schemas, projects. */
export function readPayload(found: Found, body: Buffer, exchange: Exchange): Payload | Refusal {
  const query = found.query === '' ? noParameters : readQuery(found.query)
  if (query instanceof Malformed) return malformed(query)
  if (body.length === 0) return { query, body: 'none', bytes: body, bodyText: '', bodyParameters: noParameters }

  if (found.method !== 'POST' && found.method !== 'PUT') return invalid('body_on_get')
  if (exchange.field('content-encoding') !== undefined) return invalid('content_encoding')
  const kind = bodyKind(exchange.field('content-type') ?? '')
  if (!kind) return invalid('content_type')
  const bodyText = decodeUtf8(body)
  if (bodyText === undefined) return invalid('not_utf8')
  const bodyParameters = kind === 'json' ? readJsonObject(bodyText) : readQuery(bodyText)
  if (bodyParameters instanceof Malformed) return malformed(bodyParameters)
  return { query, body: kind, bytes: body, bodyText, bodyParameters }
}

/** For a signature over the bytes, whatever they are. */
export function takeBytes(body: Buffer): Payload {
  const kind = body.length === 0 ? 'none' : 'bytes'
  return { query: noParameters, body: kind, bytes: body, bodyText: '', bodyParameters: noParameters }
}

function bodyKind(contentType: string): 'json' | 'form' | undefined {
  const match = /^(application\/json|application\/x-www-form-urlencoded)\s*(?:;\s*charset="?([\w-]+)"?\s*)?$/i.exec(contentType)
  if (!match || (match[2] !== undefined && !/^utf-?8$/i.test(match[2]))) return undefined
  return match[1]!.toLowerCase() === 'application/json' ? 'json' : 'form'
}

export function malformed({ reason, facts }: Malformed): Refusal {
  return refuse('invalid_parameters', { reason, ...facts })
}

export function invalid(reason: Reason, facts: { [fact: string]: string | number } = {}): Refusal {
  return refuse('invalid_parameters', { reason, ...facts })
}
