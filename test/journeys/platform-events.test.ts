// Events of the platform itself: who subscribed is told of what happens to its app, its quotas and to interfaces, once.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type House, openHouse, signed, type TestApp, zoneOfNoon } from '../house.ts'
import { importFile } from '../interchange.ts'
import { until } from '../kaimen-process.ts'
import { openReceiver, type Receiver, verifyEvent } from '../receiver.ts'

let house: House
before(async () => {
  house = await openHouse({ settings: { KAIMEN_ALLOW_PRIVATE_CALLBACKS: 'true', KAIMEN_TIME_ZONE: zoneOfNoon() } })
})
after(() => house.close())

/** An app that wants these events, there. */
async function subscriber(receiver: Receiver, platformEvents: readonly string[], interfaceIds: readonly number[] = []): Promise<TestApp> {
  const app = await house.app(interfaceIds)
  await house.done('PUT', `/openapi/app/callback/${app.id}`, { callbackAddress: receiver.url })
  await house.done('PUT', `/openapi/event/choice/${app.id}`, { platformEvents })
  return app
}

async function told(receiver: Receiver, app: TestApp, count: number) {
  await until(() => receiver.received.length >= count, 60_000, () => `${receiver.received.length} of ${count} arrived`) // biome-ignore format: one thought
  assert.equal(receiver.received.length, count)
  return receiver.received.map((received) => {
    verifyEvent(received, app.appSecret)
    const { type, timestamp, data } = JSON.parse(received.body)
    assert.equal(received.url, `/kaimen/${type.replaceAll('.', '/')}`)
    assert.match(timestamp, /^\d{4}-\d\d-\d\dT.*Z$/)
    return { type, data }
  })
}

test('an app is told that it was disabled, even while it is, and that it was enabled; not of what did not change', async () => {
  await using receiver = await openReceiver()
  const operation = await house.publish({ path: '/platform-events/own', method: 'POST', type: 1, serviceId: undefined })
  const app = await subscriber(receiver, ['app.disabled', 'app.enabled'], [operation.id])
  const stranger = await house.app()
  await house.done('PUT', `/openapi/app/disable/${stranger.id}`)
  await house.done('PUT', `/openapi/app/enable/${app.id}`)
  // Waits when the app is disabled a moment later: what partners push is for apps that are enabled.
  await house.done('PUT', `/openapi/event/choice/${app.id}`, { paused: true })
  const pushed = await house.done('POST', '/openapi/event/push', { interfaceId: operation.id, data: 1 })
  await house.done('PUT', `/openapi/app/disable/${app.id}`)
  await house.done('PUT', `/openapi/event/choice/${app.id}`, { paused: false })
  assert.deepEqual(await told(receiver, app, 1), [{ type: 'app.disabled', data: { appId: app.appId } }])
  assert.equal((await house.done('GET', `/openapi/event/delivery/${pushed.deliveries[0].id}`)).state, 'waiting')
  await house.done('PUT', `/openapi/app/disable/${app.id}`)
  await house.done('PUT', `/openapi/app/enable/${app.id}`)
  await until(() => receiver.received.length === 3, 60_000, () => `${receiver.received.length} of 3`) // biome-ignore format: one thought
  assert.deepEqual(receiver.received.map(({ url }) => url).sort(), ['/kaimen/app/disabled', '/kaimen/app/enabled', '/platform-events/own'])
})

test('a new secret is told of, signed by both while the grace lasts', async () => {
  await using receiver = await openReceiver()
  const app = await subscriber(receiver, ['app.secret_reset'])
  await house.done('PUT', `/openapi/app/resetSignKey/${app.id}`, { graceSeconds: 600 })
  const [event] = await told(receiver, app, 1)
  assert.deepEqual([event!.type, event!.data.appId], ['app.secret_reset', app.appId])
  assert.ok(!receiver.received[0]!.body.includes(app.appSecret))
})

test('what is published is told to all who want to know, unless it is internal; what is deprecated to those who have it', async () => {
  await using all = await openReceiver()
  await using none = await openReceiver()
  const draft = await house.publish({ path: '/platform-events/new', security: 'none', status: 0 })
  const internal = await house.publish({ path: '/platform-events/inside', security: 'none', status: 0, visibility: 'internal' })
  const having = await subscriber(all, ['interface.published', 'interface.deprecated'], [draft.id])
  await subscriber(none, ['interface.deprecated'])
  await house.done('PUT', `/openapi/interface/publish/${internal.id}`)
  await house.done('PUT', `/openapi/interface/publish/${draft.id}`)
  await house.done('PUT', `/openapi/interface/publish/${draft.id}`)
  const deprecation = { deprecationTime: '2026-01-01 00:00:00', sunsetTime: '2099-01-01 00:00:00' }
  for (let edits = 0; edits < 2; edits++) await house.done('PUT', `/openapi/interface/edit/${draft.id}`, deprecation)
  const events = await told(all, having, 2)
  assert.deepEqual(events.map(({ type, data }) => [type, data.interfaceId, data.path, data.sunsetTime]).sort(), [
    ['interface.deprecated', draft.id, '/platform-events/new', '2099-01-01 00:00:00'],
    ['interface.published', draft.id, '/platform-events/new', null],
  ])
  assert.equal(none.received.length, 0)
})

