// Callers who are slow on purpose, on bare sockets. Times are shortened: a look is 5 ms instead of a second, and where it is about heads,
// one may take 0.4 s instead of twenty.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { Duplex, PassThrough } from 'node:stream'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { handshake, openCaller } from '../../../test/bare-sockets.ts'
import { refuseUnread, replyRefusal } from '../refusal.ts'
import type { Exchange, Unread } from './exchange.ts'
import { createHttpServer, type HttpServerOptions } from './node-http.ts'

const headsToo = { headMs: 400, lookMs: 5 }

async function open(handle: (exchange: Exchange) => void, times: HttpServerOptions['times'] = { lookMs: 5 }) {
  const server = createHttpServer(handle, { times }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    connect: () => openCaller((server.address() as AddressInfo).port),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Sends this again and again until the other side has had enough. */
async function drip(caller: ReturnType<typeof openCaller>, text: string, everyMs: number): Promise<string> {
  for (let waited = 0; !caller.isClosed && waited < 10_000; waited += everyMs) {
    caller.send(text)
    await sleep(everyMs)
  }
  return caller.closes()
}

const answer = (exchange: Exchange) => exchange.reply(200, [], 'fine')
/** Reads the body whole. */
const readWhole = (exchange: Exchange) =>
  exchange.collect(1_000_000, (body) => exchange.reply(typeof body === 'string' ? 400 : 200, [], String(body.length)))

const silences = {
  'a connection that says nothing': '',
  'a head that does not end': 'GET / HTTP/1.1\r\nhost: a\r\n',
  'a second head that does not end': 'GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\n',
}
for (const [name, said] of Object.entries(silences)) {
  test(`${name} is closed`, async () => {
    await using server = await open(answer, headsToo)
    const caller = server.connect()
    caller.send(said)
    await caller.closes()
  })
}

test('a head that drips is refused with 408', async () => {
  await using server = await open(answer, headsToo)
  const caller = server.connect()
  caller.send('GET / HTTP/1.1\r\nhost: a\r\n')
  assert.match(await drip(caller, 'x: y\r\n', 20), /^HTTP\/1\.1 408 /)
})

test('a body that stops coming is refused by name, and the connection closed', async () => {
  const told: unknown[] = []
  await using server = await open((exchange) =>
    exchange.collect(100, (body) => {
      told.push(body)
      replyRefusal(exchange, refuseUnread(body as Unread, 100), 'id')
    }),
  )
  const caller = server.connect()
  caller.send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello')
  assert.match(await caller.closes(), /^HTTP\/1\.1 400 .*connection: close.*"error":"invalid_parameters"/is)
  assert.deepEqual(told, ['too_slow'])
})

test('a body that drips is refused, though it never stops', async () => {
  await using server = await open(readWhole)
  const caller = server.connect()
  caller.send('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n')
  assert.match(await drip(caller, '1\r\nx\r\n', 10), /^HTTP\/1\.1 400 /)
})

test('a body that comes in pieces at a good pace is read', async () => {
  await using server = await open(readWhole, { lookMs: 20 })
  const caller = server.connect()
  caller.send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n')
  // In more time than a silence may have: 30 looks of 20 ms.
  for (let piece = 0; piece < 100; piece++) {
    caller.send('x'.repeat(1_000))
    await sleep(10)
  }
  await caller.reads(/100000$/)
})

test('a streamed body that stops is cut, but not while it is we who do not read on', async () => {
  const into = new PassThrough({ highWaterMark: 1 })
  let taken = 0
  await using server = await open((exchange) =>
    exchange
      .stream()
      .on('error', () => {})
      .pipe(into),
  )
  const caller = server.connect()
  caller.send(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n${'x'.repeat(900_000)}`)
  // Twice as long as a caller may be silent: 60 looks of 5 ms.
  await sleep(600)
  assert.equal(caller.isClosed, false)
  into.on('data', (chunk: Buffer) => {
    taken += chunk.length
  })
  await caller.closes()
  assert.equal(taken, 900_000)
})

test('an answer that nobody takes is cut', async () => {
  await using server = await open((exchange) => {
    exchange.begin(200, [])
    const chunk = Buffer.alloc(65_536)
    const fill = () => {
      while (exchange.write(chunk));
    }
    exchange.onDrain(fill)
    fill()
  })
  const caller = server.connect()
  caller.socket.pause()
  caller.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  await isOver(caller.socket)
})

test('an answer that is ended and then not taken is cut', async () => {
  await using server = await open((exchange) => exchange.reply(200, [], Buffer.alloc(20_000_000)))
  const caller = server.connect()
  caller.socket.pause()
  caller.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  await isOver(caller.socket)
})

// A socket that does not read does not see the end either, but it cannot write any more.
async function isOver(socket: Socket): Promise<void> {
  for (let waited = 0; !socket.destroyed; waited += 20) {
    if (waited > 10_000) throw new Error('it is kept')
    if (waited > 1_000) socket.write('\r\n')
    await sleep(20)
  }
}

test('an answer that is slowly taken comes whole', async () => {
  const chunk = Buffer.alloc(50_000)
  const pieces = 300
  await using server = await open(
    (exchange) => {
      let left = pieces
      const fill = () => {
        while (left-- > 0) if (!exchange.write(chunk)) return
        exchange.end()
      }
      exchange.begin(200, ['content-length', String(chunk.length * pieces)])
      exchange.onDrain(fill)
      fill()
    },
    { lookMs: 20 },
  )
  const caller = server.connect()
  let got = 0
  caller.socket.on('data', (read: Buffer) => {
    got += read.length
    caller.socket.pause()
    // All of it takes longer than nothing at all may: 60 looks of 20 ms.
    setTimeout(() => caller.socket.resume(), 10)
  })
  caller.send('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
  await caller.closes()
  assert.ok(got > chunk.length * pieces)
})

test('a service may be silent as long as it likes, before its answer and within it', async () => {
  await using server = await open((exchange) => {
    setTimeout(() => {
      exchange.begin(200, ['content-type', 'text/event-stream'])
      exchange.write(Buffer.from('data: 1\n\n'))
      setTimeout(() => exchange.write(Buffer.from('data: 2\n\n')), 500)
    }, 500)
  })
  const caller = server.connect()
  caller.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  await caller.reads(/data: 1.*data: 2/s)
})

test('a WebSocket may be silent; one that takes nothing of what the service says is cut', async () => {
  const said = new PassThrough()
  let isClosed = false
  await using server = await open((exchange) => {
    const heard = new PassThrough()
    const service = Object.assign(Duplex.from({ readable: said, writable: heard }), { destroySoon: () => service.destroy() })
    exchange.connect([], service, () => {
      isClosed = true
    })
  })
  const caller = server.connect()
  caller.send(handshake)
  await caller.reads(/^HTTP\/1\.1 101 /)
  await sleep(600)
  assert.equal(caller.isClosed, false)
  said.write('hello')
  await caller.reads(/hello$/)
  caller.socket.pause()
  said.write(Buffer.alloc(20_000_000))
  for (let waited = 0; !isClosed; waited += 5) {
    assert.ok(waited < 10_000, 'it is kept')
    await sleep(5)
  }
})
