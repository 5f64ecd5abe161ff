// Migrations go forward on a database that holds data of an earlier version, from each version there was.

import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { connect, newDatabase } from '../../test/database.ts'
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

/** What the first version could hold already, of one name; columns that came later have to fill themselves. */
const rowsOf = (name: string, phoneNumber: number) => `
  insert into "user" (username, password_hash, phone_number, created_at, updated_at) values ('${name}', 'x', '${phoneNumber}', now(), now());
  insert into user_role select u.id, r.id from "user" u, role r where u.username = '${name}' and r.name = 'developer';
  insert into app (app_id, name, user_id, enabled, internal, schemes, public_keys, ip_allow_list, token_epoch, created_at, updated_at)
    select '${name}', '${name}', id, true, false, '{openapi}', '[]', '{}', 1, now(), now() from "user" where username = '${name}';
  insert into app_secret (app_id, sealed, created_at) select id, 'sealed', now() from app where name = '${name}';
  insert into service (name, targets, balance, connect_timeout_ms, timeout_ms, retries, pass_authorization, created_at, updated_at)
    values ('${name}', '[{"url":"http://127.0.0.1:1","weight":1}]', 'round_robin', 1000, 1000, 0, false, now(), now());
  insert into operation (name, method, path, path_shape, direction, service_type_id, version, published, disabled, limit_action, opening,
                         service_id, security, created_at, updated_at)
    select '${name}', 'GET', '/${name}', '/${name}', 'uplink', 1, 'v1', true, false, 'refuse', 0, id, 'token+sign', now(), now()
    from service where name = '${name}';
  insert into "grant" (app_id, operation_id, created_at)
    select a.id, o.id, now() from app a, operation o where a.name = '${name}' and o.name = '${name}';
  insert into project (name, code, created_at, updated_at) values ('${name}', '${name}', now(), now());
  insert into usage (step, starts_at, operation_id, app_id, calls, refused, failed)
    select 'year', '2026-01-01', o.id, a.id, 5, 1, 0 from app a, operation o where a.name = '${name}' and o.name = '${name}'`

/** Where rows of a name must be found, each with how many; the migration `lists` adds up what was counted before it. */
const places = (name: string, isBeforeLists: boolean): readonly [from: string, rows: number][] => {
  const app = `(select id from app where name = '${name}')`
  const operation = `(select id from operation where name = '${name}')`
  return [
    [`"user" where username = '${name}'`, 1],
    [`app where name = '${name}' and app_id = '${name}'`, 1],
    [`app_secret where app_id = ${app}`, 1],
    [`service where name = '${name}'`, 1],
    [`operation where path = '/${name}'`, 1],
    [`"grant" where app_id = ${app} and operation_id = ${operation}`, 1],
    [`project where code = '${name}'`, 1],
    [`usage where calls = 5 and app_id = ${app} and operation_id = ${operation}`, 1],
    [`usage where calls = 5 and (app_id = ${app} or operation_id = ${operation})`, isBeforeLists ? 3 : 1],
    [`change where kind = 'app' and id = ${app}`, 1],
    [`change where kind = 'operation' and id = ${operation}`, 1],
    [`change where kind = 'service' and id = (select id from service where name = '${name}')`, 1],
  ]
}

/** The third migration ends the first version. */
const versions = journal.entries.slice(2, -1)
const lists = versions.findIndex(({ tag }) => tag.endsWith('_lists'))

// The first in one transaction with all that came later, as in an installation that is brought up to date; the others on the way.
for (const [what, kept] of [
  ['the first version', versions.slice(0, 1)],
  ['each version', versions],
] as const) {
  test(`from ${what}: everything is there afterwards, and gateways are told of it`, async () => {
    const own = await newDatabase('template0')
    const earlier = mkdtempSync(join(tmpdir(), 'kaimen-migrations-'))
    try {
      cpSync(folder, earlier, { recursive: true })
      await using client = await connect(own.url)
      for (const [at, { tag }] of kept.entries()) {
        writeFileSync(join(earlier, 'meta/_journal.json'), JSON.stringify({ ...journal, entries: journal.entries.slice(0, at + 3) }))
        await migrate(drizzle(client), { migrationsFolder: earlier })
        await client.query(rowsOf(tag, 13_800_000_000 + at))
      }
      const { close } = await openDatabase(own.url, { error: () => {} })
      await close()

      const count = async (from: string) => Number((await client.query(`select count(*) from ${from}`)).rows[0].count)
      for (const [at, { tag }] of kept.entries()) {
        for (const [from, rows] of places(tag, at < lists)) assert.equal(await count(from), rows, `of ${tag}: ${from}`)
      }
      assert.equal(await count(`usage where app_id = -1 and operation_id = -1 and calls = ${5 * Math.min(kept.length, lists)}`), 1)
      assert.equal(await count('change'), 3 * kept.length)
      await client.query(`update app set name = 'new'`)
      assert.ok((await count('audit')) > 0, 'what changes from now on is audited')
    } finally {
      rmSync(earlier, { recursive: true })
      await own.drop()
    }
  })
}
