// Passes an admitted call to its service and the answer back, both as they come (contract §6, settled C14, C15, D24, F15).

import type { Dispatcher } from 'undici'
import type { ServiceDocument } from '#core/feed/document.ts'
import { withoutFromJson, withoutFromQuery } from '#schemes/parameters.ts'
import type { Admitted } from './call.ts'
import { signatureFields } from './identify.ts'
import { limitFields } from './limit-fields.ts'
import { fillPath } from './match.ts'
import type { Outcome } from './meter.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Exchange } from './transport/exchange.ts'
import type { Upstreams } from './transport/upstream.ts'

/** What becomes of a call: an answer was passed on, or there was none and the caller is still to be told. */
export type Done = (outcome: Outcome, failure?: Refusal) => void

export function forward(
  admitted: Admitted,
  service: ServiceDocument,
  exchange: Exchange,
  requestId: string,
  upstreams: Upstreams,
  done: Done,
): void {
  const { found, payload } = admitted
  const body = payload ? bodyOf(admitted) : exchange.hasBody ? exchange.stream() : null
  const options: Dispatcher.DispatchOptions = {
    method: found.method,
    path: pathOf(admitted),
    headers: requestFields(admitted, service, exchange, requestId, typeof body === 'string'),
    body,
  }
  // Safe methods may be sent twice (RFC 9110 §9.2.1): a kept connection that the service just closed is not the caller's fault.
  const triesMax = body === null && (found.method === 'GET' || found.method === 'HEAD') ? 2 : 1
  const own = ['x-request-id', requestId, ...(admitted.left.length > 0 ? limitFields(admitted.left) : [])]
  new Relay(exchange, own, done).send(() => upstreams.pick(service), options, triesMax)
}

function pathOf({ found, payload, isSigned }: Admitted): string {
  const path = fillPath(found.operation.upstreamPath, found.operation, found.caught)
  const query = payload && isSigned ? withoutFromQuery(found.query, payload.query, isSignatureField) : found.query
  return query === '' ? path : `${path}?${query}`
}

const isSignatureField = (name: string) => signatureFields.has(name)

function bodyOf({ payload, isSigned }: Admitted): string | null {
  if (!payload || payload.body === 'none') return null
  if (!isSigned || !payload.bodyParameters.some(({ name }) => signatureFields.has(name))) return payload.bodyText
  const without = payload.body === 'json' ? withoutFromJson : withoutFromQuery
  return without(payload.bodyText, payload.bodyParameters, isSignatureField)
}

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

function requestFields(admitted: Admitted, service: ServiceDocument, exchange: Exchange, requestId: string, isNewBody: boolean): string[] {
  const { operation } = admitted.found
  const keepsCredentials = service.passAuthorization && (operation.security === 'none' || operation.security === 'sign')
  const named = namedByConnection(exchange.field('connection'))
  const lines: string[] = []
  const given = exchange.fieldLines
  for (let at = 0; at < given.length; at += 2) {
    const name = given[at]!.toLowerCase()
    const plain = name.includes('_') ? name.replaceAll('_', '-') : name
    if (dropped.has(plain) || plain.startsWith('x-forwarded-') || named?.includes(name)) continue
    if (credentials.has(name) && !keepsCredentials) continue
    if (name === 'content-length' && isNewBody) continue
    lines.push(given[at]!, given[at + 1]!)
  }
  if (admitted.app) lines.push('x-app-id', admitted.app.document.appId)
  if (admitted.app && admitted.app.projects.size > 0) lines.push('x-project-ids', [...admitted.app.projects].join(','))
  const trace = requestId.replaceAll('-', '')
  lines.push(
    'x-request-id',
    requestId,
    'x-forwarded-for',
    admitted.found.address,
    'x-forwarded-host',
    exchange.field('host') ?? '',
    'x-forwarded-proto',
    'http',
    'traceparent',
    `00-${trace}-${trace.slice(16)}-00`,
  )
  return lines
}

/** Names that a `Connection` field makes hop-by-hop; undefined for the usual ones, which are dropped anyway. */
function namedByConnection(connection: string | undefined): string[] | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  return connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
}

/** One call on its way; it stands between undici, which calls it, and the caller's exchange. */
class Relay implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange
  /** Field lines of ours, before the service's. */
  readonly #ownFields: readonly string[]
  readonly #done: Done
  #controller: Dispatcher.DispatchController | undefined
  #retry: (() => void) | undefined
  #begun = false
  #gone = false

  constructor(exchange: Exchange, ownFields: readonly string[], done: Done) {
    this.#exchange = exchange
    this.#ownFields = ownFields
    this.#done = done
    exchange.onGone(() => {
      this.#gone = true
      this.#controller?.abort(new Error('the caller went away'))
    })
  }

  send(pick: () => Dispatcher, options: Dispatcher.DispatchOptions, tries: number): void {
    this.#retry = tries > 1 ? () => this.send(pick, options, tries - 1) : undefined
    pick().dispatch(options, this)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#gone) controller.abort(new Error('the caller went away'))
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return
    // Throws when the service sent a field that must not be passed on; undici then reports it below, and nothing was begun.
    this.#exchange.begin(status, responseFields(controller.rawHeaders as Buffer[], this.#ownFields))
    this.#begun = true
    this.#exchange.onDrain(() => controller.resume())
    this.#done(status >= 500 ? 'failed' : 'answered')
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#exchange.write(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    this.#exchange.end()
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#gone) {
      if (!this.#begun) this.#done('answered')
    } else if (this.#begun) this.#exchange.cut()
    else if (this.#retry && isLostConnection(error)) this.#retry()
    else this.#done('failed', refuse(isTimeout(error) ? 'upstream_timeout' : 'upstream_unreachable'))
  }
}

const codeOf = (error: Error) => (error as { code?: string }).code ?? ''
const isTimeout = (error: Error) => codeOf(error).endsWith('_TIMEOUT')
const isLostConnection = (error: Error) => codeOf(error) === 'UND_ERR_SOCKET' || codeOf(error) === 'ECONNRESET'

const droppedFromResponse = new Set([...hopByHop, 'x-request-id'])

function responseFields(raw: readonly Buffer[], own: readonly string[]): string[] {
  const lines = [...own]
  let named: string[] | undefined
  for (let at = 0; at < raw.length; at += 2) {
    if (raw[at]!.length === 10 && raw[at]!.toString('latin1').toLowerCase() === 'connection')
      named = namedByConnection(raw[at + 1]!.toString('latin1'))
  }
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!.toString('latin1')
    const lower = name.toLowerCase()
    if (droppedFromResponse.has(lower) || named?.includes(lower)) continue
    lines.push(name, raw[at + 1]!.toString('latin1'))
  }
  return lines
}
