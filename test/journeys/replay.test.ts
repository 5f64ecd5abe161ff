// Some seconds of `npm run long -- replay`.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cannotSeeProcesses } from '../kaimen-process.ts'
import { playReplay, summaryOf } from '../long/replay.ts'

test('no call is taken twice, by several threads and over a kill of the gateway under load', { skip: cannotSeeProcesses }, async () => {
  const played = await playReplay({ calls: 3_000, kills: 1, msMax: 300_000 })
  assert.deepEqual(played.wrong, [])
  const [before, after] = played.phases
  assert.ok(before!.counts.unanswered > 0, 'the kill met nobody')
  assert.ok(after!.counts.acrossKill > 0, 'no duplicate came after the kill')
  console.log(`# ${summaryOf(played)}`)
})
