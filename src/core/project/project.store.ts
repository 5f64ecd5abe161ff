// Where projects are kept.

import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { byPinyin, containsByIndex, type Page, type PageRequest, pageOfList, type Sort, sortBy } from '#db/page.ts'
import { appProject, project } from '#db/schema.ts'

export type ProjectRow = typeof project.$inferSelect
export type NewProject = typeof project.$inferInsert

export async function insertProject(db: Db, row: NewProject): Promise<ProjectRow> {
  const [created] = await db.insert(project).values(row).returning()
  return created!
}

export async function findProject(db: Db, id: number): Promise<ProjectRow | undefined> {
  const [row] = await db
    .select()
    .from(project)
    .where(and(eq(project.id, id), isNull(project.deletedAt)))
  return row
}

export async function updateProject(db: Db, id: number, change: Partial<NewProject>): Promise<ProjectRow | undefined> {
  const [row] = await db
    .update(project)
    .set(change)
    .where(and(eq(project.id, id), isNull(project.deletedAt)))
    .returning()
  return row
}

export interface ProjectFilter extends PageRequest {
  readonly name?: string | undefined
  readonly code?: string | undefined
  readonly appId?: number | undefined
  readonly sort?: Sort<keyof typeof sortable> | undefined
}

const sortable = { name: byPinyin(project.name), createdAt: project.id }

export async function pageProjects(db: Db, filter: ProjectFilter): Promise<Page<ProjectRow>> {
  const where = and(
    isNull(project.deletedAt),
    filter.name === undefined ? undefined : containsByIndex(project.name, filter.name),
    filter.code === undefined ? undefined : containsByIndex(project.code, filter.code),
    filter.appId === undefined ? undefined : inArray(project.id, boundTo(db, filter.appId)),
  )
  return pageOfList(db, project, where, filter, { sort: sortBy(sortable, filter.sort), searched: [filter.name, filter.code] })
}

const boundTo = (db: Db, appId: number) => db.select({ id: appProject.projectId }).from(appProject).where(eq(appProject.appId, appId))

/** Those of the given ids that name a living project. */
export async function existingProjectIds(db: Db, ids: readonly number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .select({ id: project.id })
    .from(project)
    .where(and(inArray(project.id, [...ids]), isNull(project.deletedAt)))
  return new Set(rows.map((row) => row.id))
}
