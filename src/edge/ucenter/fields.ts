// Parameters of a request, wherever they stand: in the query, a form, or the top level of JSON (contract §3). All of them are texts.

import { fault, problem } from '#core/fault.ts'
import { type Fields, readFields } from '#edge/pages/form.ts'

/** Throws `invalid_parameters` for a name that stands in two places: who knows which one was meant. */
export function fieldsOf(url: string, contentType: string, body: unknown): Fields {
  const query = readFields(url.split('?')[1] ?? '')
  const more = typeof body === 'string' && body !== '' ? fieldsOfBody(body, contentType) : {}
  for (const name of Object.keys(more)) if (name in query) throw fault('invalid_parameters', { reason: 'repeated', name })
  return { ...query, ...more }
}

function fieldsOfBody(body: string, contentType: string): Fields {
  if (!/^application\/json\b/i.test(contentType)) return readFields(body)
  const json = parseJson(body)
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw fault('invalid_parameters', { reason: 'not_json_object' })
  const told = Object.entries(json).filter(([, value]) => value !== null)
  for (const [name, value] of told) {
    if (typeof value === 'object') throw fault('invalid_parameters', { reason: 'field', name, problem: problem('not_text') })
  }
  return Object.fromEntries(told.map(([name, value]) => [name, String(value)]))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw fault('malformed_request')
  }
}

const tokenNames = ['access_token', 'acess_token'] as const

/**
 * The token, from `Authorization: Bearer` or a parameter, also as the document misspells it; and the parameters without it. Throws
 * `invalid_parameters` when there are several that differ.
 */
export function takeToken(authorization: string | undefined, fields: Fields): { token: string | undefined; rest: Fields } {
  const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  const { access_token, acess_token, ...rest } = fields
  const given = new Set([bearer, access_token, acess_token].filter((one) => one !== undefined && one !== ''))
  if (given.size > 1) throw fault('invalid_parameters', { reason: 'repeated', name: tokenNames[0] })
  return { token: [...given][0], rest }
}
