import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OperationDocument } from '#core/feed/document.ts'
import type { Found } from './call.ts'
import { newCounterMemory, openCounters } from './counters.ts'
import { limitOpen } from './limit.ts'
import { Refusal } from './refusal.ts'

const found = (id: number, limitCount: number | null) => ({ operation: { id, limitCount } as OperationDocument }) as Found

test('exactly the limit in each calendar second, and each operation its own', () => {
  const counters = openCounters(newCounterMemory())
  const passes = (id: number, now: number) => !(limitOpen(found(id, 2), counters, now) instanceof Refusal)
  assert.deepEqual(
    [passes(1, 1_000), passes(1, 1_500), passes(1, 1_999), passes(2, 1_999), passes(1, 2_000)],
    [true, true, false, true, true],
  )
})

test('without a limit everything passes', () => {
  const counters = openCounters(newCounterMemory())
  for (let n = 0; n < 1_000; n++) assert.ok(!(limitOpen(found(1, null), counters, 0) instanceof Refusal))
})
