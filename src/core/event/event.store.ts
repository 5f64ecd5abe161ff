// Where events are kept, and how they begin: an event with its deliveries, in the transaction of whoever makes it.

import { and, asc, desc, eq, gte, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm'
import { isOneOf } from '#db/ids.ts'
import type { Db } from '#db/open.ts'
import { offsetOf, type PageRequest } from '#db/page.ts'
import { app, appProject, delivery, deliveryAttempt, event, grant, operation, user } from '#db/schema.ts'
import { effectivePath, shapeOf } from '../operation/operation.ts'

export type EventRow = typeof event.$inferSelect
export type DeliveryRow = typeof delivery.$inferSelect
export type AttemptRow = typeof deliveryAttempt.$inferSelect

export interface NewEvent {
  /** null: an event of the platform itself. */
  readonly operationId: number | null
  /** What stands behind the callback address. */
  readonly path: string
  /** JSON, sent byte for byte. */
  readonly data: string
  /** The row id of the app that pushes it; 0 is HQ, and the platform itself. */
  readonly senderAppId: number
  readonly createUser?: string | undefined
  readonly idempotencyKey?: string | undefined
  /** Of all that was said under this key. */
  readonly contentHash?: string | undefined
}

export interface CreatedEvent {
  readonly eventId: number
  readonly deliveries: readonly { readonly id: number; readonly appId: number }[]
}

/**
 * Makes an event with a delivery for each of these apps that has a callback address, by one statement; they are under way when that is
 * committed (`Deliveries.wake` says so to the worker). The same key again answers what was made then, or `key_taken` when it was
 * said of something else.
 */
export async function createEvent(
  db: Db,
  made: NewEvent,
  whom: readonly number[] | Recipients,
  now: Date,
): Promise<CreatedEvent | 'key_taken'> {
  const { operationId, path, data, senderAppId, createUser = null, idempotencyKey = null, contentHash = null } = made
  const { rows } = await db.execute<{ event_id: string; id: string | null; app_id: number | null }>(sql`
    with made as (
      insert into event (operation_id, path, data, sender_app_id, create_user, idempotency_key, content_hash, created_at)
      values (${operationId}, ${path}, ${data}, ${senderAppId}, ${createUser}, ${idempotencyKey}, ${contentHash}, ${now.toISOString()}::timestamptz)
      -- Of two at once the second waits here for the first.
      on conflict (sender_app_id, idempotency_key) where idempotency_key is not null do nothing
      returning id
    ), ${delivered(whom, operationId === null, now)}
    select made.id as event_id, added.id, app_id from made left join added on true order by added.id`)
  if (rows.length === 0) return findMade(db, made)
  const deliveries = rows.flatMap(({ id, app_id }) => (id === null ? [] : [{ id: Number(id), appId: app_id! }]))
  return { eventId: Number(rows[0]!.event_id), deliveries }
}

/** The same for many at once that are for the same apps, none of which bears a key. */
export async function createEvents(tx: Db, made: readonly NewEvent[], appIds: readonly number[], now: Date): Promise<void> {
  for (let at = 0; at < made.length; at += eventsPerStatement) {
    const some = made.slice(at, at + eventsPerStatement).map((one) => ({ ...one, createdAt: now }))
    const created = await tx.insert(event).values(some).returning({ id: event.id })
    await tx.execute(sql`
      with made as (select unnest(${sql.param(created.map(({ id }) => id))}::bigint[]) as id), ${delivered(appIds, made[0]!.operationId === null, now)}
      select`)
  }
}

/** A statement takes 65,535 values. */
const eventsPerStatement = 1_000

/** After `made`: a delivery of each for each of these apps, in `added`. */
function delivered(whom: readonly number[] | Recipients, ofPlatform: boolean, now: Date): SQL {
  const at = sql`${now.toISOString()}::timestamptz`
  const isFor = 'operationId' in whom ? isRecipient(whom, now) : isOneOf(app.id, whom)
  return sql`
    addressed as (
      select id from app where exists (select from made) and ${isFor} and ${hasAddress(now)}
    ), known as (
      insert into callback (app_id, paced_until) select id, ${at} from addressed on conflict do nothing
    ), added as (
      insert into delivery (event_id, app_id, of_platform, state, due_at, attempts, tries, created_at, ended_at)
      select made.id, addressed.id, ${ofPlatform}, case when disabled_at is null or listened_until > ${at} then 'waiting' else 'parked' end,
             case when disabled_at is null or listened_until > ${at} then ${at} end, 0, 0, ${at},
             case when disabled_at is not null and (listened_until is null or listened_until <= ${at}) then ${at} end
      from made cross join addressed left join callback on callback.app_id = addressed.id
      order by made.id, addressed.id
      returning id, app_id
    )`
}

/** A callback address, or a listener in its place; of `app`. */
const hasAddress = (now: Date) => sql`(${app.callbackAddress} is not null
  or exists (select from callback where callback.app_id = ${app.id} and listened_until > ${now.toISOString()}::timestamptz))`

async function findMade(tx: Db, { senderAppId, idempotencyKey, contentHash }: NewEvent): Promise<CreatedEvent | 'key_taken'> {
  const [before] = await tx
    .select({ id: event.id, contentHash: event.contentHash })
    .from(event)
    .where(and(eq(event.senderAppId, senderAppId), eq(event.idempotencyKey, idempotencyKey!)))
  if (before!.contentHash !== contentHash) return 'key_taken'
  const deliveries = await tx
    .select({ id: delivery.id, appId: delivery.appId })
    .from(delivery)
    .where(eq(delivery.eventId, before!.id))
    .orderBy(asc(delivery.id))
  return { eventId: before!.id, deliveries }
}

export interface Recipients {
  readonly operationId: number
  /** Only these; row ids. */
  readonly appIds?: readonly number[] | undefined
  /** Only apps that are bound to it. */
  readonly projectId?: number | undefined
}

/** The apps that an event of this operation is for (contract §6): enabled, not expired, granted, of a living owner. */
function isRecipient({ operationId, appIds, projectId }: Recipients, now: Date): SQL | undefined {
  return and(
    sql`exists (select from ${grant} where ${grant.appId} = ${app.id} and ${grant.operationId} = ${operationId})`,
    sql`exists (select from ${user} where ${user.id} = ${app.userId} and ${user.deletedAt} is null)`,
    eq(app.enabled, true),
    isNull(app.deletedAt),
    sql`(${app.expiresAt} is null or ${app.expiresAt} > ${now.toISOString()}::timestamptz)`,
    isOneOf(app.id, appIds),
    projectId === undefined
      ? undefined
      : sql`exists (select from ${appProject} where ${appProject.appId} = ${app.id} and ${appProject.projectId} = ${projectId})`,
  )
}

/** Row ids of apps by row id or public id (settled E3), or the first that names none. */
export async function appIdsByEitherId(db: Db, given: readonly (number | string)[]): Promise<number[] | { unknown: number | string }> {
  const ids = given.filter((one) => typeof one === 'number')
  const publicIds = given.filter((one) => typeof one === 'string')
  const rows = await db
    .select({ id: app.id, appId: app.appId })
    .from(app)
    .where(and(isNull(app.deletedAt), sql`(${app.id} = any(${sql.param(ids)}) or ${app.appId} = any(${sql.param(publicIds)}))`))
  const known = new Set<number | string>(rows.flatMap(({ id, appId }) => [id, appId]))
  const unknown = given.find((one) => !known.has(one))
  return unknown === undefined ? rows.map(({ id }) => id) : { unknown }
}

/** A downlink operation, by its id or by its path as partners see it; of several on one path the published one. */
export async function findDownlink(
  db: Db,
  by: { readonly id: number } | { readonly path: string },
): Promise<typeof operation.$inferSelect | undefined> {
  const which = 'id' in by ? eq(operation.id, by.id) : eq(operation.pathShape, shapeOf(by.path))
  const rows = await db
    .select()
    .from(operation)
    .where(and(which, eq(operation.direction, 'downlink'), isNull(operation.deletedAt)))
    .orderBy(desc(operation.published), desc(operation.id))
  return rows.find((row) => 'id' in by || effectivePath(row) === by.path)
}

export interface EventFilter extends PageRequest {
  readonly operationId?: number | undefined
  /** Row ids; only events for one of them, and of these only their deliveries. */
  readonly appIds?: readonly number[] | undefined
  readonly state?: DeliveryRow['state'] | undefined
  readonly from?: Date | undefined
  /** Not in it any more. */
  readonly to?: Date | undefined
}

/** An event, and how many of its deliveries stand how. */
export interface EventOfPage extends EventRow {
  readonly waiting: number
  readonly delivered: number
  readonly parked: number
}

/** Matches are counted so far, and no page lies beyond. */
export const eventsCountedMax = 10_000

/** Newest first. */
export async function pageEvents(db: Db, filter: EventFilter): Promise<{ total: number; totalCapped: boolean; records: EventOfPage[] }> {
  const where = matching(filter) ?? sql`true`
  const { rows } = await db.execute<{ counted: string }>(
    sql`select count(*) as counted from (select from ${event} where ${where} limit ${eventsCountedMax + 1}) as counted_ones`,
  )
  const counted = Number(rows[0]!.counted)
  const events = await db.select().from(event).where(where).orderBy(desc(event.id)).limit(filter.size).offset(offsetOf(filter))
  const ids = events.map(({ id }) => id)
  const states = await db
    .select({ eventId: delivery.eventId, state: delivery.state, count: sql<number>`count(*)::integer` })
    .from(delivery)
    .where(and(inArray(delivery.eventId, ids), isOneOf(delivery.appId, filter.appIds)))
    .groupBy(delivery.eventId, delivery.state)
  const countOf = (id: number, state: DeliveryRow['state']) => states.find((one) => one.eventId === id && one.state === state)?.count ?? 0
  const records = events.map((row) => ({
    ...row,
    waiting: countOf(row.id, 'waiting'),
    delivered: countOf(row.id, 'delivered'),
    parked: countOf(row.id, 'parked'),
  }))
  return { total: Math.min(counted, eventsCountedMax), totalCapped: counted > eventsCountedMax, records }
}

function matching({ operationId, appIds, state, from, to }: EventFilter): SQL | undefined {
  const own = and(eq(delivery.eventId, event.id), isOneOf(delivery.appId, appIds), state && eq(delivery.state, state))
  return and(
    operationId === undefined ? undefined : eq(event.operationId, operationId),
    from && gte(event.createdAt, from),
    to && lt(event.createdAt, to),
    appIds || state ? sql`exists (select from ${delivery} where ${own})` : undefined,
  )
}

export interface DeliveryOfEvent extends DeliveryRow {
  /** The public id. */
  readonly publicAppId: string
  readonly made: AttemptRow[]
}

/** An event with its deliveries to these apps (undefined: all) and their attempts; undefined when there is none. */
export async function findEvent(
  db: Db,
  id: number,
  appIds: readonly number[] | undefined,
): Promise<{ event: EventRow; deliveries: DeliveryOfEvent[] } | undefined> {
  const [found] = await db.select().from(event).where(eq(event.id, id))
  if (!found) return undefined
  const rows = await db
    .select({ delivery, publicAppId: app.appId })
    .from(delivery)
    .innerJoin(app, eq(app.id, delivery.appId))
    .where(and(eq(delivery.eventId, id), isOneOf(delivery.appId, appIds)))
    .orderBy(asc(delivery.id))
    .limit(deliveriesShownMax)
  if (appIds && rows.length === 0) return undefined
  const ids = rows.map((row) => row.delivery.id)
  const attempts = await db
    .select()
    .from(deliveryAttempt)
    .where(inArray(deliveryAttempt.deliveryId, ids))
    .orderBy(asc(deliveryAttempt.deliveryId), asc(deliveryAttempt.number))
  const madeFor = Map.groupBy(attempts, ({ deliveryId }) => deliveryId)
  const deliveries = rows.map((row) => ({ ...row.delivery, publicAppId: row.publicAppId, made: madeFor.get(row.delivery.id) ?? [] }))
  return { event: found, deliveries }
}

const deliveriesShownMax = 1_000

/**
 * Deletes events of before, when nothing of them waits any more, with all that belongs to them; a piece at a time. Answers how many went.
 */
export async function forgetEvents(db: Db, before: Date): Promise<number> {
  const { rows } = await db.execute<{ gone: number }>(sql`
    with old as (
      select id from event where created_at < ${before.toISOString()}::timestamptz
        and not exists (select from delivery where event_id = event.id and due_at is not null)
      order by created_at limit ${forgottenAtOnce}
    ), old_deliveries as (
      delete from delivery using old where event_id = old.id returning delivery.id
    ), old_attempts as (
      delete from delivery_attempt using old_deliveries where delivery_id = old_deliveries.id
    ), gone as (
      delete from event using old where event.id = old.id returning event.id
    )
    select count(*)::integer as gone from gone`)
  return rows[0]!.gone
}

const forgottenAtOnce = 1_000
