import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { newFigureMemory, openFigures, readFigures } from './figures.ts'

test('figures of all threads are added up, each call under its outcome, its fault and its latency', () => {
  const memory = newFigureMemory(2)
  const first = openFigures(memory, 't1')
  const second = openFigures(memory, 't2')
  first.note('answered', undefined, 1)
  first.note('answered', undefined, 1.5)
  second.note('answered', undefined, 10_001)
  second.note('failed', 'upstream_timeout', 3_000)
  second.note('failed', undefined, 10_000)
  first.note('refused', 'not_granted', 0)
  second.note('refused', 'not_granted', 0)
  second.note('refused', 'upstream_timeout', 0)
  assert.deepEqual(readFigures(memory), {
    calls: { answered: 3, refused: 3, failed: 2 },
    refusals: { not_granted: 2, upstream_timeout: 1 },
    failures: { upstream_timeout: 1 },
    // Up to 1, 2, 5, … 10,000 ms, and above; of refused calls none.
    latency: { counts: [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1], sumMs: 1 + 1.5 + 10_001 + 3_000 + 10_000 },
    connections: 0,
    latenessMs: 0,
  })
})

test('a thread that is replaced counts on from where the other died', async () => {
  const memory = newFigureMemory(2)
  openFigures(memory, 't1').note('answered', undefined, 1)
  const counts = `
    const { openFigures } = await import(${JSON.stringify(new URL('./figures.ts', import.meta.url).href)})
    const figures = openFigures((await import('node:worker_threads')).workerData, 't2')
    for (let n = 0; n < 1000; n++) figures.note('refused', 'rate_limited', 0)
    process.exit(1)`
  for (let life = 1; life <= 2; life++) {
    const thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(counts)}`), { workerData: memory })
    await once(thread, 'exit')
    assert.deepEqual(readFigures(memory).refusals, { rate_limited: 1000 * life })
  }
  assert.equal(readFigures(memory).calls.answered, 1)
})

test('open connections are those of the thread that lives', async () => {
  const memory = newFigureMemory(1)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  openFigures(memory, 't1').watch(server)
  const caller = connect((server.address() as { port: number }).port, '127.0.0.1')
  for (let waited = 0; readFigures(memory).connections !== 1; waited += 20) {
    assert.ok(waited < 10_000, 'the connection is not seen')
    await sleep(20)
  }
  caller.destroy()
  server.close()
  openFigures(memory, 't1')
  assert.equal(readFigures(memory).connections, 0)
})
