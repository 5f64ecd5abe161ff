import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { readConfig } from '#config/read.ts'
import type { Evidence, ReportedCall, UsageBatch } from '#core/feed/document.ts'
import { recordUsage } from '#core/usage/usage.store.ts'
import { createSealer } from '#lib/seal.ts'
import { sweep } from '#worker/sweep.ts'
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts'
import { type CallFilter, findCall, pageCalls } from './call.store.ts'
import { findEvidence } from './evidence.store.ts'

const sealer = createSealer(Buffer.alloc(32))
const config = readConfig({ KAIMEN_CALL_LOG_DAYS: '3' }, '/nowhere')
let database: TestDatabase
before(async () => {
  database = await openTestDatabase()
})
after(() => database.end())

const record = (time: string | number, more: Partial<ReportedCall> = {}): ReportedCall => ({
  time: new Date(time).getTime(),
  requestId: randomUUID(),
  ip: '203.0.113.9',
  method: 'GET',
  path: '/api',
  operationId: 1,
  appId: 7,
  status: 200,
  latencyMs: 12,
  bytes: 345,
  error: null,
  stage: null,
  detail: null,
  revision: 9,
  ...more,
})
const take = (now: string, calls: ReportedCall[], more: Partial<UsageBatch> = {}) => {
  const deps = { db: database.db, timeZone: 'Asia/Shanghai', callLogDays: config.callLogDays }
  return recordUsage(deps, 'node', { source: randomUUID(), number: 1, counts: [], calls, ...more }, new Date(now))
}
const search = (from: string, to: string, filter: Partial<CallFilter> = {}) =>
  pageCalls(database.db, { from: new Date(from), to: new Date(to), current: 1, size: 10, ...filter })
const partitions = async () =>
  (await database.query(`select inhrelid::regclass::text as name from pg_inherits where inhparent = 'call'::regclass order by 1`)).rows.map((row) => row.name) // biome-ignore format: one thought

test('a call of a day that has no partition makes one; days are those of UTC', async () => {
  const calls = [record('2026-03-01T23:59:59.999Z', { error: 'not_granted', stage: 'authorize', detail: { name: '京', value: 5 }, status: 403 }), record('2026-03-02T00:00:00Z')] // biome-ignore format: rows
  await take('2026-03-02T00:00:10Z', calls)
  assert.deepEqual(await partitions(), ['call_20260301', 'call_20260302'])
  const { records, total } = await search('2026-03-01T00:00:00Z', '2026-03-03T00:00:00Z')
  assert.equal(total, 2)
  const [, first] = records
  const { time, detail, stage, status, revision } = first!
  assert.deepEqual({ time, detail, stage, status, revision }, { time: new Date(calls[0]!.time), detail: { name: '京', value: 5 }, stage: 'authorize', status: 403, revision: 9 }) // biome-ignore format: one thought
})

test('a batch that comes twice is kept once, and batches at one time make a day’s partition together', async () => {
  const batch = { source: randomUUID(), number: 1 }
  const calls = [record('2026-03-05T01:00:00Z')]
  assert.equal(await take('2026-03-05T01:00:05Z', calls, batch), true)
  assert.equal(await take('2026-03-05T01:00:05Z', calls, batch), false)
  // The same call in another batch: a gateway that was killed and came back.
  await take('2026-03-05T01:00:05Z', calls)
  assert.equal((await search('2026-03-05T00:00:00Z', '2026-03-06T00:00:00Z')).total, 1)
  await Promise.all(Array.from({ length: 8 }, () => take('2026-03-06T01:00:05Z', [record('2026-03-06T01:00:00Z')])))
  assert.equal((await search('2026-03-06T00:00:00Z', '2026-03-07T00:00:00Z')).total, 8)
})

test('what is older than the log, or far in the future, is dropped, and its batch is taken', async () => {
  const calls = [record('2026-04-01T00:00:00Z'), record('2026-04-12T00:00:00Z'), record('2026-04-07T00:00:00Z')]
  assert.equal(await take('2026-04-10T12:00:00Z', calls), true)
  const { records } = await search('2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z')
  assert.deepEqual(
    records.filter(({ time }) => time.getTime() > Date.parse('2026-03-31T00:00:00Z')).map(({ requestId }) => requestId),
    [calls[2]!.requestId],
  )
})

test('the sweep makes today’s and tomorrow’s partition and drops those that are over', async () => {
  await take('2026-05-01T10:00:00Z', [record('2026-04-29T10:00:00Z'), record('2026-05-01T10:00:00Z')], {
    leftOut: [{ minute: Date.parse('2026-04-29T10:00:00Z') / 1000, calls: 5 }],
  })
  await sweep({ db: database.db, config, now: () => new Date('2026-05-04T23:59:00Z') }, assert.fail)
  assert.deepEqual(await partitions(), ['call_20260501', 'call_20260504', 'call_20260505'])
  assert.equal((await search('2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z')).leftOut, 0)
})

