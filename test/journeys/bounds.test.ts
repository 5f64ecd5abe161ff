// What an app may reach and how much of it: projects, parameter schemas, limits, quotas, addresses, permanent tokens.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, burst, type Call, type House, openHouse, signed, type TestApp, zoneOfNoon } from '../house.ts'

let house: House
before(async () => {
  house = await openHouse({
    settings: {
      KAIMEN_TRUSTED_PROXIES: '127.0.0.0/8',
      KAIMEN_IP_DENY: '203.0.113.0/24',
      KAIMEN_IP_LIMIT: '5000',
      KAIMEN_BAD_CREDENTIAL_LIMIT: '20',
      KAIMEN_TIME_ZONE: zoneOfNoon(),
    },
  })
})
after(() => house.close())

function refused(answer: Answer, status: number, fault: string): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.fault, fault, answer.text)
}

const get = (path: string, headers: Record<string, string> = {}): Call => ({ method: 'GET', path, headers })
const withToken = (token: string) => ({ authorization: `Bearer ${token}` })

test('a project parameter must be one of the app’s projects, wherever it stands', async () => {
  const inQuery = await house.publish({ path: '/by-query', projectParam: 'park', security: 'token' })
  const inPath = await house.publish({ path: '/parks/{park}/gates', projectParam: 'park' })
  const inBody = await house.publish({ path: '/by-body', method: 'POST', projectParam: 'park' })
  const north = await house.done('POST', '/openapi/project/add', { name: '北场', code: 'north' })
  const plain = await house.done('POST', '/openapi/project/add', { name: '无编码' })
  const app = await house.app([inQuery.id, inPath.id, inBody.id])
  const token = await house.token(app)
  const call = (park: string) => house.call(get(`/by-query?park=${park}`, withToken(token)))
  refused(await call('north'), 403, 'project_denied')

  await house.done('PUT', `/openapi/app/bind/${app.id}`, { projectIds: [north.id, plain.id] })
  await house.settled()
  assert.equal((await call('north')).status, 200)
  assert.equal(house.arrived.at(-1)!.headers['x-project-ids'], `north,${plain.id}`)
  assert.equal((await call(String(plain.id))).status, 200)
  refused(await call('south'), 403, 'project_denied')
  refused(await call('north&park=south'), 400, 'invalid_parameters')
  refused(await house.call(get('/by-query', withToken(token))), 403, 'project_denied')

  assert.equal((await house.call(signed(app, 'GET', '/parks/north/gates', { token }))).status, 200)
  refused(await house.call(signed(app, 'GET', '/parks/south/gates', { token })), 403, 'project_denied')
  const post = (park: unknown) => house.call(signed(app, 'POST', '/by-body', { token, fields: { park } }))
  assert.equal((await post('north')).status, 200)
  assert.equal((await post(plain.id)).status, 200, 'a JSON integer equals its text')
  for (const park of ['south', ['north'], { a: 'north' }, null, 1.5, true])
    refused(await post(park), park === null ? 400 : 403, park === null ? 'invalid_parameters' : 'project_denied')

  await house.done('PUT', `/openapi/project/edit/${north.id}`, { code: 'nord' })
  await house.settled()
  refused(await call('north'), 403, 'project_denied')
  assert.equal((await call('nord')).status, 200)
  await house.done('DELETE', `/openapi/project/delete/${north.id}`)
  await house.settled()
  refused(await call('nord'), 403, 'project_denied')
})

