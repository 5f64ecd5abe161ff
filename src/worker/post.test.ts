// What a receiver may do to us, each by a real socket: an attempt ends in time, says what was wrong, and holds next to nothing.

import assert from 'node:assert/strict'
import dns from 'node:dns'
import dnsPromises from 'node:dns/promises'
import { once } from 'node:events'
import { createServer as createTlsServer } from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { callbackAddresses } from '#core/app/callback.ts'
import type { Attempt } from '#core/event/event.ts'
import { authority, certificate, key } from '../../test/certificate.ts'
import { freePort } from '../../test/free-port.ts'
import { openReceiver } from '../../test/receiver.ts'
import { createPoster, type PostBounds } from './post.ts'

const everywhere = callbackAddresses({ allowPrivate: true, allowed: [] })

async function posted(url: string, bounds: Partial<PostBounds> = {}, count = 1): Promise<Attempt[]> {
  const poster = createPoster({ timeoutMs: 10_000, connectionsMax: 4, isAllowed: everywhere, ...bounds })
  const made: Attempt[] = []
  try {
    for (let number = 0; number < count; number++) {
      made.push(await poster.post({ appId: 1, url, fields: { 'content-type': 'application/json' }, body: '{}' }, new Date()))
    }
  } finally {
    await poster.close()
  }
  return made
}

