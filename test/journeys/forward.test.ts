// What reaches the service, and what comes back (contract §6, settled C14, C15, D23, D24, F15).

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { type House, openHouse, signed, type TestApp } from '../house.ts'
import { until } from '../kaimen-process.ts'

let house: House
let app: TestApp
let token: string

before(async () => {
  house = await openHouse({ service })
  const ids: number[] = []
  const add = async (fields: { path: string; [field: string]: unknown }) => ids.push((await house.publish(fields)).id)
  for (const path of ['/teapot', '/broken', '/cut', '/echo', '/headers', '/drip']) await add({ path, security: 'none' })
  await add({ path: '/upload', method: 'POST', security: 'none' })
  await add({ path: '/signed' })
  await add({ path: '/signed', method: 'PUT' })
  const slow = await house.done('POST', '/openapi/service/add', { name: 'slow', targets: [{ url: house.serviceUrl }], timeoutMs: 1_500 })
  await add({ path: '/hangs', security: 'none', serviceId: slow.id })
  const passing = await house.done('POST', '/openapi/service/add', {
    name: 'passing',
    targets: [{ url: house.serviceUrl }],
    passAuthorization: true,
  })
  await add({ path: '/passing', security: 'none', upstreamPath: '/echo', serviceId: passing.id })
  app = await house.app(ids)
  token = await house.token(app)
})
after(() => house.close())

/** What is under way at a service that goes on when it is told to. */
let dripping: ServerResponse
/** Calls that came to a service that never answers, and those of them that were given up. */
let hanging = 0
let abandoned = 0

function service(request: IncomingMessage, response: ServerResponse, body: string): void {
  switch (request.url!.split('?')[0]) {
    case '/teapot':
      response.writeHead(418, { 'x-own': 'yes', 'x-request-id': 'theirs', 'set-cookie': ['a=1', 'b=2'] }).end('short and stout')
      return
    case '/broken':
      response.writeHead(500).end('their fault')
      return
    case '/cut':
      response.writeHead(200, { 'content-length': 100 }).write('half')
      setTimeout(() => response.destroy(), 20)
      return
    case '/hangs':
      hanging++
      request.socket.on('close', () => abandoned++)
      return
    case '/drip':
      dripping = response.writeHead(200)
      dripping.write('tick 1\n')
      return
    case '/headers':
      response.setHeader('Connection', 'x-hop, close')
      response.setHeader('x-hop', '1')
      response.end('ok')
      return
    default:
      response.end(
        JSON.stringify({
          method: request.method,
          url: request.url,
          headers: request.headers,
          body: body.length > 1000 ? body.length : body,
        }),
      )
  }
}

test('the service’s status, fields and body come back unchanged, with our request id', async () => {
  const answer = await house.call({ method: 'GET', path: '/teapot', headers: {} })
  assert.equal(answer.status, 418)
  assert.equal(answer.text, 'short and stout')
  assert.equal(answer.headers.get('x-own'), 'yes')
  assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2'])
  assert.match(answer.headers.get('x-request-id')!, /^[0-9a-f-]{36}$/)
})

test('a 500 of the service is the service’s', async () => {
  const answer = await house.call({ method: 'GET', path: '/broken', headers: {} })
  assert.equal(answer.status, 500)
  assert.equal(answer.text, 'their fault')
})

test('an answer that breaks off is cut, not completed', async () => {
  await assert.rejects(house.call({ method: 'GET', path: '/cut', headers: {} }))
})

test('a service that does not answer in time: 504, and the service is let go', async () => {
  const answer = await house.call({ method: 'GET', path: '/hangs', headers: {} })
  assert.equal(answer.status, 504)
  assert.equal(answer.fault, 'upstream_timeout')
  await until(() => abandoned === 1, 60_000, () => 'the service is kept') // biome-ignore format: one thought
})

test('what only we may say is taken from callers, underscores or not', async () => {
  const headers = {
    'X-App-Id': 'forged',
    'x-user-id': 'forged',
    x_user_id: 'forged',
    X_Forwarded_For: 'forged',
    'X-Forwarded-Proto': 'forged',
    'X-Request-Id': 'forged',
    traceparent: 'forged',
    'X-HTTP-Method-Override': 'DELETE',
    'X-Original-URL': '/admin',
    Connection: 'keep-alive, x-secret-hop',
    'X-Secret-Hop': 'forged',
    'X-Business': 'kept',
  }
  const { json } = await house.call({ method: 'GET', path: '/echo?a=1', headers })
  assert.doesNotMatch(JSON.stringify(json), /forged/)
  assert.equal(json.headers['x-http-method-override'], undefined)
  assert.equal(json.headers['x-original-url'], undefined)
  assert.equal(json.headers['x-business'], 'kept')
  assert.equal(json.headers['x-forwarded-for'], '127.0.0.1')
  assert.match(json.headers.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/)
  assert.equal(json.url, '/echo?a=1')
})

