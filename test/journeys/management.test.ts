// The management API as contract §1 has it: shapes, rights, and a named fault for whatever is wrong.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type House, openHouse, send } from '../house.ts'

let house: House
let partner: string
let stranger: string

before(async () => {
  house = await openHouse()
  for (const username of ['partner', 'stranger']) {
    await house.done('POST', '/openapi/user/register', { username, password: 'a long password' }, '')
  }
  partner = await house.login('partner', 'a long password')
  stranger = await house.login('stranger', 'a long password')
})
after(() => house.close())

function fails(answer: Answer, status: number, fault: string): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.fault, fault, answer.text)
  assert.equal(answer.json.data, null)
  assert.notEqual(answer.json.code, 1_000_000)
  assert.equal(answer.headers.get('x-request-id'), answer.json.requestId)
}

const wireTime = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/

test('register answers the user of source 002, without a password', async () => {
  const person = { username: '13800000001', password: 'secret-enough', phoneNumber: '13800000001', nikeName: '张三' }
  const user = await house.done('POST', '/openapi/user/register', person, '')
  assert.deepEqual(Object.keys(user), ['id', 'username', 'phoneNumber', 'nikeName', 'createTime', 'updateTime'])
  assert.equal(user.nikeName, '张三')
  assert.match(user.createTime, wireTime)
  const spelled = await house.done(
    'POST',
    '/openapi/user/register',
    { username: 'spelled', password: 'secret-enough', nickName: '李四' },
    '',
  )
  assert.equal(spelled.nikeName, '李四')
})

test('what is wrong with a value is said in the language of the caller', async () => {
  const wrong = { name: 'x', targets: [{ url: 'http://169.254.169.254' }] }
  const headers = { authorization: `Bearer ${house.admin}`, 'content-type': 'application/json' }
  const add = (language: string) =>
    send(house.platformUrl, {
      method: 'POST',
      path: '/openapi/service/add',
      headers: { ...headers, 'accept-language': language },
      body: JSON.stringify(wrong),
    })
  assert.match((await add('zh-CN')).json.msg, /targets\.0\.url：不得为链路本地地址/)
  assert.match((await add('en')).json.msg, /targets\.0\.url: must not be a link-local/)
})

test('a user name or phone is taken once, whatever its case', async () => {
  await house.done('POST', '/openapi/user/register', { username: 'Twice', password: 'secret-enough', phoneNumber: '13900000000' }, '')
  const again = { username: 'tWICE', password: 'secret-enough' }
  fails(await house.manage('POST', '/openapi/user/register', again), 409, 'conflict')
  fails(await house.manage('POST', '/openapi/user/register', { ...again, username: 'other', phoneNumber: '13900000000' }), 409, 'conflict')
})

test('login takes the name in any case or the phone; an unknown name and a wrong password are the same', async () => {
  await house.done('POST', '/openapi/user/register', { username: 'Signs.In', password: 'secret-enough', phoneNumber: '13911111111' }, '')
  assert.ok(await house.login('signs.in', 'secret-enough'))
  assert.ok(await house.login('13911111111', 'secret-enough'))
  const wrong = await house.manage('POST', '/openapi/user/login', { username: 'signs.in', password: 'wrong' })
  const unknown = await house.manage('POST', '/openapi/user/login', { username: 'nobody', password: 'wrong' })
  fails(wrong, 401, 'login_failed')
  fails(unknown, 401, 'login_failed')
  assert.equal(wrong.json.msg, unknown.json.msg)
})

test('logout ends the session; a session is taken from either field', async () => {
  const token = await house.login('partner', 'a long password')
  const call = { method: 'GET', path: '/openapi/app/page', headers: { token } }
  assert.equal((await send(house.platformUrl, call)).status, 200)
  await house.done('PUT', '/openapi/user/logout', undefined, token)
  fails(await send(house.platformUrl, call), 401, 'unauthorized')
})

test('no session, a broken one and another kind of token are all unauthorized', async () => {
  const operation = await house.publish({ path: '/for-token' })
  const app = await house.app([operation.id])
  const appToken = await house.token(app)
  for (const token of [undefined, 'x', `${partner}x`, appToken])
    fails(await house.manage('GET', '/openapi/app/page', undefined, token), 401, 'unauthorized')
})

