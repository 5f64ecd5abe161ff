// One way to page and to search: `current` from 1, `size` up to 200, newest first unless a noun says otherwise; a contained text is found
// by an index of the pieces that texts are made of.

import { type AnyColumn, and, asc, desc, inArray, type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Db } from './open.ts'

export interface PageRequest {
  readonly current: number
  readonly size: number
}

export interface Page<Row> {
  readonly total: number
  readonly records: Row[]
}

export function offsetOf(page: PageRequest): number {
  return (page.current - 1) * page.size
}

type TableWithId = PgTable & { readonly id: PgColumn }

/** One page of a table, and how many of its rows match in all. */
export async function pageOfTable<Table extends TableWithId>(
  db: Db,
  table: Table,
  where: SQL | undefined,
  page: PageRequest,
  order: readonly SQL[],
): Promise<Page<Table['$inferSelect']>> {
  const total = await db.$count(table, where)
  if (total <= offsetOf(page)) return { total, records: [] }
  // The keys first: a page far behind passes over keys, not over rows.
  const keys = db.select({ id: table.id }).from(table as PgTable).where(where).orderBy(...order).limit(page.size).offset(offsetOf(page)) // biome-ignore format: one thought
  const records = await db.select().from(table as PgTable).where(inArray(table.id, keys)).orderBy(...order) // biome-ignore format: one thought
  return { total, records: records as Table['$inferSelect'][] }
}

/** The same, newest first; `searched` are the texts that `where` looks for. */
export async function pageNewest<Table extends TableWithId>(
  db: Db,
  table: Table,
  where: SQL | undefined,
  page: PageRequest,
  ...searched: (string | undefined)[]
): Promise<Page<Table['$inferSelect']>> {
  const total = await db.$count(table, where)
  if (total <= offsetOf(page)) return { total, records: [] }
  const keys = keysOfPage(db, table, where, page, total, ...searched)
  const records = await db.select().from(table as PgTable).where(inArray(table.id, keys)).orderBy(desc(table.id)) // biome-ignore format: one thought
  return { total, records: records as Table['$inferSelect'][] }
}

/**
 * The keys of a page that is newest first, for whoever joins its rows with others: a page far behind passes over keys, not over rows, and from
 * whichever end is nearer. What a text was searched for is sorted once it is found: on the way through all keys, which is PostgreSQL's
 * choice for a short page, every row would be taken into its pieces.
 */
export function keysOfPage(
  db: Db,
  table: TableWithId,
  where: SQL | undefined,
  page: PageRequest,
  total: number,
  ...searched: (string | undefined)[]
) {
  const after = offsetOf(page)
  const before = Math.max(0, total - after - page.size)
  const key = searched.some((text) => text) ? sql`${table.id} + 0` : table.id
  const keys = db.select({ id: table.id }).from(table as PgTable).where(where) // biome-ignore format: one thought
  if (after <= before) return keys.orderBy(desc(key)).limit(page.size).offset(after)
  return keys
    .orderBy(asc(key))
    .limit(Math.min(page.size, total - after))
    .offset(before)
}

/** The column contains the text, literally: `%` and `_` are characters (settled E4). It reads every row: for tables of some hundred. */
export function contains(column: AnyColumn | SQL, text: string): SQL {
  return sql`${column} ilike ${`%${text.replace(/[\\%_]/g, '\\$&')}%`}`
}

/** The same, for columns that have an index of their `pieces` (made by hand in migrations). Of one or two characters that is all there is to ask. */
export function containsByIndex(column: AnyColumn | SQL, text: string): SQL {
  const length = [...text].length
  if (length === 0) return contains(column, text)
  const hasPieces = sql`pieces(${column}) @> pieces(${text}, ${length === 1 ? '{1}' : '{2}'})`
  return length <= 2 ? hasPieces : and(hasPieces, contains(column, text))!
}
