// What an app proves itself with, as its owner sees it: at most two secrets that live (settled F8), when each was used last, and
// whether there is a permanent token.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type House, openHouse, send, signed, type TestApp, tokenRequest } from '../house.ts'

let house: House
let partner: string
let operationId: number

before(async () => {
  house = await openHouse()
  await house.done('POST', '/openapi/user/register', { username: 'partner', password: 'a long password' }, '')
  partner = await house.login('partner', 'a long password')
  operationId = (await house.publish({ path: '/with-secret', security: 'sign' })).id
})
after(() => house.close())

interface Secret {
  readonly id: number
  readonly createTime: string
  readonly expirationTime: string | null
  readonly lastUsedTime: string | null
}

async function newApp(): Promise<TestApp> {
  const app = await house.done('POST', '/openapi/app/add', { name: 'an app' }, partner)
  await house.done('PUT', `/openapi/app/enable/${app.id}`)
  await house.done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds: [operationId] })
  await house.settled()
  return app
}

const detailOf = (app: TestApp) => house.done('GET', `/openapi/app/${app.id}`, undefined, partner)
const secretsOf = async (app: TestApp): Promise<Secret[]> => (await detailOf(app)).secrets
const reset = async (app: TestApp, graceSeconds?: number): Promise<TestApp> => {
  const { appSecret } = await house.done('PUT', `/openapi/app/resetSignKey/${app.id}`, { graceSeconds }, partner)
  await house.settled()
  return { ...app, appSecret }
}
const call = async (app: TestApp, scheme: 'openapi' | 'hmac-sha256' = 'hmac-sha256') =>
  (await house.call(signed(app, 'GET', '/with-secret', { scheme }))).status

async function until<Value>(read: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> {
  for (let waited = 0; ; waited += 100) {
    const value = await read()
    if (holds(value)) return value
    assert.ok(waited < 15_000, `it does not come to hold: ${JSON.stringify(value)}`)
    await sleep(100)
  }
}

const revision = async () => (await house.query('select max(revision) as newest from change')).rows[0].newest

test('the owner and HQ see the secrets that live, and never a secret', async () => {
  const first = await newApp()
  const [only, ...none] = await secretsOf(first)
  assert.deepEqual([none, only!.expirationTime, only!.lastUsedTime], [[], null, null])
  assert.deepEqual(Object.keys(only!), ['id', 'createTime', 'expirationTime', 'lastUsedTime'])
  const second = await reset(first, 3600)
  const [newest, old] = await secretsOf(first)
  assert.deepEqual([old!.id, newest!.expirationTime], [only!.id, null])
  assert.match(old!.expirationTime!, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  const seen = JSON.stringify([await detailOf(first), await house.done('GET', `/openapi/app/${first.id}`)])
  const { rows } = await house.query('select sealed from app_secret where app_id = $1', [first.id])
  for (const text of [first.appSecret, second.appSecret, ...rows.map(({ sealed }) => sealed)]) assert.ok(!seen.includes(text))
})

test('two secrets live at most: a further reset ends the oldest, one without grace all before', async () => {
  const first = await newApp()
  const second = await reset(first, 3600)
  assert.deepEqual([await call(first), await call(second)], [200, 200])
  const third = await reset(first, 3600)
  assert.deepEqual([await call(first), await call(second), await call(third)], [401, 200, 200])
  assert.equal((await secretsOf(first)).length, 2)
  const fourth = await reset(first)
  assert.deepEqual([await call(second), await call(third), await call(fourth)], [401, 401, 200])
  assert.equal((await secretsOf(first)).length, 1)
})

test('a call through the gateway shows which secret was used, without a change that gateways hear of', async () => {
  const first = await newApp()
  const second = await reset(first, 3600)
  const before = await revision()
  assert.equal(await call(first), 200)
  const [newest, old] = await until(
    () => secretsOf(first),
    (secrets) => secrets.some(({ lastUsedTime }) => lastUsedTime !== null),
  )
  assert.equal(newest!.lastUsedTime, null)
  assert.match(old!.lastUsedTime!, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  assert.equal(await call(second, 'openapi'), 200)
  await until(
    () => secretsOf(first),
    ([one]) => one!.lastUsedTime !== null,
  )
  assert.equal(await revision(), before)
  // A wrong signature is no use of a secret.
  const stranger = await newApp()
  assert.equal(await call({ ...stranger, appSecret: first.appSecret }), 401)
  await reset(first, 60)
  await call(second)
  assert.equal((await secretsOf(stranger))[0]!.lastUsedTime, null)
  assert.notEqual(await revision(), before)
})

test('a token request is a use as well, at either listener', async () => {
  for (const listener of ['platformUrl', 'gatewayUrl'] as const) {
    const app = await newApp()
    assert.equal((await send(house[listener], tokenRequest(app, Date.now()))).status, 200)
    await until(
      () => secretsOf(app),
      ([one]) => one!.lastUsedTime !== null,
    )
  }
})

test('whether there is a permanent token is shown, and the token is not', async () => {
  const app = await newApp()
  assert.equal((await detailOf(app)).hasPermanentToken, false)
  const { token } = await house.done('PUT', `/openapi/app/resetToken/${app.id}`, undefined, partner)
  const detail = await detailOf(app)
  assert.equal(detail.hasPermanentToken, true)
  assert.ok(!JSON.stringify(detail).includes(token))
  await house.done('PUT', `/openapi/app/resetToken/${app.id}`, { enable: false }, partner)
  assert.equal((await detailOf(app)).hasPermanentToken, false)
})
