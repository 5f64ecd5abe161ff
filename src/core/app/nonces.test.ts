// How long what was signed may come, and that nothing comes twice meanwhile (contract §2, settled C7).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newNonceMemory, openNonceTable } from './nonce-table.ts'
import { isFresh, nonceLifeMs } from './nonces.ts'

const now = 1_800_000_000_000

test('what was signed is fresh within five minutes of our clock either way, the edge included', () => {
  for (const [off, fresh] of [
    [-300_001, false],
    [-300_000, true],
    [0, true],
    [300_000, true],
    [300_001, false],
  ] as const) {
    assert.equal(isFresh(now + off, now), fresh, String(off))
  }
  assert.equal(isFresh(undefined, now), false)
})

test('what a fast clock signed for later is known for as long as it is fresh', () => {
  const last = now + 600_000
  assert.equal(isFresh(now + 300_000, last), true)
  // The table forgets by portions of time, and only amid others: it is asked from each place within a portion.
  for (let begun = 0; begun < 600_000; begun += 20_000) {
    const table = openNonceTable(newNonceMemory(now - begun), nonceLifeMs)
    assert.equal(table.take(7n, now), 'taken')
    for (let at = now + 10_000; at < last; at += 10_000) table.take(BigInt(at), at)
    assert.equal(table.take(7n, last), 'seen', `begun ${begun} ms before`)
  }
})
