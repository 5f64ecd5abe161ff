import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { handshake, ok, openGateway, openService, requestId, unreachable } from '../../../test/bare-sockets.ts'

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
