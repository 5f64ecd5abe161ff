import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts'
import { insertApp } from './app.store.ts'
import { liveSecrets, noteSecretUses } from './secret.store.ts'

let database: TestDatabase
let appId: number
before(async () => {
  database = await openTestDatabase()
  await database.db.execute(sql`insert into "user" (username, password_hash, created_at, updated_at) values ('u', '', now(), now())`)
  const at = new Date()
  const lists = { schemes: [], publicKeys: [], ipAllowList: [] }
  const row = {
    appId: 'an-app',
    name: 'n',
    userId: 1,
    enabled: true,
    internal: false,
    ...lists,
    tokenEpoch: 1,
    createdAt: at,
    updatedAt: at,
  }
  appId = (await insertApp(database.db, row, 'sealed')).id
})
after(() => database.end())

test('the last use of a secret moves on, at most once a minute, never back and never into the future', async () => {
  const start = Date.parse('2026-03-01T00:00:00Z')
  const [secret] = await liveSecrets(database.db, appId, new Date(start))
  async function use(seconds: number, nowSeconds = seconds): Promise<number> {
    const now = new Date(start + nowSeconds * 1000)
    await noteSecretUses(
      database.db,
      [
        [secret!.id, start + seconds * 1000],
        [999_999, start],
      ],
      now,
    )
    return ((await liveSecrets(database.db, appId, now))[0]!.lastUsedAt!.getTime() - start) / 1000
  }
  assert.equal(await use(10), 10)
  assert.equal(await use(69), 10)
  assert.equal(await use(70), 70)
  assert.equal(await use(5, 71), 70)
  assert.equal(await use(500, 200), 200)
})
