// Source 001 in its order: a token for a member, the header made of it, calls, interfaces that need none, and the refresh.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { freePort } from '../free-port.ts'
import { type Answer, type Call, type House, openHouse, send, sendAlone, signed, type TestApp } from '../house.ts'
import { byMember, type MemberFields, memberRequest, refreshRequest, signMember } from '../members.ts'
import { openPeople, type People } from '../people.ts'

let house: House
let people: People
let app: TestApp
let internal: TestApp
let ann: number
const password = 'a long password'
const login: MemberFields = { username: 'ann', password }

before(async () => {
  house = await openHouse()
  people = await openPeople(house)
  const info = await house.publish({ path: '/api/v1/member/info', security: 'token' })
  await house.publish({ path: '/api/v1/news', security: 'none' })
  const pay = await house.publish({ path: '/api/v1/pay', security: 'token+sign' })
  const picky = await house.publish({ path: '/api/v1/picky', security: 'token', schemes: ['hmac-sha256'] })
  const granted = [info.id, pay.id, picky.id]
  app = await memberApp(granted)
  internal = await memberApp(granted, { internal: true })
  ann = await people.user('ann')
})
after(async () => {
  await people.close()
  await house.close()
})

async function memberApp(granted: number[], more: object = {}): Promise<TestApp> {
  const made = await house.app(granted)
  await house.done('PUT', `/openapi/app/edit/${made.id}`, { schemes: ['openapi', 'hmac-sha256', 'member'], ...more })
  await house.settled()
  return made
}

interface Tokens {
  access_token: string
  expires_time: number
  refresh_token: string
  refresh_expires_time: number
  client: { uid: string; unionid: string; username: string; nikeName: string | null }
}

async function tokensOf(call: Call): Promise<Tokens> {
  const answer = await house.call(call)
  assert.equal(answer.status, 200, answer.text)
  return answer.json.data
}
const info = (uid: string, token: string, of = app) => byMember('/api/v1/member/info', of, uid, token)

async function until(call: () => Promise<Answer>, fault: string | undefined): Promise<void> {
  for (const began = performance.now(); ; await sleep(20)) {
    const answer = await call()
    if (answer.fault === fault) return
    assert.ok(performance.now() - began < 15_000, answer.text)
  }
}

test('a member gets a token by name and password, from both listeners, as JSON or as a form', async () => {
  const openId = await people.openIdOf(app, ann)
  for (const as of ['json', 'form'] as const) {
    for (const base of [house.gatewayUrl, house.platformUrl]) {
      const before = Math.floor(Date.now() / 1000)
      const answer = await send(base, memberRequest(app, login, as))
      assert.equal(answer.status, 200, answer.text)
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      const { code, msg, time, data } = answer.json
      assert.deepEqual([code, msg], [200, '操作成功'])
      assert.ok(Number.isInteger(time) && time >= before)
      assert.ok(data.expires_time >= before + 7_199 && data.expires_time <= before + 7_210, String(data.expires_time))
      assert.ok(data.refresh_expires_time >= before + 2_591_999)
      assert.match(data.client.unionid, /^[\w-]{22}$/)
      assert.deepEqual(data.client, { uid: openId, unionid: data.client.unionid, username: 'ann', nikeName: null })
    }
  }
})

test('the version is any v and digits, and nothing else', async () => {
  assert.equal((await house.call({ ...memberRequest(app, login), path: '/api/v12/token' })).status, 200)
  for (const path of ['/api/x1/token', '/api/v/token', '/api/v1a/token', '/api/v1/token/', '/api/v1/token/other', '/api/V1/token']) {
    const call = memberRequest(app, login)
    assert.equal((await house.call({ ...call, path })).fault, 'interface_not_found', path)
    assert.equal((await send(house.platformUrl, { ...call, path })).status, 404, path)
  }
  assert.equal((await house.call({ method: 'GET', path: '/api/v1/token', headers: {} })).fault, 'interface_not_found')
})

