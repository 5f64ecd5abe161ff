// One way to page: `current` from 1, `size` up to 200, newest first unless a noun says otherwise.

import { type AnyColumn, type SQL, sql } from 'drizzle-orm'

export interface PageRequest {
  readonly current: number
  readonly size: number
}

export interface Page<Row> {
  readonly total: number
  readonly records: Row[]
}

export function pageOf<Row>(total: number, records: Row[]): Page<Row> {
  return { total, records }
}

export function offsetOf(page: PageRequest): number {
  return (page.current - 1) * page.size
}

/** The column contains the text, literally: `%` and `_` are characters (settled E4). */
export function contains(column: AnyColumn | SQL, text: string): SQL {
  return sql`${column} ilike ${`%${text.replace(/[\\%_]/g, '\\$&')}%`}`
}
