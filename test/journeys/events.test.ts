// Events: pushed once, signed, sent to those whom they are for, tried again, seen, sent again (contract §6; settled A9, A10, D28, E3).

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type House, openHouse, send, type TestApp } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { openReceiver, type Receiver, verifyEvent } from '../receiver.ts'

let house: House
before(async () => {
  house = await openHouse({
    settings: { KAIMEN_ALLOW_PRIVATE_CALLBACKS: 'true', KAIMEN_CALLBACK_TIMEOUT: '10', KAIMEN_CALLBACK_RETRIES: '1,1' },
  })
})
after(() => house.close())

let made = 0
/** A published downlink interface. */
async function downlink(fields: Record<string, unknown> = {}): Promise<{ id: number; path: string }> {
  const path = `/push/${++made}`
  const { id } = await house.publish({ path, method: 'POST', type: 1, serviceId: undefined, ...fields })
  return { id, path }
}

/** An enabled app that has it, and wants its events there. */
async function partner(interfaceId: number, address: string): Promise<TestApp> {
  const app = await house.app([interfaceId])
  await house.done('PUT', `/openapi/app/callback/${app.id}`, { callbackAddress: address })
  return app
}

const push = (body: unknown) => house.done('POST', '/openapi/event/push', body)
const eventOf = (eventId: number) => house.done('GET', `/openapi/event/${eventId}`)
const arrived = (receiver: Receiver, count: number) =>
  until(
    () => receiver.received.length >= count,
    60_000,
    () => `${receiver.received.length} of ${count} arrived`,
  )
/** The event, once each of its deliveries stands so. */
async function standing(eventId: number, state: string) {
  let event = await eventOf(eventId)
  const isSo = async () => {
    event = await eventOf(eventId)
    return event.deliveries.every((delivery: { state: string }) => delivery.state === state)
  }
  await until(isSo, 60_000, () => `not ${state}: ${JSON.stringify(event)}`)
  return event
}

