// Where the fields of `details` are kept; what is told of a person stands with the person.

import { asc, eq, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { type Page, type PageRequest, pageOfList } from '#db/page.ts'
import { user, userDetail } from '#db/schema.ts'
import { detailsMax, titleOf } from './detail.ts'

export type DetailRow = typeof userDetail.$inferSelect
export type DetailFields = Pick<DetailRow, 'name' | 'title' | 'type' | 'required' | 'order'>

export async function allDetails(db: Db): Promise<DetailRow[]> {
  return db.select().from(userDetail).orderBy(asc(userDetail.order), asc(userDetail.id))
}

export async function pageDetails(db: Db, request: PageRequest): Promise<Page<DetailRow>> {
  return pageOfList(db, userDetail, undefined, request, { sort: { column: userDetail.order, isDescending: false } })
}

/** Undefined when there are too many already. */
export async function insertDetail(db: Db, fields: DetailFields, now: Date): Promise<DetailRow | undefined> {
  if ((await db.$count(userDetail)) >= detailsMax) return undefined
  const [row] = await db
    .insert(userDetail)
    .values({ ...fields, createdAt: now, updatedAt: now })
    .returning()
  return row
}

export async function updateDetail(db: Db, id: number, change: Partial<DetailFields>, now: Date): Promise<DetailRow | undefined> {
  const [row] = await db
    .update(userDetail)
    .set({ ...change, updatedAt: now })
    .where(eq(userDetail.id, id))
    .returning()
  return row
}

/** With what was told of people under it. */
export async function deleteDetail(db: Db, id: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [gone] = await tx.delete(userDetail).where(eq(userDetail.id, id)).returning()
    if (!gone) return false
    await tx
      .update(user)
      .set({ details: sql`${user.details} - ${gone.name}::text` })
      .where(sql`${user.details} ? ${gone.name}`)
    return true
  })
}

/** Adds to what was told of a person, or replaces it. */
export async function tellDetails(db: Db, userId: number, values: Readonly<Record<string, string>>): Promise<void> {
  await db
    .update(user)
    .set({ details: sql`${user.details} || ${JSON.stringify(values)}::jsonb` })
    .where(eq(user.id, userId))
}

/** The fields that exist from the first start. */
export async function insertFirstDetails(db: Db, names: readonly string[], now: Date): Promise<void> {
  const rows = names.map((name, at) => ({ name, title: titleOf(name), type: 'text' as const, required: false, order: at + 1 }))
  if (rows.length > 0) await db.insert(userDetail).values(rows.map((row) => ({ ...row, createdAt: now, updatedAt: now })))
}
