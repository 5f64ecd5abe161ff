// Events seen and steered by the app's owner and by HQ: found, looked into, sent again many at a time, paused, tried by a test event.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toWireTime } from '#lib/time.ts'
import { type House, openHouse } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { openReceiver, verifyEvent } from '../receiver.ts'

let house: House
let owner = ''
let stranger = ''
before(async () => {
  house = await openHouse({ settings: { KAIMEN_ALLOW_PRIVATE_CALLBACKS: 'true', KAIMEN_CALLBACK_RETRIES: '1' } })
  for (const username of ['owner', 'stranger']) {
    await house.done('POST', '/openapi/user/register', { username, password: 'a long password' }, '')
  }
  owner = await house.login('owner', 'a long password')
  stranger = await house.login('stranger', 'a long password')
})
after(() => house.close())

let made = 0
async function downlink(): Promise<{ id: number; path: string }> {
  const path = `/steered/${++made}`
  const { id } = await house.publish({ path, method: 'POST', type: 1, serviceId: undefined })
  return { id, path }
}

/** The owner's, enabled, with these interfaces and that callback address. */
async function partner(
  interfaceIds: readonly number[],
  callbackAddress?: string,
): Promise<{ id: number; appId: string; appSecret: string }> {
  const app = await house.done('POST', '/openapi/app/add', { name: 'steered' }, owner)
  await house.done('PUT', `/openapi/app/enable/${app.id}`)
  await house.done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds })
  if (callbackAddress) await house.done('PUT', `/openapi/app/callback/${app.id}`, { callbackAddress }, owner)
  return app
}

const push = (path: string, data: unknown = 1) => house.done('POST', '/openapi/event/push', { path, data })
const deliveries = (query: string, token = house.admin) => house.done('GET', `/openapi/event/delivery/page?${query}`, undefined, token)
const refused = async (method: string, path: string, body?: unknown, token = stranger) => {
  const { status, fault } = await house.manage(method, path, body, token)
  return `${status} ${fault}`
}
/** What the audit has of acts of this kind at this subject, newest first. */
async function acts(kind: string, subject: string | number) {
  const { records } = await house.done('GET', `/openapi/audit/page?kind=${kind}&subject=${subject}&action=act`)
  return records as { username: string; route: string; before: Record<string, unknown> | null; after: Record<string, unknown> }[]
}
/** Waits for the next second, so that what ended until now ended before it. */
async function nextSecond(): Promise<void> {
  const began = Math.floor(Date.now() / 1_000)
  await until(() => Math.floor(Date.now() / 1_000) > began, 60_000, () => 'the second does not end') // biome-ignore format: one thought
}
async function standing(query: string, count: number): Promise<void> {
  let seen = -1
  const enough = async () => {
    seen = (await deliveries(query)).total
    return seen === count
  }
  await until(enough, 60_000, () => `${seen} of ${count}: ${query}`)
}

test('deliveries are found by app, interface, event, state and time; developers find their own', async () => {
  await using receiver = await openReceiver()
  const [one, other] = [await downlink(), await downlink()]
  const [mine, theirs] = [await partner([one.id, other.id], receiver.url), await house.app([one.id])]
  await house.done('PUT', `/openapi/app/callback/${theirs.id}`, { callbackAddress: receiver.url })
  const { eventId } = await push(one.path)
  await push(other.path)
  await standing(`interfaceId=${one.id}&state=delivered`, 2)
  await standing(`appId=${mine.appId}&state=delivered`, 2)

  const counts = async (query: string, token?: string) => (await deliveries(query, token)).total
  assert.equal(await counts(`interfaceId=${one.id}`), 2)
  assert.equal(await counts(`eventId=${eventId}`), 2)
  assert.equal(await counts(`eventId=${eventId}`, owner), 1)
  assert.equal(await counts('size=1', owner), 2)
  assert.equal(await counts('', stranger), 0)
  assert.equal(await counts(`appId=${mine.appId}&state=waiting`), 0)
  const day = (date: string) => encodeURIComponent(`${date} 00:00:00`)
  assert.equal(await counts(`appId=${mine.id}&from=${day('2020-01-01')}&to=${day('2099-01-01')}`), 2)
  assert.equal(await counts(`appId=${mine.id}&to=${day('2020-01-01')}`), 0)
  assert.equal(await counts(`appId=${mine.id}&from=${day('2099-01-01')}`), 0)
  assert.equal(await refused('GET', `/openapi/event/delivery/page?appId=${mine.appId}`), '404 not_found')

  const [newest, older] = (await deliveries(`appId=${mine.appId}`, owner)).records
  assert.deepEqual(
    [newest.path, older.path, newest.attempts, newest.publicAppId, newest.appName],
    [other.path, one.path, 1, mine.appId, 'steered'],
  )
  const second = await deliveries(`appId=${mine.appId}&size=1&current=2`, owner)
  assert.deepEqual(second.records.map(({ id }: { id: number }) => id), [older.id]) // biome-ignore format: one thought
})

