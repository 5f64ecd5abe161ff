// Bare sockets on both sides of the gateway: a service that says what no server would, a caller that sees each byte, and between them
// nothing but a listener and `forward`.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OperationDocument, ServiceDocument } from '#core/feed/document.ts'
import type { Admitted } from '#gateway/call.ts'
import { forward } from '#gateway/forward.ts'
import { replyRefusal } from '#gateway/refusal.ts'
import { createHttpServer } from '#gateway/transport/node-http.ts'
import { createUpstreams } from '#gateway/transport/upstream.ts'

export const get = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'
export const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine'
export const handshake =
  'GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: k\r\n\r\n'
export const unreachable = /^HTTP\/1\.1 502 .*"upstream_unreachable"/s

export const requestId = '00000000-0000-4000-8000-000000000000'

/** A service: `onData` is called with what a connection has sent so far, each time that more comes. */
export async function openService(onData: (socket: Socket, soFar: string) => void) {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    let soFar = ''
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      soFar += chunk.toString('latin1')
      onData(socket, soFar)
    })
  })
  await listening(server)
  return {
    url: urlOf(server),
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

async function listening(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
}

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const operation = { upstreamPath: '/', path: '/', security: 'none' } as OperationDocument

export async function openGateway(urls: readonly string[], fields: Partial<ServiceDocument> = {}) {
  const upstreams = createUpstreams()
  const outcomes: string[] = []
  const service: ServiceDocument = {
    kind: 'service',
    id: 1,
    targets: urls.map((url) => ({ url, weight: 1 })),
    balance: 'round_robin',
    connectTimeoutMs: 10_000,
    timeoutMs: 10_000,
    retries: 1,
    healthCheck: null,
    passAuthorization: false,
    ...fields,
  }
  const server = createHttpServer((exchange) => {
    const found = {
      operation,
      caught: [],
      method: exchange.method,
      path: '/',
      query: '',
      address: exchange.remoteAddress,
      protocol: 'http',
    }
    const admitted = { found, app: undefined, payload: undefined, left: [] } as unknown as Admitted
    let ended = 0
    forward(admitted, service, exchange, requestId, upstreams, {
      began: (outcome) => outcomes.push(outcome),
      failed(refusal) {
        outcomes.push(refusal.fault)
        replyRefusal(exchange, refusal, requestId)
        this.over(0)
      },
      over: () => assert.equal(++ended, 1, 'a call is over once'),
    })
  })
  await listening(server)
  return {
    outcomes,
    connect: () => openCaller((server.address() as AddressInfo).port),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await upstreams.close()
    },
  }
}

/** A connection of a caller, and all that came back on it. */
export function openCaller(port: number) {
  const socket = connect(port, '127.0.0.1')
  let got = ''
  let isClosed = false
  socket.on('data', (chunk) => {
    got += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    isClosed = true
  })
  async function waitFor(isSo: () => boolean, what: string): Promise<string> {
    for (let waited = 0; !isSo(); waited += 5) {
      if (waited > 10_000) throw new Error(`${what}: ${JSON.stringify(got.slice(0, 300))}`)
      await sleep(5)
    }
    return got
  }
  return {
    socket,
    send: (text: string) => socket.write(text, 'latin1'),
    /** Waits for it; what came before does not count again. */
    async reads(what: RegExp): Promise<string> {
      const read = await waitFor(() => what.test(got), `${what} did not come`)
      got = ''
      return read
    },
    closes: () => waitFor(() => isClosed, 'it stays open'),
    get isClosed() {
      return isClosed
    },
  }
}
