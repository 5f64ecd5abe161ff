// Who wants an event of the platform, and telling them: in the transaction of what it is about, so that it is told when that has happened
// and never otherwise. The worker finds it within a second.

import { and, arrayContains, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { callback, eventChoice, grant } from '#db/schema.ts'
import { everyId } from '../usage/usage.ts'
import { createEvent } from './event.store.ts'
import { type PlatformData, type PlatformEvent, platformEvent, quotaNews } from './platform-event.ts'

/** Tells an app of something that is about it, when it wants to know. */
export async function tellApp(tx: Db, appId: number, type: PlatformEvent, data: PlatformData, now: Date): Promise<void> {
  const wanting = await tx
    .select({ appId: eventChoice.appId })
    .from(eventChoice)
    .where(and(eq(eventChoice.appId, appId), arrayContains(eventChoice.subscribed, [type])))
  if (wanting.length > 0) await createEvent(tx, platformEvent(type, data, now), [appId], now)
}

/** Tells all apps that want to know, or of these only those that have the operation. */
export async function tellApps(tx: Db, type: PlatformEvent, data: PlatformData, now: Date, grantedId?: number): Promise<void> {
  const granted = tx
    .select({ appId: grant.appId })
    .from(grant)
    .where(eq(grant.operationId, grantedId ?? 0))
  const wanting = await tx
    .select({ appId: eventChoice.appId })
    .from(eventChoice)
    .where(and(arrayContains(eventChoice.subscribed, [type]), grantedId === undefined ? undefined : inArray(eventChoice.appId, granted)))
    .orderBy(asc(eventChoice.appId))
  const appIds = wanting.map(({ appId }) => appId)
  if (appIds.length > 0) await createEvent(tx, platformEvent(type, data, now), appIds, now)
}

/**
 * Tells of the quotas of these apps, once for each period and step: what was told stands in a row that is held, so of two reports at once
 * the second sees what the first told.
 */
export async function tellOfQuotas(tx: Db, appIds: readonly number[], timeZone: string, now: Date): Promise<void> {
  const { rows } = await tx.execute<QuotaColumns>(sql`
    with wanting as (
      select callback.app_id, quotas_told from callback join event_choice using (app_id)
      where callback.app_id = any(${sql.param([...appIds])}::integer[]) and subscribed && '{quota.warning,quota.reached}'
      order by callback.app_id for update of callback
    )
    select wanting.app_id, app.app_id as public_id, subscribed, quotas_told, period, usage.starts_at, quota, calls - refused as used
    from wanting join app on app.id = wanting.app_id join event_choice on event_choice.app_id = app.id
      cross join lateral (values ('day', day_quota), ('month', month_quota)) as quotas (period, quota)
      join usage on usage.app_id = app.id and operation_id = ${everyId} and step = period
        and starts_at = date_trunc(period, ${now.toISOString()}::timestamptz at time zone ${timeZone}) at time zone ${timeZone}
    where quota > 0`)
  for (const some of Map.groupBy(rows, (row) => row.app_id).values()) {
    const { app_id: id, public_id: appId, subscribed, quotas_told } = some[0]!
    const uses = some.map((row) => ({ period: row.period, startsAt: new Date(row.starts_at), quota: row.quota, used: Number(row.used) }))
    const { news, told } = quotaNews(uses, quotas_told)
    if (news.length === 0) continue
    await tx.update(callback).set({ quotasTold: told }).where(eq(callback.appId, id))
    for (const { type, period, startsAt, quota, used } of news) {
      const data = { appId, period, startsAt: startsAt.toISOString(), quota, used }
      if (subscribed.includes(type)) await createEvent(tx, platformEvent(type, data, now), [id], now)
    }
  }
}

type QuotaColumns = {
  app_id: number
  public_id: string
  subscribed: string[]
  quotas_told: string[]
  period: 'day' | 'month'
  starts_at: string
  quota: number
  used: string
}
