// What is on its way to partners, in a few figures: how much waits and since when, what was given up, and which addresses do not take it.

import { and, count, desc, eq, gt, isNotNull, isNull, min, or, type SQL, sql } from 'drizzle-orm'
import { isOneOf } from '#db/ids.ts'
import type { Db } from '#db/open.ts'
import { offsetOf, type PageRequest } from '#db/page.ts'
import { app, callback, delivery } from '#db/schema.ts'
import { eventsCountedMax } from './event.store.ts'

export interface Waiting {
  /** More than `eventsCountedMax` are not counted, and the oldest is the oldest of those. */
  readonly count: number
  readonly oldestAt: Date | null
}

/** Deliveries that are to be tried, now or later, of these apps; undefined is all. */
export async function countWaiting(db: Db, appIds: readonly number[] | undefined): Promise<Waiting> {
  return counted(db, and(isOneOf(delivery.appId, appIds), isNotNull(delivery.dueAt)))
}

/** Those that were given up, and are still kept. */
export async function countParked(db: Db, appIds: readonly number[] | undefined): Promise<Waiting> {
  return counted(db, and(isOneOf(delivery.appId, appIds), eq(delivery.state, 'parked')))
}

async function counted(db: Db, where: SQL | undefined): Promise<Waiting> {
  const some = db.select({ createdAt: delivery.createdAt }).from(delivery).where(where).limit(eventsCountedMax + 1).as('some') // biome-ignore format: one thought
  const [found] = await db.select({ count: count(), oldestAt: min(some.createdAt) }).from(some)
  return found!
}

export interface FailingFilter extends PageRequest {
  readonly appIds: readonly number[] | undefined
  /** Only those that are given up, or only the others; absent: all. */
  readonly isDisabled?: boolean | undefined
}

/** Apps whose address does not take what is sent: those that are given up first, then those that fail longest. */
export async function failingCallbacks(db: Db, filter: FailingFilter) {
  return db
    .select({ appId: app.id, publicAppId: app.appId, name: app.name, address: app.callbackAddress, callback })
    .from(callback)
    .innerJoin(app, eq(app.id, callback.appId))
    .where(isFailing(filter))
    .orderBy(desc(isNotNull(callback.disabledAt)), sql`${callback.failingSince} nulls last`, app.id)
    .limit(filter.size)
    .offset(offsetOf(filter))
}

export async function countFailingCallbacks(db: Db, filter: FailingFilter): Promise<number> {
  const [found] = await db.select({ count: count() }).from(callback).innerJoin(app, eq(app.id, callback.appId)).where(isFailing(filter)) // biome-ignore format: one thought
  return found!.count
}

const isFailing = ({ appIds, isDisabled }: FailingFilter) =>
  and(
    isOneOf(app.id, appIds),
    isNull(app.deletedAt),
    isNotNull(app.callbackAddress),
    or(gt(callback.failures, 0), isNotNull(callback.disabledAt), isNotNull(callback.challenge)),
    isDisabled === undefined ? undefined : isDisabled ? isNotNull(callback.disabledAt) : isNull(callback.disabledAt),
  )

/** Of each of these apps what is to be tried and what was given up; more than `eventsCountedMax` are not counted. */
export async function countByApp(db: Db, appIds: readonly number[]): Promise<Map<number, { waiting: number; parked: number }>> {
  const counted = (where: SQL) =>
    sql`(select count(*)::integer from (select from delivery where app_id = asked.id and ${where} limit ${eventsCountedMax + 1}) as found)`
  const { rows } = await db.execute<{ id: number; waiting: number; parked: number }>(sql`
    select id, ${counted(sql`due_at is not null`)} as waiting, ${counted(sql`state = 'parked'`)} as parked
    from unnest(${sql.param([...appIds])}::integer[]) as asked (id)`)
  return new Map(rows.map(({ id, waiting, parked }) => [id, { waiting, parked }]))
}
