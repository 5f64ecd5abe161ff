import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts'
import { openIdOf, unionIdOf } from './openid.store.ts'

let database: TestDatabase
before(async () => {
  database = await openTestDatabase()
  await database.db.execute(sql`
    insert into "user" (username, password_hash, created_at, updated_at) values ('u', '', now(), now()), ('v', '', now(), now());
    insert into app (app_id, name, user_id, enabled, internal, schemes, public_keys, ip_allow_list, token_epoch, created_at, updated_at)
      select 'app-' || n, 'n', (n + 1) / 2, true, false, '{}', '[]', '{}', 1, now(), now() from generate_series(1, 3) as n`)
})
after(() => database.end())

test('a person has one openid for each app, whoever asks, and two people never the same', async () => {
  const { db } = database
  const many = await Promise.all(Array.from({ length: 20 }, () => openIdOf(db, '1', 1)))
  assert.equal(new Set(many).size, 1)
  assert.match(many[0]!, /^[\w-]{22}$/)
  assert.equal(await openIdOf(db, '1', 1), many[0])

  const others = await Promise.all([openIdOf(db, '1', 2), openIdOf(db, '2', 1), openIdOf(db, 'ext-1', 1)])
  assert.equal(new Set([many[0], ...others]).size, 4)
})

test('the apps of one owner know a person by one unionid', async () => {
  const { db } = database
  const many = await Promise.all(Array.from({ length: 20 }, () => unionIdOf(db, '1', 1)))
  assert.equal(new Set(many).size, 1)
  assert.equal(await unionIdOf(db, '1', 2), many[0], 'another app of the same owner')
  assert.notEqual(await unionIdOf(db, '1', 3), many[0], 'an app of somebody else')
  assert.notEqual(await unionIdOf(db, '2', 1), many[0], 'another person')
})
