// Where operations are kept.

import { and, asc, count, eq, getTableColumns, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { byPinyin, containsByIndex, type Page, type PageRequest, pageOfList, type Sort, sortBy } from '#db/page.ts'
import { app, grant, operation, service, serviceType } from '#db/schema.ts'
import { effectivePath, numberIn, type Surroundings } from './operation.ts'

export type OperationRow = typeof operation.$inferSelect
export type NewOperation = typeof operation.$inferInsert

export async function insertOperation(db: Db, row: NewOperation): Promise<OperationRow> {
  const [created] = await db.insert(operation).values(row).returning()
  return created!
}

/** Only what the developer may see, when the viewer is one. */
export async function findOperation(db: Db, id: number, developerId?: number): Promise<OperationRow | undefined> {
  const [row] = await db
    .select()
    .from(operation)
    .where(and(eq(operation.id, id), isNull(operation.deletedAt), visibleTo(developerId)))
  return row
}

/** Where it is called, or was when it was deleted. */
export async function pathOfOperation(db: Db, id: number): Promise<string | undefined> {
  const [row] = await db.select({ path: operation.path, version: operation.version }).from(operation).where(eq(operation.id, id)) // biome-ignore format: one thought
  return row && effectivePath(row)
}

/** The same, held until the end of the transaction: who edits it next sees what this one wrote. */
export async function holdOperation(tx: Db, id: number): Promise<OperationRow | undefined> {
  const [row] = await tx
    .select()
    .from(operation)
    .where(and(eq(operation.id, id), isNull(operation.deletedAt)))
    .for('update')
  return row
}

/** Published, and internal ones only to who has an internal app (settled F22). */
export function visibleTo(developerId: number | undefined): SQL | undefined {
  if (developerId === undefined) return undefined
  const internalApp = sql`exists (select 1 from ${app} where ${app.userId} = ${developerId} and ${app.internal} and ${app.deletedAt} is null)`
  return and(eq(operation.published, true), or(eq(operation.visibility, 'public'), internalApp))
}

export async function updateOperation(db: Db, id: number, change: Partial<NewOperation>): Promise<OperationRow | undefined> {
  const [row] = await db
    .update(operation)
    .set(change)
    .where(and(eq(operation.id, id), isNull(operation.deletedAt)))
    .returning()
  return row
}

export interface OperationFilter extends PageRequest {
  /** Contained in one of its texts, or in what is written about its parameters. */
  readonly search?: string | undefined
  readonly name?: string | undefined
  readonly path?: string | undefined
  readonly serviceTypeId?: number | undefined
  readonly published?: boolean | undefined
  readonly direction?: OperationRow['direction'] | undefined
  readonly code?: string | undefined
  readonly developerId?: number | undefined
  readonly sort?: Sort<keyof typeof sortable> | undefined
}

const sortable = { name: byPinyin(operation.name), path: operation.path, createdAt: operation.id }

/** What `search` looks through, as its index has it. */
const words = sql`operation_words(${operation.name}, ${operation.path}, ${operation.version}, ${operation.remark}, ${operation.doc}, ${operation.paramSchema})`

export async function pageOperations(db: Db, filter: OperationFilter): Promise<Page<OperationRow>> {
  const where = and(
    isNull(operation.deletedAt),
    filter.search === undefined ? undefined : or(containsByIndex(words, filter.search), numbered(filter.search)),
    filter.name === undefined ? undefined : containsByIndex(operation.name, filter.name),
    filter.path === undefined ? undefined : containsByIndex(operation.path, filter.path),
    filter.serviceTypeId === undefined ? undefined : eq(operation.serviceTypeId, filter.serviceTypeId),
    filter.published === undefined ? undefined : eq(operation.published, filter.published),
    filter.direction && eq(operation.direction, filter.direction),
    filter.code === undefined ? undefined : eq(operation.code, filter.code),
    visibleTo(filter.developerId),
  )
  return pageOfList(db, operation, where, filter, {
    sort: sortBy(sortable, filter.sort),
    searched: [filter.name, filter.path, filter.search],
  })
}

/** By the number that people tell each other, `#12`. */
function numbered(search: string): SQL | undefined {
  const number = numberIn(search)
  return number === undefined ? undefined : eq(operation.id, number)
}

/** Those of them that only internal apps may be granted (settled F22). */
export async function internalOperationIds(db: Db, ids: readonly number[]): Promise<number[]> {
  const rows = await db
    .select({ id: operation.id })
    .from(operation)
    .where(and(inArray(operation.id, [...ids]), eq(operation.visibility, 'internal')))
    .orderBy(asc(operation.id))
  return rows.map((row) => row.id)
}

/** Those of the given ids that name a living operation. */
export async function existingOperationIds(db: Db, ids: readonly number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .select({ id: operation.id })
    .from(operation)
    .where(and(inArray(operation.id, [...ids]), isNull(operation.deletedAt)))
  return new Set(rows.map((row) => row.id))
}

/** Deletes them, and with them the grants: all of them, or none when one is not there. */
export async function deleteOperations(
  db: Db,
  ids: readonly number[],
  change: Partial<NewOperation>,
): Promise<'done' | { unknown: number }> {
  return db.transaction(async (tx) => {
    const living = and(inArray(operation.id, [...ids]), isNull(operation.deletedAt))
    const held = await tx.select({ id: operation.id }).from(operation).where(living).orderBy(asc(operation.id)).for('update')
    const found = new Set(held.map(({ id }) => id))
    const unknown = ids.find((id) => !found.has(id))
    if (unknown !== undefined) return { unknown }
    await tx.update(operation).set(change).where(living)
    await tx.delete(grant).where(inArray(grant.operationId, [...ids]))
    return 'done'
  })
}

/** What an operation may name; a service that is in it, and each type, stays until the transaction ends. */
export async function surroundingsOf(
  tx: Db,
  operations: readonly { readonly serviceId?: number | null | undefined }[],
): Promise<Surroundings> {
  const types = await tx.select({ id: serviceType.id }).from(serviceType).orderBy(asc(serviceType.id)).for('key share')
  const ids = [...new Set(operations.flatMap(({ serviceId }) => serviceId ?? []))].sort((a, b) => a - b)
  const living = and(sql`${service.id} = any(${sql.param(ids)})`, isNull(service.deletedAt))
  const services =
    ids.length === 0 ? [] : await tx.select({ id: service.id }).from(service).where(living).orderBy(asc(service.id)).for('share')
  return { serviceTypes: new Set(types.map(({ id }) => id)), services: new Set(services.map(({ id }) => id)) }
}

/** Living services by name. */
export async function serviceIdsByName(tx: Db, names: readonly string[]): Promise<Map<string, number>> {
  if (names.length === 0) return new Map()
  const rows = await tx
    .select({ id: service.id, name: service.name })
    .from(service)
    .where(and(sql`${service.name} = any(${sql.param([...names])})`, isNull(service.deletedAt)))
  return new Map(rows.map(({ id, name }) => [name, id]))
}

/** Those on one of the paths, and published ones that would catch the same calls; held until the transaction ends. */
export async function holdOperationsOn(tx: Db, paths: readonly string[], shapes: readonly string[]): Promise<OperationRow[]> {
  const onPath = sql`${operation.path} = any(${sql.param([...paths])})`
  const ofShape = sql`${operation.published} and ${operation.pathShape} = any(${sql.param([...shapes])})`
  return tx
    .select()
    .from(operation)
    .where(and(isNull(operation.deletedAt), or(onPath, ofShape)))
    .orderBy(asc(operation.id))
    .for('update')
}

/** A statement takes 65,535 values, and an operation is some thirty. */
const rowsPerStatement = 1_000

/** As much of them as subscribers are told; of thousands the documents would be much. */
const told = {
  id: operation.id,
  name: operation.name,
  method: operation.method,
  path: operation.path,
  version: operation.version,
  published: operation.published,
  visibility: operation.visibility,
  deprecatedAt: operation.deprecatedAt,
  sunsetAt: operation.sunsetAt,
}
export type ToldOperation = Pick<OperationRow, keyof typeof told>

export async function insertOperations(tx: Db, rows: readonly NewOperation[]): Promise<ToldOperation[]> {
  const inserted: ToldOperation[] = []
  for (let at = 0; at < rows.length; at += rowsPerStatement) {
    inserted.push(
      ...(await tx
        .insert(operation)
        .values(rows.slice(at, at + rowsPerStatement))
        .returning(told)),
    )
  }
  return inserted
}

const columnsThatChange = Object.keys(getTableColumns(operation))
  .filter((column) => !['id', 'createdAt', 'createUser', 'deletedAt', 'trippedAt', 'opening'].includes(column))
  .map(snakeCase)

/** Writes these rows over those with their ids. */
export async function rewriteOperations(tx: Db, rows: readonly OperationRow[]): Promise<void> {
  const set = sql.join(columnsThatChange.map((column) => sql`${sql.identifier(column)} = written.${sql.identifier(column)}`), sql`, `) // biome-ignore format: one thought
  for (let at = 0; at < rows.length; at += rowsPerStatement) {
    const some = rows.slice(at, at + rowsPerStatement)
    const json = JSON.stringify(some.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [snakeCase(name), value]))))
    await tx.execute(
      sql`update ${operation} set ${set} from json_populate_recordset(null::${operation}, ${json}::json) written where ${operation.id} = written.id`,
    )
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

