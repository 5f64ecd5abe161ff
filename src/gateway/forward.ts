// Passes an admitted call to its service and the answer back, both as they come (contract §6, settled C14, C15, D24, F15).

import { type Duplex, Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { ServiceDocument } from '#core/feed/document.ts'
import { withoutFromJson, withoutFromQuery } from '#schemes/parameters.ts'
import type { Admitted } from './call.ts'
import type { Course } from './conclude.ts'
import { deprecationFields } from './deprecation.ts'
import { limitFields } from './limit-fields.ts'
import { fillPath } from './match.ts'
import { refuse } from './refusal.ts'
import { Timed } from './transport/deadlines.ts'
import type { Exchange } from './transport/exchange.ts'
import type { Target, Upstreams } from './transport/upstream.ts'

export function forward(
  admitted: Admitted,
  service: ServiceDocument,
  exchange: Exchange,
  requestId: string,
  upstreams: Upstreams,
  course: Course,
  renewedToken?: string,
): void {
  const { found, payload } = admitted
  const body = payload ? bodyOf(admitted) : exchange.hasBody ? exchange.stream() : null
  const options: Dispatcher.DispatchOptions = {
    method: found.method,
    path: pathOf(admitted),
    headers: requestFields(admitted, service, exchange, requestId, payload !== undefined),
    body,
    // A signed request says nothing of the bytes that would follow it.
    upgrade: admitted.claim ? null : (exchange.upgrade ?? null),
  }
  const limits = admitted.left.length > 0 ? limitFields(admitted.left) : []
  const own = ['x-request-id', requestId, ...limits, ...deprecationFields(found.operation)]
  if (renewedToken !== undefined) own.push('x-refreshed-token', renewedToken, 'cache-control', 'no-store')
  new Relay(exchange, found.address, service, upstreams, options, own, course).send()
}

function pathOf({ found, payload, claim }: Admitted): string {
  const path = fillPath(found.operation.upstreamPath, found.operation, found.caught)
  const own = claim?.ownParameters
  const query = payload && own && own.size > 0 ? withoutFromQuery(found.query, payload.query, (name) => own.has(name)) : found.query
  return query === '' ? path : `${path}?${query}`
}

function bodyOf({ payload, claim, opened }: Admitted): string | Buffer | null {
  if (!payload || payload.body === 'none') return null
  const own = claim?.ownParameters
  if (!own || opened || !payload.bodyParameters.some(({ name }) => own.has(name))) return payload.bytes
  const without = payload.body === 'json' ? withoutFromJson : withoutFromQuery
  return without(payload.bodyText, payload.bodyParameters, (name) => own.has(name))
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
    if (admitted.claim?.ownFields.has(name)) continue
    // Else we would encrypt what was compressed for somebody else.
    if (name === 'accept-encoding' && admitted.opened?.answersSealed) continue
    lines.push(given[at]!, given[at + 1]!)
  }
  if (admitted.app) lines.push('x-app-id', admitted.app.document.appId)
  if (admitted.user) lines.push('x-user-id', admitted.user.token.userId, 'x-open-id', admitted.user.token.openId)
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
    admitted.found.protocol,
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
class Relay extends Timed implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange
  /** The address it comes from. */
  readonly #caller: string
  readonly #service: ServiceDocument
  readonly #upstreams: Upstreams
  readonly #options: Dispatcher.DispatchOptions
  /** Field lines of ours, before the service's. */
  readonly #ownFields: readonly string[]
  readonly #course: Course
  #bytes = 0
  #tried = noTargets
  #target: Target | undefined
  /** Of the try that is under way, once its request is being sent. */
  #controller: Dispatcher.DispatchController | undefined
  #isAnswering = false
  #hasBegun = false
  #isGone = false
  #isLate = false

  constructor(
    exchange: Exchange,
    caller: string,
    service: ServiceDocument,
    upstreams: Upstreams,
    options: Dispatcher.DispatchOptions,
    ownFields: readonly string[],
    course: Course,
  ) {
    super()
    this.#exchange = exchange
    this.#service = service
    this.#upstreams = upstreams
    this.#options = options
    this.#ownFields = ownFields
    this.#course = course
    this.#caller = caller
    exchange.onGone(() => {
      this.#isGone = true
      this.#controller?.abort(new Error('the caller went away'))
    })
  }

  send(): void {
    this.#upstreams.deadlines.watch(this, this.#service.timeoutMs)
    this.#try()
  }

  #try(): void {
    this.#target = this.#upstreams.pick(this.#service, this.#caller, this.#tried)
    this.#controller = undefined
    if (this.#target) this.#target.pool.dispatch(this.#options, this)
    else this.#fail('upstream_unreachable')
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isGone || this.#isLate) controller.abort(new Error('nobody waits for it any more'))
  }

  onBodySent(): void {
    this.#upstreams.deadlines.touch(this)
  }

  onResponseStarted(): void {
    this.#isAnswering = true
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    this.#upstreams.deadlines.touch(this)
    // 103 and its like are for the next hop only, and `Expect` was answered by us.
    if (status < 200) return
    this.#target!.succeeded()
    // Throws when the service sent a field that must not be passed on; undici then reports it below, and nothing was begun.
    this.#exchange.begin(status, responseFields(controller.rawHeaders as Buffer[], status, this.#ownFields))
    this.#hasBegun = true
    this.#exchange.onDrain(() => controller.resume())
    this.#course.began(status >= 500 ? 'failed' : 'answered', status)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#upstreams.deadlines.touch(this)
    this.#bytes += chunk.length
    if (!this.#exchange.write(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    this.#release()
    this.#exchange.end()
    this.#over()
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController, _: number, fields: { upgrade?: unknown }, socket: Duplex): void {
    if (String(fields.upgrade).toLowerCase() !== this.#options.upgrade) throw new Error('the service speaks something else')
    const target = this.#target!
    target.succeeded()
    this.#target = undefined
    this.#upstreams.deadlines.forget(this)
    const own = [...this.#ownFields, 'connection', 'upgrade', 'upgrade', String(this.#options.upgrade)]
    this.#course.began('answered', 101)
    this.#exchange.connect(responseFields(controller.rawHeaders as Buffer[], 101, own), socket, () => {
      target.release()
      this.#over()
    })
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#isLate) return
    if (this.#isGone || isOfCaller(this.#options.body)) this.#callerWent()
    else if (this.#hasBegun) {
      this.#target!.failed()
      this.#release()
      this.#exchange.cut()
      this.#over()
    } else if (isOurs(error)) this.#fail('upstream_unreachable')
    else {
      this.#target!.failed()
      if (this.#maySendAgain()) this.#sendAgain()
      else this.#fail(isTimeout(error) ? 'upstream_timeout' : 'upstream_unreachable')
    }
  }

  /** Our time for the head, or for the next piece of the body, is over. */
  onLate(): void {
    if (this.#isGone) return
    // Whoever waits for the caller, to read on or to send on, is not late.
    if (this.#hasBegun ? this.#controller!.paused : this.#controller && isWaitedFor(this.#options.body)) {
      return this.#upstreams.deadlines.watch(this, this.#service.timeoutMs)
    }
    this.#isLate = true
    this.#target!.failed()
    if (this.#hasBegun) {
      this.#release()
      this.#exchange.cut()
      this.#over()
    } else this.#fail('upstream_timeout')
    this.#controller?.abort(new Error('the service took too long'))
  }

  // As long as nothing was sent, any request may go elsewhere. Safe ones may be sent twice (RFC 9110 §9.2.1), but not once an
  // answer has begun to come.
  #maySendAgain(): boolean {
    if (this.#tried.length >= this.#service.retries) return false
    if (!this.#controller) return true
    const { method, body } = this.#options
    return (method === 'GET' || method === 'HEAD') && body === null && !this.#isAnswering
  }

  #sendAgain(): void {
    this.#target!.release()
    this.#tried = [...this.#tried, this.#target!]
    this.#try()
  }

  #callerWent(): void {
    this.#isGone = true
    this.#target!.abandoned()
    this.#release()
    if (!this.#hasBegun) this.#course.began('answered', gone)
    this.#over()
  }

  #fail(fault: 'upstream_timeout' | 'upstream_unreachable'): void {
    this.#release()
    this.#course.failed(refuse(fault))
  }

  #over(): void {
    this.#course.over(this.#bytes)
  }

  #release(): void {
    this.#upstreams.deadlines.forget(this)
    this.#target?.release()
    this.#target = undefined
  }
}

/** What stands for the answer of a caller that went away. */
export const gone = 499
const noTargets: readonly Target[] = []

const codeOf = (error: Error) => (error as { code?: string }).code ?? ''
const isTimeout = (error: Error) => codeOf(error).endsWith('_TIMEOUT')
/** Undici would not even send it, or we are leaving. */
const isOurs = (error: Error) =>
  ['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED'].includes(codeOf(error))

const isStream = (body: unknown): body is Readable => body instanceof Readable
/** Whether the caller broke off its upload. */
const isOfCaller = (body: unknown) => isStream(body) && body.readableAborted
/** Whether the caller has yet to send some of its upload, and the service would take it. */
const isWaitedFor = (body: unknown) => isStream(body) && !body.readableEnded && !body.isPaused()

const droppedFromResponse = new Set([...hopByHop, 'x-request-id'])
/** Each is a single item: two would be none. Where we say one it wins. */
const single = ['deprecation', 'sunset', 'x-refreshed-token', 'cache-control']

function responseFields(raw: readonly Buffer[], status: number, own: readonly string[]): string[] {
  const lines = [...own]
  let named: string[] | undefined
  for (let at = 0; at < raw.length; at += 2) {
    if (raw[at]!.length === 10 && raw[at]!.toString('latin1').toLowerCase() === 'connection')
      named = [...(named ?? []), ...(namedByConnection(raw[at + 1]!.toString('latin1')) ?? [])]
  }
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
