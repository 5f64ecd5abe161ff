// What apps had us record of what people did there (source 003 §8).

import { and, desc, eq, gte, inArray, lt } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { keysOfPage, offsetOf, type Page, type PageRequest } from '#db/page.ts'
import { app, appLog, user } from '#db/schema.ts'

export type AppLogRow = typeof appLog.$inferSelect
/** Added, deleted, searched, updated. */
export const appLogTypes = ['A', 'D', 'S', 'U'] as const

export async function insertAppLog(db: Db, row: Omit<AppLogRow, 'id'>): Promise<void> {
  await db.insert(appLog).values(row)
}

export interface AppLogFilter extends PageRequest {
  /** The public one. */
  readonly appId?: string | undefined
  readonly userId?: number | undefined
  readonly type?: AppLogRow['type'] | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

export interface AppLogOnPage extends Omit<AppLogRow, 'appId'> {
  readonly appId: string
  readonly username: string
}

export async function pageAppLog(db: Db, filter: AppLogFilter): Promise<Page<AppLogOnPage>> {
  const where = and(
    filter.appId === undefined ? undefined : inArray(appLog.appId, db.select({ id: app.id }).from(app).where(eq(app.appId, filter.appId))),
    filter.userId === undefined ? undefined : eq(appLog.userId, filter.userId),
    filter.type === undefined ? undefined : eq(appLog.type, filter.type),
    filter.from === undefined ? undefined : gte(appLog.time, filter.from),
    filter.to === undefined ? undefined : lt(appLog.time, filter.to),
  )
  const total = await db.$count(appLog, where)
  if (total <= offsetOf(filter)) return { total, records: [] }
  const ids = keysOfPage(db, appLog, where, filter, total)
  const rows = await db
    .select({ log: appLog, appId: app.appId, username: user.username })
    .from(appLog)
    .innerJoin(app, eq(app.id, appLog.appId))
    .innerJoin(user, eq(user.id, appLog.userId))
    .where(inArray(appLog.id, ids))
    .orderBy(desc(appLog.id))
  return { total, records: rows.map(({ log, appId, username }) => ({ ...log, appId, username })) }
}

export async function forgetOldAppLog(db: Db, days: number, now: Date): Promise<void> {
  await db.delete(appLog).where(lt(appLog.time, new Date(now.getTime() - days * 86_400_000)))
}
