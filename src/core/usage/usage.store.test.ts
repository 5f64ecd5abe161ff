import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { ErrorCount, UsageBatch, UsageCount } from '#core/feed/document.ts'
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts'
import { sumErrors } from './errors.store.ts'
import { currentUsage, forgetShortSteps, recordUsage } from './usage.store.ts'

const zone = 'Asia/Shanghai'
let database: TestDatabase
before(async () => {
  database = await openTestDatabase()
})
after(() => database.end())

const minuteOf = (time: string) => Math.floor(Date.parse(time) / 60_000) * 60
const count = (at: string, operationId: number, appId: number, calls: number): UsageCount => ({
  minute: minuteOf(at),
  operationId,
  appId,
  calls,
  refused: 0,
  limited: 0,
  failed: 0,
  latencyMs: 0,
})
const batch = (number: number, counts: UsageCount[], source: string = randomUUID()): UsageBatch => ({ source, number, counts })
const error = (at: string, appId: number, name: string, calls: number): ErrorCount => ({ minute: minuteOf(at), appId, error: name, calls })
const record = (one: UsageBatch) => recordUsage({ db: database.db, timeZone: zone, callLogDays: 14 }, 'node', one, new Date())
const current = (filter: object, at: string) => currentUsage(database.db, filter, zone, new Date(at))

test('counts fall into the calendar of the zone, from minute to year', async () => {
  // 2025-12-31T16:00:00Z is midnight of the new year in Shanghai.
  await record(
    batch(1, [count('2025-12-31T15:59:59Z', 1, 7, 5), count('2025-12-31T16:00:00Z', 1, 7, 2), count('2025-12-31T16:00:00Z', 1, 8, 1)]),
  )
  assert.deepEqual(await current({ operationId: 1 }, '2025-12-31T16:00:00.900Z'), {
    minute: 3,
    hour: 3,
    day: 3,
    month: 3,
    year: 3,
  })
  assert.deepEqual(await current({ operationId: 1 }, '2025-12-31T15:59:59Z'), { minute: 5, hour: 5, day: 5, month: 5, year: 5 })
  assert.deepEqual(await current({ operationId: 1, appIds: [8] }, '2025-12-31T16:00:01Z'), {
    minute: 1,
    hour: 1,
    day: 1,
    month: 1,
    year: 1,
  })
  assert.deepEqual((await current({ operationId: 2 }, '2025-12-31T16:00:00Z')).year, 0)
  assert.deepEqual((await current({ operationId: 1, appIds: [] }, '2025-12-31T16:00:00Z')).year, 0)
})

test('a batch that is sent twice, or late, counts once', async () => {
  const source = randomUUID()
  const at = '2026-05-05T05:05:05Z'
  assert.equal(await record(batch(1, [count(at, 3, 1, 10)], source)), true)
  assert.equal(await record(batch(1, [count(at, 3, 1, 10)], source)), false)
  assert.equal(await record(batch(2, [count(at, 3, 1, 1)], source)), true)
  assert.equal(await record(batch(1, [count(at, 3, 1, 10)], source)), false)
  assert.equal((await current({ operationId: 3 }, at)).minute, 11)
})

test('nodes that report at the same time do not wait for each other in a circle, and lose nothing', async () => {
  const at = '2026-06-06T06:06:06Z'
  const ids = Array.from({ length: 20 }, (_, n) => n + 100)
  const batches = Array.from({ length: 12 }, (_, n) =>
    batch(
      1,
      (n % 2 ? ids : ids.toReversed()).map((id) => count(at, id, 1, 1)),
    ),
  )
  await Promise.all(batches.map(record))
  for (const id of ids) assert.equal((await current({ operationId: id }, at)).minute, 12)
})

