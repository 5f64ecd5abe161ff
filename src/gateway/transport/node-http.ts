// The transport on `node:http`: the well-kept parser judges every message.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { Exchange } from './exchange.ts'

/** Request line and header section together (settled E1). */
const headBytesMax = 64 * 1024
const lingerMs = 1_000

export function createHttpServer(handle: (exchange: Exchange) => void): Server {
  const server = createServer({
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
  })
  const shut = new WeakSet<Socket>()
  function receive(request: IncomingMessage, response: ServerResponse): void {
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
    handle(new HttpExchange(request, response))
  }
  server.on('request', receive)
  server.on('checkExpectation', receive)
  // A silent socket goes some time; later than the slowest service may answer (ten minutes).
  server.setTimeout(620_000)
  return server
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

class HttpExchange implements Exchange {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request
    this.#response = response
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
  get hasBody(): boolean {
    const { headers } = this.#request
    return headers['transfer-encoding'] !== undefined || (headers['content-length'] !== undefined && headers['content-length'] !== '0')
  }

  field(name: string): string | undefined {
    const value = this.#request.headers[name]
    return typeof value === 'object' ? value.join(', ') : value
  }

  collect(bytesMax: number, done: (body: Buffer | 'too_large') => void): void {
    if (!this.hasBody) return done(noBytes)
    if (Number(this.#request.headers['content-length'] ?? 0) > bytesMax) return done('too_large')
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
    return this.#request
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
  onDrain(callback: () => void): void {
    this.#response.on('drain', callback)
  }
  onGone(callback: () => void): void {
    this.#response.on('close', () => {
      if (!this.#response.writableFinished) callback()
    })
  }
}

const noBytes = Buffer.alloc(0)
