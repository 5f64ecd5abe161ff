// Who wants an event of the platform, and telling them: in the transaction of what it is about, so that it is told when that has happened
// and never otherwise. The worker finds it within a second.

import { and, arrayContains, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { callback, eventChoice, grant } from '#db/schema.ts'
import type { UsageCount } from '../feed/document.ts'
import { everyId } from '../usage/usage.ts'
import { createEvent, createEvents } from './event.store.ts'
import { type OperationChange, operationNews, type PlatformData, type PlatformEvent, platformEvent, quotaNews } from './platform-event.ts'

/** Tells an app of something that is about it, when it wants to know. */
export async function tellApp(tx: Db, appId: number, type: PlatformEvent, data: PlatformData, now: Date): Promise<void> {
  const wanting = await tx
    .select({ appId: eventChoice.appId })
    .from(eventChoice)
    .where(and(eq(eventChoice.appId, appId), arrayContains(eventChoice.subscribed, [type])))
  if (wanting.length > 0) await createEvent(tx, platformEvent(type, data, now), [appId], now)
}

/** Tells of operations that somebody wrote, however many: of what is published all who want to know, of what is deprecated those of them that have it. */
export async function tellOfOperations(tx: Db, changes: readonly OperationChange[], timeZone: string, now: Date): Promise<void> {
  const { published, deprecated } = operationNews(changes, timeZone)
  if (published.length > 0) {
    const wanting = await tx
      .select({ appId: eventChoice.appId })
      .from(eventChoice)
      .where(arrayContains(eventChoice.subscribed, ['interface.published']))
      .orderBy(asc(eventChoice.appId))
    await tellMany(tx, 'interface.published', published, wanting.map(({ appId }) => appId), now) // biome-ignore format: one thought
  }
  if (deprecated.length === 0) return
  const wanting = await tx
    .select({ operationId: grant.operationId, appId: grant.appId })
    .from(grant)
    .innerJoin(eventChoice, eq(eventChoice.appId, grant.appId))
    .where(
      and(
        inArray(grant.operationId, deprecated.map(({ interfaceId }) => interfaceId)), // biome-ignore format: one thought
        arrayContains(eventChoice.subscribed, ['interface.deprecated']),
      ),
    )
    .orderBy(asc(grant.appId))
  const appsOf = Map.groupBy(wanting, ({ operationId }) => operationId)
  const appIdsOf = (id: number) => appsOf.get(id)?.map(({ appId }) => appId) ?? []
  // Those that the same apps have go together.
  for (const some of Map.groupBy(deprecated, ({ interfaceId }) => appIdsOf(interfaceId).join()).values()) {
    await tellMany(tx, 'interface.deprecated', some, appIdsOf(some[0]!.interfaceId), now)
  }
}

async function tellMany(tx: Db, type: PlatformEvent, news: readonly PlatformData[], appIds: readonly number[], now: Date): Promise<void> {
  if (appIds.length === 0) return
  await createEvents(tx, news.map((data) => platformEvent(type, data, now)), appIds, now) // biome-ignore format: one thought
}

/**
 * Tells of the quotas of apps that these calls counted against, of the app as a whole and at single interfaces; once for each period and
 * step: what was told stands in a row that is held, so of two reports at once the second sees what the first told.
 */
export async function tellOfQuotas(tx: Db, counts: readonly UsageCount[], timeZone: string, now: Date): Promise<void> {
  const startOf = (period: string) =>
    sql`date_trunc(${period}, ${now.toISOString()}::timestamptz at time zone ${timeZone}) at time zone ${timeZone}`
  const { rows } = await tx.execute<QuotaColumns>(sql`
    with counted as (
      select distinct * from unnest(${sql.param(counts.map(({ appId }) => appId))}::integer[], ${sql.param(counts.map(({ operationId }) => operationId))}::integer[])
        as counted (app_id, operation_id)
    ), wanting as (
      select callback.app_id, subscribed, quotas_told from callback join event_choice using (app_id)
      where callback.app_id = any(array(select app_id from counted)) and subscribed && '{quota.warning,quota.reached}'
      order by callback.app_id for update of callback
    ), limited as (
      select wanting.app_id, ${everyId}::integer as operation_id, day_quota, month_quota from wanting join app on app.id = wanting.app_id
      union all
      select app_id, operation_id, day_quota, month_quota from wanting join counted using (app_id) join "grant" using (app_id, operation_id)
    )
    select limited.app_id, app.app_id as public_id, operation_id, subscribed, quotas_told, day_starts_at, month_starts_at,
           period, quota, calls - refused as used
    from limited join wanting using (app_id)
      cross join (values (${startOf('day')}, ${startOf('month')})) as starts (day_starts_at, month_starts_at)
      cross join lateral (values ('day', day_quota, day_starts_at), ('month', month_quota, month_starts_at)) as quotas (period, quota, starts_at)
      join usage using (app_id, operation_id, starts_at)
      join app on app.id = limited.app_id
    where quota > 0 and step = period`)
  for (const some of Map.groupBy(rows, (row) => row.app_id).values()) {
    const { app_id: id, public_id: appId, subscribed, quotas_told, day_starts_at, month_starts_at } = some[0]!
    const running = { day: new Date(day_starts_at), month: new Date(month_starts_at) }
    const uses = some.map((row) => ({
      interfaceId: row.operation_id === everyId ? null : row.operation_id,
      period: row.period,
      quota: row.quota,
      used: Number(row.used),
    }))
    const { news, told } = quotaNews(uses, running, quotas_told)
    if (news.length === 0) continue
    await tx.update(callback).set({ quotasTold: told }).where(eq(callback.appId, id))
    for (const { type, interfaceId, period, quota, used } of news) {
      const data = { appId, interfaceId, period, startsAt: running[period].toISOString(), quota, used }
      if (subscribed.includes(type)) await createEvent(tx, platformEvent(type, data, now), [id], now)
    }
  }
}

type QuotaColumns = {
  app_id: number
  public_id: string
  operation_id: number
  subscribed: string[]
  quotas_told: string[]
  day_starts_at: string
  month_starts_at: string
  period: 'day' | 'month'
  quota: number
  used: string
}
