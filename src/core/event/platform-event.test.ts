// What is told of quotas, and what is remembered of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type QuotaUse, quotaNews } from './platform-event.ts'

const [monday, tuesday] = [new Date('2026-03-02T00:00:00Z'), new Date('2026-03-03T00:00:00Z')]
const running = (day = monday) => ({ day, month: new Date('2026-03-01T00:00:00Z') })
const use = (used: number): QuotaUse => ({ interfaceId: null, period: 'day', quota: 10, used })

function check(used: number, told: readonly string[], types: readonly string[], day = monday): string[] {
  const result = quotaNews([use(used)], running(day), told)
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
  const raised = quotaNews([{ ...use(8), quota: 100 }], running(), told)
  assert.deepEqual([raised.news, raised.told], [[], told])
})

test('the quota of each interface is told of by itself, and remembered while others are called', () => {
  const at = (interfaceId: number | null, used: number) => ({ ...use(used), interfaceId })
  const first = quotaNews([at(3, 10), at(null, 1)], running(), [])
  assert.deepEqual(first.news.map(({ type, interfaceId }) => `${type} ${interfaceId}`), ['quota.warning 3', 'quota.reached 3']) // biome-ignore format: one thought
  const other = quotaNews([at(4, 8)], running(), first.told)
  assert.deepEqual(other.news.map(({ interfaceId }) => interfaceId), [4]) // biome-ignore format: one thought
  assert.equal(quotaNews([at(3, 11)], running(), other.told).news.length, 0)
})
