// The transport on `node:http`: the well-kept parser judges every message.

import { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import type { TlsPair } from '#lib/tls-files.ts'
import type { NewExchange, Unread } from './exchange.ts'
import { createPace, type Pace } from './pace.ts'
import { Outlet, StreamedBody, WholeBody } from './slow.ts'
import { joinSockets } from './upgrade.ts'

/** Request line and header section together (settled E1). */
const headBytesMax = 64 * 1024
const lingerMs = 1_000

export interface HttpServerOptions {
  readonly tls?: TlsPair | undefined
  /** Asked of each connection: what to call once it is closed, or undefined to close it now. */
  readonly admit?: ((address: string) => (() => void) | undefined) | undefined
  readonly times?: Partial<Times>
}

interface Times {
  /** For a head to come. */
  readonly headMs: number
  readonly handshakeMs: number
  /** Between two looks at who is slow; see `slow.ts`. */
  readonly lookMs: number
}

const usualTimes: Times = { headMs: 20_000, handshakeMs: 10_000, lookMs: 1_000 }

export function createHttpServer(handle: (exchange: NewExchange) => void, options: HttpServerOptions = {}): GatewayServer {
  const times = { ...usualTimes, ...options.times }
  const pace = createPace(times.lookMs)
  const server = new GatewayServer({
    IncomingMessage: GatewayRequest,
    maxHeaderSize: headBytesMax,
    keepAliveTimeout: 65_000,
    headersTimeout: times.headMs,
    connectionsCheckingInterval: times.headMs / 4,
    requestTimeout: 0,
    insecureHTTPParser: false,
    // Else only the first line of a field counts for us, and the service gets them all.
    joinDuplicateHeaders: true,
    // Node would answer, and go on with what follows on the connection.
    requireHostHeader: false,
    rejectNonStandardBodyWrites: true,
    // Any other wish for an upgrade is answered as if it had not been told.
    shouldUpgradeCallback: isWebSocket,
  })
  const shut = new WeakSet<Socket>()
  function receive(request: IncomingMessage, response: ServerResponse, exchange: NewExchange): void {
    // What the parser already has from behind a refused message is not looked at (RFC 9112 §9.6).
    if (shut.has(request.socket)) return
    const status = protocolFault(request)
    if (status !== undefined) {
      shut.add(request.socket)
      response.writeHead(status, { connection: 'close', 'content-length': 0 }).end()
      return
    }
    // Once we leave, callers that keep their connection are told to open the next one elsewhere.
    if (!server.listening) response.shouldKeepAlive = false
    handle(exchange)
  }
  for (const event of ['request', 'checkExpectation'] as const) {
    server.on(event, (request, response) => receive(request, response, new HttpExchange(request, response, pace, false)))
  }
  server.on('checkContinue', (request, response) => {
    const expectsContinue = hasBody(request)
    // Node would close the connection of one who was never told.
    if (!expectsContinue) response.writeContinue()
    receive(request, response, new HttpExchange(request, response, pace, expectsContinue))
  })
  server.on('upgrade', (request, duplex, early) => {
    const socket = duplex as Socket
    server.keep(socket)
    const response = responseOn(socket, request)
    receive(request, response, new UpgradeExchange(request, response, pace, socket, early))
  })
  // A silent socket goes some time; later than the slowest service may answer (ten minutes).
  server.setTimeout(620_000)
  server.on('close', pace.stop)
  server.guard(options, times.handshakeMs)
  return server
}

export class GatewayServer extends Server {
  #tls: TlsServer | undefined
  /** Those that speak HTTP no more; Node itself does not know them any longer. */
  readonly #upgraded = new Set<Socket>()

  /** Sets up what stands before HTTP: how many may come, and TLS. */
  guard({ tls, admit }: HttpServerOptions, handshakeMs: number): void {
    const serve = this.listeners('connection')[0] as (socket: Socket) => void
    this.removeAllListeners('connection')
    const secured = tls ? this.#secure(tls, handshakeMs, serve) : undefined
    this.on('connection', (socket: Socket) => {
      if (admit) {
        const closed = admit(socket.remoteAddress ?? '')
        if (!closed) return socket.destroy()
        socket.on('close', closed)
      }
      if (!secured) return serve.call(this, socket)
      // HTTP closes its side itself, TLS does not: one who leaves amid a handshake would be waited for.
      socket.allowHalfOpen = false
      secured.emit('connection', socket)
    })
  }

  // It never listens: it turns the connections of this server into those that HTTP is spoken on.
  #secure(pair: TlsPair, handshakeMs: number, serve: (socket: Socket) => void): TlsServer {
    this.#tls = createTlsServer({ ...pair, minVersion: 'TLSv1.2', handshakeTimeout: handshakeMs, ALPNProtocols: ['http/1.1'] })
    this.#tls.on('secureConnection', (socket) => serve.call(this, socket))
    // Whoever cannot agree with us on how to speak goes.
    this.#tls.on('tlsClientError', (_, socket) => socket.destroy())
    return this.#tls
  }

  /** New connections get this certificate; those that there are keep theirs. */
  renew(pair: TlsPair): void {
    this.#tls?.setSecureContext({ ...pair, minVersion: 'TLSv1.2' })
  }

  keep(socket: Socket): void {
    this.#upgraded.add(socket)
    socket.on('close', () => this.#upgraded.delete(socket))
  }
  /** Nobody knows when a caller would leave a WebSocket; so those end as soon as we leave. */
  override close(callback?: (error?: Error) => void): this {
    for (const socket of this.#upgraded) socket.destroySoon()
    return super.close(callback)
  }
  override closeAllConnections(): void {
    for (const socket of this.#upgraded) socket.destroy()
    super.closeAllConnections()
  }
}

/**
 * Whoever reads a body may lose interest before the caller has sent all of it, as when the service answers early. Destroying it
 * then would leave the rest unread, and the connection stuck; so the rest is dropped as it comes.
 */
class GatewayRequest extends IncomingMessage {
  override destroy(error?: Error): this {
    return this.complete || this.socket.destroyed ? super.destroy(error) : this.resume()
  }
}

/** The status for what Node's parser lets through, and another reader could read differently (settled D27, E11); rows in test/wire. */
function protocolFault({ httpVersion, headers, url }: IncomingMessage): number | undefined {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 505
  const { host, expect, 'transfer-encoding': coding, 'content-length': length } = headers
  // None, a second one, or one that is no host (RFC 9112 §3.2).
  if (host === undefined ? httpVersion === '1.1' : !/^(?:[\w.~-]*|\[[\da-f:.]+\])(?::\d{0,5})?$/i.test(host)) return 400
  // We would pass the inner coding on as if it were the content; HTTP/1.0 knows none (RFC 9112 §6.1).
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return 501
  if (coding !== undefined && httpVersion === '1.0') return 400
  // No number of JavaScript, and so another one for the service.
  if (length !== undefined && !Number.isSafeInteger(Number(length))) return 413
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') return 417
  // Origin form only, in the characters that a URI has (RFC 3986 §2); a fragment is not sent (RFC 9112 §3.2.1).
  return /^\/[\x21\x22\x24-\x7e]*$/.test(url!) ? undefined : 400
}

/** A handshake of RFC 6455 §4.1. */
function isWebSocket(request: IncomingMessage): boolean {
  const { upgrade, 'sec-websocket-version': version, 'sec-websocket-key': key } = request.headers
  const isAsked = request.method === 'GET' && upgrade?.toLowerCase() === 'websocket' && version === '13' && key !== undefined
  return isAsked && !hasBody(request)
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] !== undefined && headers['content-length'] !== '0')
}

class HttpExchange implements NewExchange {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #pace: Pace
  #expectsContinue: boolean
  #outlet: Outlet | undefined
  #dress: ((fieldLines: readonly string[]) => string[]) | undefined

  constructor(request: IncomingMessage, response: ServerResponse, pace: Pace, expectsContinue: boolean) {
    this.#request = request
    this.#response = response
    this.#pace = pace
    this.#expectsContinue = expectsContinue
  }

  get method(): string {
    return this.#request.method!
  }
  get target(): string {
    return this.#request.url!
  }
  get fieldLines(): readonly string[] {
    return this.#request.rawHeaders
  }
  get remoteAddress(): string {
    return this.#request.socket.remoteAddress ?? ''
  }
  get isSecure(): boolean {
    return 'encrypted' in this.#request.socket
  }
  get hasBody(): boolean {
    return hasBody(this.#request)
  }
  get upgrade(): 'websocket' | undefined {
    return undefined
  }

  field(name: string): string | undefined {
    const value = this.#request.headers[name]
    return typeof value === 'object' ? value.join(', ') : value
  }

  collect(bytesMax: number, done: (body: Buffer | Unread) => void): void {
    if (!this.hasBody) return done(noBytes)
    if (Number(this.#request.headers['content-length'] ?? 0) > bytesMax) return done('too_large')
    this.#continue()
    const chunks: Buffer[] = []
    let over = false
    const body = new WholeBody(this.#request, () => {
      over = true
      done('too_slow')
    })
    this.#pace.watch(body)
    this.#request.on('data', (chunk: Buffer) => {
      body.bytes += chunk.length
      if (over) return
      if (body.bytes <= bytesMax) chunks.push(chunk)
      else {
        over = true
        this.#pace.forget(body)
        done('too_large')
      }
    })
    this.#request.on('end', () => {
      this.#pace.forget(body)
      if (!over) done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
    })
  }

  stream(): Readable {
    this.#continue()
    if (!this.#request.complete) this.#pace.watch(new StreamedBody(this.#request, () => this.cut()))
    return this.#request
  }

  // Only now: a caller that is refused need not send its body (RFC 9110 §10.1.1).
  #continue(): void {
    if (this.#expectsContinue) this.#response.writeContinue()
    this.#expectsContinue = false
  }

  dress(change: (fieldLines: readonly string[]) => string[]): void {
    this.#dress = change
  }

  reply(status: number, fieldLines: readonly string[], body: string | Buffer): void {
    if (this.#response.headersSent || this.#response.destroyed) return
    const isUnread = this.hasBody && !this.#request.complete
    if (isUnread) this.#response.shouldKeepAlive = false
    const lines = this.#dress ? this.#dress(fieldLines) : fieldLines
    // 204 has no body, and so no length (RFC 9110 §8.6).
    this.#response.writeHead(status, status === 204 ? (lines as string[]) : [...lines, 'content-length', String(Buffer.byteLength(body))])
    const content = this.#request.method === 'HEAD' ? undefined : body
    if (isUnread) this.#endAfterReading(content)
    else this.#response.end(content)
    this.#watchWhatIsLeft()
  }

  // Most answers are with the system by now, and nobody need look at them.
  #watchWhatIsLeft(): void {
    if (this.#request.socket.writableLength > 0) this.#watchOutlet()
  }

  #watchOutlet(): void {
    this.#outlet ??= new Outlet(this.#request.socket, false)
    this.#pace.watch(this.#outlet)
  }

  // The caller is refused, but still sending. Closing now would reset the connection, and many clients then never look at the
  // answer; so the rest is read for a moment, and dropped.
  #endAfterReading(content: string | Buffer | undefined): void {
    if (content === undefined) this.#response.flushHeaders()
    else this.#response.write(content)
    const end = () => this.#response.end()
    this.#request.once('end', end).resume()
    setTimeout(end, lingerMs).unref()
  }

  begin(status: number, fieldLines: readonly string[]): void {
    this.#response.writeHead(status, this.#dress ? this.#dress(fieldLines) : (fieldLines as string[]))
  }
  write(chunk: Buffer): boolean {
    const takesMore = this.#response.write(chunk)
    if (!takesMore) this.#watchOutlet()
    return takesMore
  }
  end(): void {
    this.#response.end()
    this.#watchWhatIsLeft()
  }
  cut(): void {
    this.#response.destroy()
  }
  connect(_fieldLines: readonly string[], _other: Duplex, _closed: () => void): void {
    throw new Error('nobody asked for an upgrade')
  }
  onDrain(callback: () => void): void {
    this.#response.on('drain', callback)
  }
  onGone(callback: () => void): void {
    this.#response.on('close', () => {
      if (!this.#response.writableFinished) callback()
    })
  }
}

/** A request that Node gave up its connection for: it is answered once more as HTTP, or joined with another. */
class UpgradeExchange extends HttpExchange {
  readonly #response: ServerResponse
  readonly #pace: Pace
  readonly #socket: Socket
  readonly #early: Buffer

  constructor(request: IncomingMessage, response: ServerResponse, pace: Pace, socket: Socket, early: Buffer) {
    super(request, response, pace, false)
    this.#response = response
    this.#pace = pace
    this.#socket = socket
    this.#early = early
  }

  override get upgrade(): 'websocket' {
    return 'websocket'
  }
  override connect(fieldLines: readonly string[], other: Duplex, closed: () => void): void {
    this.#response.detachSocket(this.#socket)
    this.#pace.watch(new Outlet(this.#socket, true))
    joinSockets(this.#socket, this.#early, other as Socket, fieldLines, closed)
  }
}

/** The answer to an upgrade that comes to nothing; what the caller sent after it is not read, for it may be another language. */
function responseOn(socket: Socket, request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.on('finish', () => socket.destroySoon())
  socket.on('error', () => {})
  return response
}

const noBytes = Buffer.alloc(0)
