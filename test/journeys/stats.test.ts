// Statistics over time, from calls through a live gateway and from counts of the past.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { ErrorCount } from '#core/feed/document.ts'
import { bucketsMax, countSeries, groupsMax, startsOf } from '#core/usage/series.store.ts'
import { recordUsage } from '#core/usage/usage.store.ts'
import { type Database, openDatabase } from '#db/open.ts'
import { toWireTime } from '#lib/time.ts'
import { type Answer, type House, openHouse, signed } from '../house.ts'
import { until } from '../kaimen-process.ts'

let house: House
let database: Database
before(async () => {
  house = await openHouse({ service: (request, response) => response.writeHead(request.url!.includes('broken') ? 500 : 200).end() })
  database = await openDatabase(house.databaseUrl, { error: () => {} })
})
after(async () => {
  await database.close()
  await house.close()
})

function fails(answer: Answer, status: number, fault: string): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.fault, fault, answer.text)
}

type Query = Record<string, string | number>
const search = (query: Query) => new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]))
const series = (query: Query, token = house.admin) => house.done('GET', `/openapi/stats/series?${search(query)}`, undefined, token)
const totals = (query: Query, token = house.admin) => house.done('GET', `/openapi/stats/totals?${search(query)}`, undefined, token)

const errors = (query: Query, token = house.admin) => house.done('GET', `/openapi/stats/errors?${search(query)}`, undefined, token)

interface Past {
  readonly operationId: number
  readonly appId: number
  readonly calls: number
  readonly refused?: number
  readonly limited?: number
  readonly failed?: number
  readonly latencyMs?: number
}

/** Counts as a gateway reports them, at an instant; all in the default zone, Asia/Shanghai. */
async function past(
  at: string,
  counts: readonly Past[],
  zone = 'Asia/Shanghai',
  refusals: readonly Omit<ErrorCount, 'minute'>[] = [],
): Promise<void> {
  const minute = Math.floor(Date.parse(at) / 60_000) * 60
  const whole = counts.map((count) => ({ refused: 0, limited: 0, failed: 0, latencyMs: 0, ...count, minute }))
  await recordUsage(
    { db: database.db, timeZone: zone, callLogDays: 1 },
    'node',
    { source: randomUUID(), number: 1, counts: whole, errors: refusals.map((one) => ({ ...one, minute })) },
    new Date(),
  )
}

interface Series {
  readonly group: string
  readonly name: string | null
  readonly calls: number[]
}
const sums = (all: Series[]) => all.map(({ group, calls }) => [group, calls.reduce((sum, one) => sum + one, 0)])

test('the running step has the calls of this moment: passed on, refused and failed', async () => {
  const [fine, broken] = [
    await house.publish({ path: '/fine', security: 'sign' }),
    await house.publish({ path: '/broken', security: 'sign' }),
  ]
  const app = await house.app([fine.id, broken.id])
  for (let n = 0; n < 3; n++) assert.equal((await house.call(signed(app, 'GET', '/fine'))).status, 200)
  assert.equal((await house.call(signed(app, 'GET', '/broken'))).status, 500)
  assert.equal((await house.call(signed(app, 'GET', '/fine', { timestamp: 1 }))).status, 401)

  // What a busy gateway does not tell at once comes with its next report.
  const ofHour = () => series({ step: 'hour', groupBy: 'interface' })
  const all = async () => (await ofHour()).total.calls.reduce((sum: number, one: number) => sum + one, 0)
  await until(
    async () => (await all()) === 5,
    15_000,
    () => 'the gateway does not tell of its calls',
  )
  const hour = await ofHour()
  assert.deepEqual(sums(hour.series), [
    [String(fine.id), 4],
    [String(broken.id), 1],
  ])
  assert.equal(hour.series[0].name, '/fine')
  assert.equal(hour.starts.length, hour.total.calls.length)
  const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0)
  assert.deepEqual([sum(hour.total.calls), sum(hour.total.refused), sum(hour.total.failed)], [5, 1, 1])
  assert.equal(typeof hour.total.latency.at(-1) === 'number' || typeof hour.total.latency.at(-2) === 'number', true)

  const status = await series({ step: 'minute', groupBy: 'status', interfaceId: fine.id })
  assert.deepEqual(sums(status.series), [
    ['answered', 3],
    ['refused', 1],
    ['failed', 0],
  ])
  // A call that was refused before its signature held is nobody’s.
  const byApp = await series({ groupBy: 'app' })
  assert.deepEqual(sums(byApp.series), [
    [app.appId, 4],
    ['unidentified', 1],
  ])
  assert.deepEqual(sums((await series({ groupBy: 'app', appId: app.appId })).series), [[app.appId, 4]])
  assert.equal((await series({ groupBy: 'app', appId: app.id })).series[0].group, app.appId)

  // Why it was refused is told of the app that it said it came from, as in the call log. A path that nobody published is an error too, and
  // what the service answered has no name of ours.
  assert.equal((await house.call({ method: 'GET', path: '/nowhere', headers: {} })).fault, 'interface_not_found')
  await until(
    async () => (await errors({})).total === 2,
    15_000,
    () => 'the gateway does not tell of its errors',
  )
  const late = { error: 'timestamp_out_of_window', calls: 1 }
  assert.deepEqual((await errors({})).errors, [{ error: 'interface_not_found', calls: 1 }, late])
  assert.partialDeepStrictEqual(await errors({ appId: app.appId }), { total: 1, errors: [late] })
})

