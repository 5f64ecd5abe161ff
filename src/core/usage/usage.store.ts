// Counts of calls, from minute to year, in the platform's time zone. (The running second is asked of the gateways; nobody wants it
// later.) Gateways report what happened in each minute; one statement adds it to every step, in the transaction that marks the batch as taken.

import { and, eq, lt, type SQL, sql } from 'drizzle-orm'
import { isKept, recordCalls, recordLeftOut } from '#core/call/call.store.ts'
import { recordEvidence } from '#core/call/evidence.store.ts'
import { tellOfQuotas } from '#core/event/platform-event.store.ts'
import type { UsageBatch } from '#core/feed/document.ts'
import { isOneOf } from '#db/ids.ts'
import type { Db } from '#db/open.ts'
import { usage, usageError, usageSource } from '#db/schema.ts'
import { addErrors } from './errors.store.ts'
import { everyId } from './usage.ts'

export const steps = ['minute', 'hour', 'day', 'month', 'year'] as const
export type Step = (typeof steps)[number]

export interface RecordDeps {
  readonly db: Db
  readonly timeZone: string
  /** Days that single calls are kept. */
  readonly callLogDays: number
}

/** Adds a batch once; false when it, or a later one, was taken before. */
export async function recordUsage({ db, timeZone, callLogDays }: RecordDeps, node: string, batch: UsageBatch, now: Date): Promise<boolean> {
  return db.transaction(async (tx) => {
    const taken = await tx
      .insert(usageSource)
      .values({ source: batch.source, node, lastNumber: batch.number, seenAt: now })
      .onConflictDoUpdate({
        target: usageSource.source,
        set: { lastNumber: batch.number, seenAt: now },
        setWhere: lt(usageSource.lastNumber, batch.number),
      })
      .returning({ source: usageSource.source })
    if (taken.length === 0) return false
    if (batch.counts.length > 0) {
      await addCounts(tx, batch, timeZone)
      await tellOfQuotas(tx, batch.counts, timeZone, now)
    }
    await addErrors(tx, batch.errors ?? [], timeZone)
    const calls = (batch.calls ?? []).filter(({ time }) => isKept(time, callLogDays, now))
    await recordCalls(tx, calls)
    await recordEvidence(tx, calls)
    await recordLeftOut(tx, node, batch.leftOut ?? [])
    return true
  })
}

async function addCounts(db: Db, batch: UsageBatch, timeZone: string): Promise<void> {
  // Rows are written in the order of the key, so that two nodes' batches cannot wait for each other in a circle.
  await db.execute(sql`
    insert into usage (step, starts_at, operation_id, app_id, calls, refused, limited, failed, latency_ms)
    select step, date_trunc(step, to_timestamp(minute) at time zone ${timeZone}) at time zone ${timeZone} as starts_at,
           case when all_operations then ${everyId} else operation end, case when all_apps then ${everyId} else app end,
           sum(calls), sum(refused), sum(limited), sum(failed), sum(latency_ms)
    from jsonb_to_recordset(${JSON.stringify(batch.counts.map(columns))}::jsonb)
           as counts (minute bigint, operation integer, app integer, calls bigint, refused bigint, limited bigint, failed bigint,
                      latency_ms bigint)
         cross join unnest(array['minute', 'hour', 'day', 'month', 'year']) as step
         cross join unnest(array[false, true]) as all_operations
         cross join unnest(array[false, true]) as all_apps
    where step <> 'minute' or not (all_operations or all_apps)
    group by 1, 2, 3, 4
    order by 1, 2, 3, 4
    on conflict (step, starts_at, operation_id, app_id) do update
      set calls = usage.calls + excluded.calls, refused = usage.refused + excluded.refused, limited = usage.limited + excluded.limited,
          failed = usage.failed + excluded.failed, latency_ms = usage.latency_ms + excluded.latency_ms`)
}

const columns = (count: UsageBatch['counts'][number]) => ({
  minute: count.minute,
  operation: count.operationId,
  app: count.appId,
  calls: count.calls,
  refused: count.refused,
  limited: count.limited,
  failed: count.failed,
  latency_ms: count.latencyMs,
})

export interface UsageFilter {
  readonly operationId?: number | undefined
  /** Row ids; undefined is all, identified or not. */
  readonly appIds?: readonly number[] | undefined
}

/**
 * The rows that answer a question, each count in one of them. What is neither asked for by name nor to be told apart is taken from the
 * rows of all together.
 */
export function rowsOf({ operationId, appIds }: UsageFilter, step: Step, apart?: 'interface' | 'app' | 'status'): SQL {
  const each = (column: SQL, isApart: boolean) => {
    if (step === 'minute') return sql`true`
    return isApart ? sql`${column} <> ${everyId}` : sql`${column} = ${everyId}`
  }
  const operations = operationId === undefined ? each(sql`operation_id`, apart === 'interface') : sql`operation_id = ${operationId}`
  const apps = isOneOf(sql`app_id`, appIds) ?? each(sql`app_id`, apart === 'app')
  return sql`${operations} and ${apps}`
}

/** Calls in the running calendar minute, hour, … of `now`. */
export async function currentUsage(db: Db, filter: UsageFilter, timeZone: string, now: Date): Promise<Record<Step, number>> {
  const current = { minute: 0, hour: 0, day: 0, month: 0, year: 0 }
  if (filter.appIds?.length === 0) return current
  // The starts are computed as the counts were filed, by the database: the two always agree, also when clocks go back an hour.
  const { rows } = await db.execute<{ step: Step; calls: string }>(sql`
    with starts as (
      select step, date_trunc(step, ${now.toISOString()}::timestamptz at time zone ${timeZone}) at time zone ${timeZone} as starts_at
      from unnest(array['minute', 'hour', 'day', 'month', 'year']) as step)
    select step, sum(calls) as calls from usage join starts using (step, starts_at)
    where step = 'minute' and ${rowsOf(filter, 'minute')} group by step
    union all
    select step, sum(calls) from usage join starts using (step, starts_at)
    where step <> 'minute' and ${rowsOf(filter, 'hour')} group by step`)
  for (const row of rows) current[row.step] = Number(row.calls)
  return current
}

/** Short steps are for looking closely; older ones are dropped, so that the table stays small. Days, months and years stay. */
export const keptMs = { minute: 2 * 86_400_000, hour: 100 * 86_400_000 } as const

export async function forgetShortSteps(db: Db, now: Date): Promise<void> {
  for (const step of ['minute', 'hour'] as const) {
    const before = new Date(now.getTime() - keptMs[step])
    for (const table of [usage, usageError]) await db.delete(table).where(and(eq(table.step, step), lt(table.startsAt, before)))
  }
}
