// `npm run listen`: somebody without a public address takes the events of an app. A listener holds a lease; while it lives the worker leaves
// the app alone, and push counts it as having an address. It takes deliveries as the worker does, so what it leaves undone becomes due again.

import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { delivery } from '#db/schema.ts'

/** Of a listener, and of a delivery that it took. */
export const listenMs = 30_000
const takenMax = 20

export async function renewListening(db: Db, appId: number, now: Date): Promise<void> {
  const until = new Date(now.getTime() + listenMs).toISOString()
  await db.execute(sql`
    insert into callback (app_id, paced_until, listened_until) values (${appId}, ${now.toISOString()}::timestamptz, ${until}::timestamptz)
    on conflict (app_id) do update set listened_until = excluded.listened_until`)
}

export interface Taken {
  readonly id: number
  readonly createdAt: Date
  readonly path: string
  readonly data: string
}

/** What is due of the app, the oldest first; nothing while it is paused. */
export async function takeForListener(db: Db, appId: number, lease: string, now: Date): Promise<Taken[]> {
  const at = now.toISOString()
  const { rows } = await db.execute<{ id: string; created_at: string; path: string; data: string }>(sql`
    with due as (
      select id from delivery where app_id = ${appId} and due_at <= ${at}::timestamptz
        and not exists (select from event_choice where event_choice.app_id = ${appId} and paused_at is not null)
      order by due_at limit ${takenMax} for update skip locked
    ), taken as (
      update delivery set due_at = ${new Date(now.getTime() + listenMs).toISOString()}::timestamptz, lease = ${lease}::uuid
      from due where delivery.id = due.id
      returning delivery.id, delivery.event_id, delivery.created_at
    )
    select taken.id, taken.created_at, path, data from taken join event on event.id = event_id order by taken.id`)
  return rows.map((row) => ({ id: Number(row.id), createdAt: new Date(row.created_at), path: row.path, data: row.data }))
}

/** How often those of these deliveries were tried that the listener still holds, and that are of its app. */
export async function triesOfHeld(db: Db, appId: number, lease: string, ids: readonly number[]): Promise<Map<number, number>> {
  const rows = await db
    .select({ id: delivery.id, tries: delivery.tries })
    .from(delivery)
    .where(and(eq(delivery.appId, appId), eq(delivery.lease, lease), sql`${delivery.id} = any(${sql.param([...ids])}::bigint[])`))
  return new Map(rows.map(({ id, tries }) => [id, tries]))
}