test('empty steps are zeros, and steps are those of the platform’s calendar', async () => {
  // 16:00 UTC is midnight in Shanghai.
  await past('2025-03-01T15:59:00Z', [{ operationId: 901, appId: 901, calls: 4, refused: 1, latencyMs: 30 }])
  await past('2025-03-03T16:00:00Z', [{ operationId: 901, appId: 901, calls: 2, failed: 1, latencyMs: 50 }])
  const days = await series({ step: 'day', interfaceId: 901, from: '2025-03-01 00:00:00', to: '2025-03-05 00:00:00' })
  assert.deepEqual(days.starts, ['2025-03-01 00:00:00', '2025-03-02 00:00:00', '2025-03-03 00:00:00', '2025-03-04 00:00:00'])
  assert.deepEqual(days.total, {
    calls: [4, 0, 0, 2],
    refused: [1, 0, 0, 0],
    limited: [0, 0, 0, 0],
    failed: [0, 0, 0, 1],
    latency: [10, null, null, 25],
  })
  const months = await series({ step: 'month', interfaceId: 901, from: '2025-01-31 00:00:00', to: '2025-03-31 00:00:00' })
  assert.deepEqual(months.starts, ['2025-01-01 00:00:00', '2025-02-01 00:00:00', '2025-03-01 00:00:00'])
  assert.deepEqual(months.total.calls, [0, 0, 6])
  assert.deepEqual(months.series, [{ group: '901', id: 901, name: null, ...months.total }])
})

test('where clocks change, steps are cut as counts were filed', async () => {
  const zone = 'Europe/Berlin'
  // Spring of 2025: 02:00 to 03:00 did not happen. Autumn: it happened twice.
  for (const at of ['2025-03-30T00:30:00Z', '2025-03-30T01:30:00Z', '2025-10-26T00:30:00Z', '2025-10-26T01:30:00Z']) {
    await past(at, [{ operationId: 902, appId: 902, calls: 1 }], zone)
  }
  const hours = async (from: string, to: string) => {
    const query = { step: 'hour', groupBy: 'status', from: new Date(from), to: new Date(to), operationId: 902 } as const
    const starts = await startsOf(database.db, query, zone)
    const counts = await countSeries(database.db, query, starts)
    return starts.map((start) => counts.find(({ startsAt }) => startsAt === start)?.calls ?? 0)
  }
  assert.deepEqual(await hours('2025-03-30T00:00:00+01:00', '2025-03-30T05:00:00+02:00'), [0, 1, 1, 0])
  assert.deepEqual(await hours('2025-10-26T00:00:00+02:00', '2025-10-26T05:00:00+01:00'), [0, 0, 2, 0, 0])
})

