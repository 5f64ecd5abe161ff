// Where kinds of business are kept: what an interface is about.

import { and, eq, isNull, or, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { contains, type Page, type PageRequest, pageOfList } from '#db/page.ts'
import { operation, serviceType } from '#db/schema.ts'

export type ServiceTypeRow = typeof serviceType.$inferSelect

/** Without an id it gets the next one. */
export async function insertServiceType(
  db: Db,
  row: Omit<ServiceTypeRow, 'id'> & { readonly id?: number | undefined },
): Promise<ServiceTypeRow> {
  const id = row.id ?? sql<number>`(select coalesce(max(id), 0) + 1 from service_type)`
  const [created] = await db
    .insert(serviceType)
    .values({ ...row, id })
    .returning()
  return created!
}

export async function updateServiceType(db: Db, id: number, change: Partial<ServiceTypeRow>): Promise<ServiceTypeRow | undefined> {
  if (Object.keys(change).length === 0) return (await db.select().from(serviceType).where(eq(serviceType.id, id)))[0]
  const [row] = await db.update(serviceType).set(change).where(eq(serviceType.id, id)).returning()
  return row
}

/** Nothing is deleted while interfaces are of it: then the answer is how many they are. */
export async function deleteServiceType(db: Db, id: number): Promise<'done' | 'absent' | { row: ServiceTypeRow; users: number }> {
  return db.transaction(async (tx) => {
    const [row] = await tx.select().from(serviceType).where(eq(serviceType.id, id)).for('update')
    if (!row) return 'absent'
    // Who adds an interface of it meanwhile holds it too (`surroundingsOf`), and finds it gone or makes us count one more.
    const users = await tx.$count(operation, and(eq(operation.serviceTypeId, id), isNull(operation.deletedAt)))
    if (users > 0) return { row, users }
    await tx.delete(serviceType).where(eq(serviceType.id, id))
    return 'done'
  })
}

export async function pageServiceTypes(
  db: Db,
  filter: PageRequest & { readonly title?: string | undefined },
): Promise<Page<ServiceTypeRow>> {
  const { title } = filter
  const where = title === undefined ? undefined : or(contains(serviceType.titleZh, title), contains(serviceType.titleEn, title))
  return pageOfList(db, serviceType, where, filter, { sort: { column: serviceType.id, isDescending: false } })
}
