// How many rows the counts of calls and of errors take, and how long a chart of them takes with a million rows of each there.

import { cpus, loadavg } from 'node:os'
import { sql } from 'drizzle-orm'
import type pg from 'pg'
import { addErrors, sumErrors } from '#core/usage/errors.store.ts'
import { countSeries, type SeriesQuery, startsOf } from '#core/usage/series.store.ts'
import { type Piece, piecesOf, sumUp } from '#core/usage/totals.store.ts'
import { currentUsage, keptMs, rowsOf, type UsageFilter } from '#core/usage/usage.store.ts'
import { type Db, openDatabase } from '#db/open.ts'
import { connect } from '../database.ts'
import { openOwnPostgres } from '../own-postgres.ts'
import { reportOf, spread, writeReport } from './report.ts'

const zone = 'Asia/Shanghai'
const day = 86_400_000
const times = 15

export async function statistics(): Promise<void> {
  await using postgres = await openOwnPostgres()
  await measure(postgres.url)
}

async function measure(url: string): Promise<void> {
  const database = await openDatabase(url, { error: () => {} })
  await using client = await connect(url)
  try {
    const now = new Date()
    const rows = await fill(client, now)
    const errors = await fillErrors(client, now)
    const bytesOf = async (table: string) =>
      Number((await client.query(`select pg_total_relation_size('${table}') as bytes`)).rows[0].bytes)
    const bytesPerRow = { usage: (await bytesOf('usage')) / rows, errors: (await bytesOf('usage_error')) / errors }
    const charts: string[][] = []
    for (const [what, query] of chartsOf(now)) charts.push([what, ...(await timeOf(query, database.db))])
    for (const total of totalsOf(now)) charts.push(await timeOfTotals(total, database.db, now))
    for (const asked of errorsAsked) charts.push(await timeOfErrors(asked, database.db, now))
    charts.push(await timeOfAdding(database.db, now))
    const current = await timesOf(() => currentUsage(database.db, { operationId: 7, appIds: [7] }, zone, now))
    charts.push(['stats/current, one app at one interface', '5', '5', current.min.toFixed(1), current.median.toFixed(1), 'primary key'])
    writeReport('statistics', pageOf(rows, errors, bytesPerRow, charts))
  } finally {
    await database.close()
  }
}

/** How many of each there are, and of those how many in a hundred have calls. */
const steps = [
  ['minute', 26 * 60, 18],
  ['hour', 24 * 20, 34],
  ['day', 100, 60],
  ['month', 12, 100],
] as const

/** 50 interfaces, 200 apps that call ten of them each: about a million rows. */
async function fill(client: pg.Client, now: Date): Promise<number> {
  for (const [step, count, percent] of steps) {
    await client.query(
      `insert into usage (step, starts_at, operation_id, app_id, calls, refused, failed, latency_ms)
       select $1, date_trunc($1, ($2::timestamptz - n * ('1 ' || $1)::interval) at time zone $3) at time zone $3, (app + k * 7) % 50 + 1, app,
              1 + (app * n) % 900, 0, 0, 500
       from generate_series(0, $4::integer - 1) n, generate_series(1, 200) app, generate_series(0, 9) k
       where (app * 31 + k * 17 + n * 13) % 100 < $5
       on conflict do nothing`,
      [step, now.toISOString(), zone, count, percent],
    )
  }
  await client.query(`
    insert into usage (step, starts_at, operation_id, app_id, calls, refused, failed, latency_ms)
    select step, starts_at, coalesce(operation_id, -1), coalesce(app_id, -1), sum(calls), sum(refused), sum(failed), sum(latency_ms)
    from usage where step <> 'minute' group by grouping sets ((step, starts_at), (step, starts_at, operation_id), (step, starts_at, app_id))`)
  await client.query('vacuum analyze usage')
  return Number((await client.query('select count(*) as rows from usage')).rows[0].rows)
}