/** A server of bytes: `answer` is called when a request has begun to come in. */
async function open(answer: (socket: Socket) => void, host = '127.0.0.1') {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', () => answer(socket))
  }).listen(0, host)
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    sockets,
    async [Symbol.asyncDispose](): Promise<void> {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

const told = ({ status, error, response }: Attempt) => [status, error, response]

test('who never answers, or a byte at a time, costs the time-out and no more', async () => {
  const drip = (text: string) => (socket: Socket) => {
    let at = 0
    const timer = setInterval(() => socket.write(text[at++ % text.length]!), 20)
    socket.on('close', () => clearInterval(timer))
  }
  const rows: [answer: (socket: Socket) => void, expected: unknown[]][] = [
    [() => {}, [null, 'too_slow', null]],
    [drip('HTTP/1.1 200 OK\r\nx: '.padEnd(4_000, 'y')), [null, 'too_slow', null]],
    [(socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n'), [null, 'too_slow', null]],
    // Whoever said yes said yes, however long the rest takes.
    [(socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nyes'), [200, null, 'yes']],
    [(socket) => socket.write('HTTP/1.1 500 No\r\ncontent-length: 10\r\n\r\nno'), [500, 'refused', 'no']],
  ]
  const check = async ([answer, expected]: (typeof rows)[number]) => {
    await using server = await open(answer)
    const [attempt] = await posted(server.url, { timeoutMs: 2_000 })
    assert.deepEqual(told(attempt!), expected)
    // What drips would go on for 80 s.
    assert.ok(attempt!.latencyMs >= 1_990 && attempt!.latencyMs < 40_000, `${attempt!.latencyMs} ms`)
  }
  await Promise.all(rows.map(check))
})

test('of an answer without an end no more is read than a little, and 4 KB are kept', async () => {
  let written = 0
  await using server = await open((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\n')
    const chunk = Buffer.alloc(65_536, 'a')
    const more = () => {
      while (written < 104_857_600 && socket.writable) {
        written += chunk.length
        if (!socket.write(chunk)) return void socket.once('drain', more)
      }
    }
    more()
  })
  const [attempt] = await posted(server.url)
  assert.deepEqual(told(attempt!), [200, null, 'a'.repeat(4_096)])
  assert.ok(written < 16 * 2 ** 20, `${written} bytes were taken`)
})

test('what is broken off, has a wrong length or is no HTTP has not been delivered', async () => {
  const rows: [bytes: string, error: string | null][] = [
    ['', 'bad_answer'],
    ['HTTP/1.1 200', 'bad_answer'],
    ['HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort', 'bad_answer'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab', 'bad_answer'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 'bad_answer'],
    ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 'bad_answer'],
    ['SSH-2.0-OpenSSH_9.6\r\n', 'bad_answer'],
    [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`, 'bad_answer'],
    ['HTTP/1.1 204 No Content\r\n\r\n', null],
    ['HTTP/1.0 200 OK\r\n\r\nuntil the end', null],
  ]
  for (const [bytes, error] of rows) {
    await using server = await open((socket) => socket.end(bytes))
    assert.equal((await posted(server.url))[0]!.error, error, JSON.stringify(bytes.slice(0, 60)))
  }
})

test('a redirect is not followed, wherever it leads', async () => {
  await using other = await open((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
  for (const location of [other.url, 'http://169.254.169.254/latest/meta-data/']) {
    for (const status of [301, 302, 307, 308]) {
      await using server = await open((socket) => socket.end(`HTTP/1.1 ${status} x\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`))
      assert.deepEqual(told((await posted(server.url))[0]!), [status, 'redirected', ''])
    }
  }
  assert.equal(other.sockets.size, 0)
})

test('an address that may not be sent to is not connected to, however it is written', async () => {
  await using server = await open((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'), '::')
  const { port } = new URL(server.url)
  const isPublic = callbackAddresses({ allowPrivate: false, allowed: [] })
  for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', '[::]']) {
    assert.equal((await posted(`http://${host}:${port}/`, { isAllowed: isPublic }))[0]!.error, 'barred_address', host)
  }
  // Also where private ones may be.
  for (const host of ['169.254.169.254', '[fe80::1]', '100.100.100.200', '[fd00:ec2::254]', '[64:ff9b::a9fe:a9fe]']) {
    assert.equal((await posted(`http://${host}/`))[0]!.error, 'barred_address', host)
  }
  const isOther = (address: string, to: number) => everywhere(address) && to !== Number(port)
  assert.equal((await posted(server.url, { isAllowed: isOther }))[0]!.error, 'barred_address')
  assert.equal(server.sockets.size, 0)
})

test('a name is looked up once for a connection, which goes to the address that was judged', async () => {
  await using server = await open((socket) => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n'))
  const { port } = new URL(server.url)
  const [asked, lookup] = [dnsPromises.lookup, dns.lookup]
  // No resolver of ours can be told what to say; this is what one does that changes its mind.
  const said = [['127.0.0.1'], ['169.254.169.254'], ['127.0.0.1', '10.0.0.1'], []]
  let times = 0
  dnsPromises.lookup = (async () => said[times++]!.map((address) => ({ address, family: 4 }))) as unknown as typeof asked
  dns.lookup = (() => assert.fail('it was looked up a second time')) as unknown as typeof lookup
  syncBuiltinESMExports()
  try {
    const isAllowed = callbackAddresses({ allowPrivate: false, allowed: ['127.0.0.1'] })
    const made = await posted(`http://partner.example:${port}/`, { isAllowed }, said.length)
    assert.deepEqual(made.map(({ error }) => error), [null, 'barred_address', 'barred_address', 'unknown_host']) // biome-ignore format: one thought
    assert.equal(times, said.length)
  } finally {
    Object.assign(dnsPromises, { lookup: asked })
    Object.assign(dns, { lookup })
    syncBuiltinESMExports()
  }
})

test('certificates are verified: authority and name', async () => {
  const server = createTlsServer({ key, cert: certificate }, (_, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await using plain = await open((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
  const { port } = server.address() as AddressInfo
  const trusted = getCACertificates('default')
  try {
    const errorOf = async (url: string) => (await posted(url, { timeoutMs: 5_000 }))[0]!.error
    assert.equal(await errorOf(`https://localhost:${port}/`), 'tls_failed')
    setDefaultCACertificates([...trusted, authority])
    assert.equal(await errorOf(`https://localhost:${port}/`), null)
    assert.equal(await errorOf(`https://127.0.0.1:${port}/`), 'tls_failed', 'it is not for this name')
    assert.equal(await errorOf(plain.url.replace('http:', 'https:')), 'tls_failed', 'there is no TLS')
  } finally {
    setDefaultCACertificates(trusted)
    server.close()
    server.closeAllConnections()
  }
})

test('who is not there is said to be', async () => {
  assert.deepEqual(told((await posted(`http://127.0.0.1:${await freePort()}/`))[0]!), [null, 'unreachable', null])
  assert.equal((await posted('http://no-such-host.invalid/', { timeoutMs: 5_000 }))[0]!.error, 'unknown_host')
})

test('a connection is kept for the next event of the same app, and is no other app’s', async () => {
  const sockets = new Set<Socket>()
  await using receiver = await openReceiver((response, _, request) => {
    sockets.add(request.socket)
    response.end()
  })
  const poster = createPoster({ timeoutMs: 5_000, connectionsMax: 4, isAllowed: everywhere })
  const post = (appId: number) => poster.post({ appId, url: receiver.url, fields: {}, body: '{}' }, new Date())
  await post(1)
  // A connection is free some turns of the event loop after its answer.
  for (let turn = 0; turn < 10; turn++) await setImmediate()
  await post(1)
  assert.equal(sockets.size, 1)
  await post(2)
  assert.equal(sockets.size, 2)
  await poster.close()
})

test('Retry-After is read as seconds and as a date', async () => {
  const rows: [value: string, least: number | undefined, most: number | undefined][] = [
    ['7', 7_000, 7_000],
    [new Date(Date.now() + 60_000).toUTCString(), 50_000, 60_000],
    [new Date(Date.now() - 60_000).toUTCString(), 0, 0],
    ['soon', undefined, undefined],
    ['-1', undefined, undefined],
  ]
  for (const [value, least, most] of rows) {
    await using server = await open((socket) => socket.end(`HTTP/1.1 503 x\r\nretry-after: ${value}\r\ncontent-length: 0\r\n\r\n`))
    const { retryAfterMs } = (await posted(server.url))[0]!
    if (least === undefined) assert.equal(retryAfterMs, undefined, value)
    else assert.ok(retryAfterMs! >= least && retryAfterMs! <= most!, `${value}: ${retryAfterMs}`)
  }
})