test('the header made of it calls what the app was granted; the service learns who the member is', async () => {
  const { access_token, client } = await tokensOf(memberRequest(app, login))
  const answer = await house.call(info(client.uid, access_token))
  assert.equal(answer.status, 200, answer.text)
  const { headers } = house.arrived.at(-1)!
  assert.deepEqual([headers['x-user-id'], headers['x-open-id'], headers['x-app-id']], [String(ann), client.uid, app.appId])
  assert.equal(headers.authentication, undefined)
  // It is a person's token like any other.
  const bearer = { method: 'GET', path: '/api/v1/member/info', headers: { authorization: `Bearer ${access_token}` } }
  assert.equal((await house.call(bearer)).status, 200)
})

test('an internal app knows the member by the real id', async () => {
  const { access_token, client } = await tokensOf(memberRequest(internal, login))
  assert.equal(client.uid, String(ann))
  assert.equal((await house.call(info(String(ann), access_token, internal))).status, 200)
  const openId = await people.openIdOf(internal, ann)
  assert.equal((await house.call(info(openId, access_token, internal))).fault, 'invalid_token')
})

test('an interface without security is the no-auth list', async () => {
  for (const headers of [{}, { authentication: 'nonsense' }] as Record<string, string>[]) {
    assert.equal((await house.call({ method: 'GET', path: '/api/v1/news', headers })).status, 200)
  }
  assert.equal(house.arrived.at(-1)!.headers.authentication, undefined)
})

test('a refresh token gives a new pair once; used again it ends everything that came of that login', async () => {
  const first = await tokensOf(memberRequest(app, login))
  const other = await tokensOf(memberRequest(app, login))
  const second = await tokensOf(refreshRequest(first.refresh_token))
  const { uid } = first.client
  assert.deepEqual(second.client, first.client)
  assert.notEqual(second.access_token, first.access_token)
  assert.equal(second.refresh_expires_time, first.refresh_expires_time)
  for (const token of [first.access_token, second.access_token]) assert.equal((await house.call(info(uid, token))).status, 200)

  assert.equal((await house.call(refreshRequest(first.refresh_token))).fault, 'invalid_token')
  for (const token of [first.access_token, second.access_token]) await until(() => house.call(info(uid, token)), 'invalid_token')
  assert.equal((await house.call(refreshRequest(second.refresh_token))).fault, 'invalid_token')
  assert.equal((await house.call(info(uid, other.access_token))).status, 200, 'another login of the same member goes on')
})

test('a refresh token is no access token, and the other way round', async () => {
  const { access_token, refresh_token, client } = await tokensOf(memberRequest(app, login))
  assert.equal((await house.call(info(client.uid, refresh_token))).fault, 'invalid_token')
  const bearer = { method: 'GET', path: '/api/v1/member/info', headers: { authorization: `Bearer ${refresh_token}` } }
  assert.equal((await house.call(bearer)).fault, 'invalid_token')
  assert.equal((await house.call(refreshRequest(access_token))).fault, 'invalid_token')
  assert.equal((await house.call(refreshRequest(await house.token(app)))).fault, 'invalid_token')
})

test('of twenty who refresh at once, one gets the new pair, and all are out, for nobody can say who was the thief', async () => {
  const { refresh_token } = await tokensOf(memberRequest(app, login))
  const answers = await Promise.all(Array.from({ length: 20 }, () => sendAlone(house.gatewayUrl, refreshRequest(refresh_token))))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  assert.ok(answers.every(({ status, fault }) => status === 200 || fault === 'invalid_token'))
  const { data } = answers.find(({ status }) => status === 200)!.json
  assert.equal((await house.call(refreshRequest(data.refresh_token))).fault, 'invalid_token')
  await until(() => house.call(info(data.client.uid, data.access_token)), 'invalid_token')
})

test('a new password ends the refresh too', async () => {
  await people.user('mover')
  const session = await house.login('mover', password)
  const { refresh_token, access_token, client } = await tokensOf(memberRequest(app, { username: 'mover', password }))
  await house.done('PUT', '/openapi/user/updatePassword', { oldPassword: password, newPassword: 'another password' }, session)
  assert.equal((await house.call(refreshRequest(refresh_token))).fault, 'invalid_token')
  await until(() => house.call(info(client.uid, access_token)), 'invalid_token')
})

