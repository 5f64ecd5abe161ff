// What happens on the way to a service and back: which target is tried, what is sent again, who waits for whom, and how it ends. The
// answer is passed on as it comes (settled C14, C15, D24).

import { type Duplex, Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { ServiceDocument } from '#core/feed/document.ts'
import { type Course, gone } from './conclude.ts'
import { responseFields } from './passed-fields.ts'
import { refuse } from './refusal.ts'
import { Timed } from './transport/deadlines.ts'
import type { Exchange } from './transport/exchange.ts'
import type { Target, Upstreams } from './transport/upstream.ts'

/** One call on its way; it stands between undici, which calls it, and the caller's exchange. */
export class Relay extends Timed implements Dispatcher.DispatchHandler {
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