test('credentials never reach a service that did not ask for them', async () => {
  const headers = { authorization: 'Bearer x', token: 'x', authentication: 'x', cookie: 'x=1' }
  const open = await house.call({ method: 'GET', path: '/echo', headers })
  for (const name of Object.keys(headers)) assert.equal(open.json.headers[name], undefined, name)
  const asked = await house.call({ method: 'GET', path: '/passing', headers })
  for (const name of Object.keys(headers)) assert.notEqual(asked.json.headers[name], undefined, name)
})

test('parameters of an open interface are its own, whatever they are called', async () => {
  const { json } = await house.call({ method: 'GET', path: '/echo?sign=a&token=b&appId=c', headers: {} })
  assert.equal(json.url, '/echo?sign=a&token=b&appId=c')
})

test('a signed call arrives without the fields of its signature, its other bytes untouched', async () => {
  const call = signed(app, 'PUT', '/signed', { token, scheme: 'hmac-sha256', fields: { price: 12.5, tags: ['a b', '车'] } })
  const spaced = { ...call, body: call.body!.replace('"price":12.5', '"price" : 12.5') }
  const { json } = await house.call(spaced)
  assert.equal(json.body, '{"price" : 12.5,"tags":["a b","车"]}')
  assert.equal(json.headers['content-length'], String(Buffer.byteLength(json.body)))
})

test('a form is signed and passed on as a form', async () => {
  const json = signed(app, 'PUT', '/signed', { token, fields: { plate: '京A 1', n: '1' } })
  const form = new URLSearchParams(Object.entries(JSON.parse(json.body!)).map(([name, value]): [string, string] => [name, String(value)]))
  const headers = { ...json.headers, 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await house.call({ ...json, headers, body: form.toString() })
  assert.equal(answer.json.body, `plate=${encodeURIComponent('京A')}+1&n=1`)
})

test('HEAD is served by the GET interface', async () => {
  const answer = await house.call({ method: 'HEAD', path: '/echo', headers: {} })
  assert.equal(answer.status, 200)
  assert.equal(answer.text, '')
  assert.equal(house.arrived.at(-1)!.method, 'HEAD')
})

test('an answer that comes in pieces is passed on piece by piece', async () => {
  const call = request(`${house.gatewayUrl}/drip`)
  call.end()
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  // The next one is sent when the one before has come.
  const pieces: string[] = []
  for await (const piece of response) {
    pieces.push(String(piece))
    if (pieces.length < 3) dripping.write(`tick ${pieces.length + 1}\n`)
    else dripping.end()
  }
  assert.deepEqual(pieces, ['tick 1\n', 'tick 2\n', 'tick 3\n'])
})

test('fields that `Connection` names end here', async () => {
  const answer = await house.call({ method: 'GET', path: '/headers', headers: {} })
  assert.equal(answer.headers.get('x-hop'), null)
})

test('an open interface takes an upload larger than what a signature could cover', async () => {
  const body = 'x'.repeat(12 * 1024 * 1024)
  const answer = await house.call({ method: 'POST', path: '/upload', headers: { 'content-type': 'text/plain' }, body })
  assert.equal(answer.status, 200)
  assert.equal(answer.json.body, body.length)
})

test('a caller who goes away frees the service', async () => {
  const before = abandoned
  const call = request(`${house.gatewayUrl}/hangs`)
  call.on('error', () => {})
  call.end()
  await until(() => hanging === before + 1, 60_000, () => 'the call does not come to the service') // biome-ignore format: one thought
  call.destroy()
  await until(() => abandoned === before + 1, 60_000, () => 'the service is kept') // biome-ignore format: one thought
})

test('two Host lines, and a target that is no path, are refused before anything else', async () => {
  const { hostname, port } = new URL(house.gatewayUrl)
  for (const message of [
    'GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'GET http://evil/echo HTTP/1.1\r\nHost: a\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
  ]) {
    const arrived = house.arrived.length
    const socket = connect(Number(port), hostname)
    socket.write(message)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    assert.match(answer.toString(), /^HTTP\/1\.1 400 /)
    socket.destroy()
    assert.equal(house.arrived.length, arrived)
  }
})
