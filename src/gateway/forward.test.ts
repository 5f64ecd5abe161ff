import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { get, ok, openGateway, openService, unreachable } from '../../test/bare-sockets.ts'
import { freePort } from '../../test/free-port.ts'

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

  await using toNobody = await openGateway([`http://127.0.0.1:${await freePort()}`, good.url])
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

test('a service that is silent: 504 in its time, which is one for all tries together', async () => {
  await using silent = await openService(() => {})
  await using gateway = await openGateway([silent.url], { timeoutMs: 400, retries: 50 })
  const caller = gateway.connect()
  const begunAt = performance.now()
  caller.send(get)
  assert.match(await caller.reads(/"upstream_timeout"/), /^HTTP\/1\.1 504 /)
  const tookMs = performance.now() - begunAt
  // A time for each try would be 20 s; the machine that runs this may be busy.
  assert.ok(tookMs >= 400 && tookMs < 10_000, String(tookMs))
})

test('a service that falls silent within its answer: the caller’s connection is cut in time', async () => {
  await using silent = await openService((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'))
  await using gateway = await openGateway([silent.url], { timeoutMs: 200 })
  const caller = gateway.connect()
  const begunAt = performance.now()
  caller.send(get)
  assert.match(await caller.closes(), /half$/)
  assert.ok(performance.now() - begunAt >= 200)
})

test('a caller that is slow to send, or to read, is not the service’s fault', async () => {
  const size = 8 * 1024 * 1024
  await using service = await openService((socket, soFar) => {
    if (soFar.includes('GET') && soFar.endsWith('\r\n\r\n'))
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n${'x'.repeat(size)}`)
    else if (soFar.endsWith('end')) socket.write(ok)
  })
  await using gateway = await openGateway([service.url], { timeoutMs: 300, retries: 0 })
  const slow = gateway.connect()
  slow.send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 7\r\n\r\npart')
  await sleep(600)
  slow.send('end')
  await slow.reads(/fine$/)

  const reader = gateway.connect()
  reader.send(get)
  await reader.reads(/\r\n\r\nx/)
  reader.socket.pause()
  await sleep(600)
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
  for (let waited = 0; gateway.outcomes.length < 12 && waited < 10_000; waited += 10) await sleep(10)
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
