// Deliveries looked for, and sent again many at a time. An app's deliveries lie in the order of their events in an index, and a range of time
// is a range of events: so what is asked of one app, or of one hour, does not read the others.

import { and, asc, count, desc, eq, inArray, isNotNull, lt, type SQL, sql } from 'drizzle-orm'
import { isOneOf } from '#db/ids.ts'
import type { Db } from '#db/open.ts'
import { offsetOf, type PageRequest } from '#db/page.ts'
import { app, delivery, deliveryAttempt, event } from '#db/schema.ts'
import { type AttemptRow, type DeliveryRow, eventsCountedMax } from './event.store.ts'

export interface DeliveryFilter {
  /** Row ids; undefined is all. */
  readonly appIds?: readonly number[] | undefined
  readonly operationId?: number | undefined
  readonly eventId?: number | undefined
  readonly state?: DeliveryRow['state'] | undefined
  readonly from?: Date | undefined
  /** Not in it any more. */
  readonly to?: Date | undefined
}

export interface DeliveryFound extends DeliveryRow {
  /** The public id. */
  readonly publicAppId: string
  readonly appName: string
  readonly operationId: number | null
  readonly path: string
  /** What the last attempt was answered; null when it was not, or there is none. */
  readonly status: number | null
}

/** Those of the newest events first. */
export async function pageDeliveries(
  db: Db,
  filter: DeliveryFilter & PageRequest,
): Promise<{ total: number; totalCapped: boolean; records: DeliveryFound[] }> {
  const where = matching(filter)
  const some = db.select({ id: delivery.id }).from(delivery).where(where).limit(eventsCountedMax + 1).as('some') // biome-ignore format: one thought
  const [counted] = await db.select({ count: count() }).from(some)
  // The keys first: a page far behind passes over keys, not over rows.
  const keys = await db
    .select({ id: delivery.id })
    .from(delivery)
    .where(where)
    .orderBy(desc(delivery.eventId), desc(delivery.id))
    .limit(filter.size)
    .offset(offsetOf(filter))
  const records = await found(db, inArray(delivery.id, keys.map(({ id }) => id))) // biome-ignore format: one thought
  return { total: Math.min(counted!.count, eventsCountedMax), totalCapped: counted!.count > eventsCountedMax, records }
}

async function found(db: Db, where: SQL | undefined): Promise<DeliveryFound[]> {
  const rows = await db
    .select({
      delivery,
      publicAppId: app.appId,
      appName: app.name,
      operationId: event.operationId,
      path: event.path,
      status: deliveryAttempt.status,
    })
    .from(delivery)
    .innerJoin(app, eq(app.id, delivery.appId))
    .innerJoin(event, eq(event.id, delivery.eventId))
    .leftJoin(deliveryAttempt, and(eq(deliveryAttempt.deliveryId, delivery.id), eq(deliveryAttempt.number, delivery.attempts)))
    .where(where)
    .orderBy(desc(delivery.eventId), desc(delivery.id))
  return rows.map(({ delivery, ...more }) => ({ ...delivery, ...more }))
}

function matching({ appIds, operationId, eventId, state, from, to }: DeliveryFilter): SQL | undefined {
  const inRange = and(
    from && sql`created_at >= ${from.toISOString()}::timestamptz`,
    to && sql`created_at < ${to.toISOString()}::timestamptz`,
  )
  return and(
    isOneOf(delivery.appId, appIds),
    eventId === undefined ? undefined : eq(delivery.eventId, eventId),
    operationId === undefined
      ? undefined
      : sql`exists (select from ${event} where ${event.id} = ${delivery.eventId} and ${event.operationId} = ${operationId})`,
    state && eq(delivery.state, state),
    // Both say the same; one has an index.
    state === 'waiting' ? isNotNull(delivery.dueAt) : undefined,
    inRange &&
      sql`${delivery.eventId} between (select min(id) from event where ${inRange}) and (select max(id) from event where ${inRange})`,
    from && sql`${delivery.createdAt} >= ${from.toISOString()}::timestamptz`,
    to && lt(delivery.createdAt, to),
  )
}

/** With all its attempts; undefined when there is none of these apps. */
export async function findDelivery(
  db: Db,
  id: number,
  appIds: readonly number[] | undefined,
): Promise<(DeliveryFound & { readonly made: AttemptRow[] }) | undefined> {
  const [row] = await found(db, and(eq(delivery.id, id), matching({ appIds })))
  if (!row) return undefined
  const made = await db.select().from(deliveryAttempt).where(eq(deliveryAttempt.deliveryId, id)).orderBy(asc(deliveryAttempt.number)) // biome-ignore format: one thought
  return { ...row, made }
}

