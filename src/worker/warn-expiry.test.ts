// Owners are told 30, 7 and 1 days before an app of theirs expires, once for each step.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { readConfig } from '#config/read.ts'
import type { Config } from '#config.ts'
import { openTestDatabase, type TestDatabase } from '../../test/database.ts'
import { warnOfExpiry } from './warn-expiry.ts'

let database: TestDatabase
const config: Config = readConfig({}, '/nowhere')
before(async () => {
  database = await openTestDatabase()
})
beforeEach(async () => {
  await database.query('delete from mail; delete from app; delete from "user"')
})
after(() => database.end())

const now = new Date('2026-03-01T04:00:00Z')
const later = (days: number) => new Date(now.getTime() + days * 86_400_000)

let people = 0
/** Of an owner of its own; a mail address is one person's. */
async function newApp(expiresAt: Date | null, email: string | null = `owner-${people}@example.com`): Promise<number> {
  const person = await database.query(
    `insert into "user" (username, password_hash, email, created_at, updated_at) values ($1, '', $2, now(), now()) returning id`,
    [`u${++people}`, email],
  )
  const app = await database.query(
    `insert into app (app_id, name, user_id, enabled, internal, schemes, public_keys, ip_allow_list, token_epoch, expires_at, created_at, updated_at)
     values ($1, '停车应用', $2, true, false, '{}', '[]', '{}', 1, $3, now(), now()) returning id`,
    [`app${people}`, person.rows[0].id, expiresAt],
  )
  return app.rows[0].id
}

const warn = (at: Date) => warnOfExpiry({ db: database.db, config, now: () => at })
const mails = async () => (await database.query('select * from mail order by id')).rows

test('each step is told once, as time goes by', async () => {
  await newApp(later(40))
  const told: number[] = []
  for (const day of [0, 9.9, 10, 10.1, 20, 32.9, 33, 33.5, 38.9, 39, 39.5, 40, 41]) {
    const before = (await mails()).length
    await warn(later(day))
    await warn(later(day))
    const after = (await mails()).length
    if (after > before) told.push(day)
    assert.ok(after <= before + 1)
  }
  assert.deepEqual(told, [10, 33, 39])
})

test('the mail names the app and its end, in both languages', async () => {
  await newApp(later(5), 'owner@example.com')
  await warn(now)
  const [mail] = await mails()
  assert.deepEqual([mail.to, mail.kind, mail.status], ['owner@example.com', 'app_expiry', 'waiting'])
  assert.match(mail.subject, /停车应用.*5 天.* \/ .*停车应用.*5 days/)
  assert.match(mail.text, /2026-03-06 12:00:00[\s\S]*2026-03-06 12:00:00/)
})

test('who has no mail address is told when they have one; others’ apps, and those that end otherwise, are no matter', async () => {
  const id = await newApp(later(5), null)
  await newApp(null)
  await newApp(later(31))
  await newApp(later(-1))
  const deleted = await newApp(later(2))
  await database.query('update app set deleted_at = now() where id = $1', [deleted])
  await warn(now)
  assert.deepEqual(await mails(), [])
  await database.query(`update "user" set email = 'new@example.com' where id = (select user_id from app where id = $1)`, [id])
  await warn(now)
  assert.deepEqual(
    (await mails()).map(({ to }) => to),
    ['new@example.com'],
  )
})