test('what is added or imported as published is told of too, and what an import deprecates; what is for partners only now as well', async () => {
  await using all = await openReceiver()
  const inside = await house.publish({ path: '/platform-events/for-us', security: 'none', visibility: 'internal' })
  const old = await house.publish({ path: '/platform-events/old', security: 'none' })
  const app = await subscriber(all, ['interface.published', 'interface.deprecated'], [old.id])
  await house.publish({ path: '/platform-events/added', security: 'none' })
  await house.done('PUT', `/openapi/interface/edit/${inside.id}`, { visibility: 'public' })
  const { serviceId } = await house.done('GET', `/openapi/interface/${old.id}`)
  const shared = { method: 'GET', version: 'v1', type: 0, serviceType: 4, security: 'none', serviceId, status: 1 }
  const rows = [
    { ...shared, name: 'one', path: '/platform-events/imported/1' },
    { ...shared, name: 'two', path: '/platform-events/imported/2' },
    { ...shared, name: 'draft', path: '/platform-events/imported/3', status: 0 },
    { ...shared, name: 'old', path: '/platform-events/old', deprecationTime: '2026-01-01 00:00:00' },
  ]
  for (let imports = 0; imports < 2; imports++) assert.equal((await importFile(house, JSON.stringify(rows))).status, 200)
  const events = await told(all, app, 5)
  assert.deepEqual(events.map(({ type, data }) => `${type} ${data.path}`).sort(), [
    'interface.deprecated /platform-events/old',
    'interface.published /platform-events/added',
    'interface.published /platform-events/for-us',
    'interface.published /platform-events/imported/1',
    'interface.published /platform-events/imported/2',
  ])
  assert.ok(events.every(({ data }) => data.interfaceId > 0))
})

test('a quota is told of at 80 and at 100 percent, once a day', async () => {
  await using receiver = await openReceiver()
  const operation = await house.publish({ path: '/platform-events/quota', security: 'sign' })
  const app = await subscriber(receiver, ['quota.warning', 'quota.reached'], [operation.id])
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { dayQuota: 5 })
  await house.settled()
  const call = async () => (await house.call(signed(app, 'GET', '/platform-events/quota'))).status
  // Asks the gateways for their counts.
  const count = () => house.done('GET', '/openapi/stats/current')
  for (let calls = 0; calls < 3; calls++) assert.equal(await call(), 200)
  await count()
  assert.equal(await call(), 200)
  await count()
  const [warning] = await told(receiver, app, 1)
  assert.deepEqual([warning!.type, warning!.data.period, warning!.data.quota, warning!.data.used], ['quota.warning', 'day', 5, 4])
  assert.equal(await call(), 200)
  for (let calls = 0; calls < 3; calls++) assert.equal(await call(), 429)
  await count()
  await told(receiver, app, 2)
  await count()
  const events = await told(receiver, app, 2)
  assert.deepEqual(events.map(({ type }) => type).sort(), ['quota.reached', 'quota.warning'])
})

test('a quota at one interface is told of too, and says at which', async () => {
  await using receiver = await openReceiver()
  const [narrow, wide] = [
    await house.publish({ path: '/platform-events/narrow', security: 'sign' }),
    await house.publish({ path: '/platform-events/wide', security: 'sign' }),
  ]
  const app = await subscriber(receiver, ['quota.reached'], [narrow.id, wide.id])
  await house.done('PUT', `/openapi/app/limit/${app.id}`, { interfaceId: narrow.id, dayQuota: 2, monthQuota: 3 })
  await house.settled()
  const call = async (path: string) => (await house.call(signed(app, 'GET', path))).status
  // Asks the gateways for their counts.
  const count = () => house.done('GET', '/openapi/stats/current')
  assert.deepEqual([await call('/platform-events/narrow'), await call('/platform-events/narrow')], [200, 200])
  await count()
  const [reached] = await told(receiver, app, 1)
  const { startsAt, ...data } = reached!.data
  assert.deepEqual(data, { appId: app.appId, interfaceId: narrow.id, period: 'day', quota: 2, used: 2 })
  // What the other is called for makes nobody forget.
  assert.equal(await call('/platform-events/wide'), 200)
  await count()
  assert.equal(await call('/platform-events/narrow'), 429)
  await count()
  await told(receiver, app, 1)
})

test('what nobody knows cannot be subscribed to', async () => {
  const app = await house.app()
  const { fault } = await house.manage('PUT', `/openapi/event/choice/${app.id}`, { platformEvents: ['app.eaten'] }, house.admin)
  assert.equal(fault, 'invalid_parameters')
})
