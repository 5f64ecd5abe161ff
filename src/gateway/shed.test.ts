// The rule by which calls are refused, with lateness as it is told and no clock.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Shedding } from './shed.ts'

/** How many of `calls` are refused between two looks, of which the second finds us so late. */
function between(shed: Shedding, lateMs: number, calls = 100, passedMs = lateMs + 20): number {
  let refused = 0
  for (let call = 0; call < calls; call++) if (shed.refuses()) refused++
  shed.look({ passedMs, lateMs, isRestless: false, underWay: 0 })
  return refused
}

/** As a thread is that has worked for three seconds. */
function warm(): Shedding {
  const shed = new Shedding()
  for (let look = 0; look < 152; look++) between(shed, 0)
  return shed
}

test('a thread that has just begun to work refuses nobody, however late', () => {
  const shed = new Shedding()
  const refused = Array.from({ length: 12 }, () => between(shed, 250))
  assert.equal(Math.max(...refused), 0)
  assert.ok(Array.from({ length: 12 }, () => between(shed, 250)).at(-1)! > 0)
})

test('as long as we are in time, nobody is refused', () => {
  const shed = warm()
  for (let look = 0; look < 1_000; look++) assert.equal(between(shed, look % 100), 0)
})

test('a single pause, however long, refuses nobody; nor do two with a good look between', () => {
  const shed = warm()
  for (const lateMs of [5_000, 0, 5_000, 0, 150, 0, 150, 0]) assert.equal(between(shed, lateMs), 0)
})

test('late at each look for 200 ms: a share is refused that grows, faster the later we are, and some always pass', () => {
  const grown = (lateMs: number, looks: number) => {
    const shed = warm()
    return Array.from({ length: looks }, () => between(shed, lateMs))
  }
  const mild = grown(150, 60)
  assert.deepEqual(mild.slice(0, 3), [0, 0, 0])
  assert.ok(
    mild.every((refused, at) => at === 0 || refused >= mild[at - 1]! - 1),
    String(mild),
  )
  assert.ok(mild.at(-1)! > 90 && mild.at(-1)! < 100, String(mild))
  const heavy = grown(190, 10)
  assert.ok(heavy.at(-1)! > mild[9]!, `${heavy} and ${mild}`)
})

test('as soon as we are in time again, fewer are refused, and soon none', () => {
  const shed = warm()
  for (let look = 0; look < 30; look++) between(shed, 250)
  const falling = Array.from({ length: 60 }, () => between(shed, 0))
  assert.ok(falling[0]! > 80 && falling[25]! < falling[0]!, String(falling))
  assert.equal(falling.at(-1), 0)
})

test('with few calls it is not calls that hold us up, so they are taken', () => {
  const shed = warm()
  for (let look = 0; look < 50; look++) assert.equal(between(shed, 500, 4), 0)
})

test('calls that take long count when the thread has no rest, and not when it waits for their services', () => {
  // 100 calls a look of 20 ms come and go, and 1,000 are under way: each takes 200 ms.
  const refusedOf = (isRestless: boolean) => {
    const shed = warm()
    let refused = 0
    for (let look = 0; look < 100; look++) {
      for (let call = 0; call < 100; call++) if (shed.refuses()) refused++
      shed.look({ passedMs: 20, lateMs: 0, isRestless, underWay: Math.min(1_000, look * 50) })
    }
    return refused
  }
  assert.equal(refusedOf(false), 0)
  assert.ok(refusedOf(true) > 1_000)
})

test('the refused are spread evenly among the others', () => {
  const shed = warm()
  for (let look = 0; look < 7; look++) between(shed, 200)
  const tens = Array.from({ length: 10 }, () => Array.from({ length: 10 }, () => shed.refuses()).filter(Boolean).length)
  assert.ok(Math.min(...tens) > 0 && Math.max(...tens) - Math.min(...tens) <= 1, String(tens))
})