const errorNames = ['signature_invalid', 'timestamp_out_of_window', 'token_expired', 'not_granted', 'rate_limited', 'quota_exceeded', 'invalid_parameters', 'upstream_timeout'] // biome-ignore format: a list

/** The same apps, each of which is refused in all these ways whenever it calls. */
async function fillErrors(client: pg.Client, now: Date): Promise<number> {
  for (const [step, count, percent] of steps) {
    if (step === 'month') continue
    await client.query(
      `insert into usage_error (step, starts_at, app_id, error, calls)
       select $1, date_trunc($1, ($2::timestamptz - n * ('1 ' || $1)::interval) at time zone $3) at time zone $3, app, error, 1 + (app * n) % 90
       from generate_series(0, $4::integer - 1) n, generate_series(1, 200) app, unnest($6::text[]) error
       where (app * 31 + n * 13) % 100 < $5
       on conflict do nothing`,
      [step, now.toISOString(), zone, count, percent, errorNames],
    )
  }
  await client.query(`
    insert into usage_error (step, starts_at, app_id, error, calls)
    select step, starts_at, -1, error, sum(calls) from usage_error where step <> 'minute' group by step, starts_at, error`)
  await client.query('vacuum analyze usage_error')
  return Number((await client.query('select count(*) as rows from usage_error')).rows[0].rows)
}

function chartsOf(now: Date): [string, SeriesQuery][] {
  const ago = (ms: number) => new Date(now.getTime() - ms)
  const chart = (
    step: SeriesQuery['step'],
    ms: number,
    groupBy: SeriesQuery['groupBy'],
    filter: Partial<SeriesQuery> = {},
  ): SeriesQuery => ({
    step,
    groupBy,
    from: ago(ms),
    to: now,
    ...filter,
  })
  return [
    ['minutes of an hour, all, by interface', chart('minute', day / 24, 'interface')],
    ['hours of a day, all, by app', chart('hour', day, 'app')],
    ['days of 30, all, by interface', chart('day', 30 * day, 'interface')],
    ['months of a year, all, by status', chart('month', 330 * day, 'status')],
    ['minutes of a day, one app, by interface', chart('minute', day, 'interface', { appIds: [7] })],
    ['minutes of a day, one interface, by app', chart('minute', day, 'app', { operationId: 7 })],
    ['minutes of a day, one app at one interface', chart('minute', day, 'status', { appIds: [7], operationId: 7 })],
    ['hours of 20 days, a developer’s five apps', chart('hour', 20 * day, 'app', { appIds: [3, 13, 23, 33, 43] })],
    ['days of 100, one interface, by app', chart('day', 100 * day, 'app', { operationId: 7 })],
    ['hours of 20 days, all, by interface', chart('hour', 20 * day, 'interface')],
    ['hours of 20 days, all, by app', chart('hour', 20 * day, 'app')],
    ['hours of 20 days, all, by status', chart('hour', 20 * day, 'status')],
    ['days of 100, all, by app', chart('day', 100 * day, 'app')],
    ['minutes of a day, all, by app', chart('minute', day, 'app')],
    ['minutes of a day, all, by status', chart('minute', day, 'status')],
  ]
}

interface Total {
  readonly what: string
  readonly ms: number
  readonly groupBy?: 'interface' | 'app'
  readonly filter?: UsageFilter
}

function totalsOf(now: Date): Total[] {
  const today = now.getTime() - (now.getTime() % day)
  return [
    { what: 'in sum: an hour, all', ms: day / 24 },
    { what: 'in sum: since midnight UTC, all, by app', ms: now.getTime() - today, groupBy: 'app' },
    { what: 'in sum: 30 days, all, by app', ms: 30 * day, groupBy: 'app' },
    { what: 'in sum: 100 days, all, by interface', ms: 100 * day, groupBy: 'interface' },
    { what: 'in sum: 30 days, a developer’s five apps, by app', ms: 30 * day, groupBy: 'app', filter: { appIds: [3, 13, 23, 33, 43] } },
  ]
}

