// What an app may call, and the projects that it is bound to.

import { and, asc, count, eq, isNotNull, isNull, notInArray } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { contains, offsetOf, type Page, type PageRequest } from '#db/page.ts'
import { app, appProject, grant, operation, project } from '#db/schema.ts'

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

/** Sets limits of an app at one operation; false when it was not granted that one. */
export async function limitGrant(db: Db, appId: number, operationId: number, limits: Partial<typeof grant.$inferInsert>): Promise<boolean> {
  const which = and(eq(grant.appId, appId), eq(grant.operationId, operationId))
  if (Object.keys(limits).length === 0) return (await db.$count(grant, which)) > 0
  const changed = await db.update(grant).set(limits).where(which).returning({ appId: grant.appId })
  return changed.length > 0
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

/** Replaces the whole set of projects that an app is bound to. */
export async function replaceProjects(db: Db, appId: number, projectIds: readonly number[]): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.select({ id: app.id }).from(app).where(eq(app.id, appId)).for('update')
    await tx.delete(appProject).where(and(eq(appProject.appId, appId), notInArray(appProject.projectId, [...projectIds])))
    const rows = projectIds.map((projectId) => ({ appId, projectId }))
    if (rows.length > 0) await tx.insert(appProject).values(rows).onConflictDoNothing()
  })
}
