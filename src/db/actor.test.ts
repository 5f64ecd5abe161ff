import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eq, sql } from 'drizzle-orm'
import { openTestDatabase, type TestDatabase } from '../../test/database.ts'
import { brokenConstraint, type Db } from './open.ts'
import { audit, serviceType } from './schema.ts'

let database: TestDatabase
before(async () => {
  database = await openTestDatabase()
})
after(() => database.end())

const acting = () => database.as({ username: `it's "me"`, route: 'test' })
const insert = (db: Db, id: number) => db.insert(serviceType).values({ id, titleZh: '类', titleEn: 'kind' })

async function whoMade(id: number): Promise<(string | null)[]> {
  const rows = await database.db
    .select({ who: audit.username })
    .from(audit)
    .where(eq(audit.subject, String(id)))
  return rows.map(({ who }) => who)
}

test('single statements and transactions say who they are for; what comes after on the same connection does not', async () => {
  await insert(acting(), 101)
  await insert(database.db, 102)
  await acting().transaction(async (tx) => {
    await insert(tx, 103)
    await tx.transaction((nested) => insert(nested, 104))
  })
  await insert(database.db, 105)
  await acting().transaction((tx) => insert(tx, 106), { isolationLevel: 'repeatable read' })
  await insert(database.db, 107)
  assert.equal(database.pool.totalCount, 1)
  const who = await Promise.all([101, 102, 103, 104, 105, 106, 107].map(whoMade))
  const me = [`it's "me"`]
  assert.deepEqual(who, [me, [null], me, me, [null], me, [null]])
})

test('what fails is rolled back, says what was wrong, and gives its connection back', async () => {
  const isTaken = (error: unknown) => brokenConstraint(error) === 'service_type_pkey'
  for (let round = 0; round < 30; round++) {
    await assert.rejects(insert(acting(), 101), isTaken)
    await assert.rejects(
      acting().transaction(async (tx) => {
        await insert(tx, 200)
        await insert(tx, 101)
      }),
      isTaken,
    )
  }
  assert.deepEqual(await whoMade(200), [])
  assert.equal(database.pool.idleCount, database.pool.totalCount)
})

test('a connection that is lost at its beginning does not stay taken', async () => {
  for (let round = 0; round < 24; round++) {
    const client = await database.pool.connect()
    const { rows } = await client.query('select pg_backend_pid() as pid')
    client.release()
    const query = client.query.bind(client)
    // As when the server ends it just then: the next statement on it is the last.
    client.query = ((...given: Parameters<typeof query>) => {
      client.query = query
      return database.db.execute(sql`select pg_terminate_backend(${rows[0].pid})`).then(() => query(...given))
    }) as typeof client.query
    await (round % 2 ? acting() : database.db).transaction((tx) => insert(tx, 400 + round)).catch(() => {})
  }
  await acting().transaction((tx) => insert(tx, 499))
  assert.deepEqual(await whoMade(499), [`it's "me"`])
})

test('a failure inside a savepoint leaves the rest of the transaction whole', async () => {
  await acting().transaction(async (tx) => {
    await insert(tx, 301)
    await assert.rejects(tx.transaction((nested) => insert(nested, 101)))
    await insert(tx, 302)
  })
  assert.deepEqual([await whoMade(301), await whoMade(302)].flat().length, 2)
  const { rows } = await database.db.execute(sql`select current_setting('kaimen.actor', true) as left`)
  assert.ok(!rows[0]!.left)
})
