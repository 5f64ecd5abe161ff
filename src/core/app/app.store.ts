// Where apps are kept.

import { and, arrayContains, asc, count, desc, eq, gt, inArray, isNotNull, isNull, lte, notInArray, or, type SQL, sql } from 'drizzle-orm'
import { endGrantsOfApp } from '#core/member/grant.store.ts'
import { dropTokensOfApp } from '#core/oauth/artifact.store.ts'
import { revoke } from '#core/token/revocation.store.ts'
import type { Db } from '#db/open.ts'
import {
  byPinyin,
  contains,
  containsByIndex,
  keysOfPage,
  offsetOf,
  orderOf,
  type Page,
  type PageRequest,
  type Sort,
  sortBy,
} from '#db/page.ts'
import { app, appProject, appSecret, eventChoice, grant, operation, project, user } from '#db/schema.ts'
import { liveSecretsMax } from './app.ts'
import type { SecretUse } from './secret-uses.ts'

export type AppRow = typeof app.$inferSelect
export type NewApp = typeof app.$inferInsert
export type SecretRow = typeof appSecret.$inferSelect
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

/** Replaces the whole set of granted operations. */
export async function replaceGrants(db: Db, appId: number, operationIds: readonly number[], now: Date): Promise<void> {
  await db.transaction(async (tx) => {
    // The row lock keeps two replacements from mixing.
    await tx.select({ id: app.id }).from(app).where(eq(app.id, appId)).for('update')
    // Only the difference is written: each row is noted for the gateways at commit.
    await tx.delete(grant).where(and(eq(grant.appId, appId), notInArray(grant.operationId, [...operationIds])))
    const rows = operationIds.map((operationId) => ({ appId, operationId, createdAt: now }))
    if (rows.length > 0) await tx.insert(grant).values(rows).onConflictDoNothing()
  })
}

export async function grantedOperationIds(db: Db, appId: number): Promise<number[]> {
  const rows = await db.select({ id: grant.operationId }).from(grant).where(eq(grant.appId, appId)).orderBy(asc(grant.operationId))
  return rows.map((row) => row.id)
}

export interface GrantRow {
  readonly operation: Pick<typeof operation.$inferSelect, 'id' | 'name' | 'method' | 'path' | 'version' | 'published'>
  readonly limits: Pick<typeof grant.$inferSelect, 'limitCount' | 'dayQuota' | 'monthQuota'>
  readonly createdAt: Date
}

/** What an app may call, by path, and its limits there. */
export async function pageGrants(
  db: Db,
  filter: PageRequest & {
    readonly appId: number
    readonly name?: string | undefined
    /** Only those that ask for a project. */
    readonly byProject?: boolean | undefined
  },
): Promise<Page<GrantRow>> {
  const where = and(
    eq(grant.appId, filter.appId),
    filter.name === undefined ? undefined : contains(operation.name, filter.name),
    filter.byProject ? isNotNull(operation.projectParam) : undefined,
  )
  const granted = () => db.select({ count: count() }).from(grant).innerJoin(operation, eq(operation.id, grant.operationId)).where(where)
  const { id, name, method, path, version, published } = operation
  const { limitCount, dayQuota, monthQuota } = grant
  const rows = await db
    .select({
      operation: { id, name, method, path, version, published },
      limits: { limitCount, dayQuota, monthQuota },
      createdAt: grant.createdAt,
    })
    .from(grant)
    .innerJoin(operation, eq(operation.id, grant.operationId))
    .where(where)
    .orderBy(asc(operation.path), asc(operation.id))
    .limit(filter.size)
    .offset(offsetOf(filter))
  return { total: (await granted())[0]!.count, records: rows }
}

export async function boundProjectIds(db: Db, appId: number): Promise<number[]> {
  const rows = await db
    .select({ id: project.id })
    .from(appProject)
    .innerJoin(project, and(eq(project.id, appProject.projectId), isNull(project.deletedAt)))
    .where(eq(appProject.appId, appId))
    .orderBy(asc(project.id))
  return rows.map((row) => row.id)
}

