// A developer tries an interface from the portal: the platform signs as their app, the gateway decides, and both sides are shown.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { newCertificate } from '../certificate.ts'
import { freePort } from '../free-port.ts'
import { type Answer, type House, openHouse, send, type TestApp } from '../house.ts'

const list = '/api/v1/list'
const orders = '/api/v1/orders/{plate}'

let house: House
let owner: string
let stranger: string
let app: TestApp
const ids: Record<string, number> = {}

before(async () => {
  house = await openHouse({
    settings: { KAIMEN_GATEWAY_PORT: String(await freePort()) },
    service(request, response, body) {
      if (request.url!.startsWith('/long')) return void response.end('x'.repeat(300_000))
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ url: request.url, body }))
    },
  })
  const publish = async (name: string, fields: { path: string; [field: string]: unknown }) => {
    ids[name] = (await house.publish(fields)).id
  }
  await publish('list', { path: list })
  await publish('orders', { path: orders, method: 'POST', security: 'sign' })
  await publish('open', { path: '/open', security: 'none' })
  await publish('byToken', { path: '/by-token', security: 'token' })
  await publish('onlyRsa', { path: '/only-rsa', security: 'sign', schemes: ['rsa2', 'member'] })
  await publish('onlyAes', { path: '/only-aes', security: 'sign', schemes: ['openapi'] })
  await publish('notGranted', { path: '/not-granted' })
  await publish('internal', { path: '/internal', visibility: 'internal' })
  await publish('pushed', { path: '/pushed', method: 'POST', type: 1 })
  await publish('long', { path: '/long', security: 'none' })
  owner = await developer('partner')
  stranger = await developer('stranger')
  app = await house.done('POST', '/openapi/app/add', { name: 'partner' }, owner)
  await house.done('PUT', `/openapi/app/enable/${app.id}`)
  const { internal: _, notGranted: __, pushed: ___, ...granted } = ids
  await house.done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds: Object.values(granted) })
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { schemes: ['openapi', 'hmac-sha256', 'rfc9421', 'auth-id', 'rsa2'] })
  await house.settled()
})
after(() => house.close())

async function developer(username: string): Promise<string> {
  await house.done('POST', '/openapi/user/register', { username, password: 'a long password' }, '')
  return house.login(username, 'a long password')
}

const attempt = (interfaceName: string, fields: object = {}, session = owner) =>
  house.manage('POST', `/openapi/app/try/${app.id}`, { interfaceId: ids[interfaceName], ...fields }, session)

// biome-ignore lint/suspicious/noExplicitAny: a test looks into it and says what it finds
async function tried(interfaceName: string, fields: object = {}): Promise<any> {
  const answer = await attempt(interfaceName, fields)
  assert.equal(answer.status, 200, answer.text)
  assert.ok(!answer.text.includes(app.appSecret))
  return answer.json.data
}

const fieldOf = (fields: { name: string; value: string }[], name: string) => fields.find((one) => one.name.toLowerCase() === name)?.value

test('by the advised scheme when none is asked for, with a token that nobody sees', async () => {
  const { scheme, stringToSign, sent, answer } = await tried('list', { query: { park: '东门 1+1', hours: 2 } })
  assert.equal(scheme, 'hmac-sha256')
  assert.match(
    stringToSign,
    /^GET\n\/api\/v1\/list\nappId=\w{16}&hours=2&nonce=[^&]+&park=东门 1\+1&signType=hmac-sha256&timestamp=\d{13}$/,
  )
  const url = new URL(sent.url)
  assert.equal(url.origin, house.gatewayUrl)
  const sign = createHmac('sha256', app.appSecret).update(stringToSign).digest('base64')
  assert.equal(url.searchParams.get('sign'), sign)
  assert.equal(fieldOf(sent.fields, 'authorization'), 'Bearer ***')
  assert.deepEqual([sent.method, sent.body, answer.status, answer.truncated], ['GET', null, 200, false])
  const arrived = new URL(JSON.parse(answer.body).url, 'http://service').searchParams
  assert.deepEqual(Object.fromEntries(arrived), { park: '东门 1+1', hours: '2' })
  assert.equal(fieldOf(answer.fields, 'x-request-id'), answer.requestId)
  assert.ok(answer.latency >= 0)
})

