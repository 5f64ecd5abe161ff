// A few rounds of `npm run long -- kill`.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cannotSeeProcesses } from '../kaimen-process.ts'
import { playKillRounds, summaryOf } from '../long/kill.ts'

test('kill -9 of everything amid writes and calls: it starts again, and knows all that it said', { skip: cannotSeeProcesses }, async () => {
  // How late counts may be is for a machine that does nothing else.
  const played = await playKillRounds({ rounds: 3, msMax: 16_000, flushLatenessMs: 60_000 })
  assert.ok(played.length > 0)
  console.log(`# ${summaryOf(played)}`)
})
