import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRecorder, shareOf } from './record.ts'

const second = 1_767_225_600_000
const times = (count: number, does: () => boolean) => Array.from({ length: count }, does).filter(Boolean).length

test('successes are kept up to the rate of each calendar second, and the rest is counted', () => {
  const recorder = createRecorder(3)
  assert.equal(
    times(10, () => recorder.wants('answered', second + 999)),
    3,
  )
  assert.equal(
    times(10, () => recorder.wants('answered', second + 1_000)),
    3,
  )
  assert.deepEqual(recorder.take(), { calls: [], leftOut: 14 })
  assert.equal(recorder.take().leftOut, 0)
})

test('refusals and failures have a bound of their own, and do not take the room of successes', () => {
  const recorder = createRecorder(3)
  assert.equal(times(800, () => recorder.wants('refused', second)) + times(800, () => recorder.wants('failed', second)), 1_000)
  assert.equal(
    times(5, () => recorder.wants('answered', second)),
    3,
  )
  assert.equal(recorder.take().leftOut, 602)
  const faster = createRecorder(2_000)
  assert.equal(
    times(3_000, () => faster.wants('refused', second)),
    2_000,
  )
})

test('a rate of nothing keeps no success, and every refusal', () => {
  const recorder = createRecorder(0)
  assert.equal(
    times(5, () => recorder.wants('answered', second)),
    0,
  )
  assert.equal(
    times(5, () => recorder.wants('refused', second)),
    5,
  )
})

test('a clock that was set back does not stop the log', () => {
  const recorder = createRecorder(1)
  assert.equal(recorder.wants('answered', second), true)
  assert.equal(recorder.wants('answered', second - 3_600_000), true)
  assert.equal(recorder.wants('answered', second - 3_599_999), false)
})

test('evidence is sampled: a few a second for one ring, and not many for all together', () => {
  const recorder = createRecorder(1)
  assert.equal(
    times(1_000, () => recorder.wantsEvidence('app 12', second)),
    32,
  )
  let address = 0
  assert.equal(
    times(1_000, () => recorder.wantsEvidence(`ip 10.0.0.${address++}`, second)),
    68,
  )
  assert.equal(recorder.wantsEvidence('app 12', second + 1_000), true)
})

test('what was added is handed over once', () => {
  const recorder = createRecorder(1)
  const record = { requestId: 'r' } as never
  recorder.add(record)
  assert.deepEqual(recorder.take().calls, [record])
  assert.deepEqual(recorder.take().calls, [])
})

test('the shares of all threads are the whole', () => {
  for (const [whole, threads] of [
    [1_000, 3],
    [1, 4],
    [0, 2],
    [7, 7],
  ] as const) {
    // biome-ignore format: rows
    const shares = Array.from({ length: threads }, (_, thread) => shareOf(whole, thread, threads))
    assert.equal(
      shares.reduce((sum, share) => sum + share),
      whole,
    )
    assert.ok(Math.max(...shares) - Math.min(...shares) <= 1)
  }
})
