// `npm run listen`: events reach a program on a laptop by a real process that asks for them, signed like any other.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type House, openHouse, type TestApp } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { openReceiver, verifyEvent } from '../receiver.ts'

const script = join(import.meta.dirname, '../../examples/listen.ts')

let house: House
/** Of the platform's clock. */
let aheadMs = 0
before(async () => {
  const settings = { KAIMEN_ALLOW_PRIVATE_CALLBACKS: 'true', KAIMEN_CALLBACK_TIMEOUT: '15', KAIMEN_CALLBACK_RETRIES: '1,1' }
  house = await openHouse({ settings, now: () => new Date(Date.now() + aheadMs) })
})
after(() => house.close())

let made = 0
async function downlink(): Promise<{ id: number; path: string }> {
  const path = `/listened/${++made}`
  const { id } = await house.publish({ path, method: 'POST', type: 1, serviceId: undefined })
  return { id, path }
}

/** The process, once it listens. */
async function listening(app: TestApp, forward: string, secret = app.appSecret) {
  const child = spawn(process.execPath, [script, '--app', app.appId, '--forward', forward, '--platform', house.platformUrl], {
    env: { PATH: process.env.PATH ?? '', APP_SECRET: secret },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data)) // biome-ignore format: one thought
  let isOver = false
  const ended = once(child, 'close').then(() => {
    isOver = true
  })
  await until(async () => isOver || (await choiceOf(app)).listening, 60_000, () => said) // biome-ignore format: one thought
  return {
    child,
    said: () => said,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

const choiceOf = (app: TestApp) => house.done('GET', `/openapi/event/choice/${app.id}`)
const push = (path: string, data: unknown) => house.done('POST', '/openapi/event/push', { path, data })
async function deliveryIn(state: string, id: number) {
  let delivery: { state: string; attempts: { status: number; response: string; request: unknown; error: string }[] }
  const isSo = async () => {
    delivery = await house.done('GET', `/openapi/event/delivery/${id}`)
    return delivery.state === state
  }
  await until(isSo, 60_000, () => JSON.stringify(delivery))
  return delivery!
}

test('an app without a callback address gets its events while it listens, signed, and what it answers is seen', async () => {
  let isDown = true
  await using receiver = await openReceiver((response) => {
    response.writeHead(isDown ? 500 : 200).end('thanks')
    isDown = false
  })
  const { id, path } = await downlink()
  const app = await house.app([id])
  await using listener = await listening(app, `${receiver.url}/hook/`)
  const { deliveries } = await push(path, { plate: '粤B12345' })
  assert.deepEqual(deliveries.map(({ appId }: { appId: number }) => appId), [app.id]) // biome-ignore format: one thought
  const delivery = await deliveryIn('delivered', deliveries[0].id)
  const seen = delivery.attempts.map(({ status, response, request }) => [status, response, request])
  assert.deepEqual(seen, [[500, 'thanks', null], [200, 'thanks', null]]) // biome-ignore format: one thought
  assert.equal(receiver.received.length, 2)
  for (const received of receiver.received) {
    assert.equal(received.url, `/hook${path}`)
    assert.equal(received.body, '{"plate":"粤B12345"}')
    verifyEvent(received, app.appSecret)
  }
  const told = new RegExp(`500 .*${path}[^]*200 .*${path}`)
  await until(
    () => told.test(listener.said()),
    60_000,
    () => `${told}: ${listener.said()}`,
  )
  assert.ok(!listener.said().includes(app.appSecret))
})

test('while one listens nothing goes to the callback address; what a killed listener took goes there after its lease', async () => {
  await using address = await openReceiver()
  await using laptop = await openReceiver(() => {})
  const { id, path } = await downlink()
  const app = await house.app([id])
  await house.done('PUT', `/openapi/app/callback/${app.id}`, { callbackAddress: address.url })
  await using listener = await listening(app, laptop.url)
  const { child } = listener
  const { deliveries } = await push(path, 1)
  await until(() => laptop.received.length === 1, 60_000, () => 'the laptop got nothing') // biome-ignore format: one thought
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.equal(address.received.length, 0)
  aheadMs += 31_000
  await deliveryIn('delivered', deliveries[0].id)
  assert.deepEqual([address.received.length, address.received[0]!.headers['webhook-id']], [1, laptop.received[0]!.headers['webhook-id']])
  verifyEvent({ ...address.received[0]!, headers: laptop.received[0]!.headers }, app.appSecret)
})

test('an app takes and tells of its own events only, by a token that is good', async () => {
  const { id, path } = await downlink()
  const [mine, other] = [await house.app([id]), await house.app([])]
  const listener = randomUUID()
  const as = async (app: TestApp, path: string, body: unknown) => house.manage('POST', path, body, await house.token(app))
  for (const token of ['', house.admin]) assert.equal((await house.manage('POST', '/openapi/event/listen', { listener }, token)).fault, 'unauthorized') // biome-ignore format: one thought
  assert.equal((await as(mine, '/openapi/event/listen', { listener: 'me' })).fault, 'invalid_parameters')
  assert.deepEqual((await as(mine, '/openapi/event/listen', { listener })).json.data.deliveries, [])
  const { deliveries } = await push(path, 1)
  const taken = (await as(mine, '/openapi/event/listen', { listener })).json.data.deliveries
  assert.deepEqual(taken.map((one: { id: number; path: string }) => [one.id, one.path]), [[deliveries[0].id, path]]) // biome-ignore format: one thought
  assert.deepEqual((await as(other, '/openapi/event/listen', { listener })).json.data.deliveries, [])

  const told = (of: string) => ({ listener: of, results: [{ id: deliveries[0].id, status: 200, latency: 1 }] })
  const count = async (app: TestApp, of = listener) => (await as(app, '/openapi/event/listen/result', told(of))).json.data.taken
  assert.deepEqual([await count(other), await count(mine, randomUUID())], [0, 0])
  assert.equal((await house.done('GET', `/openapi/event/delivery/${deliveries[0].id}`)).state, 'waiting')
  assert.deepEqual([await count(mine), await count(mine)], [1, 0])
  await deliveryIn('delivered', deliveries[0].id)
})

test('a wrong secret, or none, ends it with a sentence', async () => {
  const app = await house.app()
  for (const [secret, words] of [
    ['x'.repeat(32), /refused/],
    ['', /APP_SECRET/],
  ] as const) {
    await using listener = await listening(app, 'http://localhost:1', secret)
    assert.match(listener.said(), words)
    assert.notEqual(listener.child.exitCode, 0)
  }
})