test('a new app is disabled, never expires, and shows its secret this once', async () => {
  const app = await house.done('POST', '/openapi/app/add', { name: '车场应用', serviceType: '车场', remark: '备注' }, partner)
  assert.equal(app.status, 1)
  assert.equal(app.expirationTime, null)
  assert.match(app.appId, /^[0-9A-Za-z]{8,32}$/)
  assert.match(app.appSecret, /^[0-9A-Z]{32}$/)
  assert.deepEqual(app.schemes, ['openapi', 'hmac-sha256', 'rfc9421'])
  const seen = await house.done('GET', `/openapi/app/${app.id}`, undefined, partner)
  assert.equal(seen.appSecret, undefined)
  assert.equal(seen.userName, 'partner')
  const page = await house.done('GET', '/openapi/app/page?size=200')
  assert.ok(!JSON.stringify(page).includes(app.appSecret))
})

test('a developer sees and touches only what is theirs; what is another’s is not there', async () => {
  const app = await house.done('POST', '/openapi/app/add', { name: 'mine' }, partner)
  fails(await house.manage('GET', `/openapi/app/${app.id}`, undefined, stranger), 404, 'not_found')
  fails(await house.manage('PUT', `/openapi/app/resetSignKey/${app.id}`, {}, stranger), 404, 'not_found')
  fails(await house.manage('GET', `/openapi/stats/current?appId=${app.appId}`, undefined, stranger), 404, 'not_found')
  const page = await house.done('GET', '/openapi/app/page', undefined, stranger)
  assert.equal(page.total, 0)
  assert.equal(page.pages, 0)
  fails(await house.manage('POST', '/openapi/app/add', { name: 'x', userId: 1 }, partner), 403, 'forbidden')
})

test('what is HQ’s is forbidden to developers, before anything is looked up', async () => {
  for (const [method, path, body] of [
    ['PUT', '/openapi/app/enable/999999'],
    ['PUT', '/openapi/app/disable/1'],
    ['PUT', '/openapi/app/expiration/1', { expirationTime: null }],
    ['PUT', '/openapi/app/config/1', { interfaceIds: [] }],
    ['POST', '/openapi/service/add', {}],
    ['GET', '/openapi/service/page'],
    ['POST', '/openapi/interface/add', {}],
    ['PUT', '/openapi/interface/publish/1'],
  ] as const) {
    fails(await house.manage(method, path, body, partner), 403, 'forbidden')
    fails(await house.manage(method, path, body), 401, 'unauthorized')
  }
})

test('pages count, filter literally, and refuse what is out of range', async () => {
  for (const name of ['50% off', '50x off', '车位查询']) await house.done('POST', '/openapi/app/add', { name }, stranger)
  const page = (query: string) => house.done('GET', `/openapi/app/page?${query}`, undefined, stranger)
  const first = await page('size=2')
  assert.deepEqual(
    { total: first.total, pages: first.pages, current: first.current, size: first.size },
    { total: 3, pages: 2, current: 1, size: 2 },
  )
  assert.equal(first.records[0].name, '车位查询')
  assert.deepEqual((await page('current=9&size=2')).records, [])
  assert.equal((await page('name=50%25')).total, 1)
  assert.equal((await page(`name=${encodeURIComponent('车位')}`)).total, 1)
  assert.equal((await page('status=0')).total, 0)
  for (const query of [
    'current=0',
    'size=0',
    'size=201',
    'size=-1',
    'size=1.5',
    'size=abc',
    'status=2',
    'current=99999999999',
    'name=%00',
    'size=1&size=2',
  ]) {
    fails(await house.manage('GET', `/openapi/app/page?${query}`, undefined, stranger), 400, 'invalid_parameters')
  }
})

