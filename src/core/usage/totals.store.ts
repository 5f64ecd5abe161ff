// What was counted in a range, in one sum for each group. A range is put together of whole days, and at its ends of hours and minutes: so
// a year is read from a row a day, and the calls of this minute are in it all the same.

import { inArray, type SQL, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { operation } from '#db/schema.ts'
import { type Counts, countsOf, type Summed, sums } from './series.store.ts'
import { keptMs, rowsOf, type UsageFilter } from './usage.store.ts'

export interface Range {
  readonly from: Date
  /** Exclusive. */
  readonly to: Date
}

/** Epoch milliseconds. */
export interface Piece {
  readonly step: 'minute' | 'hour' | 'day'
  readonly from: number
  readonly to: number
}

type Bounds = Record<'from' | 'from_hour' | 'from_day' | 'to_day' | 'to_hour' | 'to', number>

/** The pieces of a range. Each end is rounded down to the finest step that is kept of it. */
export async function piecesOf(db: Db, { from, to }: Range, timeZone: string, now: Date): Promise<Piece[]> {
  const rounded = (at: Date) => sql`date_trunc(${finestOf(at, now)}, ${at.toISOString()}::timestamptz at time zone ${timeZone})`
  // Whole steps begin at the first one after the range begins, and end with the last one before it ends. The database cuts them, as it did
  // when counts were filed.
  const next = (step: string) => sql`date_trunc(${step}, first + ${`1 ${step}`}::interval - interval '1 minute')`
  const ms = (local: SQL) => sql`extract(epoch from (${local}) at time zone ${timeZone}) * 1000`
  const { rows } = await db.execute<Record<keyof Bounds, string>>(sql`
    with given as (select ${rounded(from)} as first, ${rounded(to)} as last)
    select ${ms(sql`first`)} as from, ${ms(next('hour'))} as from_hour, ${ms(next('day'))} as from_day,
           ${ms(sql`date_trunc('day', last)`)} as to_day, ${ms(sql`date_trunc('hour', last)`)} as to_hour, ${ms(sql`last`)} as to
    from given`)
  const bounds = Object.fromEntries(Object.entries(rows[0]!).map(([name, at]) => [name, Number(at)])) as Bounds
  return cut(bounds).filter((piece) => piece.from < piece.to)
}

function finestOf(at: Date, now: Date): Piece['step'] {
  const ageMs = now.getTime() - at.getTime()
  return ageMs <= keptMs.minute ? 'minute' : ageMs <= keptMs.hour ? 'hour' : 'day'
}

function cut({ from, from_hour, from_day, to_day, to_hour, to }: Bounds): Piece[] {
  if (from_hour > to_hour) return [{ step: 'minute', from, to }]
  const between: Piece[] =
    from_day > to_day
      ? [{ step: 'hour', from: from_hour, to: to_hour }]
      : [
          { step: 'hour', from: from_hour, to: from_day },
          { step: 'day', from: from_day, to: to_day },
          { step: 'hour', from: to_day, to: to_hour },
        ]
  return [{ step: 'minute', from, to: from_hour }, ...between, { step: 'minute', from: to_hour, to }]
}

/** Of counts by calendar step. */
export function isIn({ step, from, to }: Piece): SQL {
  const instant = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`
  return sql`step = ${step} and starts_at >= ${instant(from)} and starts_at < ${instant(to)}`
}

/** Sums by the row id of app or operation (0: a caller that was not identified), or all in one under null. */
export async function sumUp(
  db: Db,
  filter: UsageFilter,
  groupBy: 'interface' | 'app' | undefined,
  pieces: readonly Piece[],
): Promise<Map<number | null, Counts>> {
  if (filter.appIds?.length === 0 || pieces.length === 0) return new Map()
  const grouped = groupBy === undefined ? sql`null::integer` : groupBy === 'app' ? sql`app_id` : sql`operation_id`
  const parts = pieces.map(
    (piece) => sql`
      select ${grouped} as grouped, calls, refused, limited, failed, latency_ms from usage
      where ${isIn(piece)} and ${rowsOf(filter, piece.step, groupBy)}`,
  )
  const { rows } = await db.execute<Record<Summed, string> & { grouped: number | null }>(sql`
    select grouped, ${sums} from (${sql.join(parts, sql` union all `)}) as parts group by grouped`)
  return new Map(rows.map((row) => [row.grouped, countsOf(row)]))
}

/** To which service each of these operations leads now; null is none. */
export async function servicesOf(db: Db, operationIds: readonly number[]): Promise<Map<number, number | null>> {
  const rows = await db
    .select({ id: operation.id, serviceId: operation.serviceId })
    .from(operation)
    .where(inArray(operation.id, [...operationIds]))
  return new Map(rows.map(({ id, serviceId }) => [id, serviceId]))
}