test('a delivery shows what each attempt sent, without its signature, and what was answered, up to 4 KB', async () => {
  await using receiver = await openReceiver((response) => response.writeHead(503).end(`no room ${'x'.repeat(8_000)}`))
  const { id, path } = await downlink()
  const app = await partner([id], `${receiver.url}/hooks`)
  await push(path)
  await standing(`appId=${app.appId}&state=parked`, 1)
  const [found] = (await deliveries(`appId=${app.appId}`)).records
  assert.deepEqual([found.attempts, found.status, found.error], [2, 503, 'refused'])
  const delivery = await house.done('GET', `/openapi/event/delivery/${found.id}`, undefined, owner)
  assert.equal(delivery.attempts.length, 2)
  for (const [index, attempt] of delivery.attempts.entries()) {
    const { headers } = receiver.received[index]!
    const { 'webhook-id': sentId, 'webhook-timestamp': timestamp, 'content-type': type, 'user-agent': agent } = headers
    const seen = { 'webhook-id': sentId, 'webhook-timestamp': timestamp, 'content-type': type, 'user-agent': agent }
    assert.deepEqual(attempt.request, { method: 'POST', url: `${receiver.url}/hooks${path}`, headers: seen })
    assert.deepEqual([attempt.status, attempt.error], [503, 'refused'])
    assert.match(attempt.response, /^no room x+$/)
    assert.equal(attempt.response.length, 4_096)
  }
  const signature = String(receiver.received[0]!.headers['webhook-signature']).slice(3)
  assert.ok(!JSON.stringify(delivery).includes(signature))
  assert.ok(!JSON.stringify(delivery).includes(app.appSecret))
  assert.equal(await refused('GET', `/openapi/event/delivery/${found.id}`), '404 not_found')
})

test('what was given up is sent again by what it is about, once, and only one’s own', async () => {
  let isDown = true
  await using receiver = await openReceiver((response) => response.writeHead(isDown ? 503 : 200).end())
  const [one, other] = [await downlink(), await downlink()]
  const app = await partner([one.id, other.id], receiver.url)
  await Promise.all(Array.from({ length: 3 }, (_, n) => push(one.path, n)))
  await push(other.path)
  await standing(`appId=${app.appId}&state=parked`, 4)
  isDown = false
  const again = (body: unknown, token = owner) => house.done('POST', '/openapi/event/resend', body, token)
  assert.deepEqual(await again({ state: 'parked' }, stranger), { count: 0, more: false })
  assert.equal(await refused('POST', '/openapi/event/resend', { state: 'parked', appId: app.appId }), '404 not_found')
  assert.deepEqual(await again({ state: 'parked', to: '2020-01-01 00:00:00' }), { count: 0, more: false })
  await nextSecond()
  const asked = (query: string, token = owner) => house.done('GET', `/openapi/event/resend?state=parked&${query}`, undefined, token)
  const { endedBefore, ...counted } = await asked(`interfaceId=${one.id}`)
  const toOne = { id: app.id, publicAppId: app.appId, name: 'steered', count: 3 }
  assert.deepEqual(counted, { count: 3, more: false, apps: [toOne], appCount: 1, disabledCount: 0 })
  assert.equal((await asked(`interfaceId=${one.id}`, stranger)).count, 0)
  assert.equal(await refused('GET', `/openapi/event/resend?state=parked&appId=${app.appId}`), '404 not_found')
  assert.deepEqual(await again({ state: 'parked', interfaceId: one.id, endedBefore }), { count: 3, more: false })
  const [act] = await acts('delivery', 'matching')
  assert.deepEqual([act!.username, act!.route], ['owner', 'POST /openapi/event/resend'])
  assert.deepEqual(act!.after, { state: 'parked', interfaceId: one.id, endedBefore, count: 3 })
  assert.deepEqual(await again({ state: 'parked', interfaceId: one.id }), { count: 0, more: false })
  await standing(`appId=${app.appId}&state=delivered`, 3)
  assert.equal((await deliveries(`appId=${app.appId}&state=parked`)).records[0].path, other.path)

  // What was delivered too, as far as it ended before a certain time: nothing is sent twice by asking twice.
  assert.equal(await refused('POST', '/openapi/event/resend', { state: 'delivered' }, owner), '400 invalid_parameters')
  assert.equal(receiver.received.length, 11)
  await nextSecond()
  const before = { state: 'delivered', appId: app.appId, endedBefore: toWireTime(new Date(), 'Asia/Shanghai') }
  assert.deepEqual(await again(before), { count: 3, more: false })
  await until(() => receiver.received.length === 14, 60_000, () => `${receiver.received.length} of 14`) // biome-ignore format: one thought
  await standing(`appId=${app.appId}&state=delivered`, 3)
  assert.deepEqual(await again(before), { count: 0, more: false })
})

