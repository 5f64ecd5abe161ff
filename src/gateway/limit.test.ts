import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OperationDocument } from '#core/feed/document.ts'
import { createLimits } from './limit.ts'
import { Refusal } from './refusal.ts'

const operation = (id: number, limitCount: number | null) => ({ id, limitCount }) as OperationDocument

test('exactly the limit in each calendar second, and each operation its own', () => {
  const limits = createLimits()
  const take = (id: number, now: number) => !(limits.take(operation(id, 2), now) instanceof Refusal)
  assert.deepEqual([take(1, 1_000), take(1, 1_500), take(1, 1_999), take(2, 1_999), take(1, 2_000)], [true, true, false, true, true])
})

test('without a limit everything passes', () => {
  const limits = createLimits()
  for (let n = 0; n < 1_000; n++) assert.equal(limits.take(operation(1, null), 0), undefined)
})
