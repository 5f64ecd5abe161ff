// Row ids in a condition: one parameter however many they are, so that the statement is the same for all.

import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/** undefined is no condition. */
export function isOneOf(column: SQLWrapper, ids: readonly number[] | undefined): SQL | undefined {
  return ids && sql`${column} = any(${sql.param([...ids])}::integer[])`
}