for (const scheme of ['hmac-sha256', 'openapi', 'rfc9421', 'auth-id']) {
  test(`${scheme}: what is sent is taken; a body stays as it was written`, async () => {
    const body = '{"fen": 1250.0, "items": [{"name":"东门 停车"}]}'
    const data = await tried('orders', { path: '/api/v1/orders/%E4%BA%ACA', query: { a: '1' }, body, scheme })
    assert.equal(data.scheme, scheme)
    assert.equal(data.answer.status, 200, data.answer.body)
    assert.match(JSON.parse(data.answer.body).body, /"fen": 1250\.0/)
    assert.match(data.sent.url, /\/api\/v1\/orders\/%E4%BA%ACA\?a=1/)
    assert.match(data.stringToSign, /1250\.0|sha-256=/)
    assert.equal(fieldOf(data.sent.fields, 'content-type'), 'application/json')
  })
}

test('a token without a signature, and nothing at all, as the interface wants it; in a message signature the token is hidden too', async () => {
  const byToken = await tried('byToken')
  assert.deepEqual([byToken.scheme, byToken.stringToSign, byToken.answer.status], [null, null, 200])
  assert.equal(fieldOf(byToken.sent.fields, 'authorization'), 'Bearer ***')
  const open = await tried('open', { query: { a: 'b' } })
  assert.deepEqual([open.sent.url, fieldOf(open.sent.fields, 'authorization')], [`${house.gatewayUrl}/open?a=b`, undefined])
  const { stringToSign } = await tried('list', { scheme: 'rfc9421' })
  assert.match(stringToSign, /\n"authorization": Bearer \*\*\*\n/)
})

test('what the gateway refuses is an answer like any other, in the language of who asks', async () => {
  for (const [language, words] of [
    ['en', /not been granted/],
    ['zh-CN', /未被授权/],
  ] as const) {
    const call = {
      method: 'POST',
      path: `/openapi/app/try/${app.id}`,
      headers: { authorization: `Bearer ${owner}`, 'content-type': 'application/json', 'accept-language': language },
      body: JSON.stringify({ interfaceId: ids.notGranted }),
    }
    const { data } = (await send(house.platformUrl, call)).json
    assert.deepEqual([data.answer.status, JSON.parse(data.answer.body).error], [403, 'not_granted'])
    assert.match(JSON.parse(data.answer.body).msg, words)
  }
})

/** A refusal by name, with a sentence in which `words` stand. */
function refused(answer: Answer, fault: string, words: RegExp): void {
  assert.equal(answer.fault, fault, answer.text)
  assert.match(answer.json.msg, words)
}

test('schemes that need a key which only the partner has are refused by name, others by who allows what', async () => {
  for (const scheme of ['rsa2', 'sm2', 'ed25519', 'member', 'md5']) {
    refused(await attempt('orders', { scheme }), 'invalid_parameters', /path|{plate}/)
    refused(await attempt('list', { scheme }), 'invalid_parameters', new RegExp(`“${scheme}”.*私钥.*hmac-sha256`))
  }
  refused(await attempt('onlyRsa'), 'invalid_parameters', /“rsa2”.*私钥/)
  refused(await attempt('onlyAes', { scheme: 'hmac-sha256' }), 'scheme_not_allowed', /hmac-sha256.*openapi/)
  assert.equal((await tried('onlyAes')).scheme, 'openapi')
})

