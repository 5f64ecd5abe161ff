// Counts over time, for charts: one number for each calendar step and group. Steps are cut as counts were filed, by the database in the
// platform's time zone, so the two agree also where a day has 23 or 25 hours.

import { and, inArray, type SQL, sql } from 'drizzle-orm'
import { visibleTo } from '#core/operation/operation.store.ts'
import type { Db } from '#db/open.ts'
import { app, operation, service } from '#db/schema.ts'
import { rowsOf, type Step, type UsageFilter } from './usage.store.ts'

export type SeriesGroup = 'interface' | 'app' | 'status'

export interface SeriesQuery extends UsageFilter {
  readonly step: Exclude<Step, 'year'>
  readonly groupBy: SeriesGroup
  readonly from: Date
  /** Exclusive. */
  readonly to: Date
}

export interface Counts {
  readonly calls: number
  readonly refused: number
  readonly limited: number
  readonly failed: number
  readonly latencyMs: number
}

export interface SeriesCount extends Counts {
  /** Epoch milliseconds. */
  readonly startsAt: number
  /** Row id of the app or operation; 0 is a caller that was not identified, null what all others have together. */
  readonly group: number | null
}

export const bucketsMax = 1_500
export const groupsMax = 50

const shortestMs: Record<SeriesQuery['step'], number> = { minute: 60_000, hour: 3_600_000, day: 23 * 3_600_000, month: 28 * 86_400_000 }

/** False when the range may have more steps than anybody looks at. */
export function isInBounds({ step, from, to }: Pick<SeriesQuery, 'step' | 'from' | 'to'>): boolean {
  return (to.getTime() - from.getTime()) / shortestMs[step] <= bucketsMax
}

/** When each step of the range begins; the first may begin before `from`. */
export async function startsOf(db: Db, { step, from, to }: SeriesQuery, timeZone: string): Promise<number[]> {
  const { rows } = await db.execute<{ at: string }>(sql`
    select distinct extract(epoch from local at time zone ${timeZone}) * 1000 as at
    from generate_series(date_trunc(${step}, ${from.toISOString()}::timestamptz at time zone ${timeZone}),
                         (${to.toISOString()}::timestamptz - interval '1 millisecond') at time zone ${timeZone},
                         ${`1 ${step}`}::interval) as local
    order by 1`)
  return rows.map(({ at }) => Number(at))
}

/** What was counted in these steps; the `groupsMax` groups with most calls by themselves. By status, all is one group. */
export async function countSeries(db: Db, query: SeriesQuery, starts: readonly number[]): Promise<SeriesCount[]> {
  if (query.appIds?.length === 0 || starts.length === 0) return []
  const groups: Record<SeriesGroup, SQL> = { interface: sql`operation_id`, app: sql`app_id`, status: sql`0` }
  const grouped = groups[query.groupBy]
  const asked = sql`
    step = ${query.step} and starts_at between ${instant(starts[0]!)} and ${instant(starts.at(-1)!)}
    and ${rowsOf(query, query.step, query.groupBy)}`
  return db.transaction(
    async (tx) => {
      // The largest chart has 76,500 sums, which should not go by way of the disk; compiling the query takes longer than it saves.
      await tx.execute(sql`select set_config('work_mem', '64MB', true), set_config('jit', 'off', true)`)
      // First who has most, then what they have: cheaper than to sum up every step of everybody.
      const { rows } = await tx.execute<Record<'at' | Summed, string> & { grouped: number | null }>(sql`
        with most as materialized (
          select ${grouped} as grouped from usage where ${asked} group by 1 order by sum(calls) desc, 1 limit ${groupsMax})
        select extract(epoch from starts_at) * 1000 as at,
               case when ${grouped} in (select grouped from most) then ${grouped} end as grouped,
               ${sums}
        from usage where ${asked} group by starts_at, 2`)
      return rows.map((row) => ({
        startsAt: Number(row.at),
        group: row.grouped,
        ...countsOf(row),
      }))
    },
    { accessMode: 'read only' },
  )
}

export type Summed = 'calls' | 'refused' | 'limited' | 'failed' | 'latency'

/** The columns that `countsOf` reads. */
export const sums = sql`
  sum(calls) as calls, sum(refused) as refused, sum(limited) as limited, sum(failed) as failed, sum(latency_ms) as latency`

export function countsOf(row: Readonly<Record<Summed, string>>): Counts {
  return {
    calls: Number(row.calls),
    refused: Number(row.refused),
    limited: Number(row.limited),
    failed: Number(row.failed),
    latencyMs: Number(row.latency),
  }
}

const instant = (at: number) => sql`${new Date(at).toISOString()}::timestamptz`

export interface GroupName {
  readonly id: number
  /** The public id of an app. */
  readonly key: string
  readonly name: string
}

/** What groups are called, also those that are deleted since; to a developer not those interfaces that they may not see. */
export async function namesOfGroups(
  db: Db,
  groupBy: 'interface' | 'app' | 'service',
  ids: readonly number[],
  developerId: number | undefined,
): Promise<GroupName[]> {
  if (ids.length === 0) return []
  if (groupBy === 'app') {
    return db
      .select({ id: app.id, key: app.appId, name: app.name })
      .from(app)
      .where(inArray(app.id, [...ids]))
  }
  const table = groupBy === 'service' ? service : operation
  const rows = await db
    .select({ id: table.id, name: table.name })
    .from(table)
    .where(and(inArray(table.id, [...ids]), groupBy === 'interface' ? visibleTo(developerId) : undefined))
  return rows.map((row) => ({ ...row, key: String(row.id) }))
}
