// The user centre (source 003, settled F7, C16): who may do what, what is refused by which name, and what nobody learns.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, type House, openHouse, send, type TestApp } from '../house.ts'
import { openPeople, type People } from '../people.ts'

let house: House
let people: People
let ours: TestApp
let theirs: TestApp
let userId = 0
/** Of the person, through the app of our own, and through a third party that may do nothing in particular. */
let inner = ''
let outer = ''

const all = ['profile:write', 'roles', 'email:send', 'file:write', 'log:write']

before(async () => {
  house = await openHouse({ settings: { KAIMEN_FILE_MAX: '100000', KAIMEN_FILE_QUOTA: '250000' } })
  people = await openPeople(house)
  ours = await house.app()
  theirs = await house.app()
  await house.done('PUT', `/openapi/app/edit/${ours.id}`, { internal: true })
  userId = await people.user('zhangsan')
  inner = await people.token(ours, userId, { scope: 'profile' })
  outer = await people.token(theirs, userId, { scope: 'profile' })
})
after(async () => {
  await people.close()
  await house.close()
})

type Fields = Record<string, unknown>
function ask(method: string, path: string, token: string | undefined, fields?: Fields): Promise<Answer> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  if (fields === undefined) return send(house.platformUrl, { method, path, headers })
  return send(house.platformUrl, {
    method,
    path,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  })
}

async function data(method: string, path: string, token: string, fields?: Fields) {
  const answer = await ask(method, path, token, fields)
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.json.code, 1)
  return answer.json.data
}

function isRefused(answer: Answer, status: number, name: string): void {
  assert.deepEqual([answer.status, answer.fault], [status, name], answer.text)
  assert.ok(Number.isInteger(answer.json.code) && answer.json.code !== 1)
  assert.equal(answer.json.data, null)
  assert.ok(answer.json.message.length > 0)
}

/** An app of somebody else that was granted `scopes`, and a token of it that has `allowed`. */
async function granted(scopes: readonly string[], allowed: readonly string[] = scopes): Promise<string> {
  const app = await house.app()
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { scopes })
  return people.token(app, userId, { scope: ['profile', ...allowed].join(' ') })
}

const codesOf = (phone: string) =>
  readFileSync(join(house.dataDir, 'outbox', 'sms.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ to }) => to === phone)
let phones = 0
const newPhone = () => `1370000${String(++phones).padStart(4, '0')}`
async function sentCode(phone: string): Promise<string> {
  await data('POST', '/api/sms/code', inner, { phone })
  return codesOf(phone).at(-1).code
}

const everything: [method: string, path: string, fields?: Fields][] = [
  ['GET', '/api/user'],
  ['POST', '/api/user', { phone: '13700000000', password: 'a long password', code: '123456' }],
  ['PUT', '/api/user', { username: 'x' }],
  ['GET', '/api/user/role'],
  ['GET', '/api/user/permission'],
  ['GET', '/api/user/rolePermission'],
  ['POST', '/api/sms/code', { phone: '13700000000' }],
  ['PUT', '/api/sms/code', { phone: '13700000000', code: '123456' }],
  ['POST', '/api/email', { email: 'a@example.com', subject: 's', content: 'c' }],
  ['POST', '/api/log', { type: 'A', title: 't', data: 'd' }],
]

test('nothing without a token that lives, of an app that may', async () => {
  const expired = await people.token(ours, userId, { expiresAt: Date.now() - 1_000 })
  const jti = crypto.randomUUID()
  const revoked = await people.token(ours, userId, { jti })
  await people.revoke('jti', jti)
  const session = house.admin
  const nobodys = await people.token(ours, 99_999)
  for (const [method, path, fields] of everything) {
    isRefused(await ask(method, path, undefined, fields), 401, 'access_token_missing')
    isRefused(await ask(method, path, expired, fields), 401, 'access_token_expired')
    for (const token of [revoked, session, nobodys, 'x', 'x.y.z', 'a'.repeat(5_000)]) {
      isRefused(await ask(method, path, token, fields), 401, 'access_token_invalid')
    }
  }
})

test('an app that is disabled, has expired, is deleted or calls from elsewhere is refused at once', async () => {
  const app = await house.app()
  const token = await people.token(app, userId, { scope: 'profile' })
  const get = () => ask('GET', '/api/user', token)
  await house.done('PUT', `/openapi/app/disable/${app.id}`)
  isRefused(await get(), 403, 'app_disabled')
  await house.done('PUT', `/openapi/app/enable/${app.id}`)
  assert.equal((await get()).status, 200)
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { ipAllowList: ['192.0.2.0/24'] })
  isRefused(await get(), 403, 'ip_denied')
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { ipAllowList: [] })
  await house.done('PUT', `/openapi/app/expiration/${app.id}`, { expirationTime: '2020-01-01 00:00:00' })
  isRefused(await get(), 403, 'app_expired')
  await house.done('DELETE', `/openapi/app/${app.id}`)
  isRefused(await get(), 401, 'access_token_invalid')
})