/**
 * Puts a new secret in force. With a grace the newest old one lives until `graceUntil`; all others end now,
 * and without a grace every token that was made before ends too, also those of people through the app. What a new one is got for by the
 * secret stays good.
 */
export async function replaceSecret(
  db: Db,
  appId: number,
  sealed: string,
  graceUntil: Date | undefined,
  now: Date,
  updateUser: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [locked] = await tx.select({ publicId: app.appId, tokenEpoch: app.tokenEpoch }).from(app).where(eq(app.id, appId)).for('update')
    const isLive = and(eq(appSecret.appId, appId), isNull(appSecret.endedAt))
    await tx
      .update(appSecret)
      .set({ endedAt: appSecret.expiresAt })
      .where(and(isLive, lte(appSecret.expiresAt, now)))
    const old = await tx.select().from(appSecret).where(isLive).orderBy(desc(appSecret.id))
    const kept = graceUntil ? old.slice(0, liveSecretsMax - 1) : []
    for (const secret of old) {
      const isKept = kept.includes(secret)
      const expiresAt = isKept && secret.expiresAt && secret.expiresAt < graceUntil! ? secret.expiresAt : graceUntil
      await tx
        .update(appSecret)
        .set(isKept ? { expiresAt: expiresAt! } : { endedAt: now })
        .where(eq(appSecret.id, secret.id))
    }
    await forgetEndedSecrets(tx, appId)
    await tx.insert(appSecret).values({ appId, sealed, createdAt: now })
    const tokenEpoch = locked!.tokenEpoch + (graceUntil ? 0 : 1)
    await tx.update(app).set({ tokenEpoch, updatedAt: now, updateUser }).where(eq(app.id, appId))
    if (!graceUntil) await endTokensOf(tx, appId, locked!.publicId, now)
  })
}

async function endTokensOf(tx: Db, appId: number, publicId: string, now: Date): Promise<void> {
  await endGrantsOfApp(tx, appId)
  await dropTokensOfApp(tx, publicId)
  await revoke(tx, 'app', publicId, now)
}

// A few are kept, so that a partner who still signs with one can be told so.
const endedSecretsMax = 2

async function forgetEndedSecrets(db: Db, appId: number): Promise<void> {
  const ended = await db
    .select({ id: appSecret.id })
    .from(appSecret)
    .where(and(eq(appSecret.appId, appId), isNotNull(appSecret.endedAt)))
    .orderBy(desc(appSecret.id))
    .offset(endedSecretsMax)
  if (ended.length > 0) await db.delete(appSecret).where(inArray(appSecret.id, ended.map(({ id }) => id))) // biome-ignore format: one thought
}

/** All secrets that are kept, sealed, newest first, as they were at a time: good then, or not any more. */
export async function secretsAt(db: Db, appId: number, time: Date): Promise<{ readonly sealed: string; readonly isLive: boolean }[]> {
  const rows = await db.select().from(appSecret).where(eq(appSecret.appId, appId)).orderBy(desc(appSecret.id))
  const isPast = (at: Date | null) => at !== null && at <= time
  return rows.map(({ sealed, expiresAt, endedAt }) => ({ sealed, isLive: !isPast(expiresAt) && !isPast(endedAt) }))
}

/** The secrets that are good at `now`, newest first. */
export async function liveSecrets(db: Db, appId: number, now: Date): Promise<SecretRow[]> {
  return db
    .select()
    .from(appSecret)
    .where(and(eq(appSecret.appId, appId), isNull(appSecret.endedAt), or(isNull(appSecret.expiresAt), gt(appSecret.expiresAt, now))))
    .orderBy(desc(appSecret.id))
}

/** Days before the end of an app at which its owner is told. */
const warnedDays = [30, 7, 1] as const

export interface ExpiringApp {
  readonly id: number
  readonly name: string
  readonly appId: string
  readonly expiresAt: Date
  /** The owner's. */
  readonly email: string | null
}

