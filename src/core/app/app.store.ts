// Where apps are kept.

import { and, asc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { byPinyin, containsByIndex, keysOfPage, offsetOf, orderOf, type Page, type PageRequest, type Sort, sortBy } from '#db/page.ts'
import { app, appSecret, grant, user } from '#db/schema.ts'

export type AppRow = typeof app.$inferSelect
export type NewApp = typeof app.$inferInsert
export interface AppWithOwner extends AppRow {
  readonly userName: string
  readonly phoneNumber: string | null
}

// Apps go with their owner (settled C8).
const ofLivingOwner = and(eq(user.id, app.userId), isNull(user.deletedAt))
const withOwner = (db: Db) =>
  db.select({ app, userName: user.username, phoneNumber: user.phoneNumber }).from(app).innerJoin(user, ofLivingOwner)
const flat = (row: { app: AppRow; userName: string; phoneNumber: string | null }): AppWithOwner => ({
  ...row.app,
  userName: row.userName,
  phoneNumber: row.phoneNumber,
})

export async function insertApp(db: Db, row: NewApp, sealedSecret: string): Promise<AppRow> {
  return db.transaction(async (tx) => {
    const [created] = await tx.insert(app).values(row).returning()
    await tx.insert(appSecret).values({ appId: created!.id, sealed: sealedSecret, createdAt: row.createdAt })
    return created!
  })
}

/** The app, of `ownerId` only when one is given. */
export async function findApp(db: Db, id: number, ownerId?: number): Promise<AppWithOwner | undefined> {
  const [row] = await withOwner(db).where(
    and(eq(app.id, id), isNull(app.deletedAt), ownerId === undefined ? undefined : eq(app.userId, ownerId)),
  )
  return row && flat(row)
}

export interface AppFilter extends PageRequest {
  readonly ownerId?: number | undefined
  readonly name?: string | undefined
  readonly serviceType?: string | undefined
  readonly enabled?: boolean | undefined
  readonly phoneNumber?: string | undefined
  /** That they have. */
  readonly operationId?: number | undefined
  readonly sort?: Sort<keyof typeof sortable> | undefined
}

const sortable = { name: byPinyin(app.name), expiresAt: app.expiresAt, createdAt: app.id }

/** As `ofLivingOwner`, for lists: few owners are gone, and to know them is cheaper than to look up everybody's. */
const ownerLives = sql`not exists (select from ${user} where ${user.id} = ${app.userId} and ${user.deletedAt} is not null)`
const ownersOf = (phoneNumber: string) =>
  sql`(select ${user.id} from ${user} where ${and(eq(user.phoneNumber, phoneNumber), isNull(user.deletedAt))})`

export async function pageApps(db: Db, filter: AppFilter): Promise<Page<AppWithOwner>> {
  const where: SQL | undefined = and(
    isNull(app.deletedAt),
    ownerLives,
    filter.ownerId === undefined ? undefined : eq(app.userId, filter.ownerId),
    filter.name === undefined ? undefined : containsByIndex(app.name, filter.name),
    filter.serviceType === undefined ? undefined : eq(app.serviceType, filter.serviceType),
    filter.enabled === undefined ? undefined : eq(app.enabled, filter.enabled),
    filter.phoneNumber === undefined ? undefined : inArray(app.userId, ownersOf(filter.phoneNumber)),
    filter.operationId === undefined
      ? undefined
      : inArray(app.id, db.select({ id: grant.appId }).from(grant).where(eq(grant.operationId, filter.operationId))),
  )
  const total = await db.$count(app, where)
  if (total <= offsetOf(filter)) return { total, records: [] }
  const list = { sort: sortBy(sortable, filter.sort), searched: [filter.name] }
  const ids = keysOfPage(db, app, where, filter, total, list)
  const rows = await withOwner(db)
    .where(inArray(app.id, ids))
    .orderBy(...orderOf(app, list))
  return { total, records: rows.map(flat) }
}

/** True when there was such an app. */
export async function updateApp(db: Db, id: number, change: Partial<NewApp>): Promise<boolean> {
  const changed = await db
    .update(app)
    .set(change)
    .where(and(eq(app.id, id), isNull(app.deletedAt)))
    .returning({ id: app.id })
  return changed.length > 0
}

/**
 * Deletes apps, softly: all of them, or none, and then it answers one that never was. One that was deleted before is as it should be.
 */
export async function deleteApps(db: Db, ids: readonly number[], now: Date, updateUser: string): Promise<number | undefined> {
  return db.transaction(async (tx) => {
    const rows = await tx
      .select({ id: app.id })
      .from(app)
      .where(inArray(app.id, [...ids]))
      .orderBy(asc(app.id))
      .for('update')
    const known = new Set(rows.map((row) => row.id))
    const unknown = ids.find((id) => !known.has(id))
    if (unknown !== undefined) return unknown
    await tx
      .update(app)
      .set({ deletedAt: now, updatedAt: now, updateUser })
      .where(and(inArray(app.id, [...ids]), isNull(app.deletedAt)))
    return undefined
  })
}

/** Row ids of the apps of one user. */
export async function appIdsOf(db: Db, ownerId: number): Promise<number[]> {
  const rows = await db
    .select({ id: app.id })
    .from(app)
    .where(and(eq(app.userId, ownerId), isNull(app.deletedAt)))
  return rows.map((row) => row.id)
}

/** The row id of an app by its public id or, as the statistics take too, by its row id (settled E2). */
export async function findAppByEitherId(db: Db, given: string, ownerId: number | undefined): Promise<number | undefined> {
  const [byPublicId] = await db.select({ id: app.id, userId: app.userId }).from(app).where(eq(app.appId, given))
  const found = byPublicId ?? (/^\d{1,9}$/.test(given) ? await findApp(db, Number(given)) : undefined)
  return found && (ownerId === undefined || found.userId === ownerId) ? found.id : undefined
}