test('the token may stand in the head, or in query, form or JSON under either of its names; not two of them', async () => {
  const call = (path: string, headers: Record<string, string> = {}, body?: string) =>
    send(house.platformUrl, { method: body === undefined ? 'GET' : 'PUT', path, headers, ...(body === undefined ? {} : { body }) })
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const json = { 'content-type': 'application/json' }
  for (const name of ['access_token', 'acess_token']) {
    assert.equal((await call(`/api/user?${name}=${inner}`)).status, 200)
    assert.equal((await call('/api/user', form, new URLSearchParams({ [name]: inner, sex: '男' }).toString())).status, 200)
    assert.equal((await call('/api/user', json, JSON.stringify({ [name]: inner, sex: '女' }))).status, 200)
  }
  isRefused(await call(`/api/user?access_token=${inner}&acess_token=${outer}`), 400, 'invalid_parameters')
  isRefused(await call(`/api/user?access_token=${inner}`, { authorization: `Bearer ${outer}` }), 400, 'invalid_parameters')
  isRefused(await call(`/api/user?access_token=${inner}&access_token=${inner}`), 400, 'invalid_parameters')
  isRefused(await call('/api/user?sex=x', { ...json, authorization: `Bearer ${inner}` }, '{"sex":"y"}'), 400, 'invalid_parameters')
})

test('an app of our own knows people by id, others by the openid that they have there, and see mail and phone by their scopes', async () => {
  const phone = '13900001111'
  await data('PUT', '/api/user', inner, { email: 'zhang@example.com', phone })
  const openid = await people.openIdOf(theirs, userId)
  const own = await data('GET', '/api/user', inner)
  assert.deepEqual(
    [own.user_id, own.username, own.email, own.phone, 'openid' in own],
    [userId, 'zhangsan', 'zhang@example.com', phone, false],
  )
  const seen = await data('GET', '/api/user', outer)
  assert.deepEqual([seen.openid, seen.username, seen.email, seen.phone, 'user_id' in seen], [openid, 'zhangsan', '', '', false])
  const more = await data('GET', '/api/user', await people.token(theirs, userId, { scope: 'email phone' }))
  assert.deepEqual([more.openid, more.username, more.email, more.phone, more.details], [openid, '', 'zhang@example.com', phone, {}])
})

test('only an app of our own may ask for others, and who is not there is not found', async () => {
  const other = await people.user('lisi')
  assert.equal((await data('GET', `/api/user?user_id=${other}`, inner)).username, 'lisi')
  isRefused(await ask('GET', '/api/user?user_id=99999', inner), 404, 'not_found')
  // The same whether there is somebody, or it is the person themselves.
  for (const id of [other, userId, 99_999]) isRefused(await ask('GET', `/api/user?user_id=${id}`, outer), 403, 'internal_app_needed')
})