/** Pieces in the place of steps. */
async function timeOfTotals({ what, ms, groupBy, filter = {} }: Total, db: Db, now: Date): Promise<string[]> {
  const range = { from: new Date(now.getTime() - ms), to: now }
  const took = await timesOf(async () => sumUp(db, filter, groupBy, await piecesOf(db, range, zone, now)))
  const pieces = await piecesOf(db, range, zone, now)
  const countOf = async ({ step, from, to }: Piece) => {
    const [first, end] = [from, to].map((at) => new Date(at).toISOString())
    const where = sql`step = ${step} and starts_at >= ${first} and starts_at < ${end} and ${rowsOf(filter, step, groupBy)}`
    return Number((await db.execute(sql`select count(*) as rows from usage where ${where}`)).rows[0]!.rows)
  }
  const read = (await Promise.all(pieces.map(countOf))).reduce((sum, rows) => sum + rows, 0)
  return [what, String(pieces.length), read.toLocaleString('en'), took.min.toFixed(1), took.median.toFixed(1), '–']
}

interface ErrorsAsked {
  readonly what: string
  readonly ms: number
  readonly appIds?: readonly number[]
}

const errorsAsked: readonly ErrorsAsked[] = [
  { what: 'errors by name: an hour, all', ms: day / 24 },
  { what: 'errors by name: 30 days, all', ms: 30 * day },
  { what: 'errors by name: 100 days, all', ms: 100 * day },
  { what: 'errors by name: 30 days, a developer’s five apps', ms: 30 * day, appIds: [3, 13, 23, 33, 43] },
]

async function timeOfErrors({ what, ms, appIds }: ErrorsAsked, db: Db, now: Date): Promise<string[]> {
  const range = { from: new Date(now.getTime() - ms), to: now }
  const took = await timesOf(async () => sumErrors(db, appIds, await piecesOf(db, range, zone, now)))
  const pieces = await piecesOf(db, range, zone, now)
  const countOf = async ({ step, from, to }: Piece) => {
    const [first, end] = [from, to].map((at) => new Date(at).toISOString())
    const apps = appIds ? sql`app_id = any(${sql.param(appIds)}::integer[])` : step === 'minute' ? sql`true` : sql`app_id = -1`
    const where = sql`step = ${step} and starts_at >= ${first} and starts_at < ${end} and ${apps}`
    return Number((await db.execute(sql`select count(*) as rows from usage_error where ${where}`)).rows[0]!.rows)
  }
  const read = (await Promise.all(pieces.map(countOf))).reduce((sum, rows) => sum + rows, 0)
  return [what, String(pieces.length), read.toLocaleString('en'), took.min.toFixed(1), took.median.toFixed(1), '–']
}

/** What a batch costs in which all apps are refused in all these ways. */
async function timeOfAdding(db: Db, now: Date): Promise<string[]> {
  const minute = Math.floor(now.getTime() / 60_000) * 60
  const counts = Array.from({ length: 200 }, (_, at) => errorNames.map((error) => ({ minute, appId: at + 1, error, calls: 1 }))).flat()
  const took = await timesOf(() => addErrors(db, counts, zone))
  const written = counts.length * 3 + errorNames.length * 2
  return ['errors by name: a batch of 200 apps is added', '3', written.toLocaleString('en'), took.min.toFixed(1), took.median.toFixed(1), 'primary key'] // biome-ignore format: one thought
}