test('several that were chosen are sent again by one request, which says of each of the others why it stays', async () => {
  let status = 503
  await using receiver = await openReceiver((response) => response.writeHead(status).end())
  await using shut = await openReceiver((response) => response.writeHead(410).end())
  const { id, path } = await downlink()
  const [app, gone, dropped] = [await partner([id], receiver.url), await partner([id], shut.url), await partner([id], shut.url)]
  await push(path)
  await push(path)
  await standing(`interfaceId=${id}&state=parked`, 6)
  const of = async (one: { appId: string }): Promise<number[]> =>
    (await deliveries(`appId=${one.appId}&state=parked`)).records.map((row: { id: number }) => row.id)
  const [mine, shutOnes, droppedOnes] = [await of(app), await of(gone), await of(dropped)]
  await house.done('DELETE', `/openapi/app/${dropped.id}`)
  status = 200
  const chosen = (deliveryIds: readonly number[], token: string) =>
    house.done('POST', '/openapi/event/resendChosen', { deliveryIds }, token)
  const unknown = 999_999_999_999
  assert.deepEqual(await chosen([mine[0]!], stranger), { count: 0, left: [{ deliveryId: mine[0], why: 'not_found' }] })
  assert.deepEqual(await acts('delivery', 'chosen'), [], 'what is refused is not noted')
  assert.deepEqual(await chosen([...mine, mine[0]!, shutOnes[0]!, droppedOnes[0]!, unknown], house.admin), {
    count: 2,
    left: [
      ...[{ deliveryId: shutOnes[0]!, why: 'callback_disabled' }, { deliveryId: droppedOnes[0]!, why: 'app_deleted' }].toSorted((a, b) => a.deliveryId - b.deliveryId), // biome-ignore format: one thought
      { deliveryId: unknown, why: 'not_found' },
    ],
  })
  assert.deepEqual((await acts('delivery', 'chosen'))[0]!.after, { deliveryIds: mine.toSorted((a, b) => a - b) })
  // One by one the same rule holds.
  assert.equal(await refused('POST', `/openapi/event/resend/${shutOnes[0]}`, undefined, house.admin), '409 callback_disabled')
  assert.equal(await refused('POST', `/openapi/event/resend/${droppedOnes[0]}`, undefined, house.admin), '404 not_found')
  assert.deepEqual(await acts('delivery', droppedOnes[0]!), [])
  await standing(`appId=${app.appId}&state=delivered`, 2)
  const tooMany = Array.from({ length: 201 }, (_, n) => n + 1)
  for (const deliveryIds of [[], tooMany, ['1'], [0]])
    assert.equal(await refused('POST', '/openapi/event/resendChosen', { deliveryIds }, owner), '400 invalid_parameters')
})

test('two who send the same again at once send each delivery once', async () => {
  let isDown = true
  await using receiver = await openReceiver((response) => response.writeHead(isDown ? 503 : 200).end())
  const { id, path } = await downlink()
  const app = await partner([id], receiver.url)
  // Fewer failures than open the breaker.
  await Promise.all(Array.from({ length: 4 }, (_, n) => push(path, n)))
  await standing(`appId=${app.appId}&state=parked`, 4)
  const before = receiver.received.length
  isDown = false
  const answers = await Promise.all([1, 2, 3].map(() => house.done('POST', '/openapi/event/resend', { state: 'parked', appId: app.appId })))
  assert.equal(answers.reduce((sum, { count }) => sum + count, 0), 4) // biome-ignore format: one thought
  await standing(`appId=${app.appId}&state=delivered`, 4)
  assert.equal(receiver.received.length - before, 4)
})

