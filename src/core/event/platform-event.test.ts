// What is told of quotas, and what is remembered of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type QuotaUse, quotaNews } from './platform-event.ts'

const [monday, tuesday] = [new Date('2026-03-02T00:00:00Z'), new Date('2026-03-03T00:00:00Z')]
const use = (used: number, startsAt = monday): QuotaUse => ({ period: 'day', startsAt, quota: 10, used })

function check(used: number, told: readonly string[], types: readonly string[], startsAt = monday): string[] {
  const result = quotaNews([use(used, startsAt)], told)
  assert.deepEqual(result.news.map(({ type }) => type), types) // biome-ignore format: one thought
  return result.told
}

test('each step is told of once a period, also when both are reached at once', () => {
  let told = check(7, [], [])
  told = check(8, told, ['quota.warning'])
  told = check(9, told, [])
  told = check(10, told, ['quota.reached'])
  told = check(12, told, [])
  assert.equal(told.length, 2)
  check(10, [], ['quota.warning', 'quota.reached'])
})

test('the next period begins anew, and what was told of the one before is forgotten', () => {
  const told = check(10, [], ['quota.warning', 'quota.reached'])
  const next = check(8, told, ['quota.warning'], tuesday)
  assert.equal(next.length, 1)
})

test('a quota that was raised is told of once all the same', () => {
  const told = check(8, [], ['quota.warning'])
  const raised = quotaNews([{ ...use(8), quota: 100 }], told)
  assert.deepEqual([raised.news, raised.told], [[], told])
})
