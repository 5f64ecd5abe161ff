// Migrations go forward on a database that holds data of an earlier version, from each version there was.

import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { newDatabase } from '../../test/house.ts'
import { openDatabase } from './open.ts'

const folder = join(import.meta.dirname, 'migrations')
interface Journal {
  readonly entries: readonly { readonly when: number; readonly tag: string }[]
}
const journal = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')) as Journal

test('each migration is later than the one before it, or it would be passed over where that one was made', () => {
  const times = journal.entries.map(({ when }) => when)
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  )
})

// What the first version could hold already; columns that came later have to fill themselves.
const rows = `
  insert into "user" (username, password_hash, phone_number, created_at, updated_at) values ('old', 'x', '13800000000', now(), now());
  insert into user_role select u.id, r.id from "user" u, role r where u.username = 'old' and r.name = 'developer';
  insert into app (app_id, name, user_id, enabled, internal, schemes, public_keys, ip_allow_list, token_epoch, created_at, updated_at)
    select 'old0000000000000', 'old', id, true, false, '{openapi}', '[]', '{}', 1, now(), now() from "user" where username = 'old';
  insert into app_secret (app_id, sealed, created_at) select id, 'sealed', now() from app;
  insert into service (name, targets, balance, connect_timeout_ms, timeout_ms, retries, pass_authorization, created_at, updated_at)
    values ('old', '[{"url":"http://127.0.0.1:1","weight":1}]', 'round_robin', 1000, 1000, 0, false, now(), now());
  insert into operation (name, method, path, path_shape, direction, service_type_id, version, published, disabled, limit_action, opening,
                         service_id, security, created_at, updated_at)
    select 'old', 'GET', '/old', '/old', 'uplink', 1, 'v1', true, false, 'refuse', 0, id, 'token+sign', now(), now() from service;
  insert into "grant" (app_id, operation_id, created_at) select a.id, o.id, now() from app a, operation o;
  insert into project (name, code, created_at, updated_at) values ('old', 'old', now(), now());
  insert into usage (step, starts_at, operation_id, app_id, calls, refused, failed) values ('year', '2026-01-01', 1, 1, 5, 1, 0)`

const first = 3
for (const [at, { tag }] of journal.entries.entries()) {
  if (at < first - 1 || at === journal.entries.length - 1) continue
  test(`from ${tag}: everything is there afterwards, and gateways are told of it`, async () => {
    const own = await newDatabase()
    const earlier = mkdtempSync(join(tmpdir(), 'kaimen-migrations-'))
    try {
      cpSync(folder, earlier, { recursive: true })
      writeFileSync(join(earlier, 'meta/_journal.json'), JSON.stringify({ ...journal, entries: journal.entries.slice(0, at + 1) }))
      const client = new pg.Client({ connectionString: own.url })
      await client.connect()
      await migrate(drizzle(client), { migrationsFolder: earlier })
      await client.query(rows)

      const { close } = await openDatabase(own.url, { error: () => {} })
      await close()
      const count = async (table: string) => Number((await client.query(`select count(*) from ${table}`)).rows[0].count)
      for (const table of [
        '"user"',
        'app',
        'app_secret',
        'service',
        'operation',
        '"grant"',
        'project',
        'usage where app_id > 0 and operation_id > 0',
      ]) {
        assert.equal(await count(table), 1, table)
      }
      // The migration `lists` adds up what was counted before it.
      const isAfterLists = journal.entries.slice(0, at + 1).some((one) => one.tag.endsWith('_lists'))
      assert.equal(await count('usage where calls = 5'), isAfterLists ? 1 : 4)
      const { rows: changed } = await client.query('select kind from change order by kind')
      assert.deepEqual(changed, [{ kind: 'app' }, { kind: 'operation' }, { kind: 'service' }])
      await client.query(`update app set name = 'new'`)
      assert.ok((await count('audit')) > 0, 'what changes from now on is audited')
      await client.end()
    } finally {
      rmSync(earlier, { recursive: true })
      await own.drop()
    }
  })
}
