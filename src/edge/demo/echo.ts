// The demo service: what an operator without a service at hand opens to partners first. It answers what reached it, so that a caller sees
// what the gateway passed on and what it kept. It listens on loopback only, on a port of its own that is opened when somebody asks for
// it, keeps nothing and reaches nothing: whoever finds it learns what they sent.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface Demo {
  /** Its address, open or not; undefined when the settings say that there is none. */
  readonly url: string | undefined
  /** Rejects when another program has the port. */
  open(): Promise<void>
  close(): Promise<void>
}

const host = '127.0.0.1'
const bodyBytesMax = 65_536
/** What the gateway says of a call, and no caller can. */
const told = ['x-app-id', 'x-project-ids', 'x-user-id', 'x-open-id', 'x-request-id', 'x-forwarded-for', 'traceparent']

export function createDemo(port: number): Demo {
  const server = createServer(answer)
  let opening: Promise<unknown> | undefined
  return {
    url: port === 0 ? undefined : `http://${host}:${port}`,
    async open() {
      opening ??= once(server.listen(port, host), 'listening')
      try {
        await opening
      } catch (error) {
        opening = undefined
        throw error
      }
    },
    async close() {
      if (!server.listening) return
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', `http://${host}`)
  const body = await readBody(request).catch(() => undefined)
  const fields = Object.fromEntries(told.flatMap((name) => (request.headers[name] === undefined ? [] : [[name, request.headers[name]]])))
  const echo = { method: request.method, path: pathname, query: Object.fromEntries(searchParams), fields, body: body ?? null }
  response.writeHead(body === undefined ? 413 : 200, {
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
  })
  response.end(JSON.stringify(echo))
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > bodyBytesMax) throw new Error('too much')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}
