import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { newNonceMemory, openNonceTable, secondOf } from './nonce-table.ts'

const lifeMs = 600_000
const start = 1_800_000_000_000

test('a nonce is taken once while it lives, and may come again after, also when seconds since 1970 pass 2^31', () => {
  for (const begun of [start, 2 ** 31 * 1_000 - lifeMs / 2, 2 ** 31 * 1_000]) {
    const table = openNonceTable(newNonceMemory(begun), lifeMs)
    assert.equal(table.take(5n, begun), 'taken')
    for (const later of [0, 1, lifeMs / 2, lifeMs - 1_000, lifeMs]) assert.equal(table.take(5n, begun + later), 'seen', String(later))
    assert.equal(table.take(5n, begun + 4 * lifeMs), 'taken')
  }
})

test('it grows: a million nonces are all remembered, and none is mistaken for another', () => {
  const table = openNonceTable(newNonceMemory(start), lifeMs)
  const print = (n: number) => BigInt.asIntN(64, BigInt(n + 1) * 0x9e3779b97f4a7c15n)
  for (let n = 0; n < 1_000_000; n++) if (table.take(print(n), start + n / 10) !== 'taken') assert.fail(`${n} was not new`)
  for (let n = 0; n < 1_000_000; n += 101) assert.equal(table.take(print(n), start + 100_001), 'seen')
})

test('zero, negative and colliding fingerprints are nonces like others', () => {
  const table = openNonceTable(newNonceMemory(start), lifeMs)
  for (const print of [0n, -1n, 1n << 40n, 1n << 41n, 1n << 42n]) {
    assert.equal(table.take(print, start), 'taken')
    assert.equal(table.take(print, start), 'seen')
  }
})

test('when more live than there is room for it says so, and remembers what it took', () => {
  const table = openNonceTable(newNonceMemory(start), lifeMs)
  const print = (n: number) => BigInt.asIntN(64, BigInt(n + 1) * 0x9e3779b97f4a7c15n)
  // Tables are begun by time until the ring is full of living ones.
  for (let n = 0; n < 200_000; n++) assert.equal(table.take(print(n), start), 'taken')
  assert.equal(table.take(print(0), start + lifeMs), 'seen')
})

test('over several threads, through growth and turns, each nonce is taken exactly once', async () => {
  const threads = 4
  const nonces = 300_000
  const memory = newNonceMemory(start)
  const taken = new SharedArrayBuffer(nonces)
  const source = `
    import { workerData } from 'node:worker_threads'
    import { openNonceTable } from ${JSON.stringify(new URL('./nonce-table.ts', import.meta.url).href)}
    const { memory, taken, seed } = workerData
    const table = openNonceTable(memory, ${lifeMs})
    const counts = new Uint8Array(taken)
    // Every thread takes all of them, in nearly the same order, so that they meet.
    for (let n = 0; n < ${nonces}; n++) {
      const at = n ^ seed
      const print = BigInt.asIntN(64, BigInt(at + 1) * 0x9e3779b97f4a7c15n)
      if (table.take(print, ${start} + n) === 'taken') Atomics.add(counts, at, 1)
    }`
  const workers = Array.from(
    { length: threads },
    (_, seed) => new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: { memory, taken, seed } }),
  )
  await Promise.all(workers.map((worker) => once(worker, 'exit')))
  const wrong = [...new Uint8Array(taken)].flatMap((count, n) => (count === 1 || n >= nonces - 4 ? [] : [`${n}: ${count}`]))
  assert.deepEqual(wrong, [])
})

test('a thread that died while it made the next table ready, or just after, does not hold the others up', () => {
  const print = (n: number) => BigInt.asIntN(64, BigInt(n + 1) * 0x9e3779b97f4a7c15n)
  const secondTableTurn = 1 + 2 * 4
  // What such a thread leaves in the turn field of the second table: a claim, or a table that is ready but never became current.
  for (const left of [-secondOf(start), 2]) {
    const memory = newNonceMemory(start)
    const header = new Int32Array(memory.header)
    header[secondTableTurn] = left
    if (left === 2) header.set([1 << 16, 0, secondOf(start)], secondTableTurn + 1)
    const table = openNonceTable(memory, lifeMs)
    for (let n = 0; n < 100_000; n++) assert.equal(table.take(print(n), start + 6_000), 'taken')
    for (let n = 0; n < 100_000; n += 97) assert.equal(table.take(print(n), start + 7_000), 'seen')
    // The ring goes round, many lives later, past the table that was lost.
    for (let n = 0; n < 40; n++) assert.equal(table.take(print(n), start + (n + 4) * 2 * lifeMs), 'taken')
  }
})

test('it says what it has, over the turns of its tables, until that is forgotten', () => {
  const memory = newNonceMemory(0)
  const table = openNonceTable(memory, 600_000)
  assert.equal(table.has(7n, 0), false)
  table.take(7n, 0)
  table.take(0n, 0)
  const other = openNonceTable(memory, 600_000)
  for (const now of [0, 300_000, 600_000]) {
    other.take(BigInt(now + 100), now)
    assert.deepEqual([other.has(7n, now), other.has(0n, now), other.has(8n, now)], [true, true, false])
  }
  for (const now of [1_300_000, 1_900_000, 2_500_000]) other.take(BigInt(now), now)
  assert.equal(other.has(7n, 2_500_000), false)
})
