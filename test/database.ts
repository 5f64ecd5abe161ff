// A database for one test, on the server that `test/run.ts` started or that TEST_DATABASE_URL names.

import { createHash, randomUUID } from 'node:crypto'
import pg from 'pg'
import { type Database, openDatabase } from '#db/open.ts'

/**
 * Brings what every database of this server begins as to the present schema: copying it takes less than the migrations do. For a server
 * that ends with its tests; and so nothing has to be on disk before a test goes on.
 */
export async function prepareServer(server: string): Promise<void> {
  const { close } = await openDatabase(withDatabase(server, 'template1'), { error: () => {} })
  await close()
  await onServer(server, 'alter role current_user set synchronous_commit = off')
}

/** As the server makes them, which may be with the present schema already; from `template0` it holds nothing. */
export async function newDatabase(from: 'template1' | 'template0' = 'template1'): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env.TEST_DATABASE_URL
  if (!server) throw new Error('run tests by `npm test`, which starts the database that they need')
  const name = `test_${createHash('sha256').update(randomUUID()).digest('hex').slice(0, 12)}`
  await onServer(server, `create database ${name} template ${from}`)
  return { url: withDatabase(server, name), drop: () => onServer(server, `drop database if exists ${name} with (force)`) }
}

/** The same, brought to the present schema and opened. */
export async function openTestDatabase(): Promise<Database & { readonly url: string; end(): Promise<void> }> {
  const own = await newDatabase()
  const database = await openDatabase(own.url, { error: () => {} })
  async function end(): Promise<void> {
    await database.close()
    await own.drop()
  }
  return { ...database, url: own.url, end }
}

function withDatabase(server: string, name: string): string {
  return server.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`)
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(statement)
  await client.end()
}
