import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createDeadlines, Timed } from './deadlines.ts'

class Call extends Timed {
  readonly begunAt = performance.now()
  lateAfter: number | undefined

  onLate(): void {
    this.lateAfter = performance.now() - this.begunAt
  }
}

test('a limit passes not early, and late by little', async () => {
  const deadlines = createDeadlines()
  const calls = [40, 200, 333, 600].map((ms) => ({ ms, call: new Call() }))
  for (const { ms, call } of calls) deadlines.watch(call, ms)
  await sleep(900)
  for (const { ms, call } of calls) {
    // The machine that runs this may be busy; when it is not, it is 50.
    assert.ok(call.lateAfter! >= ms && call.lateAfter! < ms + 150, `${ms}: ${call.lateAfter}`)
  }
  deadlines.close()
})

test('what is touched begins anew, what is forgotten never ends', async () => {
  const deadlines = createDeadlines()
  const [touched, forgotten] = [new Call(), new Call()]
  deadlines.watch(touched, 200)
  deadlines.watch(forgotten, 100)
  await sleep(120)
  deadlines.touch(touched)
  deadlines.forget(forgotten)
  await sleep(120)
  assert.equal(touched.lateAfter, undefined)
  await sleep(200)
  assert.ok(touched.lateAfter! > 300)
  assert.equal(forgotten.lateAfter, undefined)
  deadlines.close()
})

test('a thousand limits, and a wheel that stood still before', async () => {
  const deadlines = createDeadlines()
  const calls = Array.from({ length: 1_000 }, () => new Call())
  for (const call of calls) deadlines.watch(call, 50)
  for (const call of calls.slice(0, 500)) deadlines.forget(call)
  await sleep(200)
  assert.equal(calls.filter(({ lateAfter }) => lateAfter !== undefined).length, 500)
  const next = new Call()
  deadlines.watch(next, 50)
  await sleep(150)
  assert.ok(next.lateAfter! >= 50 && next.lateAfter! < 150, String(next.lateAfter))
  deadlines.close()
})

test('time in which the event loop was held up does not count against a call', async () => {
  const deadlines = createDeadlines()
  const call = new Call()
  deadlines.watch(call, 300)
  await sleep(30)
  const until = performance.now() + 500
  while (performance.now() < until);
  await sleep(60)
  assert.equal(call.lateAfter, undefined)
  deadlines.close()
})
