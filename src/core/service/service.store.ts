// Where upstream services are kept.

import { and, count, desc, eq, isNull } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { contains, offsetOf, type Page, type PageRequest, pageOf } from '#db/page.ts'
import { service } from '#db/schema.ts'

export type ServiceRow = typeof service.$inferSelect
export type NewService = typeof service.$inferInsert

export async function insertService(db: Db, row: NewService): Promise<ServiceRow> {
  const [created] = await db.insert(service).values(row).returning()
  return created!
}

export async function isService(db: Db, id: number): Promise<boolean> {
  return (await db.$count(service, and(eq(service.id, id), isNull(service.deletedAt)))) > 0
}

export async function pageServices(db: Db, filter: PageRequest & { readonly name?: string | undefined }): Promise<Page<ServiceRow>> {
  const where = and(isNull(service.deletedAt), filter.name === undefined ? undefined : contains(service.name, filter.name))
  const [found] = await db.select({ total: count() }).from(service).where(where)
  const rows = await db.select().from(service).where(where).orderBy(desc(service.id)).limit(filter.size).offset(offsetOf(filter))
  return pageOf(found!.total, rows)
}