test('the groups with most calls stand by themselves, the rest together; a caller that nobody knows is one', async () => {
  const counts = Array.from({ length: groupsMax + 10 }, (_, n) => ({ operationId: 800, appId: n + 2_000, calls: 1_000 - n }))
  await past('2025-04-01T00:00:00Z', [...counts, { operationId: 800, appId: 0, calls: 5_000 }])
  const { series: found } = await series({
    groupBy: 'app',
    interfaceId: 800,
    step: 'day',
    from: '2025-04-01 00:00:00',
    to: '2025-04-02 00:00:00',
  })
  assert.equal(found.length, groupsMax + 1)
  assert.deepEqual(sums([found[0], found[1], found.at(-1)]), [
    ['unidentified', 5_000],
    ['2000', 1_000],
    ['other', counts.slice(groupsMax - 1).reduce((sum, { calls }) => sum + calls, 0)],
  ])
})

test('groups with equally many calls stand in the same order each time they are asked for', async () => {
  const ids = Array.from({ length: 12 }, (_, n) => 2_100 + n)
  // Who has the higher id calls first.
  for (const [at, appId] of ids.toReversed().entries())
    await past(new Date(Date.UTC(2025, 3, 10 + at)).toISOString(), [{ operationId: 810, appId, calls: 5 }])
  const asked = { groupBy: 'app', interfaceId: 810, from: '2025-04-10 00:00:00', to: '2025-05-01 00:00:00' }
  for (const told of [(await series({ ...asked, step: 'day' })).series, (await totals(asked)).groups]) {
    assert.deepEqual(told.map(({ id }: { id: number }) => id), ids) // biome-ignore format: one thought
  }
})

test('a developer sees the calls of their own apps only', async () => {
  for (const username of ['mine', 'theirs'])
    await house.done('POST', '/openapi/user/register', { username, password: 'a long password' }, '')
  const [mine, theirs] = [await house.login('mine', 'a long password'), await house.login('theirs', 'a long password')]
  const app = await house.done('POST', '/openapi/app/add', { name: 'my app' }, mine)
  await past('2025-05-01T00:00:00Z', [
    { operationId: 700, appId: app.id, calls: 7 },
    { operationId: 700, appId: 0, calls: 100 },
    { operationId: 700, appId: 999_999, calls: 100 },
  ])
  const range = { step: 'day', groupBy: 'app', from: '2025-05-01 00:00:00', to: '2025-05-02 00:00:00' }
  assert.deepEqual((await series(range, mine)).series.map(({ group, name, calls }: Series) => [group, name, calls]), [[app.appId, 'my app', [7]]]) // biome-ignore format: one thought
  const sums = await totals({ ...range, step: '', compareFrom: '2025-04-30 00:00:00' }, mine)
  assert.deepEqual(sums.groups, [{ group: app.appId, id: app.id, name: 'my app', ...sums.total }])
  assert.deepEqual([sums.total.calls, sums.total.before.calls], [7, 0])
  assert.equal((await totals(range, theirs)).total.calls, 0)
  const refusals = [
    { appId: app.id, error: 'not_granted', calls: 2 },
    { appId: app.id, error: 'signature_invalid', calls: 5 },
    { appId: 999_999, error: 'token_expired', calls: 100 },
  ]
  await past('2025-05-01T00:00:00Z', [], 'Asia/Shanghai', refusals)
  assert.deepEqual(await errors({ from: range.from, to: range.to }, mine), {
    from: range.from,
    to: range.to,
    total: 7,
    errors: [
      { error: 'signature_invalid', calls: 5 },
      { error: 'not_granted', calls: 2 },
    ],
  })
  assert.equal((await errors({ from: range.from, to: range.to })).total, 107)
  assert.deepEqual((await errors({ from: range.from, to: range.to }, theirs)).errors, [])
  const { id: hidden } = await house.publish({ path: '/hidden', name: '内部接口', visibility: 'internal' })
  await past('2025-05-01T00:00:00Z', [{ operationId: hidden, appId: app.id, calls: 1 }])
  for (const ask of [series, totals]) {
    const answer = await ask({ ...range, ...(ask === series ? {} : { step: '' }), groupBy: 'interface' }, mine)
    assert.doesNotMatch(JSON.stringify(answer), /内部接口/)
  }
  fails(await house.manage('GET', '/openapi/stats/totals?groupBy=service', undefined, mine), 403, 'forbidden')
  fails(await house.manage('GET', `/openapi/stats/totals?appId=${app.appId}`, undefined, theirs), 404, 'not_found')
  fails(await house.manage('GET', `/openapi/stats/errors?appId=${app.appId}`, undefined, theirs), 404, 'not_found')
  fails(await house.manage('GET', '/openapi/stats/errors'), 401, 'unauthorized')
  const others = await series(range, theirs)
  assert.deepEqual([others.series, others.total.calls], [[], [0]])
  fails(await house.manage('GET', `/openapi/stats/series?appId=${app.appId}`, undefined, theirs), 404, 'not_found')
  fails(await house.manage('GET', '/openapi/stats/series'), 401, 'unauthorized')
})

