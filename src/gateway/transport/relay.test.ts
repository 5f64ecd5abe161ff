// What passes between caller and service, byte by byte: this listener, `forward`, and services that are nothing but sockets.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OperationDocument, ServiceDocument } from '#core/feed/document.ts'
import type { Admitted } from '../call.ts'
import { forward } from '../forward.ts'
import { replyRefusal } from '../refusal.ts'
import { createHttpServer } from './node-http.ts'
import { createUpstreams } from './upstream.ts'

const requestId = '00000000-0000-4000-8000-000000000000'

/** A service on bare sockets: `onRequest` is called with what a connection has sent so far, each time that more comes. */
async function openService(onData: (socket: Socket, soFar: string, connection: number) => void) {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    const connection = ++connections
    sockets.add(socket)
    let soFar = ''
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      soFar += chunk.toString('latin1')
      onData(socket, soFar, connection)
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

/** Where nobody listens. */
async function deadUrl(): Promise<string> {
  const server = createServer()
  await listening(server)
  const url = urlOf(server)
  server.close()
  return url
}

const operation = { upstreamPath: '/', path: '/', security: 'none' } as OperationDocument

async function openGateway(urls: readonly string[], fields: Partial<ServiceDocument> = {}) {
  const upstreams = createUpstreams()
  const outcomes: string[] = []
  const service: ServiceDocument = {
    kind: 'service',
    id: 1,
    targets: urls.map((url) => ({ url, weight: 1 })),
    balance: 'round_robin',
    connectTimeoutMs: 1_000,
    timeoutMs: 5_000,
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
function openCaller(port: number) {
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
  return {
    socket,
    send: (text: string) => socket.write(text, 'latin1'),
    /** Waits for it; what came before does not count again. */
    async reads(what: RegExp, msMax = 3_000): Promise<string> {
      for (let waited = 0; !what.test(got); waited += 5) {
        if (waited > msMax) throw new Error(`${what} did not come: ${JSON.stringify(got)}`)
        await sleep(5)
      }
      const read = got
      got = ''
      return read
    },
    async closes(msMax = 3_000): Promise<string> {
      for (let waited = 0; !isClosed; waited += 5) {
        if (waited > msMax) throw new Error(`it stays open: ${JSON.stringify(got)}`)
        await sleep(5)
      }
      return got
    },
    get isClosed() {
      return isClosed
    },
  }
}

const get = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'
const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine'

/** An answer of a service, and what a caller on a kept connection must see of it. */
interface Row {
  readonly name: string
  readonly method?: string
  readonly answer: string
  /** The service closes after it. */
  readonly closes?: boolean
  readonly sees: RegExp
  readonly hides?: RegExp
  /** The caller's connection is cut. */
  readonly cut?: boolean
}

const unreachable = /^HTTP\/1\.1 502 .*"upstream_unreachable"/s
const rows: readonly Row[] = [
  { name: '204 with a length', answer: 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n', sees: /204.*\r\n\r\n$/s, hides: /content-length/ },
  { name: '204 with a body', answer: 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello', sees: /204.*\r\n\r\n$/s },
  { name: '304 with a length', answer: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', sees: /304.*\r\n\r\n$/s },
  { name: 'HEAD', method: 'HEAD', answer: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n', sees: /content-length: 5.*\r\n\r\n$/s },
  { name: 'HEAD with a body', method: 'HEAD', answer: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello', sees: /\r\n\r\n$/ },
  { name: 'HEAD in chunks', method: 'HEAD', answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', sees: /200.*\r\n\r\n$/s },
  { name: 'more than its length', answer: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhello', sees: /\r\n\r\nhe$/ },
  { name: 'an answer behind the answer', answer: `${ok}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil`, sees: /\r\n\r\nfine$/ },
  { name: 'less than its length', answer: 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello', closes: true, sees: /hello$/, cut: true },
  { name: 'a chunk too few', answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n', closes: true, sees: /hello\r\n$/, cut: true },
  { name: 'a bad chunk', answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n', sees: /^$/, cut: true },
  { name: 'length and chunks', answer: 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', sees: unreachable },
  { name: 'chunks and length', answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n', sees: unreachable },
  { name: 'two lengths', answer: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 3\r\n\r\nhello', sees: unreachable },
  { name: 'a list of lengths', answer: 'HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\nhello', sees: unreachable },
  { name: 'another coding', answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n', sees: unreachable },
  { name: 'trailers', answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n', sees: /hello\r\n0\r\n\r\n$/, hides: /x-sum/ },
  { name: '103 first', answer: `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${ok}`, sees: /^HTTP\/1\.1 200 .*fine$/s, hides: /103|link/ },
  { name: '101 unasked', answer: 'HTTP/1.1 101 Switching Protocols\r\nupgrade: foo\r\nconnection: upgrade\r\n\r\n', sees: unreachable },
  { name: 'until the end', answer: 'HTTP/1.1 200 OK\r\n\r\nhello', closes: true, sees: /chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/ },
  { name: 'HTTP/1.0', answer: 'HTTP/1.0 200 OK\r\n\r\nhello', closes: true, sees: /^HTTP\/1\.1 200.*hello\r\n0\r\n\r\n$/s },
  { name: 'line feeds only', answer: 'HTTP/1.1 200 OK\ncontent-length: 2\n\nok', sees: unreachable },
  { name: 'NUL in a field', answer: 'HTTP/1.1 200 OK\r\nx: a\0b\r\ncontent-length: 2\r\n\r\nok', sees: unreachable },
  { name: 'no HTTP at all', answer: 'SSH-2.0-x\r\n\r\n', sees: unreachable },
] // biome-ignore format: a row a line

for (const { name, method = 'GET', answer, closes, sees, hides, cut } of rows) {
  test(`${name}: the caller sees a whole answer or none, and its connection is still in step`, async () => {
    let calls = 0
    await using service = await openService((socket, soFar) => {
      if (!soFar.endsWith('\r\n\r\n')) return
      socket.write(++calls === 1 ? answer : ok, 'latin1')
      if (calls === 1 && closes) socket.end()
    })
    await using gateway = await openGateway([service.url], { retries: 0 })
    const caller = gateway.connect()
    caller.send(`${method} / HTTP/1.1\r\nhost: a\r\n\r\n`)
    if (cut) return assert.match(await caller.closes(), sees)
    const seen = await caller.reads(sees)
    if (hides) assert.doesNotMatch(seen, hides)
    caller.send(get)
    assert.match(await caller.reads(/fine$/), /^HTTP\/1\.1 200 /)
  })
}

test('a GET goes to another target when its connection is lost, and once only', async () => {
  let lost = 0
  const lose = (socket: Socket) => {
    lost++
    socket.destroy()
  }
  await using bad = await openService(lose)
  await using good = await openService((socket) => socket.write(ok))
  await using gateway = await openGateway([bad.url, good.url])
  for (let call = 0; call < 4; call++) {
    const caller = gateway.connect()
    caller.send(get)
    await caller.reads(/fine$/)
  }
  assert.equal(lost, 2)

  await using worse = await openService(lose)
  await using none = await openGateway([bad.url, worse.url], { retries: 1 })
  const caller = none.connect()
  lost = 0
  caller.send(get)
  await caller.reads(unreachable)
  assert.equal(lost, 2)
})

test('what was sent once and is not safe is never sent twice; what was not sent may go elsewhere, body and all', async () => {
  const post = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbody'
  let lost = 0
  await using bad = await openService((socket) => {
    lost++
    socket.destroy()
  })
  let got = ''
  await using good = await openService((socket, soFar) => {
    if (!soFar.endsWith('body')) return
    got = soFar
    socket.write(ok)
  })
  await using gateway = await openGateway([bad.url, good.url])
  for (const method of ['POST', 'PUT', 'DELETE']) {
    lost = 0
    const callers = [gateway.connect(), gateway.connect()]
    for (const caller of callers) {
      caller.send(post.replace('POST', method))
      await caller.reads(/fine$|"upstream_unreachable"/)
    }
    assert.equal(lost, 1, method)
  }

  await using toNobody = await openGateway([await deadUrl(), good.url])
  got = ''
  const caller = toNobody.connect()
  caller.send(post)
  await caller.reads(/fine$/)
  assert.match(got, /^POST .*body$/s)
})

test('an answer that began is not asked for again', async () => {
  await using half = await openService((socket) => socket.write('HTTP/1.1 2', () => socket.destroy()))
  await using gateway = await openGateway([half.url])
  const caller = gateway.connect()
  caller.send(get)
  await caller.reads(unreachable)
  assert.equal(half.connections(), 1)
})

test('a service that is silent: 504 within 50 ms of its time, for all tries together', async () => {
  await using silent = await openService(() => {})
  await using gateway = await openGateway([silent.url], { timeoutMs: 200, retries: 5 })
  const caller = gateway.connect()
  const begunAt = performance.now()
  caller.send(get)
  assert.match(await caller.reads(/"upstream_timeout"/), /^HTTP\/1\.1 504 /)
  const tookMs = performance.now() - begunAt
  // The machine that runs this may be busy.
  assert.ok(tookMs >= 200 && tookMs < 350, String(tookMs))
})

test('a service that falls silent within its answer: the caller’s connection is cut in time', async () => {
  await using silent = await openService((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'))
  await using gateway = await openGateway([silent.url], { timeoutMs: 200 })
  const caller = gateway.connect()
  const begunAt = performance.now()
  caller.send(get)
  assert.match(await caller.closes(), /half$/)
  const tookMs = performance.now() - begunAt
  assert.ok(tookMs >= 200 && tookMs < 350, String(tookMs))
})

test('a caller that is slow to send, or to read, is not the service’s fault', async () => {
  const size = 8 * 1024 * 1024
  await using service = await openService((socket, soFar) => {
    if (soFar.includes('GET') && soFar.endsWith('\r\n\r\n'))
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n${'x'.repeat(size)}`)
    else if (soFar.endsWith('end')) socket.write(ok)
  })
  await using gateway = await openGateway([service.url], { timeoutMs: 100, retries: 0 })
  const slow = gateway.connect()
  slow.send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 7\r\n\r\npart')
  await sleep(400)
  slow.send('end')
  await slow.reads(/fine$/)

  const reader = gateway.connect()
  reader.send(get)
  await reader.reads(/\r\n\r\nx/)
  reader.socket.pause()
  await sleep(400)
  reader.socket.resume()
  await reader.reads(/x$/)
  await sleep(100)
  assert.equal(reader.isClosed, false)
  assert.deepEqual(gateway.outcomes, ['answered', 'answered'])
})

test('a service that does not take an upload is late, though it is not all sent', async () => {
  await using stuck = await openService((socket) => socket.pause())
  await using gateway = await openGateway([stuck.url], { timeoutMs: 200 })
  const caller = gateway.connect()
  caller.send(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 50000000\r\n\r\n${'x'.repeat(20_000_000)}`)
  await caller.reads(/"upstream_timeout"/)
})

test('a caller that breaks off its upload says nothing about the service', async () => {
  await using service = await openService((socket, soFar) => {
    if (soFar.startsWith('GET')) socket.write(ok)
  })
  await using gateway = await openGateway([service.url], { retries: 0 })
  for (let call = 0; call < 12; call++) {
    const caller = gateway.connect()
    caller.send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 7\r\n\r\npart')
    await sleep(10)
    caller.socket.destroy()
  }
  await sleep(50)
  assert.deepEqual(gateway.outcomes, Array(12).fill('answered'))
  const caller = gateway.connect()
  caller.send(get)
  await caller.reads(/fine$/)
})

test('a service that answers before it has read an upload: the answer comes, the rest is dropped, the connection goes on', async () => {
  await using service = await openService((socket, soFar) => {
    if (soFar.startsWith('GET')) socket.write(ok)
    else if (soFar.length < 100_000) socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno')
  })
  await using gateway = await openGateway([service.url])
  const caller = gateway.connect()
  caller.send(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3000000\r\n\r\n${'x'.repeat(1_000_000)}`)
  await caller.reads(/413.*no$/s)
  caller.send('x'.repeat(2_000_000))
  caller.send(get)
  await caller.reads(/fine$/)
})

test('`Expect: 100-continue` is answered by us, when the call goes on', async () => {
  await using service = await openService((socket, soFar) => {
    assert.doesNotMatch(soFar, /expect/i)
    if (soFar.endsWith('body')) socket.write(ok)
  })
  await using gateway = await openGateway([service.url])
  const caller = gateway.connect()
  caller.send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n')
  assert.match(await caller.reads(/\r\n\r\n/), /^HTTP\/1\.1 100 Continue\r\n\r\n$/)
  caller.send('body')
  await caller.reads(/fine$/)
})

test('a breaker that tripped answers for its target at once, and no connection is made', async () => {
  await using bad = await openService((socket) => socket.destroy())
  await using gateway = await openGateway([bad.url], { retries: 0 })
  const caller = gateway.connect()
  for (let call = 0; call < 10; call++) {
    caller.send(get)
    await caller.reads(unreachable)
  }
  const before = bad.connections()
  caller.send(get)
  await caller.reads(unreachable)
  assert.equal(bad.connections(), before)
})

test('an upgrade to anything but a WebSocket is a request like any other', async () => {
  let got = ''
  await using service = await openService((socket, soFar) => {
    got = soFar
    socket.write(ok)
  })
  await using gateway = await openGateway([service.url])
  for (const upgrade of ['h2c', 'websocket, h2c', 'TLS/1.0']) {
    const caller = gateway.connect()
    caller.send(`GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: ${upgrade}\r\nhttp2-settings: AA\r\n\r\n`)
    await caller.reads(/fine$/)
    assert.doesNotMatch(got, /upgrade|http2-settings/i)
  }
})

const handshake =
  'GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: k\r\n\r\n'

test('a WebSocket: 101 with our request id, then bytes both ways, and both ends together', async () => {
  let served: Socket | undefined
  await using service = await openService((socket, soFar) => {
    served = socket
    if (!soFar.includes('\r\n\r\n')) return
    const sent = soFar.slice(soFar.indexOf('\r\n\r\n') + 4)
    if (sent === '') {
      assert.match(soFar, /connection: upgrade\r\nupgrade: websocket\r\n.*sec-websocket-key: k/is)
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nconnection: x-hop, Upgrade\r\nupgrade: WebSocket\r\nx-hop: 1\r\nsec-websocket-accept: s\r\n\r\nhello',
      )
    } else socket.write(`got ${sent.length}`)
  })
  await using gateway = await openGateway([service.url])
  const caller = gateway.connect()
  // Bytes that come along with the request are the service's once it has agreed.
  caller.send(`${handshake}early`)
  const head = await caller.reads(/hello.*got 5/s)
  assert.match(head, /^HTTP\/1\.1 101 Switching Protocols\r\n/)
  assert.match(head, new RegExp(`x-request-id: ${requestId}\r\n`))
  assert.match(head, /sec-websocket-accept: s\r\n/)
  assert.doesNotMatch(head, /x-hop/)
  caller.send('more')
  await caller.reads(/got 9/)
  assert.deepEqual(gateway.outcomes, ['answered'])

  const closed = once(served!, 'close')
  caller.socket.end()
  await closed
  await caller.closes()

  const other = gateway.connect()
  other.send(handshake)
  await other.reads(/hello/)
  served!.end('bye')
  assert.match(await other.closes(), /bye$/)
})

test('a service that does not want a WebSocket answers as it likes, one that speaks something else is unreachable', async () => {
  for (const [answer, sees] of [
    ['HTTP/1.1 426 Upgrade Required\r\ncontent-length: 2\r\n\r\nno', /^HTTP\/1\.1 426 .*no$/s],
    ['HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: foo\r\n\r\n', unreachable],
  ] as const) {
    await using service = await openService((socket, soFar) => soFar.endsWith('\r\n\r\n') && socket.write(answer))
    await using gateway = await openGateway([service.url], { retries: 0 })
    const caller = gateway.connect()
    caller.send(handshake)
    assert.match(await caller.closes(), sees)
  }
})

test('a slow reader of a WebSocket slows its sender, both ways', async () => {
  const size = 64 * 1024 * 1024
  let served: Socket | undefined
  await using service = await openService((socket, soFar) => {
    if (!served && soFar.endsWith('\r\n\r\n')) {
      served = socket.pause()
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
    }
  })
  await using gateway = await openGateway([service.url])
  const caller = gateway.connect()
  caller.send(handshake)
  await caller.reads(/101/)
  caller.socket.pause()
  const block = Buffer.alloc(1024 * 1024)
  for (const sender of [caller.socket, served!]) {
    for (let sent = 0; sent < size; sent += block.length) sender.write(block)
    await sleep(200)
    assert.ok(sender.writableLength > size / 2, `only ${sender.writableLength} bytes are left`)
  }
})

test('the gateway leaves: WebSockets end with its listener', async () => {
  await using service = await openService((socket) =>
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
  )
  const gateway = await openGateway([service.url])
  const caller = gateway.connect()
  caller.send(handshake)
  await caller.reads(/101/)
  await gateway[Symbol.asyncDispose]()
  await caller.closes()
})

test('kept connections are used again', async () => {
  await using service = await openService((socket) => socket.write(ok))
  await using gateway = await openGateway([service.url])
  const caller = gateway.connect()
  for (let call = 0; call < 20; call++) {
    caller.send(get)
    await caller.reads(/fine$/)
  }
  assert.equal(service.connections(), 1)
})
