// Every refusal of the gateway that a caller can bring about, by its name (contract §6), as rows: what is sent, what comes back.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { burst, type Call, type House, openHouse, signed, signFields, type TestApp, tokenRequest } from '../house.ts'
import { until } from '../kaimen-process.ts'

let house: House
let app: TestApp
let other: TestApp
let token: string

const spaces = '/api/v1/spaces'
const payments = '/api/v1/payments'

before(async () => {
  house = await openHouse({ settings: { KAIMEN_MAX_BODY: '2048' } })
  const ids: number[] = []
  for (const path of [spaces, '/park/{id}/gate']) ids.push((await house.publish({ path })).id)
  ids.push((await house.publish({ path: payments, method: 'POST' })).id)
  ids.push((await house.publish({ path: '/only-hmac', schemes: ['hmac-sha256'] })).id)
  ids.push((await house.publish({ path: '/signed-only', security: 'sign' })).id)
  ids.push((await house.publish({ path: '/token-only', security: 'token' })).id)
  await house.publish({ path: '/not-granted' })
  const disabled = await house.publish({ path: '/disabled' })
  await house.done('PUT', `/openapi/interface/disable/${disabled.id}`)
  const drained = await house.done('POST', '/openapi/service/add', { name: 'nobody', targets: [{ url: 'http://127.0.0.1:9' }] })
  ids.push((await house.publish({ path: '/unreachable', serviceId: drained.id })).id)
  app = await house.app(ids)
  other = await house.app(ids)
  token = await house.token(app)
})
after(() => house.close())

async function check(call: Call, status: number, fault: string, reason?: RegExp): Promise<void> {
  const arrivedBefore = house.arrived.length
  const answer = await house.call({ ...call, headers: { 'accept-language': 'en', ...call.headers } })
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.fault, fault)
  assert.equal(answer.json.data, null)
  assert.match(String(answer.json.code), /^1[1-9]\d{5}$/)
  assert.equal(answer.headers.get('x-request-id'), answer.json.requestId)
  if (reason) assert.match(answer.json.msg, reason)
  assert.equal(house.arrived.length, arrivedBefore, 'a refused call must not reach the service')
}

const get = (path: string, headers: Record<string, string> = {}): Call => ({ method: 'GET', path, headers })
const post = (body: string, contentType = 'application/json'): Call => ({
  method: 'POST',
  path: payments,
  headers: { authorization: `Bearer ${token}`, 'content-type': contentType },
  body,
})

test('interface_not_found: unknown path, other method, never published, not the exact path', async () => {
  await check(get('/nothing'), 404, 'interface_not_found')
  await check(signed(app, 'POST', spaces, { token }), 404, 'interface_not_found')
  await check(get(`${spaces}/`), 404, 'interface_not_found')
  await check(get(spaces.toUpperCase()), 404, 'interface_not_found')
})

test('interface_disabled', () => check(get('/disabled'), 403, 'interface_disabled'))

test('missing_credentials', async () => {
  await check(get(spaces), 401, 'missing_credentials')
  await check(get('/token-only', { authorization: 'Basic YTpi' }), 401, 'missing_credentials')
  await check(get('/signed-only'), 401, 'missing_credentials')
})

test('invalid_token: garbage, a changed byte, another kind of token, another app’s', async () => {
  await check(get('/token-only', { authorization: 'Bearer nonsense' }), 401, 'invalid_token')
  const changed = token.slice(0, -10) + (token.at(-10) === 'A' ? 'B' : 'A') + token.slice(-9)
  await check(get('/token-only', { authorization: `Bearer ${changed}` }), 401, 'invalid_token')
  await check(get('/token-only', { token: house.admin }), 401, 'invalid_token')
  await check(signed(other, 'GET', spaces, { token }), 401, 'invalid_token')
})

test('the header `token` is as good as Authorization', async () => {
  const answer = await house.call(get('/token-only', { token }))
  assert.equal(answer.status, 200, answer.text)
})

