// A few rounds of `npm run long -- kill`.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cannotSeeProcesses } from '../kaimen-process.ts'
import { playKillRounds, summaryOf } from '../long/kill.ts'

test('kill -9 of everything amid writes and calls: it starts again, and knows all that it said', { skip: cannotSeeProcesses }, async () => {
  const played = await playKillRounds({ rounds: 3, msMax: 16_000 })
  assert.ok(played.length > 0)
  // Not in each round: on a busy machine one may be killed before its first answer.
  assert.ok(played.some(({ acknowledged }) => acknowledged > 0) && played.some(({ answered }) => answered > 0))
  console.log(`# ${summaryOf(played)}`)
})
