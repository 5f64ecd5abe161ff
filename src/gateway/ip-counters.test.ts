import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newIpMemory, openIpCounters } from './ip-counters.ts'

test('an address is counted by itself, in each second anew, also in those after 2038', () => {
  for (const second of [1_800_000_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2]) {
    const counters = openIpCounters(newIpMemory())
    const add = (address: string, later = 0) => counters.add(address, second + later)
    assert.deepEqual([add('192.0.2.1'), add('192.0.2.1'), add('192.0.2.2'), add('192.0.2.1', 1)], [1, 2, 1, 1])
    assert.deepEqual([counters.count('192.0.2.2', second), counters.count('192.0.2.2', second + 1)], [1, 0])
  }
})