test('expiration: a time of the platform’s zone, past ones too; no time is refused', async () => {
  const { id } = await house.done('POST', '/openapi/app/add', { name: 'expires' })
  const set = (expirationTime: unknown) => house.manage('PUT', `/openapi/app/expiration/${id}`, { expirationTime }, house.admin)
  assert.equal((await set('2020-01-01 00:00:00')).status, 200)
  assert.equal((await house.done('GET', `/openapi/app/${id}`)).expirationTime, '2020-01-01 00:00:00')
  for (const wrong of ['2021-02-30 00:00:00', '2021-01-01', '01/01/2021', '', 0, undefined, '2021-01-01T00:00:00Z']) {
    fails(await set(wrong), 400, 'invalid_parameters')
  }
  assert.equal((await set(null)).status, 200)
})

test('a grant of something unknown changes nothing', async () => {
  const operation = await house.publish({ path: '/granted' })
  const app = await house.app([operation.id])
  const config = (interfaceIds: unknown) => house.manage('PUT', `/openapi/app/config/${app.id}`, { interfaceIds }, house.admin)
  fails(await config([operation.id, 999_999]), 400, 'invalid_parameters')
  fails(await config('1'), 400, 'invalid_parameters')
  fails(await config([1.5]), 400, 'invalid_parameters')
  fails(await house.manage('PUT', '/openapi/app/config/999999', { interfaceIds: [] }, house.admin), 404, 'not_found')
  assert.deepEqual((await house.done('GET', `/openapi/app/${app.id}`)).interfaceIds, [operation.id])
})

test('an interface begins unpublished with token+sign; an edit leaves alone what is absent, null or empty', async () => {
  const body = {
    name: '车场接口',
    path: '/api/v1/car/parking',
    method: 'GET',
    type: 0,
    serviceType: 1,
    version: 'v1',
    doc: '# 车位',
    limitCount: 100,
    concurrency: 20,
  }
  const added = await house.done('POST', '/openapi/interface/add', body)
  assert.deepEqual([added.status, added.enable, added.security, added.limitAction], [0, 0, 'token+sign', 'refuse'])
  const edit = (changes: object) => house.done('PUT', `/openapi/interface/edit/${added.id}`, changes)
  const edited = await edit({ name: '新名', doc: '', method: null, limitCount: 0 })
  assert.deepEqual([edited.name, edited.doc, edited.method, edited.limitCount], ['新名', '# 车位', 'GET', null])
  assert.deepEqual([edited.concurrency, (await edit({ concurrency: 0 })).concurrency], [20, null])
  fails(await house.manage('POST', '/openapi/interface/add', body, house.admin), 409, 'conflict')
  fails(await house.manage('PUT', `/openapi/interface/publish/${added.id}`, undefined, house.admin), 400, 'invalid_parameters')
})

test('of two versions on one path only one can be published, however its variables are called', async () => {
  await house.publish({ path: '/versions/{id}', version: 'v1' })
  const second = await house.publish({ path: '/versions/{name}', version: 'v2', status: 0 })
  fails(await house.manage('PUT', `/openapi/interface/publish/${second.id}`, undefined, house.admin), 409, 'conflict')
})

test('a developer sees published interfaces only, and not where they lead', async () => {
  const shown = await house.publish({ path: '/shown' })
  const hidden = await house.publish({ path: '/hidden', status: 0 })
  const seen = await house.done('GET', `/openapi/interface/${shown.id}`, undefined, partner)
  assert.equal(seen.serviceId, undefined)
  assert.equal(seen.upstreamPath, undefined)
  fails(await house.manage('GET', `/openapi/interface/${hidden.id}`, undefined, partner), 404, 'not_found')
  const page = await house.done('GET', '/openapi/interface/page?size=200', undefined, partner)
  assert.ok(!page.records.some((record: { id: number }) => record.id === hidden.id))
})

test('paths that could never be called, or not safely, are refused', async () => {
  const { records } = await house.done('GET', '/openapi/service/page')
  const add = (path: unknown, more: object = {}) =>
    house.manage(
      'POST',
      '/openapi/interface/add',
      { name: 'x', path, method: 'GET', type: 0, serviceType: 1, version: 'v1', ...more },
      house.admin,
    )
  for (const path of [
    '',
    'no-slash',
    '/a//b',
    '/a/../b',
    '/a/%2e',
    '/a?b',
    '/a#b',
    '/a b',
    '/{a}b',
    '/{a}/{a}',
    '/{}',
    '/中文',
    `/${'a'.repeat(300)}`,
    7,
  ]) {
    fails(await add(path), 400, 'invalid_parameters')
  }
  const live = { status: 1, serviceId: records[0].id, method: 'POST' }
  for (const path of ['/openapi/token/generate', '/openapi/event/push', '/healthz', '/api/v1/token', '/api/{version}/token/refresh']) {
    fails(await add(path, live), 409, 'conflict')
  }
  fails(await add('/ok', { upstreamPath: '/{nobody}' }), 400, 'invalid_parameters')
  fails(await add('/ok', { serviceType: 99 }), 400, 'invalid_parameters')
  fails(await add('/ok', { serviceId: 999_999 }), 400, 'invalid_parameters')
})

