// Opens the database and brings it to the present schema. Stores take a `Db`: the pool's, or that of a transaction.

import { DrizzleQueryError, sql } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { StartError } from '#lib/start-error.ts'
import { type Actor, overPool } from './actor.ts'
import type * as schema from './schema.ts'

export type Db = Pick<
  NodePgDatabase<typeof schema>,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'execute' | 'transaction' | '$count'
>

export interface Database {
  db: Db
  /** The same, saying who it is used for. */
  as(actor: Actor): Db
  pool: pg.Pool
  close(): Promise<void>
}

const migrationLock = 20871

export async function openDatabase(url: string, log: { error(detail: object, message: string): void }): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    application_name: 'kaimen',
  })
  // An idle connection that the server closes reports here; the pool makes a new one at the next query.
  // At our own end the server may close them before the pool has.
  let closing = false
  pool.on('error', (error: NodeJS.ErrnoException) => {
    if (!closing) log.error({ code: error.code, reason: error.message }, 'an idle database connection was lost')
  })
  // One in use that is lost: its query fails, and so does what comes after. Without a listener the process would end.
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    await bringUpToDate(pool)
  } catch (error) {
    await pool.end()
    throw cannotOpen(url, error)
  }
  return {
    db: overPool(pool),
    as: (actor) => overPool(pool, actor),
    pool,
    close() {
      closing = true
      return pool.end()
    },
  }
}

// One at a time: two platforms that start together would both try to create the same tables.
async function bringUpToDate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    const folder = decodeURIComponent(new URL('./migrations', import.meta.url).pathname)
    await migrate(drizzle(client), { migrationsFolder: folder })
  } finally {
    // Ending the connection also gives back the lock.
    client.release(true)
  }
}

function cannotOpen(url: string, error: unknown): StartError {
  const cause = error instanceof DrizzleQueryError && error.cause ? error.cause : error
  const reason =
    cause instanceof AggregateError ? cause.errors.map(String).join('; ') : cause instanceof Error ? cause.message : String(cause)
  const place = withoutPassword(url)
  return new StartError(
    {
      en: `The database ${place} cannot be used: ${reason}\nCheck DATABASE_URL (server, port, user, password, database name), or unset it to use the embedded one.`,
      zh: `无法使用数据库 ${place}：${reason}\n请检查 DATABASE_URL（服务器、端口、用户、密码、库名），或不设置它以使用内置数据库。`,
    },
    { cause: error },
  )
}

function withoutPassword(url: string): string {
  try {
    const shown = new URL(url)
    if (shown.password) shown.password = '***'
    if (shown.searchParams.has('password')) shown.searchParams.set('password', '***')
    return shown.href
  } catch {
    return '(DATABASE_URL)'
  }
}

/** The constraint that a write broke, or undefined when the error is another one. */
export function brokenConstraint(error: unknown): string | undefined {
  const cause = error instanceof DrizzleQueryError ? error.cause : error
  if (!(cause instanceof pg.DatabaseError)) return undefined
  return cause.code === '23505' || cause.code === '23503' ? cause.constraint : undefined
}

/** Whether the database could not be reached, as opposed to having refused something. */
export function isConnectionError(error: unknown): boolean {
  const cause = error instanceof DrizzleQueryError ? error.cause : error
  if (!(cause instanceof Error)) return false
  // 57P01…3: the server shuts down or starts. The pool reports its own time-out without a code.
  const code = (cause as { code?: string }).code ?? ''
  return (
    /^(ECONN|ENOENT|EPIPE|ETIMEDOUT|57P0[1-3]|08)/.test(code) ||
    /connection (timeout|terminated)|timeout exceeded when trying to connect/i.test(cause.message)
  )
}

export async function isReachable(db: Db): Promise<boolean> {
  return db.execute(sql`select 1`).then(
    () => true,
    () => false,
  )
}
