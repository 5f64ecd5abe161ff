// Calls under way at once, over threads: never more than the limit, all of it usable, and none lost with a thread.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { type ConcurrencyMemory, newConcurrencyMemory, openConcurrency } from './concurrency.ts'
import { emptyShares } from './shares.ts'

const limited = { id: 7, concurrency: 5 }

interface Task {
  readonly memory: ConcurrencyMemory
  readonly thread: number
  /** What all threads hold together, counted by another way. */
  readonly inside: SharedArrayBuffer
  readonly rounds: number
}

if (isMainThread) {
  test('a limit is shared by all threads, and each one that leaves makes room for one', () => {
    const memory = newConcurrencyMemory(2)
    const [first, second] = [openConcurrency(memory, 0), openConcurrency(memory, 1)]
    const entered = Array.from({ length: 8 }, (_, at) => (at % 2 ? first : second).enter(limited))
    assert.deepEqual(entered, [true, true, true, true, true, false, false, false])
    second.leave(limited)
    assert.deepEqual([first.enter(limited), second.enter(limited)], [true, false])
    assert.ok(first.enter({ id: 8, concurrency: 1 }), 'another interface has its own')
    assert.ok(first.enter({ id: 7 + 65_536, concurrency: 1 }), 'also one that would stand in the same place')
    assert.ok(second.enter({ id: 7, concurrency: null }), 'without a limit nobody is counted')
  })

  test('threads that meet at the limit never pass it, and one that is terminated amid calls gives its share back', async () => {
    const memory = newConcurrencyMemory(4)
    const inside = new SharedArrayBuffer(8)
    const workers = [0, 1, 2].map((thread) => {
      // The last one never ends by itself.
      const task: Task = { memory, thread, inside, rounds: thread === 2 ? Number.POSITIVE_INFINITY : 50_000 }
      return new Worker(new URL(import.meta.url), { workerData: task })
    })
    await Promise.all(workers.slice(0, 2).map((worker) => once(worker, 'message')))
    await workers[2]!.terminate()
    emptyShares(memory.shares, 2)
    const [, most] = new Int32Array(inside)
    assert.ok(most! <= limited.concurrency, `${most} were inside`)
    const last = openConcurrency(memory, 3)
    const entered = Array.from({ length: 6 }, () => last.enter(limited))
    assert.deepEqual(entered, [true, true, true, true, true, false])
  })
} else {
  const { memory, thread, inside, rounds } = workerData as Task
  const concurrency = openConcurrency(memory, thread)
  const [now, most] = [0, 1]
  const counts = new Int32Array(inside)
  for (let round = 0; round < rounds; round++) {
    let held = 0
    while (held < 4 && concurrency.enter(limited)) {
      held++
      const together = Atomics.add(counts, now, 1) + 1
      if (together > Atomics.load(counts, most)) Atomics.store(counts, most, together)
    }
    while (held-- > 0) {
      Atomics.sub(counts, now, 1)
      concurrency.leave(limited)
    }
  }
  parentPort!.postMessage('done')
}