test('the call goes to the interface and nowhere else', async () => {
  const paths = [
    '//evil.example/x',
    'http://evil.example/',
    '@evil.example',
    '/api/v1/orders/..',
    '/api/v1/orders/%2e%2E',
    '/api/v1/orders/a%2fb',
    '/api/v1/orders/a%5cb',
    '/api/v1/orders/a\\b',
    '/api/v1/orders/a/b',
    '/api/v1/orders/',
    '/api/v1/orders/a?x=1',
    '/api/v1/orders/a#x',
    '/api/v1/orders/a b',
    '/api/v1/orders/a\r\nHost: evil.example',
    '/api/v1/list',
    '/healthz',
  ]
  const arrivedBefore = house.arrived.length
  for (const path of paths) refused(await attempt('orders', { path }), 'invalid_parameters', /POST \/api\/v1\/orders\/\{plate\}/)
  refused(await attempt('orders', { path: '/api/v1/orders/a', method: 'DELETE' }), 'invalid_parameters', /POST/)
  refused(await attempt('orders'), 'invalid_parameters', /\{plate\}/)
  refused(await attempt('list', { body: {} }), 'invalid_parameters', /GET/)
  refused(await attempt('orders', { path: '/api/v1/orders/a', body: '[1]' }), 'invalid_parameters', /JSON/)
  const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`
  const headers = { authorization: `Bearer ${owner}`, 'content-type': 'application/json' }
  const body = `{"interfaceId":${ids.orders},"path":"/api/v1/orders/a","body":${deep}}`
  refused(await send(house.platformUrl, { method: 'POST', path: `/openapi/app/try/${app.id}`, headers, body }), 'invalid_parameters', /64/)
  refused(await attempt('pushed'), 'invalid_parameters', /下行/)
  assert.equal(house.arrived.length, arrivedBefore)
})

test('of one’s own app only, at what one may see; HQ as any', async () => {
  assert.equal((await attempt('list', {}, stranger)).fault, 'not_found')
  assert.equal((await attempt('internal')).fault, 'not_found')
  assert.equal((await attempt('list', {}, '')).fault, 'unauthorized')
  assert.equal((await attempt('list', {}, house.admin)).json.data.answer.status, 200)
  assert.equal((await attempt('internal', {}, house.admin)).json.data.answer.status, 403)
})

test('each trial is in the audit, with who, as which app, at what and by which scheme', async () => {
  await tried('byToken')
  await tried('onlyAes')
  await tried('onlyAes')
  const { records } = await house.done('GET', `/openapi/audit/page?kind=trial&username=partner&subject=${app.id}%20${ids.onlyAes}`)
  assert.ok(records.length >= 2)
  assert.equal(records[0].route, 'POST /openapi/app/try/{id}')
  assert.equal(records.at(-1).after.scheme, 'openapi')
})

test('a long answer is cut', async () => {
  const { answer } = await tried('long')
  assert.deepEqual([answer.body.length, answer.truncated], [262_144, true])
})

test('nobody tries without end', async () => {
  const session = await developer('eager')
  const own = await house.done('POST', '/openapi/app/add', { name: 'eager' }, session)
  const faults = new Set<string | undefined>()
  for (let call = 0; call < 32; call++) {
    const answer = await house.manage('POST', `/openapi/app/try/${own.id}`, { interfaceId: ids.open }, session)
    faults.add(answer.fault)
    if (answer.status === 429) assert.ok(Number(answer.headers.get('retry-after')) > 0)
  }
  assert.deepEqual([...faults], [undefined, 'rate_limited'])
})

test('a gateway that is not there is told apart from a service that is not', async () => {
  await using lonely = await openHouse({ settings: { KAIMEN_GATEWAY_URL: `http://127.0.0.1:${await freePort()}` } })
  const { id } = await lonely.publish({ path: '/x', security: 'none' })
  const partner = await lonely.app([id])
  const answer = await lonely.manage('POST', `/openapi/app/try/${partner.id}`, { interfaceId: id }, lonely.admin)
  assert.deepEqual([answer.status, answer.fault], [502, 'gateway_unreachable'])
  const { records } = await lonely.done('GET', '/openapi/audit/page?kind=trial')
  assert.equal(records.length, 1)
})

test('over TLS the gateway is known by its own certificate, whoever signed it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaimen-tls-'))
  const pair = newCertificate(folder, 'house')
  const settings = { KAIMEN_GATEWAY_PORT: String(await freePort()), KAIMEN_TLS_CERT: pair.cert, KAIMEN_TLS_KEY: pair.key }
  await using safe = await openHouse({ settings })
  const { id } = await safe.publish({ path: '/x' })
  const partner = await safe.app([id])
  const { data } = (await safe.manage('POST', `/openapi/app/try/${partner.id}`, { interfaceId: id, scheme: 'rfc9421' }, safe.admin)).json
  assert.equal(data.answer.status, 200, JSON.stringify(data))
  assert.match(data.sent.url, /^https:/)
  rmSync(folder, { recursive: true })
})