test('what was left out is added up by the minute, and shown for the range that was asked for', async () => {
  const minute = Date.parse('2026-05-04T10:00:00Z') / 1000
  const leftOut = [
    { minute, calls: 5 },
    { minute: minute + 60, calls: 100 },
  ]
  await take('2026-05-04T10:05:00Z', [], { leftOut })
  await take('2026-05-04T10:05:00Z', [], { leftOut: [{ minute, calls: 2 }] })
  assert.equal((await search('2026-05-04T10:00:30Z', '2026-05-04T10:00:59Z')).leftOut, 7)
  assert.equal((await search('2026-05-04T10:00:30Z', '2026-05-04T10:01:01Z')).leftOut, 107)
})

test('pages are newest first over days and apps, without a gap', async () => {
  const now = '2026-06-03T00:00:00Z'
  const calls = Array.from({ length: 60 }, (_, n) =>
    record(Date.parse(now) - n * 3_600_000, { appId: 1 + (n % 3), status: n % 5 ? 200 : 500 }),
  )
  await take(now, calls.toReversed())
  const range = ['2026-06-01T00:00:00Z', '2026-06-03T00:00:00Z'] as const
  for (const filter of [
    {},
    { appIds: [1, 3] },
    { appIds: [2] },
    { status: 500 },
    { appIds: [1, 2, 3], status: 200 },
  ] as Partial<CallFilter>[]) {
    const ids: string[] = []
    let total = 0
    for (let current = 1; current <= 7; current++) {
      const page = await search(...range, { ...filter, current, size: 9 })
      ids.push(...page.records.map(({ requestId }) => requestId))
      total = page.total
    }
    const expected = calls.filter(
      ({ time, appId, status }) =>
        time < Date.parse(range[1]) &&
        time >= Date.parse(range[0]) &&
        (filter.appIds?.includes(appId) ?? true) &&
        (filter.status ?? status) === status,
    )
    assert.deepEqual(ids, expected.map(({ requestId }) => requestId), JSON.stringify(filter)) // biome-ignore format: one thought
    assert.equal(total, expected.length)
  }
  assert.equal((await search(...range, { appIds: [] })).total, 0)
})

test('matches are counted to 10,000', async () => {
  const at = Date.parse('2026-07-01T00:00:00Z')
  for (let n = 0; n < 3; n++)
    await take(
      '2026-07-01T01:00:00Z',
      Array.from({ length: 3_334 }, (_, one) => record(at + one)),
    )
  const { total, totalCapped } = await search('2026-07-01T00:00:00Z', '2026-07-02T00:00:00Z')
  assert.deepEqual([total, totalCapped], [10_000, true])
})

const evidence = (text: string): Evidence => ({ scheme: 'hmac-sha256', query: text, body: 'none', bodyText: '', sign: 'x' })

const sealed = (text: string) => sealer.seal('evidence', JSON.stringify(evidence(text)))

test('of each ring of evidence the newest 64 stay, for a day', async () => {
  const at = Date.parse('2026-08-01T00:00:00Z')
  const calls = Array.from({ length: 70 }, (_, n) => record(at + n, { error: 'signature_invalid', evidence: sealed(`needle-${n}`) }))
  const other = record(at, { appId: 0, error: 'signature_invalid', evidence: sealed('needle-other') })
  await take('2026-08-01T00:01:00Z', [...calls, other])
  const { rows: stored } = await database.query<{ ring: string }>('select ring from evidence')
  assert.equal(stored.length, 71)
  assert.deepEqual([...new Set(stored.map(({ ring }) => ring))].sort(), ['app 7', 'ip 203.0.113.9'])

  await sweep({ db: database.db, config, now: () => new Date(at + 3_600_000) }, assert.fail)
  const kept = await Promise.all(calls.map(({ requestId }) => findEvidence(database.db, requestId, sealer)))
  assert.deepEqual(kept.map((one) => one !== undefined), calls.map((_, n) => n >= 6)) // biome-ignore format: one thought
  assert.deepEqual(kept[69], evidence('needle-69'))
  assert.ok(await findEvidence(database.db, other.requestId, sealer))

  await sweep({ db: database.db, config, now: () => new Date(at + 86_400_000 + 3_600_000) }, assert.fail)
  assert.equal(await findEvidence(database.db, calls[69]!.requestId, sealer), undefined)
  assert.ok(await findCall(database.db, calls[69]!.requestId))
})
