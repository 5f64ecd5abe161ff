import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { changesSince, currentRevision } from '#core/feed/feed.store.ts'
import { revocation } from '#db/schema.ts'
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts'
import { forgetEndedRevocations, isRevoked, revoke } from './revocation.store.ts'
import { revocationLifeMs } from './revocation.ts'

let database: TestDatabase
before(async () => {
  database = await openTestDatabase()
})
after(() => database.end())

const now = new Date('2026-03-01T12:00:00.123Z')
const after1 = (ms: number) => new Date(now.getTime() + ms)
const token = {
  appId: 'a',
  userId: '7',
  openId: 'o',
  scope: '',
  jti: 'j',
  grantId: 'g',
  expiresAt: now.getTime() + 60_000,
  issuedAt: now.getTime(),
}

test('a revocation ends what was made until then, is announced once more when it is repeated, and cannot go back', async () => {
  const { db } = database
  assert.equal(await isRevoked(db, token), false)
  await revoke(db, 'user', '7', now)
  assert.equal(await isRevoked(db, token), true)
  assert.equal(await isRevoked(db, { ...token, issuedAt: now.getTime() + 2_000 }), false)
  assert.equal(await isRevoked(db, { ...token, userId: '8' }), false)

  const before = await currentRevision(db)
  await revoke(db, 'user', '7', after1(-60_000))
  assert.equal(await isRevoked(db, token), true)
  await revoke(db, 'user', '7', after1(5_000))
  assert.equal(await isRevoked(db, { ...token, issuedAt: now.getTime() + 5_000 }), true)
  const { lines } = await changesSince(db, before)
  const [line] = lines.filter(({ kind }) => kind === 'revocation')
  assert.ok(line?.kind === 'revocation')
  const { id, subject, value, revokedAt, until } = line
  assert.deepEqual({ id, subject, value, until }, { id: 1, subject: 'user', value: '7', until: now.getTime() + 5_000 + revocationLifeMs })
  assert.ok(revokedAt >= now.getTime() + 5_000 && revokedAt < now.getTime() + 35_000)
})

test('a token or a grant that was ended stays so, whatever a racing request made of it; and what waited for a lock counts in', async () => {
  const { db } = database
  await revoke(db, 'grant', 'raced', now)
  assert.equal(await isRevoked(db, { ...token, grantId: 'raced', issuedAt: now.getTime() + 60_000 }), true)
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_sleep(0.2)`)
    await revoke(tx, 'user', 'waited', now)
  })
  assert.equal(await isRevoked(db, { ...token, userId: 'waited', issuedAt: now.getTime() + 150 }), true)
})

test('what nobody can need any more leaves no trace, but for how far revisions have come', async () => {
  const { db } = database
  for (const value of ['a', 'b', 'c']) await revoke(db, 'jti', value, now)
  const kept = () => db.$count(revocation)
  const noted = async () => (await db.execute(sql`select from change where kind = 'revocation'`)).rows.length
  const [rows, newest] = [await kept(), await currentRevision(db)]
  await forgetEndedRevocations(db, after1(revocationLifeMs))
  assert.equal(await kept(), rows, 'a gateway whose clock is behind still needs them')

  await forgetEndedRevocations(db, after1(revocationLifeMs + 2 * 3_600_000))
  assert.equal(await kept(), 0)
  assert.equal(await currentRevision(db), newest)
  assert.equal(await noted(), 1)
  await revoke(db, 'jti', 'd', now)
  await forgetEndedRevocations(db, now)
  assert.equal(await noted(), 1)
})