test('parameters are what the schema says, with the name of what is not', async () => {
  const paramSchema = {
    type: 'object',
    properties: {
      id: { type: 'integer', minimum: 1 },
      size: { type: 'integer', maximum: 50 },
      note: { type: 'string' },
      tags: { type: 'array', items: { type: 'string' } },
    },
    required: ['size'],
    additionalProperties: false,
  }
  const wrong = { name: 'x', path: '/x', method: 'GET', type: 0, serviceType: 1, version: 'v1', paramSchema: { type: 'nonsense' } }
  refused(await house.manage('POST', '/openapi/interface/add', wrong, house.admin), 400, 'invalid_parameters')
  const list = await house.publish({ path: '/typed/{id}', paramSchema, security: 'none' })
  const save = await house.publish({ path: '/typed/{id}', method: 'POST', paramSchema })
  const app = await house.app([list.id, save.id])
  const token = await house.token(app)
  assert.equal((await house.call(get('/typed/7?size=10'))).status, 200)
  for (const [path, name] of [
    ['/typed/7', /size/],
    ['/typed/7?size=51', /size/],
    ['/typed/x?size=1', /id/],
    ['/typed/7?size=1&more=1', /more/],
  ] as const) {
    const answer = await house.call(get(path))
    refused(answer, 400, 'invalid_parameters')
    assert.match(answer.json.msg, name)
  }
  const post = (fields: Record<string, unknown>) => house.call(signed(app, 'POST', '/typed/7', { token, scheme: 'hmac-sha256', fields }))
  refused(await post({ size: 1, tags: ['a'] }), 400, 'invalid_parameters')
  const inBody = { ...paramSchema, properties: { ...paramSchema.properties, id: { type: 'string' } } }
  await house.done('PUT', `/openapi/interface/edit/${save.id}`, { paramSchema: inBody })
  await house.settled()
  assert.equal((await post({ size: 1, tags: ['a'], note: '' })).status, 200)
  refused(await post({ size: '1' }), 400, 'invalid_parameters')
  refused(await post({ size: 1, tags: [1] }), 400, 'invalid_parameters')
  assert.equal(
    (await house.call(signed(app, 'POST', '/typed/7', { token, fields: { size: 1, note: '' } }))).status,
    200,
    'the schema names it, so it may be empty',
  )
})

test('what is wrong with a parameter is said in the caller’s language, with what the schema says', async () => {
  const paramSchema = {
    type: 'object',
    properties: {
      plate: { type: 'string', minLength: 2, pattern: '^[A-Z]{1,3}' },
      hours: { type: 'integer', minimum: 1, exclusiveMaximum: 24 },
      kind: { enum: ['day', 'month'] },
      park: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'], additionalProperties: false },
      tags: { type: 'array', maxItems: 2, uniqueItems: true, contains: { const: 'a' } },
    },
    required: ['plate'],
  }
  const operation = await house.publish({ path: '/worded', method: 'POST', security: 'token', paramSchema })
  const token = await house.token(await house.app([operation.id]))
  const said = async (body: object, language: string) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'accept-language': language }
    const answer = await house.call({ method: 'POST', path: '/worded', headers, body: JSON.stringify(body) })
    refused(answer, 400, 'invalid_parameters')
    return answer.json.msg.replace(/^[^:：]*[:：] ?/, '')
  }
  for (const [body, english, chinese] of [
    [{}, 'plate: is missing', 'plate：缺失'],
    [{ plate: 7 }, 'plate: must be of the type string', 'plate：类型须为 string'],
    [{ plate: 'A' }, 'plate: must have at least 2 characters', 'plate：至少 2 个字符'],
    [{ plate: '京A' }, 'plate: must match the pattern ^[A-Z]{1,3}', 'plate：须匹配 ^[A-Z]{1,3}'],
    [{ plate: 'AB', hours: 0 }, 'hours: must be at least 1', 'hours：不得小于 1'],
    [{ plate: 'AB', hours: 24 }, 'hours: must be less than 24', 'hours：须小于 24'],
    [{ plate: 'AB', kind: 'year' }, 'kind: must be one of ["day","month"]', 'kind：须为 ["day","month"] 之一'],
    [{ plate: 'AB', park: {} }, 'park.id: is missing', 'park.id：缺失'],
    [{ plate: 'AB', park: { id: 1, x: 1 } }, 'park.x: is no parameter of this interface', 'park.x：不是该接口的参数'],
    [{ plate: 'AB', tags: ['a', 'a'] }, 'tags: must not have equal items', 'tags：不得有重复项'],
    // A keyword that has no words of ours.
    [{ plate: 'AB', tags: [] }, 'tags: must contain at least 1 valid item(s)', 'tags：must contain at least 1 valid item(s)'],
  ] as const) {
    assert.deepEqual([await said(body, 'en'), await said(body, 'zh-CN')], [english, chinese])
  }
})

