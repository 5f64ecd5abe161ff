import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OperationDocument } from '#core/feed/document.ts'
import { createCalendar } from '#lib/calendar.ts'
import type { Found } from './call.ts'
import { newCounterMemory, openCounters } from './counters.ts'
import { type LimitDeps, limitOpen } from './limit.ts'
import { Refusal } from './refusal.ts'

const found = (id: number, limitCount: number | null) => ({ operation: { id, limitCount } as OperationDocument }) as Found

function newDeps(): LimitDeps {
  return { counters: openCounters(newCounterMemory()), calendar: createCalendar('Asia/Shanghai'), onTripped: () => assert.fail('tripped') }
}

test('exactly the limit in each calendar second, and each operation its own', () => {
  const deps = newDeps()
  const passes = (id: number, now: number) => !(limitOpen(found(id, 2), undefined, deps, now) instanceof Refusal)
  assert.deepEqual(
    [passes(1, 1_000), passes(1, 1_500), passes(1, 1_999), passes(2, 1_999), passes(1, 2_000)],
    [true, true, false, true, true],
  )
})

test('without a limit everything passes', () => {
  const deps = newDeps()
  for (let n = 0; n < 1_000; n++) assert.ok(!(limitOpen(found(1, null), undefined, deps, 0) instanceof Refusal))
})