/**
 * Has `tell` told of each app whose owner, having a mail address, was not told of its present step yet; they count as told when it
 * resolves. A few at a time: the rest comes with the next call.
 */
export async function takeExpiring(db: Db, now: Date, tell: (tx: Db, apps: readonly ExpiringApp[]) => Promise<void>): Promise<void> {
  await db.transaction(async (tx) => {
    const told: ExpiringApp[] = []
    for (const [at, days] of warnedDays.entries()) {
      const rows = await tx
        .select({ id: app.id, name: app.name, appId: app.appId, expiresAt: app.expiresAt, email: user.email })
        .from(app)
        .innerJoin(user, and(eq(user.id, app.userId), isNull(user.deletedAt)))
        .leftJoin(eventChoice, eq(eventChoice.appId, app.id))
        .where(
          and(
            isNull(app.deletedAt),
            // Somebody can be told.
            or(isNotNull(user.email), arrayContains(eventChoice.subscribed, ['app.expiring'])),
            gt(app.expiresAt, daysAfter(now, warnedDays[at + 1] ?? 0)),
            lte(app.expiresAt, daysAfter(now, days)),
            or(isNull(app.expiryWarnedDays), gt(app.expiryWarnedDays, days)),
          ),
        )
        .orderBy(asc(app.id))
        .limit(toldAtOnceMax)
        // Two platforms do not tell of the same one.
        .for('update', { of: app, skipLocked: true })
      const ids = rows.map(({ id }) => id)
      if (ids.length > 0) await tx.update(app).set({ expiryWarnedDays: days }).where(inArray(app.id, ids))
      told.push(...rows.map((row) => ({ ...row, expiresAt: row.expiresAt! })))
    }
    if (told.length > 0) await tell(tx, told)
  })
}

const toldAtOnceMax = 500
const daysAfter = (now: Date, days: number) => new Date(now.getTime() + days * 86_400_000)

/** When secrets were last used: written at most once a minute each, and no change that gateways would have to hear of. */
export async function noteSecretUses(db: Db, uses: readonly SecretUse[], now: Date): Promise<void> {
  if (uses.length === 0) return
  // In the order of the key, so that two gateways' reports cannot wait for each other in a circle. No clock's future is believed.
  await db.execute(sql`
    update app_secret set last_used_at = used.used_at
    from (select id, least(used_at, ${now.toISOString()}::timestamptz) as used_at
          from (select app_secret.id, to_timestamp(told.ms / 1000.0) as used_at
                from jsonb_to_recordset(${JSON.stringify(uses.map(([id, ms]) => ({ id, ms })))}::jsonb) as told (id integer, ms bigint)
                     join app_secret using (id)
                where last_used_at is null or last_used_at <= to_timestamp(told.ms / 1000.0) - interval '1 minute'
                order by app_secret.id
                for update of app_secret) as due) as used
    where app_secret.id = used.id`)
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

/** Sets limits of an app at one operation; false when it was not granted that one. */
export async function limitGrant(db: Db, appId: number, operationId: number, limits: Partial<typeof grant.$inferInsert>): Promise<boolean> {
  const which = and(eq(grant.appId, appId), eq(grant.operationId, operationId))
  if (Object.keys(limits).length === 0) return (await db.$count(grant, which)) > 0
  const changed = await db.update(grant).set(limits).where(which).returning({ appId: grant.appId })
  return changed.length > 0
}

/** Replaces the whole set of projects that an app is bound to. */
export async function replaceProjects(db: Db, appId: number, projectIds: readonly number[]): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.select({ id: app.id }).from(app).where(eq(app.id, appId)).for('update')
    await tx.delete(appProject).where(and(eq(appProject.appId, appId), notInArray(appProject.projectId, [...projectIds])))
    const rows = projectIds.map((projectId) => ({ appId, projectId }))
    if (rows.length > 0) await tx.insert(appProject).values(rows).onConflictDoNothing()
  })
}