test('a wrong sign, an old time and a request that comes again are refused', async () => {
  const now = Math.floor(Date.now() / 1000)
  const once = memberRequest(app, login)
  await tokensOf(once)
  // biome-ignore format: a table
  const refused: [why: string, call: Call, fault: string][] = [
    ['again',                        once,                                                                  'replayed_request'],
    ['another sign',                 memberRequest(app, { ...login, sign: '0'.repeat(32) }),                'signature_invalid'],
    ['an upper-case sign',           memberRequest(app, { ...login, timestamp: now, nonce: 'U', sign: signMember({ ...login, timestamp: now, nonce: 'U', appid: app.appId, appsecret: app.appSecret }, app.appSecret).toUpperCase() }), 'signature_invalid'],
    ['too old',                      memberRequest(app, { ...login, timestamp: now - 20 }),                 'timestamp_out_of_window'],
    ['from the future',              memberRequest(app, { ...login, timestamp: now + 20 }),                 'timestamp_out_of_window'],
    ['in milliseconds',              memberRequest(app, { ...login, timestamp: now * 1000 }),               'timestamp_out_of_window'],
    ['without a time',               memberRequest(app, { ...login, timestamp: undefined }),                'timestamp_out_of_window'],
    ['without a sign',               memberRequest(app, { ...login, sign: undefined }),                     'signature_missing'],
    ['without an app',               memberRequest(app, { ...login, appid: undefined }),                    'signature_missing'],
    ['without a nonce',              memberRequest(app, { ...login, nonce: undefined }),                    'invalid_parameters'],
    ['a nonce beyond all measure',   memberRequest(app, { ...login, nonce: 'n'.repeat(129) }),              'invalid_parameters'],
    ['with a parameter named key',   memberRequest(app, { ...login, key: 'k' }),                            'invalid_parameters'],
  ]
  for (const [why, call, fault] of refused) {
    const { status, json, text } = await house.call(call)
    assert.equal(json.error, fault, `${why}: ${text}`)
    assert.deepEqual([json.code, json.data, typeof json.time], [status, null, 'number'], why)
  }
})

test('nothing tells an unknown app from a wrong secret, nor an unknown member from a wrong password', async () => {
  const shape = ({ status, json }: Answer) => ({ status, ...json, time: 0, requestId: '' })
  const wrongSecret = { ...app, appSecret: '0'.repeat(32) }
  const apps = [
    memberRequest({ ...wrongSecret, appId: 'nobody0000000000' }, login),
    memberRequest(wrongSecret, login),
    // Signed well, but with another secret inside.
    memberRequest(app, { ...login, appsecret: wrongSecret.appSecret }),
  ]
  const [unknown, ...others] = (await Promise.all(apps.map(house.call))).map(shape)
  assert.equal(unknown!.error, 'signature_invalid')
  for (const other of others) assert.deepEqual(other, unknown)

  const nobody = shape(await house.call(memberRequest(app, { username: 'nobody', password })))
  assert.equal(nobody.error, 'login_failed')
  assert.deepEqual(shape(await house.call(memberRequest(app, { ...login, password: 'wrong' }))), nobody)
  assert.equal(nobody.status, 401)
})

test('the scheme is for apps that HQ gave it to, and states are told only to who proved to be the app', async () => {
  const plain = await house.app()
  assert.equal((await house.call(memberRequest(plain, login))).fault, 'scheme_not_allowed')
  const own = await memberApp([])
  const { refresh_token } = await tokensOf(memberRequest(own, login))
  await house.done('PUT', `/openapi/app/disable/${own.id}`)
  assert.equal((await house.call(memberRequest(own, login))).fault, 'app_disabled')
  assert.equal((await house.call(memberRequest({ ...own, appSecret: 'x' }, login))).fault, 'signature_invalid')
  assert.equal((await house.call(refreshRequest(refresh_token))).fault, 'app_disabled')
  await house.done('PUT', `/openapi/app/enable/${own.id}`)
  // It was not used up meanwhile.
  await tokensOf(refreshRequest(refresh_token))
  await house.done('DELETE', `/openapi/app/${own.id}`)
  assert.equal((await house.call(memberRequest(own, login))).fault, 'signature_invalid')
})

