import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Health } from './health.ts'

const half = 0.5
const check = { path: '/', intervalMs: 1_000, timeoutMs: 1_000, healthyAfter: 2, unhealthyAfter: 3 }

function fail(health: Health, times: number, now: number): void {
  for (let call = 0; call < times; call++) health.failed(now, half)
}

test('three failures in a row take it out, others do not', () => {
  const health = new Health()
  fail(health, 2, 0)
  health.succeeded()
  fail(health, 2, 0)
  assert.equal(health.isWell, true)
  fail(health, 1, 0)
  assert.equal(health.isWell, false)
})

test('it stays out twice as long each time that its trial fails, up to a minute, and comes back at once when it succeeds', () => {
  const health = new Health()
  let now = 0
  fail(health, 3, now)
  for (const outMs of [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    assert.equal(health.mayTake(now + outMs - 1), false, String(outMs))
    now += outMs
    assert.equal(health.mayTake(now), true)
    health.take()
    assert.equal(health.mayTake(now), false)
    fail(health, 1, now)
  }
  health.take()
  health.succeeded()
  assert.equal(health.isWell, true)
  fail(health, 3, now)
  assert.equal(health.mayTake(now + 2_000), true)
})

test('how long is a matter of chance, a fifth more or less', () => {
  for (const [chance, outMs] of [
    [0, 1_600],
    [1, 2_400],
  ] as const) {
    const health = new Health()
    for (let call = 0; call < 3; call++) health.failed(0, chance)
    assert.equal(health.mayTake(outMs - 1), false)
    assert.equal(health.mayTake(outMs + 1), true)
  }
})

test('active checks take it out and in after as many as the service says', () => {
  const health = new Health()
  const states = [false, false, true, false, false, false, true, false, true, true].map((isHealthy) => {
    health.checked(isHealthy, check)
    return health.isWell
  })
  assert.deepEqual(states, [true, true, true, true, true, false, false, false, false, true])
  for (let asked = 0; asked < 3; asked++) health.checked(false, check)
  health.unchecked()
  assert.equal(health.isWell, true)
})
