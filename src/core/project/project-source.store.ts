// Where sources of projects are kept, and how a list becomes projects.

import { and, asc, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { contains, type Page, type PageRequest, pageOfList } from '#db/page.ts'
import { project, projectSource } from '#db/schema.ts'
import { type ListedProject, SourceTrouble } from './project-source.ts'

export type ProjectSourceRow = typeof projectSource.$inferSelect
export type NewProjectSource = typeof projectSource.$inferInsert

export async function insertProjectSource(db: Db, row: NewProjectSource): Promise<ProjectSourceRow> {
  const [created] = await db.insert(projectSource).values(row).returning()
  return created!
}

export async function findProjectSource(db: Db, id: number): Promise<ProjectSourceRow | undefined> {
  const [row] = await db.select().from(projectSource).where(eq(projectSource.id, id))
  return row
}

export async function updateProjectSource(db: Db, id: number, change: Partial<NewProjectSource>): Promise<ProjectSourceRow | undefined> {
  const [row] = await db.update(projectSource).set(change).where(eq(projectSource.id, id)).returning()
  return row
}

/** Its projects stay, and are nobody's but ours from then on. */
export async function deleteProjectSource(db: Db, id: number): Promise<boolean> {
  return (await db.delete(projectSource).where(eq(projectSource.id, id)).returning({ id: projectSource.id })).length > 0
}

export async function pageProjectSources(
  db: Db,
  filter: PageRequest & { readonly name?: string | undefined },
): Promise<Page<ProjectSourceRow>> {
  const where = filter.name === undefined ? undefined : contains(projectSource.name, filter.name)
  return pageOfList(db, projectSource, where, filter)
}

/** Sources whose time has come, the longest waiting first. */
export async function dueSources(db: Db, now: Date, countMax: number): Promise<ProjectSourceRow[]> {
  return db.select().from(projectSource).where(isDue(now)).orderBy(sql`${projectSource.pulledAt} nulls first`, asc(projectSource.id)).limit(countMax) // biome-ignore format: one thought
}

const isDue = (now: Date) =>
  and(
    eq(projectSource.enabled, true),
    or(
      isNull(projectSource.pulledAt),
      lte(projectSource.pulledAt, sql`${now.toISOString()}::timestamptz - ${projectSource.intervalSeconds} * interval '1 second'`),
    ),
  )

/**
 * Takes the source for one pull: only who took it last may write what it listed. By schedule only when it is due, so of two platforms
 * one pulls. Undefined when there is nothing to take.
 */
export async function claimSource(db: Db, id: number, now: Date, isScheduled: boolean): Promise<ProjectSourceRow | undefined> {
  const [row] = await db
    .update(projectSource)
    // Later than the last one in any case, also within a millisecond and when the clock went back.
    .set({ pulledAt: sql`greatest(${now.toISOString()}::timestamptz, ${projectSource.pulledAt} + interval '1 millisecond')` })
    .where(and(eq(projectSource.id, id), isScheduled ? isDue(now) : undefined))
    .returning()
  return row
}

/** Notes why a pull failed, unless another one was begun since. */
export async function noteTrouble(db: Db, claim: ProjectSourceRow, problem: string): Promise<void> {
  await db
    .update(projectSource)
    .set({ problem })
    .where(and(eq(projectSource.id, claim.id), eq(projectSource.pulledAt, claim.pulledAt!)))
}

export interface Pulled {
  readonly added: number
  readonly changed: number
  readonly removed: number
  readonly unchanged: number
}

/**
 * Makes the source's projects what it listed, in one transaction. What it does not list any more is deleted softly, and comes back as
 * the same project, with its apps, when it is listed again. A project that was made by hand under the same code becomes the source's.
 * A remark is taken once, and the operator's from then on.
 */
export async function applyList(db: Db, claim: ProjectSourceRow, listed: readonly ListedProject[], now: Date): Promise<Pulled> {
  return db.transaction(async (tx) => {
    const [current] = await tx
      .select({ pulledAt: projectSource.pulledAt })
      .from(projectSource)
      .where(eq(projectSource.id, claim.id))
      .for('update')
    if (current?.pulledAt?.getTime() !== claim.pulledAt!.getTime()) throw new SourceTrouble('overtaken')

    const own = await tx
      .select({ id: project.id, key: project.sourceKey, name: project.name, code: project.code, deletedAt: project.deletedAt })
      .from(project)
      .where(eq(project.sourceId, claim.id))
    const alive = own.filter((row) => row.deletedAt === null)
    if (listed.length === 0 && alive.length > 0) throw new SourceTrouble('empty')
    const known = new Map(own.map((row) => [row.key, row]))
    const adopted = await adoptable(tx, claim.id, listed, known)

    const made = listed.filter(({ key }) => !known.has(key) && !adopted.has(key))
    const changed = listed.flatMap(({ key, name }) => {
      const row = known.get(key) ?? adopted.get(key)
      const isSame = row && known.has(key) && row.deletedAt === null && row.name === name && row.code === key
      return !row || isSame ? [] : [{ id: row.id, key, name, wasGone: row.deletedAt !== null }]
    })
    const keys = new Set(listed.map(({ key }) => key))
    const gone = alive.filter(({ key }) => key === null || !keys.has(key))

    // First what goes: its code may be another's now.
    if (gone.length > 0) {
      const ids = gone.map(({ id }) => id)
      await tx.update(project).set({ deletedAt: now, updatedAt: now }).where(inArray(project.id, ids)) // biome-ignore format: one thought
    }
    if (changed.length > 0) {
      await tx.execute(sql`
        update project set name = listed.name, code = listed.key, source_id = ${claim.id}, source_key = listed.key,
                           deleted_at = null, updated_at = ${now.toISOString()}::timestamptz
        from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as listed (id integer, key text, name text)
        where project.id = listed.id`)
    }
    if (made.length > 0) {
      await tx.execute(sql`
        insert into project (name, code, remark, source_id, source_key, created_at, updated_at)
        select name, key, remark, ${claim.id}, key, ${now.toISOString()}::timestamptz, ${now.toISOString()}::timestamptz
        from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as listed (key text, name text, remark text)`)
    }
    await tx.update(projectSource).set({ problem: null }).where(eq(projectSource.id, claim.id))
    const back = changed.filter(({ wasGone }) => wasGone).length
    return {
      added: made.length + back,
      changed: changed.length - back,
      removed: gone.length,
      unchanged: listed.length - made.length - changed.length,
    }
  })
}

interface Existing {
  readonly id: number
  readonly name: string
  readonly code: string | null
  readonly deletedAt: Date | null
}

/** Living projects that were made by hand under a listed code. Throws when the code is another source's, or the key is ours already. */
async function adoptable(
  db: Db,
  sourceId: number,
  listed: readonly ListedProject[],
  known: ReadonlyMap<string | null, unknown>,
): Promise<Map<string, Existing>> {
  const keys = sql.param(listed.map(({ key }) => key))
  const holders = await db
    .select({ id: project.id, name: project.name, code: project.code, sourceId: project.sourceId, deletedAt: project.deletedAt })
    .from(project)
    .where(
      and(isNull(project.deletedAt), sql`${project.code} = any(${keys}::text[])`, sql`${project.sourceId} is distinct from ${sourceId}`),
    )
  const taken = holders.find((row) => row.sourceId !== null || known.has(row.code))
  if (taken) throw new SourceTrouble('code_taken', { key: taken.code! })
  return new Map(holders.map((row) => [row.code!, row]))
}