test('a member’s header opens no signed interface, none that wants another scheme, and stands alone', async () => {
  const { access_token, client } = await tokensOf(memberRequest(app, login))
  const header = info(client.uid, access_token).headers
  const call = async (path: string, more: Record<string, string> = {}) =>
    (await house.call({ method: 'GET', path, headers: { ...header, ...more } })).fault
  assert.equal(await call('/api/v1/pay'), 'scheme_not_allowed')
  assert.equal(await call('/api/v1/picky'), 'scheme_not_allowed')
  assert.equal(await call('/api/v1/member/info', { authorization: `Bearer ${access_token}` }), 'invalid_parameters')
  assert.equal(await call('/api/v1/member/info', { token: access_token }), 'invalid_parameters')
  // As a bearer's token it may stand beside a signature of the same app.
  assert.equal((await house.call(signed(app, 'GET', '/api/v1/pay', { token: access_token }))).status, 200)
  const withdrawn = await memberApp([])
  const theirs = await tokensOf(memberRequest(withdrawn, login))
  await house.done('PUT', `/openapi/app/edit/${withdrawn.id}`, { schemes: ['openapi'] })
  await until(() => house.call(info(theirs.client.uid, theirs.access_token, withdrawn)), 'scheme_not_allowed')
})

test('headers that are not right are refused, and never trouble us', async () => {
  const { access_token: token, client } = await tokensOf(memberRequest(app, login))
  const { uid } = client
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const good = `${app.appId}:${token}:${uid}`
  const appToken = await house.token(app)
  const headers = [
    '',
    uid,
    `${uid} `,
    ` ${base64(good)}`,
    `${uid}  ${base64(good)}`,
    `${uid} ${base64(good)} x`,
    `${uid}\t${base64(good)}`,
    `x ${base64(good)}`,
    `${uid} ${good}`,
    `${uid} ***`,
    `${uid} ${base64(good).replace(/=+$/, '')}A`,
    `${uid} ${base64(good).replace('A', '-')}_`,
    `${uid} ${base64(':::')}`,
    `${uid} ${base64(`${app.appId}:${token}`)}`,
    `${uid} ${base64(`${app.appId}::${uid}`)}`,
    `${uid} ${base64(`${internal.appId}:${token}:${uid}`)}`,
    `${uid} ${base64(`${app.appId}:${token}:${uid}:${uid}`)}`,
    `${uid} ${base64(`${app.appId}:x:${token}:${uid}`)}`,
    `${ann} ${base64(`${app.appId}:${token}:${ann}`)}`,
    `${uid} ${base64(`${app.appId}:${appToken}:${uid}`)}`,
    `${uid} ${base64(`${app.appId}:${token}\0:${uid}`)}`,
    `${uid} ${Buffer.from([0xff, 0xfe, 0x3a, 0x3a]).toString('base64')}`,
    `张三 ${base64(`${app.appId}:${token}:张三`)}`,
    `${uid} ${base64('x'.repeat(30_000))}`,
  ]
  for (const authentication of headers) {
    const call = { method: 'GET', path: '/api/v1/member/info', headers: { authentication: Buffer.from(authentication).toString('latin1') } }
    const answer = await house.call(call)
    assert.equal(answer.fault, 'invalid_token', `${authentication.slice(0, 80)}: ${answer.text}`)
    assert.deepEqual([answer.json.code, typeof answer.json.time], [401, 'number'])
  }
})

