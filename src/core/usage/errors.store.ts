// Errors by name: how many calls ended with each, by app. Filed as calls are (`usage.store.ts`), under minute, hour and day, so that the
// pieces of a range fit both.

import { sql } from 'drizzle-orm'
import type { ErrorCount } from '#core/feed/document.ts'
import { isOneOf } from '#db/ids.ts'
import type { Db } from '#db/open.ts'
import { isIn, type Piece } from './totals.store.ts'
import { everyId } from './usage.ts'

export interface ErrorSum {
  readonly error: string
  readonly calls: number
}

/** For the transaction that takes a batch. */
export async function addErrors(db: Db, counts: readonly ErrorCount[], timeZone: string): Promise<void> {
  if (counts.length === 0) return
  const rows = counts.map(({ minute, appId, error, calls }) => ({ minute, app: appId, error, calls }))
  // In the order of the key, for the same reason as those of calls.
  await db.execute(sql`
    insert into usage_error (step, starts_at, app_id, error, calls)
    select step, date_trunc(step, to_timestamp(minute) at time zone ${timeZone}) at time zone ${timeZone} as starts_at,
           case when all_apps then ${everyId} else app end, error, sum(calls)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as counts (minute bigint, app integer, error text, calls bigint)
         cross join unnest(array['minute', 'hour', 'day']) as step
         cross join unnest(array[false, true]) as all_apps
    where step <> 'minute' or not all_apps
    group by 1, 2, 3, 4
    order by 1, 2, 3, 4
    on conflict (step, starts_at, app_id, error) do update set calls = usage_error.calls + excluded.calls`)
}

/** Most calls first. `appIds` are row ids; undefined is all, named or not. */
export async function sumErrors(db: Db, appIds: readonly number[] | undefined, pieces: readonly Piece[]): Promise<ErrorSum[]> {
  if (appIds?.length === 0 || pieces.length === 0) return []
  const apps = (step: Piece['step']) => isOneOf(sql`app_id`, appIds) ?? (step === 'minute' ? sql`true` : sql`app_id = ${everyId}`)
  const parts = pieces.map(
    (piece) => sql`
      select error, calls from usage_error
      where ${isIn(piece)} and ${apps(piece.step)}`,
  )
  const { rows } = await db.execute<{ error: string; calls: string }>(sql`
    select error, sum(calls) as calls from (${sql.join(parts, sql` union all `)}) as parts group by error order by 2 desc, 1`)
  return rows.map(({ error, calls }) => ({ error, calls: Number(calls) }))
}
