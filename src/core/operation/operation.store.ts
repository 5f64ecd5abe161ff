// Where operations are kept.

import { and, asc, count, desc, eq, inArray, isNull } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { contains, offsetOf, type Page, type PageRequest, pageOf } from '#db/page.ts'
import { operation, serviceType } from '#db/schema.ts'

export type OperationRow = typeof operation.$inferSelect
export type NewOperation = typeof operation.$inferInsert

export async function insertOperation(db: Db, row: NewOperation): Promise<OperationRow> {
  const [created] = await db.insert(operation).values(row).returning()
  return created!
}

/** Only published ones when the viewer is a developer. */
export async function findOperation(db: Db, id: number, publishedOnly = false): Promise<OperationRow | undefined> {
  const [row] = await db
    .select()
    .from(operation)
    .where(and(eq(operation.id, id), isNull(operation.deletedAt), publishedOnly ? eq(operation.published, true) : undefined))
  return row
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
  readonly name?: string | undefined
  readonly path?: string | undefined
  readonly serviceTypeId?: number | undefined
  readonly published?: boolean | undefined
}

export async function pageOperations(db: Db, filter: OperationFilter): Promise<Page<OperationRow>> {
  const where = and(
    isNull(operation.deletedAt),
    filter.name === undefined ? undefined : contains(operation.name, filter.name),
    filter.path === undefined ? undefined : contains(operation.path, filter.path),
    filter.serviceTypeId === undefined ? undefined : eq(operation.serviceTypeId, filter.serviceTypeId),
    filter.published === undefined ? undefined : eq(operation.published, filter.published),
  )
  const [found] = await db.select({ total: count() }).from(operation).where(where)
  const rows = await db.select().from(operation).where(where).orderBy(desc(operation.id)).limit(filter.size).offset(offsetOf(filter))
  return pageOf(found!.total, rows)
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

export async function isServiceType(db: Db, id: number): Promise<boolean> {
  return (await db.$count(serviceType, eq(serviceType.id, id))) > 0
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