test('bodies that are not right are refused, and never trouble us', async () => {
  const json = { 'content-type': 'application/json' }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  // biome-ignore format: a table
  const bodies: [headers: Record<string, string>, body: string, status: number][] = [
    [json, '',                                          400], [json, '[]',                              400], [json, 'null',     400],
    [json, '{"appid":"a","appid":"b"}',                 400], [json, '{"appid":{"a":1},"sign":"x"}',    401], [json, '{',        400],
    [json, `{"appid":"a","sign":"\\ud800"}`,            400], [json, `${'['.repeat(5_000)}`,            400],
    [json, `{"a":"${'x'.repeat(70_000)}"}`,             413], [form, 'appid=a&appid=b',                 400], [form, '%ff=1',    400],
    [form, '',                                          401], [{ 'content-type': 'text/plain' }, 'x',   415], [{}, '{}',         415],
  ]
  for (const path of ['/api/v1/token', '/api/v1/token/refresh']) {
    for (const [headers, body, status] of bodies) {
      const answer = await house.call({ method: 'POST', path, headers, body })
      const wanted = path.endsWith('refresh') && status === 401 ? 400 : status
      assert.equal(answer.status, wanted, `${path} ${body.slice(0, 60)}: ${answer.text.slice(0, 300)}`)
      assert.equal(answer.json.code, wanted)
    }
  }
  const odd = memberRequest(app, login)
  const headers = { ...odd.headers, authorization: '\xff\x80', 'accept-language': '\xe9' }
  assert.equal((await house.call({ ...odd, path: '/api/v1/token?a=%zz&b', headers })).status, 200)
  for (const token of ['', 'x', 'v1.', 'v1.AAAA', `v1.${'A'.repeat(5_000)}`, 1, {}, null, '张三', 'v1.\0']) {
    const answer = await house.call(refreshRequest(token))
    assert.ok(answer.status === 400 || answer.fault === 'invalid_token', answer.text)
  }
})

test('guesses count as logins do: from the tenth on the account is shut from there, with the time to wait', async () => {
  await people.user('guessed')
  const guess = (wrong: string) => house.call(memberRequest(app, { username: 'guessed', password: wrong }))
  for (let n = 0; n < 10; n++) assert.equal((await guess(`wrong ${n}`)).fault, 'login_failed')
  const shut = await guess(password)
  assert.deepEqual([shut.status, shut.fault], [429, 'rate_limited'])
  assert.ok(Number(shut.headers.get('retry-after')) > 0)
  const { captchaId } = await house.done('GET', '/openapi/user/captcha', undefined, '')
  const page = { username: 'guessed', password, captchaId, verfiyCode: 'k7MpX' }
  assert.equal((await house.manage('POST', '/openapi/user/login', page)).fault, 'account_locked')
})

test('the call log names what was refused, for the owner of the app to look up', async () => {
  const refused = await house.call(memberRequest(app, { ...login, timestamp: 1 }))
  const told = await house.done('GET', `/openapi/stats/explain/${refused.headers.get('x-request-id')}`)
  assert.deepEqual([told.error, told.stage, told.appId, told.status], ['timestamp_out_of_window', 'freshness', app.appId, 401])
  assert.match(told.rule, /10/)
  const unknown = await house.call(info('nobody', 'x'))
  const why = await house.done('GET', `/openapi/stats/explain/${unknown.headers.get('x-request-id')}`)
  assert.deepEqual([why.error, why.stage, why.status], ['invalid_token', 'identify', 401])
})

test('nobody but a gateway can say whose call it is', async () => {
  await people.user('spoofed')
  const spoof = { 'x-kaimen-address': '203.0.113.7', 'x-forwarded-for': '203.0.113.7', 'x-kaimen-request-id': 'mine' }
  for (const base of [house.gatewayUrl, house.platformUrl]) {
    for (let n = 0; n < 5; n++) {
      const call = memberRequest(app, { username: 'spoofed', password: `wrong ${n}` })
      const answer = await send(base, { ...call, headers: { ...call.headers, ...spoof } })
      assert.notEqual(answer.headers.get('x-request-id'), 'mine')
      assert.equal(answer.headers.get('x-kaimen-refusal'), null)
    }
  }
  const { rows } = await people.db.execute(sql`select key from attempt where key like 'login user % from 203.%'`)
  assert.deepEqual(rows, [])
  for (const path of ['/pass/api/v1/token', '/pass/openapi/user/login']) {
    assert.equal((await send(house.platformUrl, { ...memberRequest(app, login), path })).status, 404)
  }
})