test('a third party changes nothing, then name and details by a scope that HQ granted and the person allowed, then nothing again', async () => {
  const app = await house.app()
  const token = await people.token(app, userId, { scope: 'profile profile:write' })
  const put = (fields: Fields) => ask('PUT', '/api/user', token, fields)
  isRefused(await put({ school: '清华' }), 403, 'scope_missing')
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { scopes: ['profile:write'] })
  isRefused(await ask('PUT', '/api/user', await people.token(app, userId, { scope: 'profile' }), { school: '清华' }), 403, 'scope_missing')
  assert.equal((await put({ school: '清华', username: 'zhangsan2' })).json.data.details.school.value, '清华')
  isRefused(await put({ email: 'stolen@example.com' }), 403, 'internal_app_needed')
  isRefused(await put({ phone: '13911112222' }), 403, 'internal_app_needed')
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { scopes: [] })
  isRefused(await put({ school: '北大' }), 403, 'scope_missing')
  await data('PUT', '/api/user', inner, { username: 'zhangsan' })
})

test('what an app is granted is for HQ to say, and one of our own needs nothing', async () => {
  await people.user('owner')
  const owner = await house.login('owner', 'a long password')
  const app = await house.done('POST', '/openapi/app/add', { name: 'x' }, owner)
  const edit = (scopes: unknown, who: string) => house.manage('PUT', `/openapi/app/edit/${app.id}`, { scopes }, who)
  assert.equal((await edit(['roles'], owner)).fault, 'forbidden')
  assert.equal((await edit(['roles', 'everything'], house.admin)).fault, 'invalid_parameters')
  assert.deepEqual((await edit(['roles', 'roles'], house.admin)).json.data.scopes, ['roles'])

  const actions: [method: string, path: string, scope: string, fields?: Fields][] = [
    ['GET', '/api/user/role', 'roles'],
    ['GET', '/api/user/permission', 'roles'],
    ['GET', '/api/user/rolePermission', 'roles'],
    ['POST', '/api/email', 'email:send', { email: 'a@example.com', subject: 's', content: 'c' }],
    ['POST', '/api/log', 'log:write', { type: 'A', title: 't', data: 'd' }],
  ]
  for (const [method, path, scope, fields] of actions) {
    assert.equal((await ask(method, path, inner, fields)).status, 200)
    assert.equal((await ask(method, path, await granted([scope]), fields)).status, 200)
    isRefused(await ask(method, path, await granted(all, []), fields), 403, 'scope_missing')
    const others = all.filter((one) => one !== scope)
    isRefused(await ask(method, path, await granted(others, all), fields), 403, 'scope_missing')
  }
})