test('signature_missing', async () => {
  await check(get(spaces, { authorization: `Bearer ${token}` }), 401, 'signature_missing', /appId/)
  await check(
    get(`${spaces}?appId=${app.appId}&timestamp=${Date.now()}`, { authorization: `Bearer ${token}` }),
    401,
    'signature_missing',
    /sign/,
  )
})

test('signature_invalid: another secret, an unknown app, a changed value, an added parameter, another method or path', async () => {
  await check(signed(app, 'GET', spaces, { token, secret: other.appSecret }), 401, 'signature_invalid')
  await check(signed({ ...app, appId: 'nobody-knows-it' }, 'GET', '/signed-only'), 401, 'signature_invalid')
  const good = signed(app, 'GET', spaces, { token, fields: { size: 10 } })
  await check({ ...good, path: good.path.replace('size=10', 'size=11') }, 401, 'signature_invalid')
  await check({ ...good, path: `${good.path}&page=2` }, 401, 'signature_invalid')
  const bound = signed(app, 'GET', '/park/1/gate', { token, scheme: 'hmac-sha256' })
  await check({ ...bound, path: bound.path.replace('/park/1/', '/park/2/') }, 401, 'signature_invalid')
  const paid = signed(app, 'POST', payments, { token, fields: { cents: 1 } })
  await check({ ...paid, path: `${payments}?coupon=9` }, 401, 'signature_invalid')
})

test('scheme_not_allowed: the interface wants a better one', () =>
  check(signed(app, 'GET', '/only-hmac', { token }), 403, 'scheme_not_allowed', /hmac-sha256/))

test('timestamp_out_of_window: missing, too old, too new, in seconds, not a number', async () => {
  const minutes = 60_000
  await check(signed(app, 'GET', spaces, { token, timestamp: Date.now() - 5 * minutes - 1_000 }), 401, 'timestamp_out_of_window')
  await check(signed(app, 'GET', spaces, { token, timestamp: Date.now() + 6 * minutes }), 401, 'timestamp_out_of_window')
  await check(signed(app, 'GET', spaces, { token, timestamp: Math.floor(Date.now() / 1000) }), 401, 'timestamp_out_of_window')
  await check(signed(app, 'GET', spaces, { token, fields: { timestamp: `${Date.now()}.0` } }), 401, 'timestamp_out_of_window')
  const fields = { appId: app.appId, nonce: 'n' }
  const sign = signFields('openapi', 'GET', spaces, fields, app.appSecret)
  await check(get(`${spaces}?appId=${app.appId}&nonce=n&sign=${encodeURIComponent(sign)}`, { token }), 401, 'timestamp_out_of_window')
})

test('replayed_request: the same nonce, on any interface and scheme; without one, the same content', async () => {
  const first = signed(app, 'GET', spaces, { token, nonce: 'once' })
  assert.equal((await house.call(first)).status, 200)
  await check(first, 401, 'replayed_request')
  await check(signed(app, 'GET', '/park/1/gate', { token, nonce: 'once', scheme: 'hmac-sha256' }), 401, 'replayed_request')
  assert.equal((await house.call(signed(other, 'GET', spaces, { token: await house.token(other), nonce: 'once' }))).status, 200)
  const bare = signed(app, 'GET', spaces, { token, nonce: undefined, fields: { q: 'bare' } })
  assert.equal((await house.call(bare)).status, 200)
  await check(bare, 401, 'replayed_request')
})