test('limits that were hit are told by range, interface and app; other refusals are not among them', async () => {
  const narrow = await house.publish({ path: '/narrow', security: 'sign', limitCount: 1, limitAction: 'disable' })
  const wide = await house.publish({ path: '/wide', security: 'sign' })
  const app = await house.app([narrow.id, wide.id])
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { monthQuota: 20 })
  await house.settled()
  const limits = { [narrow.id]: 0, [wide.id]: 0 }
  // Two in one second shut the interface, and all that follow find it shut; then the quota of the month is used up.
  for (let n = 0; n < 60; n++) {
    const [of, path] = n < 30 ? [narrow, '/narrow'] : [wide, '/wide']
    const { fault = '' } = await house.call(signed(app, 'GET', path))
    if (['interface_tripped', 'quota_exceeded'].includes(fault)) limits[of.id]! += 1
  }
  assert.equal((await house.call(signed(app, 'GET', '/wide', { timestamp: 1 }))).fault, 'timestamp_out_of_window')
  assert.ok(limits[narrow.id]! > 0 && limits[wide.id]! > 0, JSON.stringify(limits))

  const limitsOf = ({ groups }: { groups: { group: string; limited: number }[] }) =>
    Object.fromEntries(groups.map(({ group, limited }) => [group, limited]))
  await until(
    async () => (await totals({ interfaceId: wide.id })).total.calls === 31,
    15_000,
    () => 'the gateway does not tell of its calls',
  )
  const byInterface = await totals({ groupBy: 'interface', orderBy: 'limited' })
  assert.partialDeepStrictEqual(limitsOf(byInterface), limits)
  assert.deepEqual(
    [byInterface.total.limited, byInterface.groups[0].limited],
    [limits[narrow.id]! + limits[wide.id]!, Math.max(...Object.values(limits))],
  )
  assert.partialDeepStrictEqual(await totals({ interfaceId: wide.id }), {
    total: { calls: 31, refused: limits[wide.id]! + 1, limited: limits[wide.id]! },
  })
  const steps = await series({ step: 'minute', groupBy: 'status', interfaceId: narrow.id })
  assert.equal(
    steps.total.limited.reduce((sum: number, one: number) => sum + one, 0),
    limits[narrow.id],
  )
  // Who finds an interface shut is not identified: that comes before.
  assert.deepEqual(limitsOf(await totals({ groupBy: 'app', appId: app.appId })), { [app.appId]: limits[wide.id]! + 1 })
})

