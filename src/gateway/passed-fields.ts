// Which field lines go on, and which do not: of the caller's to the service, and of the service's to the caller.

import type { ServiceDocument } from '#core/feed/document.ts'
import type { Admitted } from './call.ts'
import type { Exchange } from './transport/exchange.ts'

const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]
/** Set by us towards the service, so never taken from a caller, nor under the same name with underscores. */
const reserved = [
  'x-app-id',
  'x-user-id',
  'x-open-id',
  'x-project-ids',
  'x-request-id',
  'traceparent',
  'tracestate',
  'forwarded',
  'x-real-ip',
]
const misleading = ['x-http-method-override', 'x-original-url', 'x-rewrite-url']
const credentials = new Set(['authorization', 'token', 'authentication', 'cookie'])
const dropped = new Set([...hopByHop, ...reserved, ...misleading, 'host', 'expect'])

export function requestFields(
  admitted: Admitted,
  service: ServiceDocument,
  exchange: Exchange,
  requestId: string,
  isNewBody: boolean,
): string[] {
  const lines = keptOfCaller(admitted, service, exchange, isNewBody)
  const { app, user, found } = admitted
  if (app) lines.push('x-app-id', app.document.appId)
  if (user) lines.push('x-user-id', user.token.userId, 'x-open-id', user.token.openId)
  if (app && app.projects.size > 0) lines.push('x-project-ids', [...app.projects].join(','))
  const trace = requestId.replaceAll('-', '')
  lines.push(
    'x-request-id',
    requestId,
    'x-forwarded-for',
    found.address,
    'x-forwarded-host',
    exchange.field('host') ?? '',
    'x-forwarded-proto',
    found.protocol,
    'traceparent',
    `00-${trace}-${trace.slice(16)}-00`,
  )
  return lines
}

function keptOfCaller({ found, claim, opened }: Admitted, service: ServiceDocument, exchange: Exchange, isNewBody: boolean): string[] {
  const { security } = found.operation
  const keepsCredentials = service.passAuthorization && (security === 'none' || security === 'sign')
  const named = namedByConnection(exchange.field('connection'))
  const lines: string[] = []
  const given = exchange.fieldLines
  for (let at = 0; at < given.length; at += 2) {
    const name = given[at]!.toLowerCase()
    const plain = name.includes('_') ? name.replaceAll('_', '-') : name
    if (dropped.has(plain) || plain.startsWith('x-forwarded-') || named?.includes(name)) continue
    if (credentials.has(name) && !keepsCredentials) continue
    if (name === 'content-length' && isNewBody) continue
    if (claim?.ownFields.has(name)) continue
    // Else we would encrypt what was compressed for somebody else.
    if (name === 'accept-encoding' && opened?.answersSealed) continue
    lines.push(given[at]!, given[at + 1]!)
  }
  return lines
}

const droppedFromResponse = new Set([...hopByHop, 'x-request-id'])
/** Each is a single item: two would be none. Where we say one it wins. */
const single = ['deprecation', 'sunset', 'x-refreshed-token', 'cache-control']

export function responseFields(raw: readonly Buffer[], status: number, own: readonly string[]): string[] {
  const lines = [...own]
  const named = namedInAnswer(raw)
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!.toString('latin1')
    const lower = name.toLowerCase()
    // Undici takes the chunks apart, and no other coding.
    if (lower === 'transfer-encoding' && raw[at + 1]!.toString('latin1').toLowerCase() !== 'chunked')
      throw new Error('an unknown transfer coding')
    if (droppedFromResponse.has(lower) || named?.includes(lower)) continue
    if (single.includes(lower) && own.includes(lower)) continue
    // Neither has a body, so a length would be a lie that some clients wait for (RFC 9110 §8.6).
    if ((status === 204 || status === 101) && lower === 'content-length') continue
    lines.push(name, raw[at + 1]!.toString('latin1'))
  }
  return lines
}

function namedInAnswer(raw: readonly Buffer[]): string[] | undefined {
  let named: string[] | undefined
  for (let at = 0; at < raw.length; at += 2) {
    // By its length first: this is asked of each field of each answer.
    if (raw[at]!.length !== 10 || raw[at]!.toString('latin1').toLowerCase() !== 'connection') continue
    named = [...(named ?? []), ...(namedByConnection(raw[at + 1]!.toString('latin1')) ?? [])]
  }
  return named
}

/** Names that a `Connection` field makes hop-by-hop; undefined for the usual ones, which are dropped anyway. */
function namedByConnection(connection: string | undefined): string[] | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  return connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
}