test('replayed_request: however a taken call is cut into parameters the second time', async () => {
  for (const scheme of ['openapi', 'hmac-sha256'] as const) {
    const fields = { b: '2', o: `1&nonce=${scheme}-other` }
    const first = signed(app, 'GET', spaces, { token, scheme, nonce: `${scheme}-own`, fields })
    assert.equal((await house.call(first)).status, 200)
    const query = new URLSearchParams(first.path.slice(spaces.length + 1))
    const cut = (b: string, nonce: string | undefined, o: string | undefined): Call => {
      const again = new URLSearchParams(query)
      for (const [name, value] of Object.entries({ b, nonce, o })) {
        if (value === undefined) again.delete(name)
        else again.set(name, value)
      }
      return { ...first, path: `${spaces}?${again}` }
    }
    await check(cut(`2&nonce=${scheme}-own`, undefined, fields.o), 401, 'replayed_request')
    await check(cut(`2&nonce=${scheme}-own&o=1`, `${scheme}-other`, undefined), 401, 'replayed_request')
  }
})

test('a bad signature does not use up the nonce', async () => {
  await check(signed(app, 'GET', spaces, { token, nonce: 'kept', secret: other.appSecret }), 401, 'signature_invalid')
  assert.equal((await house.call(signed(app, 'GET', spaces, { token, nonce: 'kept' }))).status, 200)
})

test('not_granted', async () => {
  await check(signed(app, 'GET', '/not-granted', { token }), 403, 'not_granted')
})

test('rate_limited: exactly the limit a second, with Retry-After', async () => {
  const limited = await house.publish({ path: '/limited', security: 'none', limitCount: 3 })
  const answers = await burst(40, 3, () => house.call(get('/limited')))
  const refused = answers.find((answer) => answer.fault === 'rate_limited')!
  assert.equal(refused.status, 429)
  assert.equal(refused.headers.get('retry-after'), '1')
  assert.equal(refused.headers.get('ratelimit-policy'), '"interface";q=3;w=1')
  assert.equal(refused.headers.get('ratelimit'), '"interface";r=0;t=1')
  const left = answers.flatMap((answer) => (answer.status === 200 ? [answer.headers.get('ratelimit')] : []))
  assert.ok(left.includes('"interface";r=2;t=1'), String(left))
  let counted = { second: 0, year: 0 }
  const areCounted = async () => {
    counted = await house.done('GET', `/openapi/stats/current?interfaceId=${limited.id}`)
    return counted.year >= 40
  }
  await until(areCounted, 15_000, () => `refused calls are counted too: ${JSON.stringify(counted)}`)
  assert.equal(counted.year, 40)
  assert.ok(counted.second <= 40)
})

test('invalid_parameters, with the reason', async () => {
  const good = signed(app, 'GET', spaces, { token })
  await check({ ...good, path: `${good.path}&appId=x` }, 400, 'invalid_parameters', /more than once/)
  await check({ ...good, path: `${good.path}&a=%zz` }, 400, 'invalid_parameters', /percent-encoding/)
  await check(signed(app, 'GET', spaces, { token, fields: { a: '' } }), 400, 'invalid_parameters', /empty/)
  await check(signed(app, 'GET', spaces, { token, nonce: 'n'.repeat(129) }), 400, 'invalid_parameters', /nonce/)
  await check(signed(app, 'GET', spaces, { token, fields: { signType: 'md5' } }), 400, 'invalid_parameters', /signType/)
  await check(post('{"a":'), 400, 'invalid_parameters', /not valid JSON/)
  await check(post('[1]'), 400, 'invalid_parameters', /JSON object/)
  await check(post('{"a":1,"a":2}'), 400, 'invalid_parameters', /more than once/)
  await check(post(`{"a":${'['.repeat(70)}${']'.repeat(70)}}`), 400, 'invalid_parameters', /nested/)
  await check(post('a=1', 'text/plain'), 400, 'invalid_parameters', /application\/json/)
  await check(post('{}', 'application/json; charset=gbk'), 400, 'invalid_parameters', /UTF-8/)
  const paid = signed(app, 'POST', payments, { token, fields: { a: 1 } })
  await check({ ...paid, path: `${payments}?a=2` }, 400, 'invalid_parameters', /more than once/)
})

