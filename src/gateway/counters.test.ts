import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { newCounterMemory, openCounters } from './counters.ts'

test('exactly the limit in each period, each counter its own', () => {
  const counters = openCounters(newCounterMemory())
  const take = (period: number, id = 7) => counters.take('operationSecond', id, 0, period, 2)
  assert.deepEqual([take(1), take(1), take(1), take(1, 8), take(2), take(1_800_000_000)], [1, 0, -1, 1, 1, 1])
  const after2038 = 2 ** 31 + 7
  assert.deepEqual([take(after2038), take(after2038), take(after2038), take(after2038 + 1)], [1, 0, -1, 1])
  assert.equal(counters.take('appSecond', 7, 0, 1, 2), 1)
  assert.equal(counters.take('grantSecond', 7, 8, 1, 2), 1)
  assert.equal(counters.take('grantSecond', 8, 7, 1, 2), 1)
})

test('who is refused takes nothing: what another gives back is there for the next', () => {
  const counters = openCounters(newCounterMemory())
  const take = () => counters.take('operationSecond', 7, 0, 1, 1)
  assert.deepEqual([take(), take()], [0, -1])
  counters.giveBack('operationSecond', 7, 0, 1)
  assert.equal(take(), 0)
})

test('exactly the limit over several threads', async () => {
  const memory = newCounterMemory()
  const admitted = new Int32Array(new SharedArrayBuffer(4))
  const source = `
    import { workerData } from 'node:worker_threads'
    import { openCounters } from ${JSON.stringify(new URL('./counters.ts', import.meta.url).href)}
    const counters = openCounters(workerData.memory)
    for (let n = 0; n < 10_000; n++) if (counters.take('operationSecond', 1, 0, 5, 7_777) >= 0) Atomics.add(workerData.admitted, 0, 1)`
  const workers = Array.from(
    { length: 4 },
    () => new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: { memory, admitted } }),
  )
  await Promise.all(workers.map((worker) => once(worker, 'exit')))
  assert.equal(admitted[0], 7_777)
})
