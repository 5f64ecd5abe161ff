// Figures second by second, made from what gateways count since they started.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noteGateways, quantile } from '../../console/src/pages/overview/live-figures.ts'

/** What a gateway tells: so many calls that were answered, refused by a limit, and refused otherwise. */
function told(source: string, toldAt: number, answered: number, limited = 0, otherwise = 0) {
  return {
    node: 'n',
    source,
    toldAt,
    age: 0,
    revision: 1,
    staleness: 0,
    connections: 0,
    memory: 0,
    lateness: 0,
    calls: { answered, refused: limited + otherwise, failed: 0 },
    refusals: { rate_limited: limited, not_granted: otherwise },
    failures: {},
    latency: { p50: null, p95: null, p99: null, buckets: [{ upTo: 10, calls: answered }, { upTo: null, calls: 0 }] }, // biome-ignore format: one thought
  }
}

test('a second has what was counted in it, of all gateways; a gateway that starts anew is no fall', () => {
  const at = 1_000_000
  noteGateways([told('a', at, 100), told('b', at, 7)])
  const [first] = noteGateways([told('a', at + 2_000, 140, 10, 4), told('b', at + 1_000, 8)])
  const { p99, ...rest } = first!
  assert.deepEqual(rest, { second: 1_002, answered: 21, limited: 5, refused: 2, failed: 0, p50: 5 })
  assert.equal(p99?.toFixed(1), '9.9')
  const second = noteGateways([told('a', at + 3_000, 150, 10, 4), told('c', at + 3_000, 5)]).at(-1)
  assert.deepEqual([second?.second, second?.answered, second?.refused, second?.limited], [1_003, 10, 0, 0])
})

test('what is told twice counts once, and the time when nobody looked is a gap; what was seen before stays', () => {
  const before = noteGateways([told('a', 1_004_000, 160)])
  assert.equal(noteGateways([told('a', 1_004_000, 160)]), before)
  assert.equal(noteGateways([told('a', 1_064_000, 9_000)]), before)
  const seconds = noteGateways([told('a', 1_065_000, 9_003)]).map(({ second, answered }) => [second, answered])
  assert.deepEqual(seconds.slice(-2), [
    [1_004, 10],
    [1_065, 3],
  ])
  noteGateways([told('a', 1_399_000, 9_003)])
  assert.deepEqual(noteGateways([told('a', 1_400_000, 9_004)]).map(({ second }) => second), [1_400]) // biome-ignore format: one thought
})

test('a quantile lies within its bucket; beyond the last bound it is that bound', () => {
  const buckets = (...calls: number[]) => calls.map((count, at) => ({ upTo: [10, 20, null][at]!, calls: count }))
  assert.equal(quantile(buckets(0, 0, 0), 0.5), null)
  assert.equal(quantile(buckets(10, 0, 0), 0.5), 5)
  assert.equal(quantile(buckets(5, 5, 0), 0.75), 15)
  assert.equal(quantile(buckets(0, 1, 99), 0.99), 20)
})
