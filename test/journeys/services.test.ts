// Services with several targets, as HQ registers them and callers meet them (contract §1, §6; settled A1, D24, D26, F26).

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { freePort } from '../free-port.ts'
import { type House, openHouse, type TestApp } from '../house.ts'
import { cannotSeeProcesses, openInstallation, until } from '../kaimen-process.ts'
import { streamThrough } from '../long/stream.ts'

let house: House
let gatewayPort: number
let app: TestApp
const opened: { close(): void }[] = []

before(async () => {
  gatewayPort = await freePort()
  // Each thread takes turns for itself; one makes them countable.
  house = await openHouse({ settings: { KAIMEN_GATEWAY_THREADS: '1', KAIMEN_GATEWAY_PORT: String(gatewayPort) } })
})
after(async () => {
  for (const one of opened) one.close()
  await house.close()
})

async function openTarget(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push({
    close() {
      server.close()
      server.closeAllConnections()
    },
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const named = (name: string) => openTarget((_, response) => response.end(name))

let services = 0

/** Publishes `path` on a service of its own. */
async function publish(path: string, service: object, fields: object = {}): Promise<{ id: number; serviceId: number }> {
  const { id } = await house.done('POST', '/openapi/service/add', { name: `service ${++services}`, ...service })
  const published = await house.publish({ path, security: 'none', serviceId: id, ...fields })
  return { ...published, serviceId: id }
}

async function answersOf(path: string, calls: number): Promise<string[]> {
  const answers: string[] = []
  for (let call = 0; call < calls; call++) answers.push((await house.call({ method: 'GET', path, headers: {} })).text)
  return answers
}

test('calls go to the targets by weight, in turns', async () => {
  const targets = [
    { url: await named('a'), weight: 2 },
    { url: await named('b'), weight: 1 },
  ]
  await publish('/turns', { targets })
  assert.equal((await answersOf('/turns', 6)).join(''), 'abaaba')
})

test('with `hash` a caller keeps its target', async () => {
  const targets = await Promise.all(['a', 'b', 'c', 'd'].map(async (name) => ({ url: await named(name) })))
  await publish('/kept', { targets, balance: 'hash' })
  assert.equal(new Set(await answersOf('/kept', 12)).size, 1)
})

test('a target that is not there: no caller notices, for another one answers', async () => {
  const targets = [{ url: `http://127.0.0.1:${await freePort()}` }, { url: await named('here') }]
  await publish('/half-there', { targets })
  assert.deepEqual(await answersOf('/half-there', 10), Array(10).fill('here'))
})

test('a service that is not there is `upstream_unreachable`, by its breaker at once', async () => {
  await publish('/not-there', { targets: [{ url: `http://127.0.0.1:${await freePort()}` }] })
  for (let call = 0; call < 20; call++) {
    const answer = await house.call({ method: 'GET', path: '/not-there', headers: {} })
    assert.deepEqual([answer.status, answer.fault], [502, 'upstream_unreachable'])
  }
})

/** Waits until the platform has heard from its gateway how this target is; those of other tests may ail as well. */
async function heard(target: { serviceId: number; url: string }, { ails }: { ails: boolean }): Promise<void> {
  for (let waited = 0; waited < 15_000; waited += 100) {
    const { gateways, ailing } = await house.done('GET', '/openapi/service/health')
    const found = ailing.find(({ url }: { url: string }) => url === target.url)
    if (gateways === 1 && isDeepStrictEqual(found, ails ? { ...target, gateways: 1 } : undefined)) return
    await sleep(100)
  }
  assert.fail(`the platform never heard that ${target.url} ${ails ? 'ails' : 'is well'}`)
}

test('a target that its health check finds ill gets no calls, until it is well again', async () => {
  let isIll = true
  const checked = await openTarget((request, response) => {
    if (request.url === '/health' && isIll) response.statusCode = 500
    response.end('checked')
  })
  const targets = [{ url: checked }, { url: await named('other') }]
  const healthCheck = { path: '/health', intervalMs: 50, timeoutMs: 1_000, healthyAfter: 1, unhealthyAfter: 1 }
  const { serviceId } = await publish('/checked', { targets, healthCheck })
  const becomes = async (some: readonly string[]) => {
    for (let waited = 0; waited < 15_000; waited += 20) {
      const seen = new Set(await answersOf('/checked', 4))
      if (seen.size === some.length && some.every((name) => seen.has(name))) return
      await sleep(20)
    }
    assert.fail(`it never became ${some.join(' and ')}`)
  }
  await becomes(['other'])
  await heard({ serviceId, url: checked }, { ails: true })
  isIll = false
  await becomes(['checked', 'other'])
  await heard({ serviceId, url: checked }, { ails: false })
})

/** As they stand in a URL. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return all.filter(({ scopeid }) => !scopeid).map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address))
}

test('a target may be private, but not link-local, nor where clouds keep secrets, nor Kaimen itself', async () => {
  const own = `http://127.0.0.1:${gatewayPort}`
  const { id } = await house.done('POST', '/openapi/service/add', { name: 'to be barred', targets: [{ url: 'http://10.0.0.2' }] })
  for (const url of [
    'http://169.254.169.254',
    'http://[fe80::1]:80',
    'http://[::ffff:169.254.1.1]',
    'http://100.100.100.200',
    own,
    own.replace('127.0.0.1', 'localhost'),
    own.replace('127.0.0.1', 'localhost.'),
    own.replace('127.0.0.1', '[::1]'),
    // This machine by what else it is called.
    ...ownAddresses().map((address) => own.replace('127.0.0.1', address)),
  ]) {
    const added = await house.manage('POST', '/openapi/service/add', { name: 'barred', targets: [{ url }] }, house.admin)
    const edited = await house.manage('PUT', `/openapi/service/edit/${id}`, { targets: [{ url }] }, house.admin)
    for (const answer of [added, edited]) assert.deepEqual([answer.status, answer.fault], [400, 'invalid_parameters'], url)
  }
  for (const url of ['http://10.0.0.1', 'https://[fd00::1]:8443', 'http://localhost:1']) {
    await house.done('POST', '/openapi/service/add', { name: `private ${url}`, targets: [{ url }] })
  }
})

test('events of an SSE stream arrive as they happen, and its end frees the service', async () => {
  let isFree = false
  const url = await openTarget((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    let number = 0
    const timer = setInterval(() => response.write(`data: ${++number}\n\n`), 20)
    response.on('close', () => {
      isFree = true
      clearInterval(timer)
    })
  })
  await publish('/events', { targets: [{ url }] })
  const call = request(`${house.gatewayUrl}/events`).end()
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  assert.equal(response.headers['content-type'], 'text/event-stream')
  let heard = ''
  for await (const chunk of response.setEncoding('utf8')) {
    heard += chunk
    // Had it been kept until the stream's end, none would ever come; several may come together.
    if (heard.includes('data: 5\n\n')) break
  }
  assert.ok(heard.startsWith('data: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\ndata: 5\n\n'), heard)
  for (let waited = 0; !isFree && waited < 15_000; waited += 10) await sleep(10)
  assert.ok(isFree)
})

test('a caller that waits for 100 before its upload hears a refusal instead, and need not send', async () => {
  await publish('/expects', { targets: [{ url: await named('taken') }] }, { method: 'POST', security: 'token' })
  const call = request(`${house.gatewayUrl}/expects`, { method: 'POST', headers: { expect: '100-continue', 'content-length': 1_000_000 } })
  let isTold = false
  call.on('continue', () => {
    isTold = true
  })
  call.on('error', () => {})
  call.flushHeaders()
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  assert.deepEqual([response.statusCode, isTold], [401, false])
  call.destroy()
})

/** Agrees to every WebSocket, and sends back what it gets: a frame that a server sends is one of a client, unmasked. */
async function openEchoOfWebSockets(): Promise<string> {
  const server = createServer((_, response) => response.writeHead(426).end()).listen(0, '127.0.0.1')
  const sockets = new Set<Socket>()
  server.on('upgrade', (request, duplex) => {
    const socket = duplex as Socket
    sockets.add(socket)
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    socket.on('error', () => {})
    // Frames of up to 125 bytes, each in a piece of its own: that is all that these tests send.
    socket.on('data', (frame) => {
      const length = frame[1]! & 127
      const unmasked = frame.subarray(6, 6 + length).map((byte, at) => byte ^ frame[2 + (at % 4)]!)
      socket.write(Buffer.concat([Buffer.from([frame[0]!, length]), unmasked]))
      if ((frame[0]! & 15) === 8) socket.end()
    })
  })
  await once(server, 'listening')
  opened.push({
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Opens one with these fields, sends a word, closes; answers with what came back. */
async function talk(path: string, headers: Record<string, string>): Promise<string> {
  // Node's takes fields for the handshake; the type is that of browsers, which do not.
  const socket = new WebSocket(`${house.gatewayUrl.replace('http', 'ws')}${path}`, { headers } as unknown as string[])
  await once(socket, 'open')
  socket.send('hello')
  const [message] = (await once(socket, 'message')) as [MessageEvent]
  socket.close(1000)
  const [close] = (await once(socket, 'close')) as [CloseEvent]
  return `${message.data} ${close.code}`
}

/** The status for a WebSocket that is refused. Not by Node's own, for that asks again at a 401. */
async function refusalOf(path: string, headers: Record<string, string>): Promise<number | undefined> {
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  }
  const call = request(`${house.gatewayUrl}${path}`, { headers: { ...headers, ...upgrade } }).end()
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  response.resume()
  return response.statusCode
}

test('WebSockets pass, open or for those who have a token, and each counts as one call', async () => {
  const url = await openEchoOfWebSockets()
  const open = await publish('/ws-open', { targets: [{ url }] })
  const closed = await publish('/ws-token', { targets: [{ url }] }, { security: 'token' })
  app = await house.app([closed.id])
  const token = await house.token(app)

  assert.equal(await talk('/ws-open', {}), 'hello 1000')
  assert.equal(await talk('/ws-token', { authorization: `Bearer ${token}` }), 'hello 1000')
  assert.equal(await refusalOf('/ws-token', {}), 401)
  assert.equal(await refusalOf('/ws-token', { authorization: 'Bearer x' }), 401)
  assert.equal(await refusalOf('/nothing', {}), 404)
  for (const [id, calls] of [
    [open.id, 1],
    [closed.id, 3],
  ] as const) {
    let counted: number
    const isCounted = async () => {
      counted = (await house.done('GET', `/openapi/stats/current?interfaceId=${id}`)).year
      return counted >= calls
    }
    await until(isCounted, 60_000, () => `${counted} of ${calls} are counted`)
    assert.equal(counted!, calls)
  }
})

test('a service may be any program that answers: one that speaks no HTTP is unreachable, and the gateway lives on', async () => {
  const server = createSocketServer((socket) => socket.end('220 mail.example ESMTP\r\n')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push(server)
  await publish('/mail', { targets: [{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }] })
  assert.equal((await house.call({ method: 'GET', path: '/mail', headers: {} })).fault, 'upstream_unreachable')
  assert.deepEqual(await answersOf('/turns', 3), ['a', 'b', 'a'])
})

test('200 MB up and down leave the gateway’s memory as it was', { skip: cannotSeeProcesses }, async () => {
  await using kaimen = await openInstallation()
  for (const { what, growth } of await streamThrough(kaimen, 200)) assert.ok(growth < 64, `${what}: ${growth} MB`)
})
