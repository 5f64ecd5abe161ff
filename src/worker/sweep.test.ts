// A sweep does all it can, one at a time.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { readConfig } from '#config/read.ts'
import { openTestDatabase, type TestDatabase } from '../../test/database.ts'
import { startLooks } from './looks.ts'
import { sweep } from './sweep.ts'

let database: TestDatabase
before(async () => {
  database = await openTestDatabase()
})
after(() => database.end())

const now = new Date('2026-03-01T04:00:00Z')
const deps = () => ({ db: database.db, config: readConfig({}, '/nowhere'), now: () => now })

test('a step that fails is told of by its name, and keeps no other from being taken', async () => {
  await database.query('alter table captcha rename to captcha_away')
  await database.query(`insert into sms_send (phone_number, scene, created_at) values ('13800000000', 'register', '2025-01-01')`)
  const failed: string[] = []
  await sweep(deps(), (step) => failed.push(step))
  assert.deepEqual(failed, ['captchas'])
  assert.equal((await database.query('select from sms_send')).rowCount, 0)
  await database.query('alter table captcha_away rename to captcha')
  await sweep(deps(), assert.fail)
})

test('a look that takes long is one look; the end waits for it', async () => {
  let [begun, ended, together] = [0, 0, 0]
  const looks = startLooks({ everyMs: 1, log: pino({ level: 'silent' }), onFailure: '' }, async () => {
    begun++
    together = Math.max(together, begun - ended)
    await sleep(30)
    ended++
  })
  while (ended < 3) await sleep(5)
  await looks.stop()
  assert.deepEqual([together, ended], [1, begun])
})