const badInput: [method: string, path: string, fields: Fields][] = [
  ...['', '0', '-1', '1.5', 'x', '99999999999', '1 or 1=1'].map(
    (id) => ['GET', `/api/user?user_id=${encodeURIComponent(id)}`, {}] as [string, string, Fields],
  ),
  ['PUT', '/api/user', { username: ' ' }],
  ['PUT', '/api/user', { username: 'x'.repeat(65) }],
  ['PUT', '/api/user', { email: 'no address' }],
  ['PUT', '/api/user', { email: 'a@example.com\r\nBcc: b@example.com' }],
  ['PUT', '/api/user', { phone: 'abc' }],
  ['PUT', '/api/user', { no_such_field: 'x' }],
  ['PUT', '/api/user', { __proto__x: 'x', constructor: 'x' }],
  ['PUT', '/api/user', { school: 'x'.repeat(501) }],
  ['PUT', '/api/user', { school: 'a\0b' }],
  ['PUT', '/api/user', { school: '\ud800' }],
  ['PUT', '/api/user', { school: { value: 'x' } }],
  ['POST', '/api/user', {}],
  ['POST', '/api/user', { phone: '13700000000', password: 'a long password' }],
  ['POST', '/api/user', { phone: '13700000000', password: 'short', code: '123456' }],
  ['POST', '/api/user', { phone: 'x', password: 'a long password', code: '123456' }],
  ['POST', '/api/sms/code', {}],
  ['POST', '/api/sms/code', { phone: '+86 137' }],
  ['POST', '/api/sms/code', { phone: '1'.repeat(21) }],
  ['PUT', '/api/sms/code', { phone: '13700000000' }],
  ['PUT', '/api/sms/code', { phone: '13700000000', code: 'x'.repeat(17) }],
  ['POST', '/api/email', {}],
  ['POST', '/api/email', { email: 'a@example.com', subject: 's' }],
  ['POST', '/api/email', { email: 'a@example.com, b@example.com', subject: 's', content: 'c' }],
  ['POST', '/api/email', { email: '"a" <a@example.com>', subject: 's', content: 'c' }],
  ['POST', '/api/email', { email: 'a@example.com\nBcc: b@example.com', subject: 's', content: 'c' }],
  ['POST', '/api/email', { email: 'a@example.com', subject: 's\r\nBcc: b@example.com', content: 'c' }],
  ['POST', '/api/email', { email: 'a@example.com', subject: 's\u2028x', content: 'c' }],
  ['POST', '/api/email', { email: 'a@example.com', subject: 's\0', content: 'c' }],
  ['POST', '/api/email', { email: 'a@example.com', subject: 'x'.repeat(201), content: 'c' }],
  ['POST', '/api/email', { email: 'a@example.com', subject: 's', content: 'x'.repeat(50_001) }],
  ['POST', '/api/log', {}],
  ['POST', '/api/log', { type: 'X', title: 't', data: 'd' }],
  ['POST', '/api/log', { type: 'a', title: 't', data: 'd' }],
  ['POST', '/api/log', { type: 'A', title: '', data: 'd' }],
  ['POST', '/api/log', { type: 'A', title: 't', data: 'x'.repeat(65_537) }],
  ['POST', '/api/log', { type: 'A', title: 't', data: '车'.repeat(22_000) }],
  ['POST', '/api/log', { type: 'A', title: 't', data: 'd', sql: 'x'.repeat(65_537) }],
]
for (const [method, path, fields] of badInput) {
  test(`bad input is refused by name: ${method} ${path} ${JSON.stringify(fields).slice(0, 80)}`, async () => {
    const answer = await ask(method, path, inner, method === 'GET' ? undefined : fields)
    isRefused(answer, 400, 'invalid_parameters')
  })
}

test('bodies that cannot be read, and paths that are not there, are refused in the same envelope', async () => {
  const post = (type: string, body: string) =>
    send(house.platformUrl, { method: 'POST', path: '/api/log', headers: { authorization: `Bearer ${inner}`, 'content-type': type }, body })
  isRefused(await post('application/json', '{'), 400, 'malformed_request')
  isRefused(await post('application/json', '[]'), 400, 'invalid_parameters')
  isRefused(await post('application/json', '"x"'), 400, 'invalid_parameters')
  isRefused(await post('application/x-www-form-urlencoded', 'type=A&type=D'), 400, 'invalid_parameters')
  isRefused(await post('text/xml', '<a/>'), 415, 'unsupported_media_type')
  isRefused(await post('application/json', `{"data":"${'x'.repeat(1_100_000)}"}`), 413, 'payload_too_large')
  isRefused(await ask('GET', '/api/nothing', inner), 404, 'not_found')
  isRefused(await ask('DELETE', '/api/user', inner), 404, 'not_found')
  const english = await send(house.platformUrl, { method: 'GET', path: '/api/user', headers: { 'accept-language': 'en' } })
  assert.match(english.json.message, /access token is missing/)
})