/** Steps, rows, shortest and median time, and the index that PostgreSQL took. */
async function timeOf(query: SeriesQuery, db: Db): Promise<string[]> {
  const starts = await startsOf(db, query, zone)
  const took = await timesOf(async () => countSeries(db, query, await startsOf(db, query, zone)))
  const [first, last] = [starts[0]!, starts.at(-1)!].map((at) => new Date(at).toISOString())
  const asked = sql`from usage where step = ${query.step} and starts_at between ${first} and ${last} and ${rowsOf(query, query.step, query.groupBy)}`
  const { rows } = await db.execute(sql`explain select starts_at, sum(calls) ${asked} group by 1`)
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  const index = /(?:using|Bitmap Index Scan on) (\w+)/.exec(plan)?.[1] ?? 'none: the whole table'
  const read = Number((await db.execute(sql`select count(*) as rows ${asked}`)).rows[0]!.rows)
  const named = index.replace('usage_step_starts_at_operation_id_app_id_pk', 'primary key')
  return [String(starts.length), read.toLocaleString('en'), took.min.toFixed(1), took.median.toFixed(1), named]
}

async function timesOf(work: () => Promise<unknown>) {
  const took: number[] = []
  for (let time = 0; time < times; time++) {
    const begun = performance.now()
    await work()
    took.push(performance.now() - begun)
  }
  return spread(took)
}

function pageOf(rows: number, errors: number, bytesPerRow: Record<'usage' | 'errors', number>, charts: string[][]): string {
  const days = { minute: keptMs.minute / day, hour: keptMs.hour / day }
  // What each app has at all interfaces, each interface of all apps, and all of all.
  const together = 1_000 + 500 + 1
  // Of so many pairs of app and interface, each called in so many minutes and hours of a day.
  const model = (name: string, pairs: number, minutes: number, hours: number) => {
    const lasting = hours * days.hour + 365 + 12 + 1
    const kept = pairs * (minutes * days.minute + lasting) + together * lasting
    const number = (value: number) => Math.round(value).toLocaleString('en')
    const cells = [pairs * minutes, pairs * hours, pairs, together * (hours + 1), kept].map(number)
    return [name, ...cells, `${((kept * bytesPerRow.usage) / 2 ** 30).toFixed(1)} GB`]
  }
  const sums = [
    model('typical: an app calls 10 interfaces, in 120 minutes of 10 hours', 10_000, 120, 10),
    model('busy: 25 interfaces, in 600 minutes of 18 hours', 25_000, 600, 18),
    model('worst: each calls all, in each minute (at least 8,334 calls a second)', 500_000, 1_440, 24),
  ]
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const table = [['1,000 apps, 500 interfaces', 'minutes a day', 'hours a day', 'days a day', 'of all together a day', 'kept after a year', 'with indexes'], ['---', '---:', '---:', '---:', '---:', '---:', '---:'], ...sums].map(line).join('\n') // biome-ignore format: one thought
  const text = `A row is what one app called at one interface in one calendar step; where nobody called there is none. From hours on there is also a row
for each app at all interfaces, for each interface of all apps, and for all of all, written by the same statement. Minutes are kept for
${days.minute} days, hours for ${days.hour}, days, months and years for good. A row takes ${Math.round(bytesPerRow.usage)} bytes with its three indexes, measured here.

Errors have a table of their own: a row for each app, name, and minute, hour or day in which it happened, and from hours on one for all apps;
${Math.round(bytesPerRow.errors)} bytes with two indexes.

${table}

The times of charts, ${times} runs each, over ${rows.toLocaleString('en')} rows of 200 apps and 50 interfaces, and ${errors.toLocaleString('en')} of
errors, each app refused in ${errorNames.length} ways whenever it calls, while ${loadavg()[0]!.toFixed(0)} programs wanted
the ${cpus().length} cores. A chart costs what it reads, the rows of its range: one app and one interface have an index of their own. The mark is
150 ms at such a load, and 2 s for the last two: minutes are not kept of all together, of which there would be as many rows again.`
  return reportOf({
    name: 'statistics',
    title: 'Counts of calls: rows and charts',
    text,
    head: ['chart', 'steps', 'rows', 'shortest, ms', 'median, ms', 'index'],
    rows: charts,
  })
}
