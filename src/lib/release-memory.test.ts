import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'

test('threads that start at once do not take the collector away from one another and fail', async () => {
  const module = new URL('./release-memory.ts', import.meta.url).href
  const code = `import('${module}').then(({ releaseMemory }) => { for (let left = 40; left > 0; left--) releaseMemory() })`
  const workers = Array.from({ length: 4 }, () => new Worker(code, { eval: true }))
  const codes = await Promise.all(workers.map(async (worker) => (await once(worker, 'exit'))[0]))
  assert.deepEqual(codes, [0, 0, 0, 0])
})