test('an event arrives as it was written, signed, on the path of its interface behind the callback address', async () => {
  await using receiver = await openReceiver()
  const { id, path } = await downlink()
  const app = await partner(id, `${receiver.url}/hooks/`)
  // Not as JSON.stringify would write it.
  const data = '{ "b": 1.0,"a":[1e3 , "\\u8f66"], "n": 9007199254740993 }'
  const response = await fetch(`${house.platformUrl}/openapi/event/push`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.admin}`, 'content-type': 'application/json' },
    body: `{"path":"${path}", "data" : ${data} , "appIds":["${app.appId}"]}`,
  })
  const answer = (await response.json()) as { data: { eventId: number; deliveries: unknown[] } }
  assert.equal(response.status, 200, JSON.stringify(answer))
  const event = await standing(answer.data.eventId, 'delivered')
  const [received] = receiver.received
  assert.equal(receiver.received.length, 1)
  assert.equal(received!.url, `/hooks${path}`)
  assert.equal(received!.body, data)
  assert.equal(received!.headers['content-type'], 'application/json')
  verifyEvent(received!, app.appSecret)
  assert.throws(() => verifyEvent({ ...received!, body: `${data} ` }, app.appSecret))

  const [delivery] = event.deliveries
  assert.deepEqual(answer.data.deliveries, [{ id: delivery.id, appId: app.id }])
  assert.equal(event.data, data)
  assert.equal(delivery.webhookId, received!.headers['webhook-id'])
  const [attempt, ...others] = delivery.attempts
  assert.deepEqual([others.length, attempt.number, attempt.status, attempt.error, attempt.response], [0, 1, 200, null, 'ok'])
})

test('it is for every enabled app that has the interface, the project and a callback address, and for nobody else', async () => {
  await using receiver = await openReceiver()
  const { id, path } = await downlink()
  const other = await downlink()
  const project = await house.done('POST', '/openapi/project/add', { name: '一号车场' })
  const [bound, unbound, disabled, expired, silent] = await Promise.all([1, 2, 3, 4, 5].map(() => partner(id, receiver.url)))
  await partner(other.id, receiver.url)
  for (const app of [bound, disabled]) await house.done('PUT', `/openapi/app/bind/${app!.id}`, { projectIds: [project.id] })
  await house.done('PUT', `/openapi/app/disable/${disabled!.id}`)
  await house.done('PUT', `/openapi/app/expiration/${expired!.id}`, { expirationTime: '2021-01-01 00:00:00' })
  await house.done('PUT', `/openapi/app/callback/${silent!.id}`, { callbackAddress: '' })
  const recipients = async (body: object) =>
    (await push({ path, data: 1, ...body })).deliveries.map(({ appId }: { appId: number }) => appId)
  const both = [bound!.id, unbound!.id].sort((a, b) => a - b)
  assert.deepEqual(await recipients({}), both)
  assert.deepEqual(await recipients({ projectId: project.id }), [bound!.id])
  assert.deepEqual(await recipients({ appIds: [unbound!.id] }), [unbound!.id])
  assert.deepEqual(await recipients({ appIds: [unbound!.appId, bound!.id, silent!.id] }), both)
  assert.deepEqual(await recipients({ appIds: [disabled!.id] }), [])
  await arrived(receiver, 6)
})

test('data that is not what the interface’s schema says is refused with the field’s name, and goes to nobody', async () => {
  const paramSchema = {
    type: 'object',
    properties: { plate: { type: 'string', minLength: 2 }, park: { type: 'object', required: ['id'] } },
    required: ['plate'],
    additionalProperties: false,
  }
  const { id, path } = await downlink({ paramSchema })
  const refused = async (data: unknown) => {
    const { status, fault, json } = await house.manage('POST', '/openapi/event/push', { path, data }, house.admin)
    return `${status} ${fault} ${json.msg.replace(/^[^:：]*[:：] ?/, '')}`
  }
  for (const [data, told] of [
    [{}, 'data.plate：缺失'],
    [7, 'data：类型须为 object'],
    [{ plate: 'A' }, 'data.plate：至少 2 个字符'],
    [{ plate: 7 }, 'data.plate：类型须为 string'],
    [{ plate: 'AB', park: {} }, 'data.park.id：缺失'],
    [{ plate: 'AB', more: 1 }, 'data.more：不是该接口的参数'],
  ] as const) assert.equal(await refused(data), `400 invalid_parameters ${told}`) // biome-ignore format: one thought
  const sent = async (data: string, more = '') => {
    const headers = { authorization: `Bearer ${house.admin}`, 'content-type': 'application/json' }
    const answer = await send(house.platformUrl, {
      method: 'POST',
      path: '/openapi/event/push',
      headers,
      body: `{"path":"${path}","data":${data}${more}}`,
    })
    return `${answer.status} ${answer.fault}`
  }
  for (const depth of [100, 100_000]) assert.equal(await sent(`${'['.repeat(depth)}${']'.repeat(depth)}`), '400 invalid_parameters')
  for (const text of ['"\\u0000"', '"\\ud800"']) assert.equal(await sent(text), '400 invalid_parameters')
  assert.equal(await sent('{"plate":"AB"}', ',"data":1'), '400 invalid_parameters')
  assert.equal(await sent('{"plate":"AB"}', Array.from({ length: 1_001 }, (_, n) => `,"n${n}":1`).join('')), '400 invalid_parameters')
  await push({ path, data: { plate: 'AB' } })
  await house.done('PUT', `/openapi/interface/edit/${id}`, { paramSchema: { ...paramSchema, additionalProperties: true } })
  await push({ path, data: { plate: 'AB', more: 1 } })
  assert.equal((await house.done('GET', `/openapi/event/page?interfaceId=${id}`)).total, 2)
})

test('many events at once arrive once each, none of them only after its lease', async () => {
  await using receiver = await openReceiver()
  const { id, path } = await downlink()
  const app = await partner(id, receiver.url)
  for (let begun = 0; begun < 300; begun += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, n) => push({ path, data: { n: begun + n }, appIds: [app.id] })))
  }
  const waiting = async () => (await house.done('GET', `/openapi/event/page?interfaceId=${id}&state=waiting`)).total
  await until(async () => (await waiting()) === 0, 60_000, () => `${receiver.received.length} arrived`) // biome-ignore format: one thought
  assert.equal(receiver.received.length, 300)
  const numbers = receiver.received.map(({ body }) => JSON.parse(body).n)
  assert.equal(new Set(numbers).size, 300)
})

test('what cannot be pushed is refused by name', async () => {
  const { id, path } = await downlink()
  const draft = await downlink({ status: 0 })
  const uplink = await house.publish({ path: `/up/${++made}` })
  const shut = await downlink()
  const varying = await downlink({ path: `/push/{plate}/${made}` })
  await house.done('PUT', `/openapi/interface/disable/${shut.id}`)
  const refusal = async (body: unknown, token = house.admin) => {
    const { status, fault } = await house.manage('POST', '/openapi/event/push', body, token)
    return `${status} ${fault}`
  }
  for (const body of [
    { data: 1 },
    { path, interfaceId: id, data: 1 },
    { path },
    { path: '/nowhere', data: 1 },
    { interfaceId: draft.id, data: 1 },
    { interfaceId: uplink.id, data: 1 },
    { interfaceId: varying.id, data: 1 },
    { path, data: 1, appIds: [999_999] },
    { path, data: 1, appIds: ['nobody'] },
    { path, data: 1, projectId: 999_999 },
    { path, data: 'x'.repeat(256 * 1024) },
  ]) assert.equal(await refusal(body), '400 invalid_parameters', JSON.stringify(body).slice(0, 100)) // biome-ignore format: one thought
  assert.equal(await refusal({ interfaceId: shut.id, data: 1 }), '403 interface_disabled')
  assert.equal(await refusal({ path, data: 1 }, ''), '401 unauthorized')
  assert.equal(await refusal({ path, data: 'x'.repeat(2 ** 20) }), '413 payload_too_large')
})

test('an internal app pushes the events of interfaces that it owns, by its token, and no others', async () => {
  await using receiver = await openReceiver()
  const sender = await house.app()
  const { id, path } = await downlink({ ownerAppId: sender.id })
  const foreign = await downlink()
  const app = await partner(id, receiver.url)
  const as = async (token: string, body: unknown) => house.manage('POST', '/openapi/event/push', body, token)
  const token = await house.token(sender)
  assert.equal((await as(token, { path, data: 1 })).fault, 'forbidden')
  await house.done('PUT', `/openapi/app/edit/${sender.id}`, { internal: true })
  const answer = await as(token, { path, data: { n: 1 } })
  assert.equal(answer.status, 200, answer.text)
  await arrived(receiver, 1)
  verifyEvent(receiver.received[0]!, app.appSecret)

  // The gateway passes it on, so that a partner needs one host (settled F16).
  const passed = await house.call({
    method: 'POST',
    path: '/openapi/event/push',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ path, data: 2 }),
  })
  assert.equal(passed.status, 200, passed.text)
  await standing(passed.json.data.eventId, 'delivered')

  assert.equal((await as(token, { path: foreign.path, data: 1 })).fault, 'not_granted')
  assert.equal((await as(token, { path: '/nowhere', data: 1 })).fault, 'not_granted')
  assert.equal((await house.manage('GET', '/openapi/event/page', undefined, token)).fault, 'unauthorized')
  const { token: permanent } = await house.done('PUT', `/openapi/app/resetToken/${sender.id}`)
  assert.equal((await as(permanent, { path, data: 1 })).fault, 'unauthorized')
  await house.done('PUT', `/openapi/app/edit/${sender.id}`, { ipAllowList: ['192.0.2.1'] })
  assert.equal((await as(token, { path, data: 1 })).fault, 'ip_denied')
  await house.done('PUT', `/openapi/app/edit/${sender.id}`, { ipAllowList: [] })
  await house.done('PUT', `/openapi/app/disable/${sender.id}`)
  assert.equal((await as(token, { path, data: 1 })).fault, 'app_disabled')
  await house.done('PUT', `/openapi/app/enable/${sender.id}`)
  await house.done('PUT', `/openapi/app/resetSignKey/${sender.id}`)
  assert.equal((await as(token, { path, data: 1 })).fault, 'invalid_token')
  const unknownOwner = { name: 'x', path: '/x', method: 'POST', type: 1, serviceType: 4, version: 'v1', ownerAppId: 999_999 }
  assert.equal((await house.manage('POST', '/openapi/interface/add', unknownOwner, house.admin)).fault, 'invalid_parameters')
})

test('the same idempotency key with the same content is one event, also at once; with another content it is refused', async () => {
  await using receiver = await openReceiver()
  const { id, path } = await downlink()
  await partner(id, receiver.url)
  const body = { path, data: { order: 1 }, idempotencyKey: 'order-1' }
  const answers = await Promise.all(Array.from({ length: 8 }, () => push(body)))
  for (const answer of answers) assert.deepEqual(answer, answers[0])
  assert.equal(answers[0].deliveries.length, 1)
  for (const other of [{ data: { order: 2 } }, { projectId: (await house.done('POST', '/openapi/project/add', { name: 'p' })).id }]) {
    const { status, fault } = await house.manage('POST', '/openapi/event/push', { ...body, ...other }, house.admin)
    assert.equal(`${status} ${fault}`, '409 idempotency_key_taken')
  }
  await standing(answers[0].eventId, 'delivered')
  assert.equal(receiver.received.length, 1)
})

test('what fails is tried again with the same id, then parked; it can be sent again', async () => {
  let status = 500
  await using receiver = await openReceiver((response) => response.writeHead(status).end(`status ${status}\0`))
  const { id, path } = await downlink()
  const app = await partner(id, receiver.url)
  const { eventId } = await push({ path, data: 'again' })
  const parked = await standing(eventId, 'parked')
  const [delivery] = parked.deliveries
  const made = delivery.attempts.map((attempt: Record<string, unknown>) => [
    attempt.number,
    attempt.status,
    attempt.error,
    attempt.response,
  ])
  assert.deepEqual(made, [1, 2, 3].map((number) => [number, 500, 'refused', 'status 500\ufffd'])) // biome-ignore format: one thought
  const [first, second] = receiver.received
  assert.ok(second!.at - first!.at >= 500, 'the first wait is one of 0.5 to 1 s here')

  status = 204
  await house.done('POST', `/openapi/event/resend/${delivery.id}`)
  const delivered = await standing(eventId, 'delivered')
  assert.equal(delivered.deliveries[0].attempts.length, 4)
  assert.deepEqual(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 1)
  for (const one of receiver.received) verifyEvent(one, app.appSecret)
  const timestamps = new Set(receiver.received.map(({ headers }) => headers['webhook-timestamp']))
  assert.ok(timestamps.size > 1, 'each attempt says when it was made')
})

test('while a new secret has its grace, an event is signed with both', async () => {
  await using receiver = await openReceiver()
  const { id, path } = await downlink()
  const app = await partner(id, receiver.url)
  const { appSecret } = await house.done('PUT', `/openapi/app/resetSignKey/${app.id}`, { graceSeconds: 600 })
  await push({ path, data: 1 })
  await arrived(receiver, 1)
  for (const secret of [app.appSecret, appSecret]) verifyEvent(receiver.received[0]!, secret)
  await house.done('PUT', `/openapi/app/resetSignKey/${app.id}`)
  await push({ path, data: 1 })
  await arrived(receiver, 2)
  assert.throws(() => verifyEvent(receiver.received[1]!, app.appSecret))
})

test('410 disables the address and tells its owner; what comes then is parked until the address is set again', async () => {
  let status = 410
  await using receiver = await openReceiver((response) => response.writeHead(status).end())
  const { id, path } = await downlink()
  const app = await partner(id, receiver.url)
  await house.done('PUT', '/openapi/user/edit/1', { email: 'owner@example.com' })
  const gone = await standing((await push({ path, data: 1 })).eventId, 'parked')
  assert.equal(gone.deliveries[0].attempts[0].error, 'gone')
  const isDisabled = async () => (await house.done('GET', `/openapi/app/${app.id}`)).callback.state === 'disabled'
  await until(isDisabled, 60_000, () => 'the address is not disabled') // biome-ignore format: one thought
  const later = await standing((await push({ path, data: 2 })).eventId, 'parked')
  assert.equal(receiver.received.length, 1)
  const { parked, callbacks } = await house.done('GET', '/openapi/event/waiting')
  assert.ok(parked >= 2)
  assert.partialDeepStrictEqual(callbacks, [{ appId: app.id, callback: { state: 'disabled', disabledWhy: 'gone' } }])
  const failing = (query: string, token = house.admin) => house.done('GET', `/openapi/event/callback/page?${query}`, undefined, token)
  const [first] = (await failing('state=disabled')).records
  assert.partialDeepStrictEqual(first, {
    appId: app.id,
    callbackAddress: receiver.url,
    callback: { state: 'disabled' },
    waiting: 0,
    parked: 2,
  })
  assert.partialDeepStrictEqual(first.lastFailure, { status: 410, error: 'gone' })
  assert.ok(first.lastFailure.errorText && first.lastFailure.time)
  assert.equal((await failing('state=failing')).records.filter(({ appId }: { appId: number }) => appId === app.id).length, 0)
  await house.done('POST', '/openapi/user/register', { username: 'outsider', password: 'a long password' }, '')
  const theirs = await house.done('GET', '/openapi/event/waiting', undefined, await house.login('outsider', 'a long password'))
  assert.deepEqual(theirs, { waiting: 0, oldestTime: null, parked: 0, callbacks: [] })
  assert.equal((await failing('', await house.login('outsider', 'a long password'))).total, 0)
  const [delivery] = later.deliveries
  assert.equal((await house.manage('POST', `/openapi/event/resend/${delivery.id}`, undefined, house.admin)).fault, 'callback_disabled')
  const { records } = await house.done('GET', '/openapi/mail/page?to=owner%40example.com')
  assert.deepEqual(
    records.map(({ kind }: { kind: string }) => kind),
    ['callback_gone'],
  )

  status = 200
  await house.done('PUT', `/openapi/app/callback/${app.id}`, { callbackAddress: receiver.url })
  await house.done('POST', `/openapi/event/resend/${delivery.id}`)
  await standing(later.id, 'delivered')
})

test('a platform that ends gives back what a receiver keeps waiting; the next one sends it', async () => {
  let isMute = true
  await using receiver = await openReceiver((response) => {
    if (!isMute) response.end()
  })
  const { id, path } = await downlink()
  await partner(id, receiver.url)
  const { eventId } = await push({ path, data: 1 })
  await arrived(receiver, 1)
  await house.stopPlatform()
  isMute = false
  await house.startPlatform()
  const event = await standing(eventId, 'delivered')
  const [delivery] = event.deliveries
  assert.equal(delivery.attempts.length, 1, 'what we broke off ourselves is no attempt')
  assert.equal(receiver.received[1]!.headers['webhook-id'], receiver.received[0]!.headers['webhook-id'])
})

test('where the check is required, nothing is sent to an address that has not repeated its challenge', async () => {
  const settings = { KAIMEN_ALLOW_PRIVATE_CALLBACKS: 'true', KAIMEN_CALLBACK_CHECK: 'required', KAIMEN_CALLBACK_TIMEOUT: '5' }
  await using strict = await openHouse({ settings })
  let echo = (_: string) => 'ok'
  await using receiver = await openReceiver((response, { body, url }) => response.end(url === '/hook' ? echo(body) : 'ok'))
  const { id } = await strict.publish({ path: '/push/checked', method: 'POST', type: 1, serviceId: undefined })
  const app = await strict.app([id])
  const stateOf = async () => (await strict.done('GET', `/openapi/app/${app.id}`)).callback.state
  const verify = () => strict.done('POST', `/openapi/app/callback/verify/${app.id}`)
  assert.equal(await stateOf(), 'none')
  assert.equal((await strict.manage('POST', `/openapi/app/callback/verify/${app.id}`, undefined, strict.admin)).fault, 'invalid_parameters')
  await strict.done('PUT', `/openapi/app/callback/${app.id}`, { callbackAddress: `${receiver.url}/hook` })
  assert.equal(await stateOf(), 'pending')
  verifyEvent(receiver.received[0]!, app.appSecret)
  const { eventId } = await strict.done('POST', '/openapi/event/push', { path: '/push/checked', data: 1 })
  assert.equal((await verify()).error, 'not_repeated')
  echo = (body) => body.toUpperCase()
  assert.equal((await verify()).error, 'not_repeated')
  assert.ok(
    receiver.received.every(({ url }) => url === '/hook'),
    'no event was sent',
  )

  echo = (body) => JSON.stringify({ challenge: JSON.parse(body).challenge })
  assert.deepEqual([(await verify()).error, await stateOf()], [null, 'open'])
  await until(async () => (await strict.done('GET', `/openapi/event/${eventId}`)).deliveries[0].state === 'delivered', 60_000, () => 'the event that waited is not delivered') // biome-ignore format: one thought
  assert.equal(receiver.received.at(-1)!.url, '/hook/push/checked')

  echo = (body) => JSON.parse(body).challenge
  await strict.done('PUT', `/openapi/app/callback/${app.id}`, { callbackAddress: `${receiver.url}/hook` })
  assert.equal(await stateOf(), 'open', 'plain text will do, and it is asked when it is set')
  const answers = await Promise.all(Array.from({ length: 12 }, () => strict.manage('POST', `/openapi/app/callback/verify/${app.id}`, undefined, strict.admin))) // biome-ignore format: one thought
  assert.ok(
    answers.some(({ fault }) => fault === 'rate_limited'),
    'whoever sets an address cannot have it flooded',
  )
})

test('a developer sees and sends again what is for their own apps, and nothing of others', async () => {
  await using receiver = await openReceiver()
  for (const username of ['owner', 'stranger']) {
    await house.done('POST', '/openapi/user/register', { username, password: 'a long password' }, '')
  }
  const [owner, stranger] = [await house.login('owner', 'a long password'), await house.login('stranger', 'a long password')]
  const { id, path } = await downlink()
  const others = await partner(id, receiver.url)
  const own = await house.done('POST', '/openapi/app/add', { name: 'own' }, owner)
  await house.done('PUT', `/openapi/app/enable/${own.id}`)
  await house.done('PUT', `/openapi/app/config/${own.id}`, { interfaceIds: [id] })
  await house.done('PUT', `/openapi/app/callback/${own.id}`, { callbackAddress: receiver.url }, owner)
  const { eventId } = await push({ path, data: 1, idempotencyKey: 'of HQ' })
  await standing(eventId, 'delivered')

  const seen = await house.done('GET', `/openapi/event/${eventId}`, undefined, owner)
  assert.deepEqual(seen.deliveries.map(({ appId }: { appId: number }) => appId), [own.id]) // biome-ignore format: one thought
  assert.deepEqual([seen.createUser, seen.senderAppId, seen.idempotencyKey], [null, null, null])
  const page = await house.done('GET', '/openapi/event/page', undefined, owner)
  assert.deepEqual([page.total, page.records[0].id, page.records[0].delivered], [1, eventId, 1])
  await house.done('POST', `/openapi/event/resend/${seen.deliveries[0].id}`, undefined, owner)
  await arrived(receiver, 3)

  const all = await eventOf(eventId)
  const foreign = all.deliveries.find(({ appId }: { appId: number }) => appId === others.id)
  const refusals = await Promise.all([
    house.manage('GET', `/openapi/event/${eventId}`, undefined, stranger),
    house.manage('POST', `/openapi/event/resend/${foreign.id}`, undefined, owner),
    house.manage('GET', `/openapi/event/page?appId=${others.appId}`, undefined, owner),
    house.manage('GET', '/openapi/event/9007199254740991', undefined, house.admin),
  ])
  assert.deepEqual(refusals.map(({ fault }) => fault), ['not_found', 'not_found', 'not_found', 'not_found']) // biome-ignore format: one thought
  assert.equal((await house.done('GET', '/openapi/event/page', undefined, stranger)).total, 0)
  const ofApp = await house.done('GET', `/openapi/event/page?appId=${others.appId}&state=delivered&interfaceId=${id}`)
  assert.deepEqual([ofApp.total, ofApp.totalCapped, ofApp.records[0].delivered], [1, false, 1])
})
