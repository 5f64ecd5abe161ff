// Deliveries under way. A worker takes what is due by moving its `due_at` to where its lease ends, so that what it leaves undone becomes due
// again by itself; it writes what came of many attempts in one statement. All go app by app, over one index (`delivery_due`): how many wait
// for one app costs another nothing.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { delivery } from '#db/schema.ts'
import { type Attempt, failuresMax } from './event.ts'

/** Callback addresses that may be sent to now; `app` and `callback` are the tables. */
const isOpen = (at: string) => sql`
  callback.disabled_at is null and callback.challenge is null and (callback.blocked_until is null or callback.blocked_until <= ${at}::timestamptz)
  and app.deleted_at is null and app.callback_address is not null
  and exists (select from "user" where "user".id = app.user_id and "user".deleted_at is null)
  and (callback.listened_until is null or callback.listened_until <= ${at}::timestamptz)
  and not exists (select from event_choice where event_choice.app_id = callback.app_id and paused_at is not null)`

/** Apps that get more than what the platform itself has to tell them. */
const isLive = (at: string) => sql`(app.enabled and (app.expires_at is null or app.expires_at > ${at}::timestamptz))`

/** One step for each app that has something waiting, from each to the next: its row is the one that is due first. */
const headsOf = (name: SQL, waiting: SQL) => sql`
  ${name} as (
    (select app_id, due_at from delivery where ${waiting} order by app_id, due_at limit 1)
    union all
    select next.app_id, next.due_at from ${name} as head cross join lateral (
      select app_id, due_at from delivery where ${waiting} and app_id > head.app_id order by app_id, due_at limit 1
    ) as next
  )`
const heads = headsOf(sql`heads`, sql`due_at is not null`)
/** The same of what the platform itself has to tell. */
const headsOfPlatform = headsOf(sql`platform_heads`, sql`due_at is not null and of_platform`)

/** Apps for which something is due and that may be sent to. */
export async function appsWithDue(db: Db, now: Date): Promise<number[]> {
  const at = now.toISOString()
  const { rows } = await db.execute<{ app_id: number }>(sql`
    with recursive ${heads}, ${headsOfPlatform}
    select heads.app_id from heads join callback using (app_id) join app on app.id = heads.app_id
    where heads.due_at <= ${at}::timestamptz and ${isOpen(at)} and ${isLive(at)}
    union
    select platform_heads.app_id from platform_heads join callback using (app_id) join app on app.id = platform_heads.app_id
    where platform_heads.due_at <= ${at}::timestamptz and ${isOpen(at)}`)
  return rows.map((row) => row.app_id)
}

export interface ClaimOrder {
  readonly lease: string
  readonly now: Date
  readonly leaseEndsAt: Date
  /** For how many deliveries of each app there is room. */
  readonly rooms: ReadonlyMap<number, number>
  /** Deliveries a second, for apps that have no limit of their own. */
  readonly limit: number
}

export interface Claimed {
  readonly id: number
  readonly appId: number
  readonly tries: number
  readonly createdAt: Date
  /** Whether the address has failed since it last did well. */
  readonly isAiling: boolean
  readonly address: string
  readonly path: string
  readonly data: string
  /** Sealed; those that are good now, newest first. */
  readonly secrets: readonly string[]
}

export interface Claim {
  readonly claimed: Claimed[]
  /** Apps that may have more that is due. */
  readonly unfinished: ReadonlySet<number>
}

/**
 * Takes what is due for these apps, the oldest first. An app that another worker claims for in this moment gets nothing; one whose breaker
 * was open gets a single one, to try; none gets more than its limit, of which a second's worth may come at once.
 */
export async function claimDeliveries(db: Db, { lease, now, leaseEndsAt, rooms, limit }: ClaimOrder): Promise<Claim> {
  const at = now.toISOString()
  const { rows } = await db.execute<ClaimedColumns>(sql`
    with asked as (
      select * from unnest(${sql.param([...rooms.keys()])}::integer[], ${sql.param([...rooms.values()])}::integer[]) as asked (app_id, room)
    ), open as materialized (
      select callback.app_id, callback_address, coalesce(callback_limit, ${limit}::integer) as pace, failures > 0 or blocked_until is not null as is_ailing, ${isLive(at)} as is_live,
        least(
          case when failures >= ${failuresMax} then 1 else room end,
          floor(coalesce(callback_limit, ${limit}::integer) * (1 - greatest(0, extract(epoch from paced_until - ${at}::timestamptz))))
        )::integer as room,
        array(select sealed from app_secret where app_secret.app_id = app.id and ended_at is null
                and (expires_at is null or expires_at > ${at}::timestamptz) order by id desc) as secrets
      from asked join callback using (app_id) join app on app.id = asked.app_id
      where ${isOpen(at)}
      for update of callback skip locked
    ), due as materialized (
      select one.id, open.app_id from open cross join lateral (
        select id from delivery where delivery.app_id = open.app_id and due_at <= ${at}::timestamptz
        order by due_at limit greatest(open.room, 0) for update skip locked
      ) as one where open.is_live
      union all
      -- By an index of its own: all that waits else is passed over.
      select one.id, open.app_id from open cross join lateral (
        select id from delivery where delivery.app_id = open.app_id and due_at <= ${at}::timestamptz and of_platform
        order by due_at limit greatest(open.room, 0) for update skip locked
      ) as one where not open.is_live
    ), paced as (
      update callback set paced_until = greatest(paced_until, ${at}::timestamptz) + interval '1 second' * taken / pace
      from (select app_id, count(*) as taken from due group by app_id) as counted join open using (app_id)
      where callback.app_id = counted.app_id
    ), claimed as (
      update delivery set due_at = ${leaseEndsAt.toISOString()}::timestamptz, lease = ${lease}::uuid
      -- By their ids, whatever the planner thinks of how many there are: right after much was written it thinks wrongly.
      where delivery.id = any(array(select id from due))
      returning delivery.id, delivery.event_id, delivery.app_id, delivery.tries, delivery.created_at
    )
    select claimed.id, claimed.app_id, tries, claimed.created_at, room, is_ailing, callback_address, secrets, path, data
    from claimed join open using (app_id) join event on event.id = claimed.event_id
    where event.id = any(array(select event_id from claimed))`)
  const taken = Map.groupBy(rows, (row) => row.app_id)
  const unfinished = new Set([...taken].filter(([, some]) => some.length === some[0]!.room).map(([appId]) => appId))
  const claimed = rows.map((row) => ({
    id: Number(row.id),
    appId: row.app_id,
    tries: row.tries,
    createdAt: new Date(row.created_at),
    isAiling: row.is_ailing,
    address: row.callback_address,
    path: row.path,
    data: row.data,
    secrets: row.secrets,
  }))
  return { claimed, unfinished }
}