test('to look whether a code is right leaves it good; to register with it does not, and gives no role', async () => {
  const phone = newPhone()
  const code = await sentCode(phone)
  const check = (given: string) => ask('PUT', '/api/sms/code', inner, { phone, code: given })
  assert.deepEqual((await check(code)).json, { code: 1, message: '验证成功', data: {} })
  isRefused(await check(code === '000000' ? '000001' : '000000'), 400, 'sms_code_invalid')
  assert.equal((await check(code)).status, 200)
  const register = (fields: Fields = {}) => ask('POST', '/api/user', inner, { phone, password: 'a long password', code, ...fields })
  isRefused(await register({ code: code === '000000' ? '000001' : '000000' }), 400, 'sms_code_invalid')
  const { user_id: id } = (await register()).json.data
  isRefused(await register(), 400, 'sms_code_invalid')
  isRefused(await check(code), 400, 'sms_code_invalid')

  const roles = await data('GET', '/api/user/rolePermission', await people.token(ours, id))
  assert.deepEqual(roles, { user_id: id, roles: [] })
  const session = await house.login(phone, 'a long password')
  assert.equal((await house.manage('POST', '/openapi/app/add', { name: 'x' }, session)).fault, 'forbidden')
})

test('KAIMEN_UCENTER_DEVELOPERS: who is registered through an app may create apps', async () => {
  await using open = await openHouse({ settings: { KAIMEN_UCENTER_DEVELOPERS: 'true' } })
  const others = await openPeople(open)
  const app = await open.app()
  const fields = { access_token: await others.token(app, 1), phone: '13712345678' }
  const post = (path: string, more: Fields = {}) => open.manage('POST', path, { ...fields, ...more })
  assert.equal((await post('/api/sms/code')).status, 200)
  const { code } = JSON.parse(readFileSync(join(open.dataDir, 'outbox', 'sms.jsonl'), 'utf8'))
  assert.equal((await post('/api/user', { password: 'a long password', code })).status, 200)
  const session = await open.login('13712345678', 'a long password')
  assert.equal((await open.manage('POST', '/openapi/app/add', { name: 'x' }, session)).status, 200)
  await others.close()
})

test('a code of an app never resets a password nor registers at the platform, and theirs prove nothing to apps', async () => {
  const phone = newPhone()
  await house.done('POST', '/openapi/user/register', { username: `u${phone}`, password: 'a long password', phoneNumber: phone }, '')
  const code = await sentCode(phone)
  const reset = await house.manage('PUT', '/openapi/user/resetPassword', {
    phoneNumber: phone,
    newPassword: 'another password',
    smsCode: code,
  })
  assert.equal(reset.fault, 'sms_code_invalid')
  await house.login(`u${phone}`, 'a long password')

  const other = newPhone()
  await house.done('POST', '/openapi/user/smsCode', { phoneNumber: other, scene: 'register' }, '')
  isRefused(await ask('PUT', '/api/sms/code', inner, { phone: other, code: codesOf(other).at(-1).code }), 400, 'sms_code_invalid')
})

test('codes are sent once a minute to a phone, whoever asks, and guessed at ten times an hour', async () => {
  const phone = newPhone()
  const code = await sentCode(phone)
  const again = await ask('POST', '/api/sms/code', outer, { phone })
  isRefused(again, 429, 'rate_limited')
  assert.ok(Number(again.headers.get('retry-after')) > 0)
  const wrong = code === '000000' ? '000001' : '000000'
  const answers: (string | undefined)[] = []
  for (let at = 0; at < 11; at++) answers.push((await ask('PUT', '/api/sms/code', outer, { phone, code: wrong })).fault)
  assert.deepEqual(new Set(answers.slice(0, 10)), new Set(['sms_code_invalid']))
  assert.equal(answers[10], 'rate_limited')
  isRefused(await ask('POST', '/api/user', inner, { phone, password: 'a long password', code }), 429, 'rate_limited')
})

