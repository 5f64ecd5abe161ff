import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import { endGrantsOfApp } from '#core/member/grant.store.ts'
import { openTestDatabase } from '../../../test/database.ts'
import { dropTokensOfApp } from './artifact.store.ts'

test('ending what an app holds reads what is its own, however much others have', async () => {
  await using database = await openTestDatabase()
  const { db } = database
  await db.execute(sql`
    insert into "user" (username, password_hash, created_at, updated_at) values ('owner', '', now(), now());
    insert into app (app_id, name, user_id, enabled, internal, schemes, public_keys, ip_allow_list, token_epoch, created_at, updated_at)
      select 'app' || n, 'app', 1, true, false, '{}', '[]', '{}', 0, now(), now() from generate_series(1, 200) n;
    insert into oauth_artifact (kind, digest, payload, expires_at)
      select kind, n::text, jsonb_build_object('clientId', 'app' || n % 200), now() + interval '1 day'
      from generate_series(1, 2000) n, unnest(array['AccessToken', 'RefreshToken', 'ClientCredentials']) kind;
    insert into member_grant (id, user_id, app_id, rotation, expires_at)
      select gen_random_uuid(), 'one', 1 + n % 200, 0, now() + interval '1 day' from generate_series(1, 2000) n;
    analyze`)
  await db.transaction(async (tx) => {
    await dropTokensOfApp(tx, 'app7')
    await endGrantsOfApp(tx, 7)
    const { rows } = await tx.execute(
      sql`select relname as table, seq_scan::int as whole, n_tup_del::int as deleted from pg_stat_xact_user_tables where n_tup_del > 0 order by 1`,
    )
    assert.deepEqual(rows, [
      { table: 'member_grant', whole: 0, deleted: 10 },
      { table: 'oauth_artifact', whole: 0, deleted: 10 },
    ])
  })
})
