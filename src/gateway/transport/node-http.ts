// The transport on `node:http`: the well-kept parser judges every message.

import { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import type { Exchange } from './exchange.ts'
import { joinSockets } from './upgrade.ts'

/** Request line and header section together (settled E1). */
const headBytesMax = 64 * 1024
const lingerMs = 1_000

export function createHttpServer(handle: (exchange: Exchange) => void): Server {
  const server = new GatewayServer({
    IncomingMessage: GatewayRequest,
    maxHeaderSize: headBytesMax,
    keepAliveTimeout: 65_000,
    headersTimeout: 20_000,
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
  function receive(request: IncomingMessage, response: ServerResponse, exchange: Exchange): void {
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
    server.on(event, (request, response) => receive(request, response, new HttpExchange(request, response, false)))
  }
  server.on('checkContinue', (request, response) => {
    const expectsContinue = hasBody(request)
    // Node would close the connection of one who was never told.
    if (!expectsContinue) response.writeContinue()
    receive(request, response, new HttpExchange(request, response, expectsContinue))
  })
  server.on('upgrade', (request, duplex, early) => {
    const socket = duplex as Socket
    server.keep(socket)
    const response = responseOn(socket, request)
    receive(request, response, new UpgradeExchange(request, response, socket, early))
  })
  // A silent socket goes some time; later than the slowest service may answer (ten minutes).
  server.setTimeout(620_000)
  return server
}

class GatewayServer extends Server {
  /** Those that speak HTTP no more; Node itself does not know them any longer. */
  readonly #upgraded = new Set<Socket>()

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

class HttpExchange implements Exchange {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  #expectsContinue: boolean

  constructor(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) {
    this.#request = request
    this.#response = response
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

  collect(bytesMax: number, done: (body: Buffer | 'too_large') => void): void {
    if (!this.hasBody) return done(noBytes)
    if (Number(this.#request.headers['content-length'] ?? 0) > bytesMax) return done('too_large')
    this.#continue()
    const chunks: Buffer[] = []
    let bytes = 0
    let over = false
    this.#request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (over) return
      if (bytes <= bytesMax) chunks.push(chunk)
      else {
        over = true
        done('too_large')
      }
    })
    this.#request.on('end', () => {
      if (!over) done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
    })
  }

  stream(): Readable {
    this.#continue()
    return this.#request
  }

  // Only now: a caller that is refused need not send its body (RFC 9110 §10.1.1).
  #continue(): void {
    if (this.#expectsContinue) this.#response.writeContinue()
    this.#expectsContinue = false
  }

  reply(status: number, fieldLines: readonly string[], body: string | Buffer): void {
    if (this.#response.headersSent || this.#response.destroyed) return
    const isUnread = this.hasBody && !this.#request.complete
    if (isUnread) this.#response.shouldKeepAlive = false
    this.#response.writeHead(status, [...fieldLines, 'content-length', String(Buffer.byteLength(body))])
    const content = this.#request.method === 'HEAD' ? undefined : body
    if (isUnread) this.#endAfterReading(content)
    else this.#response.end(content)
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
    this.#response.writeHead(status, fieldLines as string[])
  }
  write(chunk: Buffer): boolean {
    return this.#response.write(chunk)
  }
  end(): void {
    this.#response.end()
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
  readonly #socket: Socket
  readonly #early: Buffer

  constructor(request: IncomingMessage, response: ServerResponse, socket: Socket, early: Buffer) {
    super(request, response, false)
    this.#response = response
    this.#socket = socket
    this.#early = early
  }

  override get upgrade(): 'websocket' {
    return 'websocket'
  }
  override connect(fieldLines: readonly string[], other: Duplex, closed: () => void): void {
    this.#response.detachSocket(this.#socket)
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