test('that a phone is somebody’s is told to who proved it, and to nobody else', async () => {
  const free = newPhone()
  const used = newPhone()
  await house.done('POST', '/openapi/user/register', { username: `u${used}`, password: 'a long password', phoneNumber: used }, '')
  const register = (phone: string, code: string) => ask('POST', '/api/user', outer, { phone, password: 'a long password', code })
  const without = await Promise.all([free, used].map((phone) => register(phone, '123456')))
  for (const answer of without) isRefused(answer, 400, 'sms_code_invalid')
  assert.equal(without[0]!.json.message, without[1]!.json.message)
  const sent = await Promise.all([free, used].map((phone) => ask('POST', '/api/sms/code', outer, { phone })))
  assert.deepEqual(sent.map(({ text }) => text), [sent[0]!.text, sent[0]!.text]) // biome-ignore format: one thought
  isRefused(await register(used, codesOf(used).at(-1).code), 409, 'conflict')
})

test('of many who register with one code at once, one does', async () => {
  const phone = newPhone()
  const code = await sentCode(phone)
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => ask('POST', '/api/user', inner, { phone, password: 'a long password', code })),
  )
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})

test('names, phones and addresses of others are nobody’s to take', async () => {
  const phone = newPhone()
  await house.done('POST', '/openapi/user/register', { username: 'wangwu', password: 'a long password', phoneNumber: phone }, '')
  for (const fields of [{ username: 'WangWu' }, { phone }, { username: phone }]) {
    isRefused(await ask('PUT', '/api/user', inner, fields), 409, 'conflict')
  }
})

test('a mail waits in the queue, goes out as it was given, and is bounded by recipient', async () => {
  const mail = { email: 'friend@example.com', subject: '您好 <b>', content: '<script>alert(1)</script>\r\n.\r\nBcc: x@example.com' }
  const answer = await ask('POST', '/api/email', inner, mail)
  assert.deepEqual(answer.json, { code: 1, message: '邮件发送中', data: {} })
  const page = await house.done('GET', '/openapi/mail/page?email=friend@')
  assert.deepEqual(
    page.records.map((row: Fields) => [row.email, row.subject, row.kind, row.appId, row.userId]),
    [['friend@example.com', '您好 <b>', 'app', ours.appId, userId]],
  )
  assert.ok(!('text' in page.records[0]))
  const outbox = join(house.dataDir, 'outbox', 'mail.jsonl')
  const lines = () => readFileSync(outbox, { encoding: 'utf8', flag: 'a+' }).split('\n').filter((line) => line.includes('friend@')) // biome-ignore format: one thought
  for (let waited = 0; lines().length === 0; waited += 100) {
    assert.ok(waited < 15_000)
    await sleep(100)
  }
  assert.deepEqual([JSON.parse(lines()[0]!).text, JSON.parse(lines()[0]!).kind], [mail.content, 'app'])

  const answers: Answer[] = []
  for (let at = 0; at < 20; at++) answers.push(await ask('POST', '/api/email', inner, { ...mail, email: 'Friend@example.com' }))
  isRefused(answers.at(-1)!, 429, 'rate_limited')
})

test('what apps record is for operators to read, and says whose it is', async () => {
  const token = await granted(['log:write'])
  await data('POST', '/api/log', token, { type: 'U', title: '修改车位', data: '{"id":1}', sql: "update x set y = ''; drop table user --" })
  await data('POST', '/api/log', inner, { type: 'S', title: 't', data: '' })
  const { records } = await house.done('GET', '/openapi/log/page?type=U&size=1')
  assert.deepEqual(
    [records[0].title, records[0].data, records[0].sql, records[0].userId, records[0].username],
    ['修改车位', '{"id":1}', "update x set y = ''; drop table user --", userId, 'zhangsan'],
  )
  const of = async (query: string) => (await house.done('GET', `/openapi/log/page?${query}`)).total
  assert.equal(await of(`appId=${records[0].appId}`), 1)
  assert.equal(await of(`appId=${records[0].appId}&type=S`), 0)
  assert.equal(await of(`from=${encodeURIComponent('2099-01-01 00:00:00')}`), 0)
  const partner = await house.login('owner', 'a long password')
  assert.equal((await house.manage('GET', '/openapi/log/page', undefined, partner)).fault, 'forbidden')
})