test('limits of an app, of an app at one interface, and quotas of days and months, each with its fields', async () => {
  const [one, two] = [
    await house.publish({ path: '/quota-one', security: 'token' }),
    await house.publish({ path: '/quota-two', security: 'token' }),
  ]
  const app = await house.app([one.id, two.id])
  const token = await house.token(app)
  const call = (path: string) => house.call(get(path, withToken(token)))
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { dayQuota: 5, monthQuota: 7 })
  await house.done('PUT', `/openapi/app/limit/${app.id}`, { interfaceId: one.id, dayQuota: 3 })
  await house.settled()

  const first = await call('/quota-one')
  assert.equal(first.headers.get('ratelimit-policy'), '"app-day";q=5;w=86400, "app-month";q=7;w=2678400, "app-interface-day";q=3;w=86400')
  assert.match(first.headers.get('ratelimit')!, /^"app-day";r=4;t=\d+, "app-month";r=6;t=\d+, "app-interface-day";r=2;t=\d+$/)
  for (let n = 0; n < 2; n++) assert.equal((await call('/quota-one')).status, 200)
  for (let n = 0; n < 3; n++) {
    const over = await call('/quota-one')
    refused(over, 429, 'quota_exceeded')
    assert.ok(Number(over.headers.get('retry-after')) > 0)
  }
  // What one limit refused was not taken from the others: two of the app's five are left.
  for (let n = 0; n < 2; n++) assert.equal((await call('/quota-two')).status, 200)
  refused(await call('/quota-two'), 429, 'quota_exceeded')

  await house.restartGateway()
  refused(await call('/quota-two'), 429, 'quota_exceeded')
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { dayQuota: 0, monthQuota: 0, limitCount: 2 })
  await house.settled()
  await burst(20, 2, () => call('/quota-two'))
})

test('with limitAction disable the interface stays shut, everywhere and over a restart, until HQ opens it', async () => {
  const shut = await house.publish({ path: '/shuts', security: 'none', limitCount: 2, limitAction: 'disable' })
  const call = () => house.call(get('/shuts'))
  const answers = await Promise.all(Array.from({ length: 12 }, call))
  assert.ok(answers.some(({ fault }) => fault === 'interface_tripped'))
  await sleep(1_100)
  refused(await call(), 403, 'interface_tripped')
  await house.settled()
  await house.restartGateway()
  await house.settled()
  refused(await call(), 403, 'interface_tripped')
  assert.equal((await house.done('GET', `/openapi/interface/${shut.id}`)).tripped, true)
  await house.done('PUT', `/openapi/interface/publish/${shut.id}`)
  await house.settled()
  assert.equal((await call()).status, 200)
})

test('addresses: denied ones, those of an app, and only a trusted proxy is believed', async () => {
  const open = await house.publish({ path: '/from', security: 'none' })
  const closed = await house.publish({ path: '/from-app' })
  const app = await house.app([open.id, closed.id])
  const token = await house.token(app)
  const from = (address: string) => ({ 'x-forwarded-for': address })
  refused(await house.call(get('/from', from('203.0.113.9'))), 403, 'ip_denied')
  refused(await house.call(get('/from', from('1.1.1.1, 203.0.113.9'))), 403, 'ip_denied')
  assert.equal((await house.call(get('/from', from('203.0.113.9, 1.1.1.1')))).status, 200, 'what stands before is the caller’s own word')
  assert.equal(house.arrived.at(-1)!.headers['x-forwarded-for'], '1.1.1.1')

  await house.done('PUT', `/openapi/app/edit/${app.id}`, { ipAllowList: ['10.0.0.0/8', '2001:db8::/32'] })
  await house.settled()
  const call = (address: string) => {
    const one = signed(app, 'GET', '/from-app', { token })
    return house.call({ ...one, headers: { ...one.headers, ...from(address) } })
  }
  assert.equal((await call('10.1.2.3')).status, 200)
  assert.equal((await call('2001:db8::7')).status, 200)
  refused(await call('11.1.2.3'), 403, 'ip_denied')
})

test('bad credentials spend a budget of the address; past it nothing is looked at', async () => {
  const operation = await house.publish({ path: '/guess' })
  const app = await house.app([operation.id])
  const token = await house.token(app)
  const call = (secret: string, address: string) => {
    const one = signed(app, 'GET', '/guess', { token, secret })
    return house.call({ ...one, headers: { ...one.headers, 'x-forwarded-for': address } })
  }
  // The budget is that of a minute; when one ends meanwhile, somebody else begins in the next.
  const minute = () => Math.floor(Date.now() / 60_000)
  for (let guesser = 1, began = -1; began !== minute(); guesser++) {
    began = minute()
    const address = `198.51.100.${guesser}`
    const faults: (string | undefined)[] = []
    for (let n = 0; n < 22; n++) faults.push((await call('A'.repeat(32), address)).fault)
    const answer = await call(app.appSecret, address)
    if (began !== minute()) continue
    assert.deepEqual(faults, [...Array(20).fill('signature_invalid'), 'rate_limited', 'rate_limited'])
    refused(answer, 429, 'rate_limited')
  }
  assert.equal((await call(app.appSecret, '198.51.100.254')).status, 200, 'others are not held up')
})