export interface ListedOperation {
  readonly row: OperationRow
  readonly serviceName: string | null
}

/** All, or those of the ids, oldest first, with the names of their services. */
export async function listOperations(db: Db, ids: readonly number[] | undefined): Promise<ListedOperation[]> {
  return db
    .select({ row: operation, serviceName: service.name })
    .from(operation)
    .leftJoin(service, eq(service.id, operation.serviceId))
    .where(living(ids))
    .orderBy(asc(operation.id))
}

/** How many that would be, and how long their texts are. */
export async function sizeOfOperations(db: Db, ids: readonly number[] | undefined): Promise<{ count: number; characters: number }> {
  const [size] = await db
    .select({
      count: count(),
      characters: sql<string>`coalesce(sum(length(coalesce(${operation.doc}, '')) + length(coalesce(${operation.paramSchema}::text, ''))), 0)`,
    })
    .from(operation)
    .where(living(ids))
  return { count: size!.count, characters: Number(size!.characters) }
}

function living(ids: readonly number[] | undefined): SQL | undefined {
  return and(isNull(operation.deletedAt), ids && inArray(operation.id, [...ids]))
}

/** Shuts operations whose limit was reached; those that an operator has opened again since are left alone. */
export async function tripOperations(db: Db, tripped: readonly { operationId: number; opening: number }[], now: Date): Promise<void> {
  for (const { operationId, opening } of tripped) {
    await db
      .update(operation)
      .set({ trippedAt: now })
      .where(and(eq(operation.id, operationId), eq(operation.opening, opening), isNull(operation.trippedAt), isNull(operation.deletedAt)))
  }
}