test('errors are counted once as calls are, by app and all together, and in every step', async () => {
  const source = randomUUID()
  const errors = [
    error('2026-09-09T09:09:09Z', 1, 'signature_invalid', 3),
    error('2026-09-09T09:10:00Z', 1, 'signature_invalid', 2),
    error('2026-09-09T09:10:00Z', 2, 'not_granted', 7),
    error('2026-09-09T09:10:00Z', 0, 'interface_not_found', 5),
  ]
  for (let time = 0; time < 2; time++) await record({ source, number: 1, counts: [], errors })
  const within = (appIds: number[] | undefined, step: 'minute' | 'hour' | 'day', from: string, to: string) =>
    sumErrors(database.db, appIds, [{ step, from: Date.parse(from), to: Date.parse(to) }])
  const all = [
    { error: 'not_granted', calls: 7 },
    { error: 'interface_not_found', calls: 5 },
    { error: 'signature_invalid', calls: 5 },
  ]
  assert.deepEqual(await within(undefined, 'minute', '2026-09-09T09:00:00Z', '2026-09-09T10:00:00Z'), all)
  assert.deepEqual(await within(undefined, 'hour', '2026-09-09T09:00:00Z', '2026-09-09T10:00:00Z'), all)
  // Shanghai's day.
  assert.deepEqual(await within(undefined, 'day', '2026-09-08T16:00:00Z', '2026-09-09T16:00:00Z'), all)
  assert.deepEqual(await within([1], 'day', '2026-09-08T16:00:00Z', '2026-09-09T16:00:00Z'), [{ error: 'signature_invalid', calls: 5 }])
  assert.deepEqual(await within([1], 'minute', '2026-09-09T09:10:00Z', '2026-09-09T09:11:00Z'), [{ error: 'signature_invalid', calls: 2 }])
  assert.deepEqual(await within([], 'day', '2026-09-08T16:00:00Z', '2026-09-09T16:00:00Z'), [])
})

test('old minutes are forgotten, then old hours, and days stay', async () => {
  const at = '2026-07-07T07:07:07Z'
  await record({ ...batch(1, [count(at, 4, 1, 6)]), errors: [error(at, 4, 'not_granted', 6)] })
  const errorsLeft = async () => {
    const asked = 'select step, calls::integer from usage_error where app_id = 4'
    const { rows } = await database.pool.query(asked)
    return ['minute', 'hour', 'day'].map((step) => rows.find((row) => row.step === step)?.calls ?? 0)
  }
  const left = async (days: number) => {
    await forgetShortSteps(database.db, new Date(Date.parse(at) + days * 86_400_000))
    const { minute, hour, day } = await current({ operationId: 4 }, at)
    assert.deepEqual(await errorsLeft(), [minute, hour, day])
    return [minute, hour, day]
  }
  assert.deepEqual(await left(1), [6, 6, 6])
  assert.deepEqual(await left(3), [0, 6, 6])
  assert.deepEqual(await left(101), [0, 0, 6])
})

test('what all have together is what each has, in every step, for every question', async () => {
  const at = '2027-08-08T08:08:08Z'
  await record(batch(1, [count(at, 61, 1, 3), count(at, 61, 2, 5), count(at, 62, 1, 7)]))
  await record(batch(1, [count('2027-08-08T08:09:00Z', 62, 0, 11)]))
  const { rows } = await database.query(
    `select step, operation_id as operation, app_id as app, calls::integer from usage
     where starts_at > '2026-12-31' and (operation_id = -1 or app_id = -1) order by 1, 2, 3`,
  )
  const together = [
    [-1, -1, 26],
    [-1, 0, 11],
    [-1, 1, 10],
    [-1, 2, 5],
    [61, -1, 8],
    [62, -1, 18],
  ]
  assert.deepEqual(
    rows.map(({ step, operation, app, calls }) => [step, operation, app, calls]),
    ['day', 'hour', 'month', 'year'].flatMap((step) => together.map((row) => [step, ...row])),
  )
  const questions = [
    [{}, 15, 26],
    [{ operationId: 61 }, 8, 8],
    [{ appIds: [1] }, 10, 10],
    [{ appIds: [1, 2] }, 15, 15],
    [{ operationId: 61, appIds: [2] }, 5, 5],
  ] as const
  for (const [filter, minute, longer] of questions) {
    assert.deepEqual(await current(filter, at), { minute, hour: longer, day: longer, month: longer, year: longer })
  }
})