test('a permanent token replaces the JWT, not the signature; a new one ends the old', async () => {
  const operation = await house.publish({ path: '/debug' })
  const app: TestApp = await house.app([operation.id])
  const { token: first } = await house.done('PUT', `/openapi/app/resetToken/${app.id}`)
  await house.settled()
  assert.equal((await house.call(signed(app, 'GET', '/debug', { token: first }))).status, 200)
  refused(await house.call(get('/debug', withToken(first))), 401, 'signature_missing')
  const { token: second } = await house.done('PUT', `/openapi/app/resetToken/${app.id}`)
  await house.settled()
  refused(await house.call(signed(app, 'GET', '/debug', { token: first })), 401, 'invalid_token')
  assert.equal((await house.call(signed(app, 'GET', '/debug', { token: second }))).status, 200)
  assert.equal(await house.done('PUT', `/openapi/app/resetToken/${app.id}`, { enable: false }), null)
  await house.settled()
  refused(await house.call(signed(app, 'GET', '/debug', { token: second })), 401, 'invalid_token')
})

test('a developer edits what is theirs, but nothing that is HQ’s', async () => {
  await house.done('POST', '/openapi/user/register', { username: 'editor', password: 'a long password' }, '')
  const session = await house.login('editor', 'a long password')
  const app = await house.done('POST', '/openapi/app/add', { name: 'before' }, session)
  const edit = (fields: object) => house.manage('PUT', `/openapi/app/edit/${app.id}`, fields, session)
  const { json } = await edit({ name: 'after', ipAllowList: ['10.0.0.1'], remark: null })
  assert.deepEqual([json.data.name, json.data.ipAllowList], ['after', ['10.0.0.1']])
  for (const fields of [
    { internal: true },
    { limitCount: 1 },
    { dayQuota: 0 },
    { schemes: ['openapi', 'member'] },
    { schemes: ['auth-id'] },
  ]) {
    refused(await edit(fields), 403, 'forbidden')
  }
  for (const fields of [
    { name: '' },
    { ipAllowList: ['10.0.0.0/33'] },
    { schemes: ['md5'] },
    { publicKeys: [{ keyId: 'k', alg: 'rsa2', publicKey: 'x' }] },
  ]) {
    refused(await edit(fields), 400, 'invalid_parameters')
  }
})

test('an app signs by rsa2 under any of the keys that it registered, where it may', async () => {
  const operation = await house.publish({ path: '/by-rsa', method: 'POST' })
  const app = await house.app([operation.id])
  const token = await house.token(app)
  const pair = () =>
    generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
  const [old, current, stranger] = [pair(), pair(), pair()]
  const call = (secret: string) =>
    house.call(signed(app, 'POST', '/by-rsa', { token, scheme: 'rsa2', secret, fields: { plate: '京A', note: '' } }))
  refused(await call(current.privateKey), 401, 'signature_invalid')

  const publicKeys = [old, current].map(({ publicKey }, n) => ({ keyId: `k${n}`, publicKey }))
  const edited = await house.done('PUT', `/openapi/app/edit/${app.id}`, { publicKeys })
  assert.deepEqual(edited.publicKeys.map((key: { alg: string }) => key.alg), ['rsa-v1_5-sha256', 'rsa-v1_5-sha256']) // biome-ignore format: one thought
  await house.settled()
  refused(await call(current.privateKey), 403, 'scheme_not_allowed')
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { schemes: ['rsa2'] })
  await house.settled()
  assert.equal((await call(old.privateKey)).status, 200)
  assert.equal((await call(current.privateKey)).status, 200)
  refused(await call(stranger.privateKey), 401, 'signature_invalid')
  refused(await house.call(signed(app, 'POST', '/by-rsa', { token, fields: { a: 1 } })), 403, 'scheme_not_allowed')
  refused(
    await house.manage('PUT', `/openapi/app/edit/${app.id}`, { publicKeys: [{ keyId: 'k', publicKey: old.privateKey }] }, house.admin),
    400,
    'invalid_parameters',
  )
})
