// Reads what a call brings besides its head: the parameters of its query and of a JSON or form body, or just bytes.

import type { Reason } from '#core/fault.ts'
import type { Evidence } from '#core/feed/document.ts'
import { decodeUtf8 } from '#lib/utf8.ts'
import { Malformed, type Parameter, readJsonObject, readQuery, sortParameters } from '#schemes/parameters.ts'
import type { Found, Payload } from './call.ts'
import { Refusal, refuse } from './refusal.ts'
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

/** For signatures over the parameters: the same, and all of them together in their order. */
export function readParameters(found: Found, body: Buffer, exchange: Exchange): { payload: Payload; parameters: Parameter[] } | Refusal {
  const payload = readPayload(found, body, exchange)
  if (payload instanceof Refusal) return payload
  const { query, bodyParameters } = payload
  const parameters = sortParameters(bodyParameters.length === 0 ? query : [...query, ...bodyParameters])
  return parameters instanceof Malformed ? malformed(parameters) : { payload, parameters }
}

/** What was signed by its parameters, as an explanation of its signature wants it. */
export function sentText(
  { query }: Found,
  { body, bodyText }: Payload,
): Pick<Extract<Evidence, { body: string }>, 'query' | 'body' | 'bodyText'> {
  return { query, body: body === 'bytes' ? 'none' : body, bodyText }
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