test('events of a paused app wait, and all arrive when it goes on', async () => {
  await using receiver = await openReceiver()
  const { id, path } = await downlink()
  const app = await partner([id], receiver.url)
  const choose = (body: unknown) => house.done('PUT', `/openapi/event/choice/${app.id}`, body, owner)
  assert.equal(await refused('PUT', `/openapi/event/choice/${app.id}`, { paused: true }), '404 not_found')
  assert.equal(await refused('GET', `/openapi/event/choice/${app.id}`), '404 not_found')
  await choose({ paused: true })
  await Promise.all(Array.from({ length: 5 }, (_, n) => push(path, n)))
  // Another app's event, pushed later, has arrived: the worker was there.
  await using elsewhere = await openReceiver()
  const other = await partner([id], elsewhere.url)
  await push(path)
  await standing(`appId=${other.appId}&state=delivered`, 1)
  assert.equal(receiver.received.length, 0)
  assert.equal((await house.done('GET', `/openapi/event/choice/${app.id}`, undefined, owner)).paused, true)
  const waiting = await house.done('GET', '/openapi/event/waiting', undefined, owner)
  assert.equal(waiting.waiting, 6)
  assert.match(waiting.oldestTime, /^\d{4}-/)
  await choose({ paused: false })
  await standing(`appId=${app.appId}&state=delivered`, 6)
  assert.equal(receiver.received.length, 6)
})

test('an address that answered 410 is tried again when its owner says so, and what was parked can be sent', async () => {
  let isGone = true
  await using receiver = await openReceiver((response) => response.writeHead(isGone ? 410 : 200).end())
  const { id, path } = await downlink()
  const app = await partner([id], receiver.url)
  await push(path)
  const state = async () => (await house.done('GET', `/openapi/event/choice/${app.id}`, undefined, owner)).callback.state
  await until(async () => (await state()) === 'disabled', 60_000, () => 'it is not disabled') // biome-ignore format: one thought
  assert.equal(await refused('POST', `/openapi/event/test/${app.id}`, undefined, owner), '409 callback_disabled')
  assert.deepEqual(await house.done('POST', '/openapi/event/resend', { state: 'parked', appId: app.appId }, owner), {
    count: 0,
    more: false,
  })
  await nextSecond()
  const asked = await house.done('GET', `/openapi/event/resend?state=parked&appId=${app.appId}`, undefined, owner)
  assert.deepEqual([asked.count, asked.apps, asked.disabledCount], [0, [], 1])
  assert.equal(await refused('PUT', `/openapi/app/callback/enable/${app.id}`), '404 not_found')
  assert.deepEqual(await acts('callback', app.id), [])
  isGone = false
  await house.done('PUT', `/openapi/app/callback/enable/${app.id}`, undefined, owner)
  assert.equal(await state(), 'open')
  const [enabled, ...others] = await acts('callback', app.id)
  assert.deepEqual([enabled!.username, enabled!.before!.disabledWhy, enabled!.after], ['owner', 'gone', { state: 'open' }])
  await house.done('PUT', `/openapi/app/callback/enable/${app.id}`, undefined, owner)
  assert.deepEqual([others, (await acts('callback', app.id)).length], [[], 1], 'an address that does well is not noted')
  assert.deepEqual(await house.done('POST', '/openapi/event/resend', { state: 'parked', appId: app.appId }, owner), {
    count: 1,
    more: false,
  })
  await standing(`appId=${app.appId}&state=delivered`, 1)
})

test('a test event arrives signed, and is seen like any other', async () => {
  await using receiver = await openReceiver()
  const app = await partner([], receiver.url)
  const { eventId, deliveryId } = await house.done('POST', `/openapi/event/test/${app.id}`, undefined, owner)
  await standing(`appId=${app.appId}&state=delivered`, 1)
  const [received] = receiver.received
  verifyEvent(received!, app.appSecret)
  assert.equal(received!.url, '/kaimen/test')
  const { type, data } = JSON.parse(received!.body)
  assert.deepEqual([type, data], ['test', { appId: app.appId }])
  const delivery = await house.done('GET', `/openapi/event/delivery/${deliveryId}`, undefined, owner)
  assert.deepEqual([delivery.eventId, delivery.interfaceId, delivery.path], [eventId, null, '/kaimen/test'])
  assert.equal((await acts('event', eventId))[0]!.username, 'owner')
  await house.done('POST', `/openapi/event/resend/${deliveryId}`, undefined, owner)
  assert.deepEqual((await acts('delivery', deliveryId))[0]!.after, { app_id: app.id })
  assert.equal(await refused('POST', `/openapi/event/resend/${deliveryId}`), '404 not_found')
  assert.equal((await acts('delivery', deliveryId)).length, 1, 'what is refused is not noted')
  assert.equal(await refused('POST', `/openapi/event/test/${app.id}`), '404 not_found')
  const silent = await partner([])
  assert.equal(await refused('POST', `/openapi/event/test/${silent.id}`, undefined, owner), '400 invalid_parameters')
})
