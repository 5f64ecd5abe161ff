// Several serving threads are one gateway: limits and nonces are exact over all of them, and one that dies costs the others nothing.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { burst, type Call, type House, openHouse, sendAlone, signed, type TestApp } from '../house.ts'

const workers: Worker[] = []
process.on('worker', (worker) => workers.push(worker))

let house: House
let app: TestApp
let token: string
before(async () => {
  house = await openHouse({ settings: { KAIMEN_GATEWAY_THREADS: '3' } })
  const open = await house.publish({ path: '/open' })
  app = await house.app([open.id])
  token = await house.token(app)
})
after(() => house.close())

/** Over a connection of its own: the kernel deals connections out to the threads. */
const call = (one: Call) => sendAlone(house.gatewayUrl, one)

test('of one nonce sent to all threads at once, exactly one call is taken', async () => {
  for (let round = 0; round < 10; round++) {
    const one = signed(app, 'GET', '/open', { token, nonce: `round-${round}` })
    const answers = await Promise.all(Array.from({ length: 24 }, () => call(one)))
    const taken = answers.filter(({ status }) => status === 200).length
    assert.equal(taken, 1)
    assert.ok(answers.every(({ status, fault }) => status === 200 || fault === 'replayed_request'))
  }
})

test('ten times its limit: an interface admits exactly its limit, over all threads', async () => {
  await house.publish({ path: '/limited', security: 'none', limitCount: 20 })
  await burst(200, 20, () => call({ method: 'GET', path: '/limited', headers: {} }))
})

test('threads that die are replaced; nonces stay taken, the others serve on, and what is published later is known to all', async () => {
  const taken = signed(app, 'GET', '/open', { token, nonce: 'before-the-fall' })
  assert.equal((await call(taken)).status, 200)
  const [first, second] = workers.slice(-3)
  const ended = [first!, second!].map((worker) => new Promise((resolve) => worker.once('exit', resolve)))
  await Promise.all([first!.terminate(), second!.terminate(), ...ended])

  for (let n = 0; n < 40; n++) assert.equal((await call(signed(app, 'GET', '/open', { token }))).status, 200)
  for (let n = 0; n < 12; n++) assert.equal((await call(taken)).fault, 'replayed_request')
  await house.publish({ path: '/later', security: 'none' })
  for (let n = 0; n < 24; n++) assert.equal((await call({ method: 'GET', path: '/later', headers: {} })).status, 200)
})
