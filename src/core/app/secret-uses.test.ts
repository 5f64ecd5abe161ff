import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SecretUses } from './secret-uses.ts'

test('the last use of each secret is told at once, then once a minute', () => {
  const uses = new SecretUses()
  assert.deepEqual(uses.take(1_000_000), [])
  uses.note(1, 1_000_000)
  uses.note(1, 1_000_500)
  uses.note(2, 1_000_200)
  assert.deepEqual(uses.take(1_001_000), [
    [1, 1_000_500],
    [2, 1_000_200],
  ])
  uses.note(1, 1_002_000)
  uses.note(1, 1_030_000)
  uses.note(3, 1_030_000)
  assert.deepEqual(uses.take(1_060_000), [[3, 1_030_000]])
  assert.deepEqual(uses.take(1_061_000), [[1, 1_030_000]])
  assert.deepEqual(uses.take(9_000_000), [])
})
