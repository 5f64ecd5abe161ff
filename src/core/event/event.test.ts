// How long we try, and how what is sent is signed.

import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { settings } from '#config.ts'
import { type Attempt, blockedMs, nextTry, webhookId } from './event.ts'
import { eventFields } from './signature.ts'

const schedule = settings.callbackRetries.fallback
const time = new Date('2026-03-01T00:00:00Z')
const failed = (more: Partial<Attempt> = {}): Attempt => ({ time, latencyMs: 200, status: 500, error: 'refused', response: null, ...more })
const waitMs = (tries: number, chance: number, more?: Partial<Attempt>) => {
  const at = nextTry(tries, failed(more), schedule, chance)
  return at && at.getTime() - time.getTime() - 200
}

test('waits grow to three days; chance makes them shorter and never longer', () => {
  const longest = schedule.map((_, tries) => waitMs(tries, 0)!)
  assert.deepEqual(longest.map((ms) => ms / 1_000), schedule) // biome-ignore format: one thought
  assert.deepEqual(schedule.map((_, tries) => waitMs(tries, 1)), longest.map((ms) => ms / 2)) // biome-ignore format: one thought
  assert.equal(waitMs(schedule.length, 0), undefined)
  const days = longest.reduce((sum, ms) => sum + ms, 0) / 86_400_000
  assert.ok(days > 2.5 && days <= 3, `${days} days`)
})

test('the first wait is one of 1 to 5 s, whatever chance says (settled A9)', () => {
  for (const chance of [0, 0.5, 0.999]) assert.ok(waitMs(0, chance)! >= 1_000 && waitMs(0, chance)! <= 5_000)
  for (const chance of [0, 0.999]) assert.ok(blockedMs(0, chance) < 5_000, 'nor does the breaker make it longer')
})

test('Retry-After makes a wait longer, up to an hour, and never shorter; 410 ends all', () => {
  assert.equal(waitMs(0, 0, { retryAfterMs: 60_000 }), 60_000)
  assert.equal(waitMs(0, 0, { retryAfterMs: 1_000 }), 5_000)
  assert.equal(waitMs(0, 0, { retryAfterMs: 86_400_000 }), 3_600_000)
  assert.equal(waitMs(7, 0, { retryAfterMs: 60_000 }), 36_000_000)
  assert.equal(waitMs(0, 0, { error: 'gone' }), undefined)
})

test('a signature is that of the known answer of Standard Webhooks', () => {
  const secret = createSecretKey(Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'))
  const at = new Date(1_614_265_330_000)
  const fields = eventFields('msg_p5jXN8AQM9LWM0D4loKWxJek', at, '{"test": 2432232314}', [secret, secret])
  const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
  assert.equal(fields['webhook-timestamp'], '1614265330')
  assert.equal(fields['webhook-signature'], `${signature} ${signature}`)
})

test('an id is unlike that of a delivery which had the same number at another time', () => {
  const [one, other] = [0, 1].map((ms) => webhookId({ id: 7, createdAt: new Date(time.getTime() + ms) }))
  assert.notEqual(one, other)
  assert.match(one!, /^msg_[a-z0-9]+_7$/)
})
