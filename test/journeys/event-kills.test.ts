// A few rounds of `npm run long -- events`.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cannotSeeProcesses } from '../kaimen-process.ts'
import { playEventRounds, summaryOf } from '../long/events.ts'

test('kill -9 of everything while events go out: each arrives, under one id', { skip: cannotSeeProcesses }, async () => {
  const played = await playEventRounds({ events: 60, apps: 5, rounds: 2, msMax: 6_000 })
  assert.ok(played.rounds.length > 0)
  console.log(`# ${summaryOf(played)}`)
})
