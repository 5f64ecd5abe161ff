import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, createDeadlines, Timed } from './deadlines.ts'

/** Goes on only when it is told to: how busy the machine is makes no difference. */
function handClock(): Clock & { pass(ms: number, heldUp?: boolean): void } {
  let now = 0
  let dueAt = Number.POSITIVE_INFINITY
  let due: () => void = () => {}
  let afterMs = 0

  function fire(): void {
    dueAt = Number.POSITIVE_INFINITY
    due()
  }
  return {
    now: () => now,
    timer(callback, ms) {
      due = callback
      afterMs = ms
      dueAt = now + ms
      return {
        refresh: () => {
          dueAt = now + afterMs
        },
        stop: () => {
          dueAt = Number.POSITIVE_INFINITY
        },
      }
    },
    pass(ms, heldUp = false) {
      const until = now + ms
      if (heldUp) now = until
      while (dueAt <= until) {
        now = Math.max(now, dueAt)
        fire()
      }
      now = until
    },
  }
}

const clock = handClock()

class Call extends Timed {
  readonly begunAt = clock.now()
  lateAfter: number | undefined

  onLate(): void {
    this.lateAfter = clock.now() - this.begunAt
  }
}

test('a limit passes not early, and late by little', () => {
  const deadlines = createDeadlines(clock)
  for (const ms of [1, 40, 200, 333, 600, 10_000]) {
    for (const offset of [0, 1, 7, 14]) {
      clock.pass(offset)
      const call = new Call()
      deadlines.watch(call, ms)
      clock.pass(ms + 50)
      assert.ok(call.lateAfter! >= ms && call.lateAfter! <= ms + 50, `${ms}: ${call.lateAfter}`)
    }
  }
  deadlines.close()
})

test('what is touched begins anew, what is forgotten never ends', () => {
  const deadlines = createDeadlines(clock)
  const [touched, forgotten] = [new Call(), new Call()]
  deadlines.watch(touched, 200)
  deadlines.watch(forgotten, 100)
  clock.pass(90)
  deadlines.touch(touched)
  deadlines.forget(forgotten)
  clock.pass(190)
  assert.equal(touched.lateAfter, undefined)
  clock.pass(100)
  assert.ok(touched.lateAfter! >= 290)
  assert.equal(forgotten.lateAfter, undefined)
  deadlines.close()
})

test('a thousand limits, and a wheel that stood still before', () => {
  const deadlines = createDeadlines(clock)
  const calls = Array.from({ length: 1_000 }, () => new Call())
  for (const call of calls) deadlines.watch(call, 50)
  for (const call of calls.slice(0, 500)) deadlines.forget(call)
  clock.pass(200)
  assert.equal(calls.filter(({ lateAfter }) => lateAfter !== undefined).length, 500)
  clock.pass(5_000)
  const next = new Call()
  deadlines.watch(next, 50)
  clock.pass(100)
  assert.ok(next.lateAfter! >= 50, String(next.lateAfter))
  deadlines.close()
})

test('time in which the event loop was held up does not count against a call', () => {
  const deadlines = createDeadlines(clock)
  const call = new Call()
  deadlines.watch(call, 300)
  clock.pass(30)
  clock.pass(500, true)
  clock.pass(60)
  assert.equal(call.lateAfter, undefined)
  clock.pass(300)
  assert.ok(call.lateAfter !== undefined)
  deadlines.close()
})

test('by the real clock too, without keeping the process', async () => {
  const deadlines = createDeadlines()
  const call = new Call()
  deadlines.watch(call, 20)
  while (call.lateAfter === undefined) await sleep(5)
  deadlines.close()
})
