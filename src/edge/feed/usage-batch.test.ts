import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readUsageBatch } from './usage-batch.ts'

const minute = 1_700_000_040
const count = { minute, operationId: 1, appId: 0, calls: 3, refused: 1, limited: 0, failed: 0, latencyMs: 12 }
const empty = { source: '6f1c1d6e-8a0c-4f0e-9a51-0d4f0c1b2a3e', number: 1, counts: [] }
const call = {
  time: minute * 1_000,
  requestId: '6f1c1d6e-8a0c-4f0e-9a51-0d4f0c1b2a3f',
  ip: '192.0.2.1',
  method: 'GET',
  path: '/a',
  operationId: 0,
  appId: 0,
  status: 404,
  latencyMs: 1,
  bytes: 0,
  error: 'interface_not_found',
  stage: 'match',
  detail: null,
  revision: 1,
}

async function* sent(...pieces: readonly string[]) {
  for (const piece of pieces) yield Buffer.from(piece)
}
const read = (batch: unknown) => readUsageBatch(sent(JSON.stringify(batch)))

test('what is no batch is none', async () => {
  const none = (what: string, ...pieces: string[]) => test(what, async () => assert.equal(await readUsageBatch(sent(...pieces)), undefined))
  await none('nothing', '')
  await none('no JSON', '{"source":')
  await none('JSON of something else', '[]')
  await none('half a minute', JSON.stringify({ ...empty, counts: [{ ...count, minute: minute + 30 }] }))
  await none('an id that no row can have', JSON.stringify({ ...empty, counts: [{ ...count, operationId: 2 ** 31 }] }))
  await none('an error with a quote in its name', JSON.stringify({ ...empty, errors: [{ minute, appId: 0, error: 'a"', calls: 1 }] }))
  await none('more than 32 MB', JSON.stringify(empty), ...Array.from({ length: 33 }, () => ' '.repeat(1024 * 1024)))
})

test('a gateway of before, which does not tell all, is understood', async () => {
  const { limited: _, ...told } = count
  const batch = await read({ ...empty, counts: [told] })
  assert.deepEqual(batch, { ...empty, counts: [count], errors: [], calls: [], leftOut: [], tripped: [], secretUses: [] })
})

test('a call that is not right is left out, and keeps neither its neighbours nor the counts from being taken', async () => {
  const batch = await read({ ...empty, counts: [count], calls: [{ ...call, status: -1 }, call, 'none', { ...call, path: '/a\0\ud800' }] })
  assert.deepEqual(batch?.counts, [count])
  assert.deepEqual(
    batch?.calls.map(({ path }) => path),
    ['/a', '/a\ufffd\ufffd'],
  )
})
