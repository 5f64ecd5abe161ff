// A database for one test, on the server that `test/run.ts` started or that TEST_DATABASE_URL names.

import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { openDatabase } from '#db/open.ts'

/**
 * Brings what every database of this server begins as to the present schema: copying it takes less than the migrations do. For a server
 * that ends with its tests; and so nothing has to be on disk before a test goes on.
 */
export async function prepareServer(server: string): Promise<void> {
  const { close } = await openDatabase(withDatabase(server, 'template1'), { error: () => {} })
  await close()
  await onServer(server, 'alter role current_user set synchronous_commit = off')
}

export interface OwnDatabase {
  readonly url: string
  /** One statement of the test's own. All go over one connection, which is made for the first and ends with the database. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into a row and says what it finds
  query<Row extends pg.QueryResultRow = any>(text: string, values?: unknown[]): Promise<pg.QueryResult<Row>>
  drop(): Promise<void>
}

/** As the server makes them, which may be with the present schema already; from `template0` it holds nothing. */
export async function newDatabase(from: 'template1' | 'template0' = 'template1'): Promise<OwnDatabase> {
  const server = process.env.TEST_DATABASE_URL
  if (!server) throw new Error('run tests by `npm test`, which starts the database that they need')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await onServer(server, `create database ${name} template ${from}`)
  const url = withDatabase(server, name)
  const pool = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0 })
  // A test may end every connection there is; the next statement has a new one.
  pool.on('error', () => {})
  return {
    url,
    query: (text, values) => pool.query(text, values),
    async drop() {
      await pool.end()
      await onServer(server, `drop database if exists ${name} with (force)`)
    },
  }
}

export type TestDatabase = Awaited<ReturnType<typeof openTestDatabase>>

/** The same, opened as the platform opens it: `await using database = await openTestDatabase()`. */
export async function openTestDatabase() {
  const { url, query, drop } = await newDatabase()
  const database = await openDatabase(url, { error: () => {} })
  async function end(): Promise<void> {
    await database.close()
    await drop()
  }
  return { ...database, url, query, end, [Symbol.asyncDispose]: end }
}

/** A connection of its own, for a transaction that stays open while others work: `await using client = await connect(url)`. */
export async function connect(url: string): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

function withDatabase(server: string, name: string): string {
  return server.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`)
}

async function onServer(server: string, statement: string): Promise<void> {
  await using client = await connect(server)
  await client.query(statement)
}
