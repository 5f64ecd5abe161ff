// How callback addresses do: failures in a row, breakers, and those that are not tried any more.

import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { callback } from '#db/schema.ts'
import { type Attempt, blockedMs, failingMsMax, failuresMax } from './event.ts'

/** What attempts said of an app's callback address. */
export interface Health {
  readonly appId: number
  readonly failures: number
  /** The last of these. */
  readonly lastFailure: Pick<Attempt, 'error' | 'status' | 'time'> | undefined
  /** Whether one of them went well: then the failures were those of single events. */
  readonly isWell: boolean
  /** It answered 410. */
  readonly isGone: boolean
  /** It asked not to be called for so long. */
  readonly pauseMs: number
}

/**
 * Notes it. Answers the apps whose address has to be disabled: gone, or nothing but failing for too long.
 */
export async function noteHealth(db: Db, health: readonly Health[], chance: number, now: Date): Promise<Ailing[]> {
  const told = health.filter(({ isWell, failures }) => isWell || failures > 0)
  if (told.length === 0) return []
  const at = sql`${now.toISOString()}::timestamptz`
  const opens = sql`not is_well and callback.failures + told.failures >= ${failuresMax} and (blocked_until is null or blocked_until <= ${at})`
  const { rows } = await db.execute<{ app_id: number; is_gone: boolean; failing_since: string | null; trips: number }>(sql`
    with told as (
      select * from jsonb_to_recordset(${JSON.stringify(told.map(columns))}::jsonb)
        as told (app_id integer, failures integer, failed_at timestamptz, failed_status smallint, failed_error text,
                 is_well boolean, is_gone boolean, pause_ms integer)
    ), held as (
      -- In the order of the key, so that two workers cannot wait for each other in a circle.
      select callback.app_id from callback join told using (app_id) order by app_id for update of callback
    )
    update callback set
      failures = case when is_well then 0 else callback.failures + told.failures end,
      failing_since = case when is_well then null else coalesce(failing_since, ${at}) end,
      failed_at = case when not is_well then told.failed_at end,
      failed_status = case when not is_well then told.failed_status end,
      failed_error = case when not is_well then told.failed_error end,
      trips = case when is_well then 0 when ${opens} then least(trips + 1, 100) else trips end,
      blocked_until = greatest(
        case when is_well then null
             when ${opens} then ${at} + interval '1 millisecond' * (${sql.param(blocks(chance))}::integer[])[least(trips, ${blocksMax - 1}) + 1]
             else blocked_until end,
        case when pause_ms > 0 then ${at} + interval '1 millisecond' * pause_ms end)
    from told join held using (app_id)
    where callback.app_id = told.app_id and (told.failures > 0 or callback.failures > 0 or blocked_until is not null)
    returning callback.app_id, is_gone, failing_since, trips`)
  const since = now.getTime() - failingMsMax
  return rows.flatMap((row): Ailing[] => {
    if (row.is_gone) return [{ appId: row.app_id, why: 'gone' }]
    return row.failing_since !== null && new Date(row.failing_since).getTime() <= since ? [{ appId: row.app_id, why: 'failing' }] : []
  })
}

export interface Ailing {
  readonly appId: number
  readonly why: 'gone' | 'failing'
}

const columns = ({ appId, failures, lastFailure, isWell, isGone, pauseMs }: Health) => ({
  app_id: appId,
  failures,
  failed_at: lastFailure?.time,
  failed_status: lastFailure?.status,
  failed_error: lastFailure?.error,
  is_well: isWell,
  is_gone: isGone,
  pause_ms: Math.round(pauseMs),
})

const blocksMax = 10
/** How long the breaker stays open, for the first time, the second, … */
const blocks = (chance: number) => Array.from({ length: blocksMax }, (_, trips) => Math.round(blockedMs(trips, chance)))

export interface DisabledCallback extends Ailing {
  readonly name: string
  /** The public id. */
  readonly publicAppId: string
  readonly address: string
  /** The owner's; null when they have none. */
  readonly email: string | null
}

/** Disables them; `tell` tells of those that were not disabled already. */
export async function disableCallbacks(
  db: Db,
  ailing: readonly Ailing[],
  now: Date,
  tell: (tx: Db, disabled: readonly DisabledCallback[]) => Promise<void>,
): Promise<void> {
  if (ailing.length === 0) return
  await db.transaction(async (tx) => {
    const { rows } = await tx.execute<{
      app_id: number
      disabled_why: Ailing['why']
      name: string
      public_id: string
      address: string
      email: string | null
    }>(sql`
      update callback set disabled_at = ${now.toISOString()}::timestamptz, disabled_why = told.why
      from jsonb_to_recordset(${JSON.stringify(ailing.map(({ appId, why }) => ({ app_id: appId, why })))}::jsonb) as told (app_id integer, why text)
           join app on app.id = told.app_id join "user" on "user".id = app.user_id
      where callback.app_id = told.app_id and disabled_at is null and app.callback_address is not null
      returning callback.app_id, disabled_why, app.name, app.app_id as public_id, callback_address as address, email`)
    await tell(
      tx,
      rows.map((row) => ({
        appId: row.app_id,
        why: row.disabled_why,
        name: row.name,
        publicAppId: row.public_id,
        address: row.address,
        email: row.email,
      })),
    )
  })
}

export type CallbackRow = typeof callback.$inferSelect

/** undefined: the app never had an address, or nothing was ever sent there. */
export async function findCallback(db: Db, appId: number): Promise<CallbackRow | undefined> {
  const [row] = await db.select().from(callback).where(eq(callback.appId, appId))
  return row
}

/** The challenge was repeated; unless it is another one by now. */
export async function openCallback(db: Db, appId: number, challenge: string): Promise<void> {
  await db
    .update(callback)
    .set({ challenge: null })
    .where(and(eq(callback.appId, appId), eq(callback.challenge, challenge)))
}

/** Forgets all that was noted of the address that an app had before; with a challenge nothing is sent until it is repeated. */
export async function renewCallback(db: Db, appId: number, challenge: string | null, now: Date): Promise<void> {
  await db.execute(sql`
    insert into callback (app_id, paced_until, challenge) values (${appId}, ${now.toISOString()}::timestamptz, ${challenge})
    on conflict (app_id) do update set challenge = excluded.challenge, failures = 0, failing_since = null,
      failed_at = null, failed_status = null, failed_error = null, blocked_until = null, trips = 0, disabled_at = null, disabled_why = null`)
}