test('invalid_parameters: paths that two readers could read differently', async () => {
  for (const path of [
    '/park/%2e%2e/gate',
    '/park/a%2fb/gate',
    '/park/a%5cb/gate',
    '/park//gate',
    '/park/%00/gate',
    '/park/%ff/gate',
    '/park/%/gate',
  ]) {
    await check(signed(app, 'GET', path, { token }), 400, 'invalid_parameters', /path/)
  }
})

test('body_too_large', async () => {
  await check(signed(app, 'POST', payments, { token, fields: { a: 'x'.repeat(2_000) } }), 413, 'body_too_large')
})

test('upstream_unreachable', () => check(signed(app, 'GET', '/unreachable', { token }), 502, 'upstream_unreachable'))

test('app_disabled and app_expired are told only to the app itself', async () => {
  const guest = await house.app([])
  const theirs = await house.token(guest)
  await house.done('PUT', `/openapi/app/disable/${guest.id}`)
  await house.settled()
  await check(signed(guest, 'GET', spaces, { token: theirs }), 403, 'app_disabled')
  await check(signed(guest, 'GET', spaces, { token: theirs, secret: other.appSecret }), 401, 'signature_invalid')
  await check(tokenRequest(guest, Date.now()), 403, 'app_disabled')
  await house.done('PUT', `/openapi/app/enable/${guest.id}`)
  await house.done('PUT', `/openapi/app/expiration/${guest.id}`, { expirationTime: '2020-01-01 00:00:00' })
  await house.settled()
  await check(signed(guest, 'GET', spaces, { token: theirs }), 403, 'app_expired', /2020|2019/)
  await check(tokenRequest(guest, Date.now()), 403, 'app_expired')
})

test('token/generate: unknown app, wrong secret and wrong sign are the same; a second time is a replay', async () => {
  const request = tokenRequest(app, Date.now())
  assert.equal((await house.call(request)).status, 200)
  await check(request, 401, 'replayed_request')
  await check(tokenRequest({ ...app, appId: 'nobody-knows-it' }, Date.now()), 401, 'signature_invalid')
  await check(tokenRequest({ ...app, appSecret: other.appSecret }, Date.now()), 401, 'signature_invalid')
  const body = { ...JSON.parse(tokenRequest(app, Date.now()).body!), sign: 'AAAA' }
  await check({ ...request, body: JSON.stringify(body) }, 401, 'signature_invalid')
  await check(tokenRequest(app, Date.now() - 400_000), 401, 'timestamp_out_of_window')
  await check({ ...request, body: '{' }, 400, 'invalid_parameters')
})

test('a reset without grace ends secret and tokens; with grace both secrets are good', async () => {
  const id = (await house.publish({ path: '/reset' })).id
  const guest = await house.app([id])
  const before = await house.token(guest)
  const { appSecret: second } = await house.done('PUT', `/openapi/app/resetSignKey/${guest.id}`, { graceSeconds: 600 })
  await house.settled()
  for (const secret of [guest.appSecret, second]) {
    const answer = await house.call(signed(guest, 'GET', '/reset', { token: before, secret }))
    assert.equal(answer.status, 200, answer.text)
  }
  const { appSecret: third } = await house.done('PUT', `/openapi/app/resetSignKey/${guest.id}`)
  await house.settled()
  await check(signed(guest, 'GET', '/reset', { token: before, secret: third }), 401, 'invalid_token')
  const now = await house.token({ ...guest, appSecret: third })
  for (const secret of [guest.appSecret, second])
    await check(signed(guest, 'GET', '/reset', { token: now, secret }), 401, 'signature_invalid')
  assert.equal((await house.call(signed(guest, 'GET', '/reset', { token: now, secret: third }))).status, 200)
})

test('messages follow Accept-Language, Chinese by default', async () => {
  const chinese = await house.call(get('/nothing'))
  assert.match(chinese.json.msg, /没有已发布的接口/)
  const english = await house.call(get('/nothing', { 'accept-language': 'en-GB;q=0.9, zh;q=0.3' }))
  assert.match(english.json.msg, /No published interface/)
})
