// The transport on `node:http`: the well-kept parser judges every message.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Exchange } from './exchange.ts'

/** Request line and header section together (settled E1). */
const headBytesMax = 64 * 1024
const lingerMs = 1_000

export function createHttpServer(handle: (exchange: Exchange) => void): Server {
  const server = createServer(
    {
      maxHeaderSize: headBytesMax,
      keepAliveTimeout: 65_000,
      headersTimeout: 20_000,
      requestTimeout: 0,
      insecureHTTPParser: false,
      rejectNonStandardBodyWrites: true,
    },
    (request, response) => {
      if (isAmbiguous(request)) {
        response.writeHead(400, { connection: 'close', 'content-length': 0 }).end()
        return
      }
      // Once we leave, callers that keep their connection are told to open the next one elsewhere.
      if (!server.listening) response.shouldKeepAlive = false
      handle(new HttpExchange(request, response))
    },
  )
  // A silent socket goes some time; later than the slowest service may answer (ten minutes).
  server.setTimeout(620_000)
  return server
}

// Node's parser joins or drops what RFC 9112 §3.2 wants refused (settled E11).
function isAmbiguous(request: IncomingMessage): boolean {
  const { rawHeaders } = request
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    if (name.length === 4 && name.toLowerCase() === 'host' && ++hosts > 1) return true
  }
  // Origin form only, in the characters that a URI has (RFC 3986 §2); a fragment is not sent (RFC 9112 §3.2.1).
  return !/^\/[\x21\x22\x24-\x7e]*$/.test(request.url!)
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
    if (isUnread) this.#endAfterReading(body)
    else this.#response.end(this.#request.method === 'HEAD' ? undefined : body)
  }

  // The caller is refused, but still sending. Closing now would reset the connection, and many clients then never look at the
  // answer; so the rest is read for a moment, and dropped.
  #endAfterReading(body: string | Buffer): void {
    this.#response.write(body)
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