export interface Resent {
  readonly sent: readonly { readonly id: number; readonly appId: number }[]
  readonly left: readonly { readonly id: number; readonly why: 'not_found' | 'app_deleted' | 'callback_disabled' | 'under_way' }[]
}

/** From the beginning of the schedule. */
const anew = (now: Date) => sql`state = 'waiting', due_at = ${now.toISOString()}::timestamptz, tries = 0, ended_at = null`

/** Sends these again, of these apps only when some are given, as far as it can be done, and says why not of the others. */
export async function resendChosen(db: Db, ids: readonly number[], appIds: readonly number[] | undefined, now: Date): Promise<Resent> {
  const { rows } = await db.execute<{ id: string; app_id: number; why: Resent['left'][number]['why'] | null }>(sql`
    with found as (
      select delivery.id, delivery.app_id, app.deleted_at is not null as is_deleted, ${isToDisabled} as is_disabled
      from delivery join app on app.id = delivery.app_id
      where delivery.id = any(${sql.param([...ids])}::bigint[]) and ${matching({ appIds }) ?? sql`true`}
    ), free as (
      -- What a worker takes or settles in this moment is left to it.
      select delivery.id from delivery join found using (id)
      where not is_deleted and not is_disabled and lease is null for update of delivery skip locked
    ), sent as (
      update delivery set ${anew(now)}
      from free where delivery.id = free.id
      returning delivery.id
    )
    select found.id, app_id,
      case when is_deleted then 'app_deleted' when is_disabled then 'callback_disabled' when sent.id is null then 'under_way' end as why
    from found left join sent using (id) order by found.id`)
  const found = rows.map((row) => ({ id: Number(row.id), appId: row.app_id, why: row.why }))
  const known = new Set(found.map(({ id }) => id))
  return {
    sent: found.flatMap(({ id, appId, why }) => (why === null ? [{ id, appId }] : [])),
    left: [
      ...found.flatMap(({ id, why }) => (why === null ? [] : [{ id, why }])),
      ...ids.filter((id) => !known.has(id)).map((id) => ({ id, why: 'not_found' as const })),
    ],
  }
}

export interface ResendOrder extends DeliveryFilter {
  readonly state: 'delivered' | 'parked'
  readonly endedBefore: Date
}

/** So many in one transaction, so that the worker never waits long for their rows. */
const resentAtOnce = 1_000

/**
 * Sends a piece of those that match again, oldest first, from the beginning of the schedule; not those of apps to which nothing is sent.
 * What was sent again has not ended, or ended later: the same order again leaves it alone.
 */
export async function resendSome(db: Db, order: ResendOrder, countMax: number, now: Date): Promise<{ count: number; appIds: number[] }> {
  const { rows } = await db.execute<{ app_id: number; count: number }>(sql`
    with chosen as (
      select delivery.id from delivery
      where ${ended(order)} and not ${isToDisabled}
      order by delivery.event_id, delivery.id limit ${Math.min(countMax, resentAtOnce)} for update skip locked
    ), sent as (
      update delivery set ${anew(now)}
      from chosen where delivery.id = chosen.id
      returning delivery.app_id
    )
    select app_id, count(*)::integer as count from sent group by app_id`)
  return { count: rows.reduce((sum, row) => sum + row.count, 0), appIds: rows.map((row) => row.app_id) }
}

export interface ResendCount {
  /** At most `countMax`. */
  readonly count: number
  /** There are more than these. */
  readonly more: boolean
  /** To whom, and how many; those that get most first. */
  readonly apps: readonly { readonly id: number; readonly publicAppId: string; readonly name: string; readonly count: number }[]
}

/** What such an order would send again; or with `isDisabled` what it would leave, because the callback address is disabled. */
export async function countResend(db: Db, order: ResendOrder, countMax: number, isDisabled = false): Promise<ResendCount> {
  const { rows } = await db.execute<{ id: number; app_id: string; name: string; count: number }>(sql`
    with matching as (
      select delivery.app_id from delivery where ${ended(order)} and ${isToDisabled} = ${isDisabled} limit ${countMax + 1}
    ), counted as (
      select app_id as id, count(*)::integer as count from matching group by app_id
    )
    select id, app_id, name, count from counted join app using (id) order by count desc, id`)
  const all = rows.reduce((sum, row) => sum + row.count, 0)
  const apps = rows.map(({ id, app_id, name, count }) => ({ id, publicAppId: app_id, name, count }))
  return { count: Math.min(all, countMax), more: all > countMax, apps }
}

/** Those of an order, of apps that are still there. */
const ended = (order: ResendOrder) => sql`${matching(order)} and ${delivery.endedAt} < ${order.endedBefore.toISOString()}::timestamptz
  and exists (select from app where app.id = delivery.app_id and app.deleted_at is null)`

const isToDisabled = sql`exists (select from callback where callback.app_id = delivery.app_id and callback.disabled_at is not null)`