type ClaimedColumns = {
  id: string
  app_id: number
  tries: number
  created_at: string
  room: number
  is_ailing: boolean
  callback_address: string
  secrets: string[]
  path: string
  data: string
}

/** What came of an attempt at a delivery. */
export interface Outcome {
  readonly id: number
  readonly attempt: Attempt
  /** Where it was made; null: by a listener. */
  readonly url: string | null
  readonly state: DeliveryState
  /** When a waiting one is tried again. */
  readonly dueAt: Date | undefined
}
type DeliveryState = (typeof delivery.$inferSelect)['state']

/**
 * Keeps attempts and where their deliveries stand now. Of a lease that was lost only good news is taken: somebody else tries it already.
 */
export async function settleDeliveries(db: Db, lease: string, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return
  await db.execute(sql`
    with told as (
      select * from jsonb_to_recordset(${JSON.stringify(outcomes.map(columns))}::jsonb)
        as told (id bigint, state text, due_at timestamptz, time timestamptz, url text, status smallint, latency_ms integer, error text, response text)
    ), settled as (
      update delivery set state = told.state, due_at = told.due_at, lease = null, attempts = attempts + 1, tries = tries + 1,
        error = told.error, ended_at = case when told.state <> 'waiting' then told.time + interval '1 millisecond' * told.latency_ms end
      from told
      where delivery.id = told.id and (delivery.lease = ${lease}::uuid or told.state = 'delivered' and delivery.state = 'waiting')
      returning delivery.id, delivery.attempts
    )
    insert into delivery_attempt (delivery_id, number, time, url, status, latency_ms, error, response)
    select id, attempts, time, url, status, latency_ms, error, response from settled join told using (id)`)
}

const columns = ({ id, attempt, url, state, dueAt }: Outcome) => ({
  id,
  url,
  state,
  due_at: dueAt,
  time: attempt.time,
  status: attempt.status,
  latency_ms: attempt.latencyMs,
  error: attempt.error,
  response: attempt.response,
})

/** Gives back what a worker took and did not try: it is due at once. */
export async function releaseDeliveries(db: Db, lease: string, ids: readonly number[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await db
    .update(delivery)
    .set({ dueAt: now, lease: null })
    .where(and(eq(delivery.lease, lease), sql`${delivery.id} = any(${sql.param([...ids])}::bigint[])`))
}

/**
 * Gives up what waits for callback addresses that are disabled, and what nobody could take for so long (of an app that is disabled or has
 * no address any more, or whose breaker stays open); a piece at a time. What somebody listens for is about to be taken. Answers how many.
 */
export async function parkDeliveries(db: Db, staleBefore: Date, now: Date): Promise<number> {
  const { rows } = await db.execute<{ parked: number }>(sql`
    with recursive ${heads}, stale as (
      select one.id from heads left join callback using (app_id) left join event_choice using (app_id) cross join lateral (
        select id from delivery
        where delivery.app_id = heads.app_id and (lease is null or due_at < ${now.toISOString()}::timestamptz)
          -- One bound, so that the index ends the search.
          and due_at < case when callback.disabled_at is not null then 'infinity' else ${staleBefore.toISOString()}::timestamptz end
        order by due_at limit ${parkedAtOnce} for update skip locked
      ) as one
      where event_choice.paused_at is null and (callback.listened_until is null or callback.listened_until <= ${now.toISOString()}::timestamptz)
        and (callback.disabled_at is not null
        or greatest(heads.due_at, event_choice.resumed_at) < ${staleBefore.toISOString()}::timestamptz)
    ), parked as (
      update delivery set state = 'parked', due_at = null, ended_at = ${now.toISOString()}::timestamptz from stale where delivery.id = stale.id
      returning delivery.id
    )
    select count(*)::integer as parked from parked`)
  return rows[0]!.parked
}

const parkedAtOnce = 1_000