test('without the platform tokens go on being good, and new ones are refused as overloaded, until it is back', async () => {
  const { access_token, client, refresh_token } = await tokensOf(memberRequest(app, login))
  await house.stopPlatform()
  assert.equal((await house.call(info(client.uid, access_token))).status, 200)
  for (const call of [memberRequest(app, login), refreshRequest(refresh_token)]) {
    const answer = await house.call(call)
    assert.deepEqual([answer.status, answer.fault, answer.json.code], [503, 'overloaded', 503])
    assert.equal(answer.headers.get('retry-after'), '1')
  }
  assert.equal((await house.call({ method: 'POST', path: '/openapi/event/push', headers: {} })).json.code, 1_100_103)
  await house.startPlatform()
  await tokensOf(refreshRequest(refresh_token))
})

test('members of an external source: it is asked, bounded, and its troubles are told from wrong passwords', async () => {
  let respond: (body: string, answer: (status: number, text: string) => void) => void = (_, answer) => answer(200, '{"uid":4711}')
  const asked: { body: string; authorization: string | undefined }[] = []
  const source = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    asked.push({ body, authorization: request.headers.authorization })
    respond(body, (status, text) => response.writeHead(status, { location: house.platformUrl }).end(text))
  })
  // Nobody else is there once it has ended.
  const port = await freePort()
  await new Promise<void>((resolve) => source.listen(port, '127.0.0.1', resolve))
  const settings = {
    KAIMEN_MEMBER_SOURCE_URL: `http://127.0.0.1:${port}/members`,
    KAIMEN_MEMBER_SOURCE_CREDENTIAL: 'Authorization: Bearer of-the-source',
  }
  await using own = await openHouse({ settings })
  const service = await own.publish({ path: '/me', security: 'token' })
  const theirs = await own.app([service.id])
  await own.done('PUT', `/openapi/app/edit/${theirs.id}`, { schemes: ['member'], internal: true })
  await own.settled()
  const get = (username = 'zoe') => own.call(memberRequest(theirs, { username, password: '密码 p' }))

  const { data } = (await get()).json
  assert.equal(data.client.uid, 'ext-4711')
  assert.deepEqual(asked, [
    { body: JSON.stringify({ username: 'zoe', password: '密码 p', appId: theirs.appId }), authorization: 'Bearer of-the-source' },
  ])
  assert.equal((await own.call(byMember('/me', theirs, 'ext-4711', data.access_token))).status, 200)
  assert.equal(own.arrived.at(-1)!.headers['x-user-id'], 'ext-4711')
  const next = await own.call(refreshRequest(data.refresh_token))
  assert.deepEqual(next.json.data.client, { uid: 'ext-4711', unionid: data.client.unionid, username: 'zoe', nikeName: null })

  // biome-ignore format: a table
  const troubles: [status: number, text: string, fault: string][] = [
    [401, '',                          'login_failed'],          [404, 'x',                    'login_failed'],
    [500, '',                          'member_source_failed'],  [302, '',                     'member_source_failed'],
    [200, 'no json',                   'member_source_failed'],  [200, '{}',                   'member_source_failed'],
    [200, '{"uid":"a b"}',             'member_source_failed'],  [200, '{"uid":"a:b"}',        'member_source_failed'],
    [200, `{"uid":"${'9'.repeat(80_000)}"}`, 'member_source_failed'],
  ]
  for (const [status, text, fault] of troubles) {
    respond = (_, answer) => answer(status, text)
    assert.equal((await get('yan')).fault, fault, `${status} ${text.slice(0, 20)}`)
  }
  const failed = await get('yan')
  assert.deepEqual([failed.status, failed.json.code], [502, 502])
  respond = (_, answer) => answer(401, '')
  for (let n = 0; n < 8; n++) await get('yan')
  const count = asked.length
  assert.equal((await get('yan')).fault, 'rate_limited')
  assert.equal(asked.length, count, 'who is shut out is not asked about')
  source.close()
  source.closeAllConnections()
  assert.equal((await get()).fault, 'member_source_failed')
})
