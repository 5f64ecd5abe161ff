// Where upstream services are kept.

import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { byPinyin, contains, type Page, type PageRequest, pageOfList, type Sort, sortBy } from '#db/page.ts'
import { operation, service } from '#db/schema.ts'

export type ServiceRow = typeof service.$inferSelect
export type NewService = typeof service.$inferInsert

export async function insertService(db: Db, row: NewService): Promise<ServiceRow> {
  const [created] = await db.insert(service).values(row).returning()
  return created!
}

export async function updateService(db: Db, id: number, change: Partial<NewService>): Promise<ServiceRow | undefined> {
  const [row] = await db
    .update(service)
    .set(change)
    .where(and(eq(service.id, id), isNull(service.deletedAt)))
    .returning()
  return row
}

/** Nothing is deleted while interfaces lead to it: then the answer is how many they are. */
export async function deleteService(
  db: Db,
  id: number,
  change: Partial<NewService>,
): Promise<'done' | 'absent' | { row: ServiceRow; users: number }> {
  return db.transaction(async (tx) => {
    // Who adds an interface to it meanwhile holds it too (`surroundingsOf`), and finds it gone or makes us count one more.
    const [row] = await tx
      .select()
      .from(service)
      .where(and(eq(service.id, id), isNull(service.deletedAt)))
      .for('update')
    if (!row) return 'absent'
    const users = await tx.$count(operation, and(eq(operation.serviceId, id), isNull(operation.deletedAt)))
    if (users > 0) return { row, users }
    await tx.update(service).set(change).where(eq(service.id, id))
    return 'done'
  })
}

export interface ServiceFilter extends PageRequest {
  readonly name?: string | undefined
  /** Part of the URL of a target. */
  readonly url?: string | undefined
  readonly sort?: Sort<keyof typeof sortable> | undefined
}

// Of some hundred, which need no index.
const sortable = { name: byPinyin(service.name), createdAt: service.id }

export async function pageServices(db: Db, filter: ServiceFilter): Promise<Page<ServiceRow>> {
  const where = and(
    isNull(service.deletedAt),
    filter.name === undefined ? undefined : contains(service.name, filter.name),
    filter.url === undefined
      ? undefined
      : sql`exists (select 1 from jsonb_array_elements(${service.targets}) target where ${contains(sql`target ->> 'url'`, filter.url)})`,
  )
  return pageOfList(db, service, where, filter, { sort: sortBy(sortable, filter.sort) })
}