test('a range comes to the sum of its minutes, beside the range before it, however it is put together', async () => {
  const { id: serviceId } = await house.done('POST', '/openapi/service/add', { name: 'summed', targets: [{ url: 'http://127.0.0.1:9' }] })
  const mine = await house.publish({ path: '/summed', serviceId })
  const now = Date.now()
  const at = (agoMs: number) => new Date(Math.floor(now / 60_000) * 60_000 - agoMs)
  const wire = (agoMs: number) => toWireTime(at(agoMs), 'Asia/Shanghai')
  const hour = 3_600_000
  const day = 24 * hour
  // Each bears its own bit, so that a sum says which are in it.
  const agos = [hour / 60, hour / 3, hour, 3 * hour, 20 * hour, 26 * hour, 3 * day, 30 * day, 99 * day, 120 * day, 400 * day]
  for (const [bit, ago] of agos.entries())
    await past(at(ago).toISOString(), [{ operationId: mine.id, appId: 5_001, calls: 2 ** bit, latencyMs: 3 * 2 ** bit }])
  const between = (fromMs: number, toMs: number) => agos.reduce((sum, ago, bit) => sum + (ago <= fromMs && ago > toMs ? 2 ** bit : 0), 0)

  for (const [fromMs, toMs] of [
    [hour, 0],
    [hour / 2, hour / 60],
    [27 * hour, 0],
    [27 * hour, hour / 2],
    [47 * hour, 2 * hour],
  ] as const) {
    const { total } = await totals({ interfaceId: mine.id, from: wire(fromMs), to: wire(toMs), compareFrom: wire(2 * fromMs - toMs) })
    assert.equal(total.calls, between(fromMs, toMs), `${fromMs} ${toMs}`)
    assert.equal(total.latency, total.calls > 0 ? 3 : null)
  }
  // Of what is older, whole hours or days: no end of a range lies within one of those here.
  for (const [fromMs, toMs] of [
    [4 * day, 0],
    [50 * day, 27 * hour],
    [500 * day, 110 * day],
  ] as const) {
    const { total } = await totals({ interfaceId: mine.id, from: wire(fromMs + 2 * hour), to: wire(toMs) })
    assert.equal(total.calls, between(fromMs, toMs), `${fromMs} ${toMs}`)
  }
  const week = await totals({ interfaceId: mine.id, groupBy: 'app', from: wire(4 * day), to: wire(2 * hour), compareFrom: wire(31 * day) })
  assert.partialDeepStrictEqual(week, {
    total: { calls: between(4 * day, 2 * hour), before: { calls: between(31 * day, 27 * day + 2 * hour) } },
  })
  assert.deepEqual(week.groups.map(({ group, calls }: { group: string; calls: number }) => [group, calls]), [['5001', between(4 * day, 2 * hour)]]) // biome-ignore format: one thought
  const services = await totals({ groupBy: 'service', from: wire(500 * day), to: wire(-hour / 60) })
  assert.partialDeepStrictEqual(
    services.groups.find(({ id }: { id: number }) => id === serviceId),
    { group: String(serviceId), name: 'summed', calls: 2 ** agos.length - 1 },
  )
})

test('a range is bounded, and what is not kept is said so', async () => {
  const refused = async (query: Record<string, string>, of = 'series') =>
    fails(
      await house.manage('GET', `/openapi/stats/${of}?${new URLSearchParams(query)}`, undefined, house.admin),
      400,
      'invalid_parameters',
    )
  await refused({ step: 'second' })
  await refused({ step: 'hour', from: '2025-01-01 00:00:00', to: '2025-01-01 00:00:00' })
  await refused({ step: 'hour', from: '2024-01-01 00:00:00', to: '2025-01-01 00:00:00' })
  await refused({ step: 'minute', from: '2025-01-01 00:00:00', to: '2025-01-01 01:00:00' })
  await refused({ step: 'hour', from: '2025-01-01 00:00:00', to: '2025-01-02 00:00:00' })
  await refused({ step: 'minute', from: '0001-01-01 00:00:00', to: '9999-12-31 00:00:00' })
  await refused({ step: 'day', from: 'then' })
  await refused({ groupBy: 'ip' })
  await refused({ appId: '' })
  const refusedTotals = (query: Record<string, string>) => refused(query, 'totals')
  await refusedTotals({ from: '2025-01-01 00:00:00', to: '2025-01-01 00:00:00' })
  await refusedTotals({ from: '0001-01-01 00:00:00', to: '9999-12-31 00:00:00' })
  await refused({ from: '0001-01-01 00:00:00', to: '9999-12-31 00:00:00' }, 'errors')
  await refused({ to: 'then' }, 'errors')
  await refusedTotals({ compareFrom: 'then' })
  await refusedTotals({ groupBy: 'status' })
  await refusedTotals({ orderBy: 'latency' })
  const longest = await series({ step: 'day', from: '2021-01-01 00:00:00', to: '2024-12-01 00:00:00' })
  assert.ok(longest.starts.length > 1_400 && longest.starts.length <= bucketsMax)
})
