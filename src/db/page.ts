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

/** What a list is asked to be sorted by. */
export interface Sort<Field extends string> {
  readonly by: Field
  readonly isDescending: boolean
}

/** How a list stands besides newest first, and what its `where` looks for. */
export interface ListOptions {
  /** A column that has an index where the table is large; the key decides between equals. */
  readonly sort?: { readonly column: AnyColumn | SQL; readonly isDescending: boolean } | undefined
  /** Texts that it searches by their pieces. */
  readonly searched?: readonly (string | undefined)[]
}

/** A sort by a field as one by its column. */
export function sortBy<Field extends string>(
  columns: Readonly<Record<Field, AnyColumn | SQL>>,
  sort: Sort<Field> | undefined,
): ListOptions['sort'] {
  return sort && { column: columns[sort.by], isDescending: sort.isDescending }
}

/** Names as a reader of Chinese looks them up: by Pinyin, Latin letters after them. Indexes in the schema say the same. */
export const byPinyin = (column: AnyColumn): SQL => sql`${column} collate "zh-x-icu"`

/** One page of a table, newest first where nothing else is asked for, and how many of its rows match in all. */
export async function pageOfList<Table extends TableWithId>(
  db: Db,
  table: Table,
  where: SQL | undefined,
  page: PageRequest,
  options: ListOptions = {},
): Promise<Page<Table['$inferSelect']>> {
  const total = await db.$count(table, where)
  if (total <= offsetOf(page)) return { total, records: [] }
  const keys = keysOfPage(db, table, where, page, total, options)
  const records = await db.select().from(table as PgTable).where(inArray(table.id, keys)).orderBy(...orderOf(table, options)) // biome-ignore format: one thought
  return { total, records: records as Table['$inferSelect'][] }
}

/** In which order a list stands: whoever joins a page's rows with others asks for it once more. No row is on two pages, for the key decides at last. */
export function orderOf(table: TableWithId, { sort }: ListOptions): SQL[] {
  return inOrder([...(sort ? [sort.column] : []), table.id], sort?.isDescending ?? true)
}

const inOrder = (columns: readonly (AnyColumn | SQL)[], isDescending: boolean) =>
  columns.map((column) => (isDescending ? desc(column) : asc(column)))

/**
 * The keys of a page, for whoever joins its rows with others: a page far behind passes over keys, not over rows, and from whichever end is
 * nearer. What a text was searched for is sorted once it is found: on the way through a whole index, which is PostgreSQL's choice for a
 * short page, every row would be taken into its pieces.
 */
export function keysOfPage(
  db: Db,
  table: TableWithId,
  where: SQL | undefined,
  page: PageRequest,
  total: number,
  { sort, searched = [] }: ListOptions = {},
) {
  const after = offsetOf(page)
  const before = Math.max(0, total - after - page.size)
  const isFromEnd = after > before
  const columns = [...(sort ? [sort.column] : []), table.id]
  // Without the value of an index, which PostgreSQL cannot know to be the same.
  const sorted = searched.some((text) => text) ? columns.map((column) => sql`coalesce(${column}, ${column})`) : columns
  return db
    .select({ id: table.id })
    .from(table as PgTable)
    .where(where)
    .orderBy(...inOrder(sorted, (sort?.isDescending ?? true) !== isFromEnd))
    .limit(isFromEnd ? Math.min(page.size, total - after) : page.size)
    .offset(isFromEnd ? before : after)
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