test('a service needs a target that is an origin; its name is taken once', async () => {
  const add = (targets: unknown, name = 'a service') => house.manage('POST', '/openapi/service/add', { name, targets }, house.admin)
  for (const targets of [
    [],
    [{ url: 'ftp://a' }],
    [{ url: 'http://a/path' }],
    [{ url: 'http://u:p@a' }],
    [{ url: 'x' }],
    [{ url: 'http://a', weight: 0 }],
    'x',
  ]) {
    fails(await add(targets), 400, 'invalid_parameters')
  }
  const { json } = await add([{ url: 'http://a:1' }])
  assert.deepEqual(json.data.targets, [{ url: 'http://a:1', weight: 1 }])
  fails(await add([{ url: 'http://b:1' }]), 409, 'conflict')
})

test('malformed, oversized and foreign bodies are refused by name', async () => {
  const post = (body: string, contentType = 'application/json') =>
    send(house.platformUrl, { method: 'POST', path: '/openapi/user/login', headers: { 'content-type': contentType }, body })
  fails(await post('{"a":'), 400, 'malformed_request')
  fails(await post(''), 400, 'invalid_parameters')
  fails(await post('null'), 400, 'invalid_parameters')
  fails(await post('[]'), 400, 'invalid_parameters')
  fails(await post('{"username":1,"password":"x"}'), 400, 'invalid_parameters')
  fails(await post('{"username":"a\\u0000","password":"x"}'), 400, 'invalid_parameters')
  fails(await post('{"username":"\\ud800","password":"x"}'), 400, 'invalid_parameters')
  fails(await post('a=1', 'text/plain'), 415, 'unsupported_media_type')
  fails(await post(`{"username":"${'x'.repeat(1024 * 1024)}"}`), 413, 'payload_too_large')
  fails(await house.manage('GET', '/openapi/nothing', undefined, house.admin), 404, 'not_found')
  for (const id of ['0', '-1', '1.5', 'x', '99999999999', '1%00'])
    fails(await house.manage('GET', `/openapi/app/${id}`, undefined, house.admin), 400, 'invalid_parameters')
})

test('messages name the field, in the language that was asked for', async () => {
  const call = (language: string) => ({
    method: 'POST',
    path: '/openapi/user/register',
    headers: { 'content-type': 'application/json', 'accept-language': language },
    body: '{"username":"ok","password":"short"}',
  })
  const english = await send(house.platformUrl, call('en'))
  const chinese = await send(house.platformUrl, call('zh-CN'))
  assert.match(english.json.msg, /password.*8/)
  assert.match(chinese.json.msg, /参数有误：password.*8/)
})

test('secrets are not in the database in the clear', async () => {
  const app = await house.done('POST', '/openapi/app/add', { name: 'sealed' }, partner)
  const { rows: secrets } = await house.query('select * from app_secret')
  const { rows: keys } = await house.query('select * from signing_key')
  const { rows: users } = await house.query('select * from "user"')
  assert.ok(!JSON.stringify(secrets).includes(app.appSecret))
  assert.doesNotMatch(JSON.stringify(keys), /PRIVATE KEY/)
  for (const user of users) assert.match(user.password_hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})

test('/openapi.json names every route, and /healthz says ok', async () => {
  const { json } = await house.manage('GET', '/openapi.json')
  assert.equal(json.openapi, '3.1.0')
  assert.ok(json.paths['/openapi/app/config/{id}'].put.requestBody)
  assert.deepEqual((await house.manage('GET', '/healthz')).json, { status: 'ok' })
})