// Files

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

async function upload(
  parts: [name: string, content: string | Buffer, filename?: string][],
  token: string | undefined,
  query = '',
): Promise<Answer> {
  const form = new FormData()
  for (const [name, content, filename] of parts) {
    if (filename === undefined) form.append(name, String(content))
    else form.append(name, new Blob([new Uint8Array(Buffer.from(content as string))], { type: 'image/jpeg' }), filename)
  }
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(`${house.platformUrl}/api/file${query}`, { method: 'POST', body: form, headers })
  const text = await response.text()
  const json = JSON.parse(text)
  return { status: response.status, headers: response.headers, text, json, fault: json.error }
}
const kept = () => readdirSync(join(house.dataDir, 'files')).filter((name) => name !== 'arriving').length
const arriving = () => readdirSync(join(house.dataDir, 'files', 'arriving'))

test('a picture is answered as the document has it, and shown; what else there is, is saved and never opened', async () => {
  const answer = await upload([['file', png, '../../车位.PNG']], inner)
  assert.equal(answer.status, 200, answer.text)
  const { file_path: path, ...rest } = answer.json.data
  assert.deepEqual(rest, { file_name: '车位.PNG', extension: 'png', mime_type: 'image/png', size: png.length })
  assert.match(path, new RegExp(`^${house.platformUrl}/api/file/[0-9a-f]{32}\\.png$`))
  const served = await fetch(path)
  assert.deepEqual(Buffer.from(await served.arrayBuffer()), png)
  const fields = (response: Response) =>
    ['content-type', 'content-disposition', 'content-security-policy', 'x-content-type-options'].map((name) => response.headers.get(name))
  const csp = "default-src 'none'; sandbox"
  assert.deepEqual(fields(served), ['image/png', 'inline', csp, 'nosniff'])

  for (const [content, name, type] of [
    ['<html><script>alert(1)</script>', 'x.jpg', 'text/plain'],
    ['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'x.svg', 'text/plain'],
    ['%PDF-1.7\n', 'x.pdf', 'application/pdf'],
    ['\0\x01\x02', 'x.html', 'application/octet-stream'],
  ] as const) {
    const { data: file } = (await upload([['file', content, name]], inner)).json
    assert.equal(file.mime_type, type)
    const response = await fetch(file.file_path)
    const disposition = `attachment; filename="${name}"; filename*=UTF-8''${name}`
    assert.deepEqual(fields(response), [type === 'text/plain' ? 'text/plain; charset=utf-8' : type, disposition, csp, 'nosniff'])
  }
})

test('a picture that is a page as well is a picture only', async () => {
  const { data: file } = (await upload([['file', 'GIF89a<script>alert(1)</script>', 'x.html']], inner)).json
  const response = await fetch(file.file_path)
  assert.deepEqual([response.headers.get('content-type'), response.headers.get('x-content-type-options')], ['image/gif', 'nosniff'])
})

test('names cannot leave their folder, break a field of the answer, or be guessed', async () => {
  const { data: file } = (await upload([['file', 'x', 'a"\r\nSet-Cookie: x=1;%2f..\\..\\b.txt']], inner)).json
  assert.equal(file.file_name, 'b.txt')
  const odd = (await upload([['file', 'x', 'a";x=y.txt']], inner)).json.data
  assert.match(
    (await fetch(odd.file_path)).headers.get('content-disposition')!,
    /^attachment; filename="a_;x=y\.txt"; filename\*=UTF-8''a%22%3Bx%3Dy\.txt$/,
  )
  const [, key] = /([0-9a-f]{32})\.txt$/.exec(file.file_path)!
  for (const name of [
    key!,
    `${key}.html`,
    `${key}.txt.txt`,
    `${key}.`,
    '..%2fmaster.key',
    '..%2f..%2fmaster.key',
    '%00',
    'arriving',
    'a'.repeat(250),
  ]) {
    isRefused(await send(house.platformUrl, { method: 'GET', path: `/api/file/${name}`, headers: {} }), 404, 'not_found')
  }
})

test('a form needs one file, and a token before it', async () => {
  const file: [string, Buffer, string] = ['file', png, 'x.png']
  assert.equal((await upload([['access_token', inner], file], undefined)).status, 200)
  assert.equal((await upload([file], undefined, `?acess_token=${inner}`)).status, 200)
  isRefused(await upload([file, ['access_token', inner]], undefined), 401, 'access_token_missing')
  isRefused(await upload([file], undefined), 401, 'access_token_missing')
  isRefused(await upload([file], outer), 403, 'scope_missing')
  assert.equal((await upload([file], await granted(['file:write']))).status, 200)
  isRefused(await upload([], inner), 400, 'invalid_parameters')
  isRefused(await upload([['file', 'x']], inner), 400, 'invalid_parameters')
  isRefused(await upload([file, file], inner), 400, 'invalid_parameters')
  const post = (type: string, body: string) =>
    send(house.platformUrl, {
      method: 'POST',
      path: '/api/file',
      headers: { authorization: `Bearer ${inner}`, 'content-type': type },
      body,
    })
  isRefused(await post('application/json', '{}'), 415, 'unsupported_media_type')
  isRefused(await post('multipart/form-data', 'x'), 415, 'unsupported_media_type')
  isRefused(await post('multipart/form-data; boundary=B', '--B\r\nnonsense'), 400, 'malformed_request')
  assert.deepEqual(arriving(), [])
})

test('a file has its bound, and an app its own, also when files come at once; what is refused leaves nothing', async () => {
  const token = await granted(['file:write'])
  const before = kept()
  const sized = (bytes: number): [string, Buffer, string] => ['file', Buffer.alloc(bytes, 'x'), 'x.txt']
  isRefused(await upload([sized(100_001)], token), 413, 'payload_too_large')
  isRefused(await upload([sized(5_000_000)], token), 413, 'payload_too_large')
  const answers = await Promise.all(Array.from({ length: 5 }, () => upload([sized(100_000)], token)))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 409, 409, 409])
  isRefused(answers.find(({ status }) => status === 409)!, 409, 'file_quota_exceeded')
  assert.equal((await upload([sized(50_000)], token)).status, 200)
  assert.equal((await upload([sized(100_000)], await granted(['file:write']))).status, 200)
  assert.equal(kept() - before, 4)
  assert.deepEqual(arriving(), [])
})

test('who goes away in the middle leaves nothing behind', async () => {
  const before = kept()
  const { hostname, port } = new URL(house.platformUrl)
  const headers = { authorization: `Bearer ${inner}`, 'content-type': 'multipart/form-data; boundary=B', 'content-length': 90_000 }
  const request = httpRequest({ hostname, port, path: '/api/file', method: 'POST', headers })
  request.on('error', () => {})
  request.write('--B\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nhalf')
  for (let waited = 0; arriving().length === 0; waited += 20) {
    assert.ok(waited < 10_000)
    await sleep(20)
  }
  request.destroy()
  for (let waited = 0; arriving().length > 0; waited += 20) {
    assert.ok(waited < 10_000)
    await sleep(20)
  }
  assert.equal(kept(), before)
})

test('who acts is in the audit', async () => {
  await data('PUT', '/api/user', inner, { position: '工程师' })
  const { records } = await house.done('GET', `/openapi/audit/page?kind=user&subject=${userId}&size=1`)
  assert.deepEqual([records[0].username, records[0].route], ['zhangsan', 'PUT /api/user'])
})
