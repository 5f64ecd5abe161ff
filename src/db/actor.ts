// A database that says who it is used for. Whatever is written through it, in a transaction or in a single statement, has
// `kaimen.actor` set, for as long as its transaction lasts; the triggers of `audit` read that (ADR 13).

import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import type { Db } from './open.ts'

/** Who makes a change, from where, and by what. */
export interface Actor {
  readonly userId?: number | undefined
  readonly username?: string | undefined
  readonly ip?: string | undefined
  readonly requestId?: string | undefined
  /** As `PUT /openapi/app/enable/{id}`; or what else does it. */
  readonly route: string
}

/** Without an actor, what is written is nobody's. */
export function overPool(pool: pg.Pool, actor?: Actor): Db {
  return drizzle(new DrizzlePool(pool, actor) as unknown as pg.Pool, { casing: 'snake_case' }) as unknown as Db
}

interface Statement {
  readonly text: string
}

/** As much of a pool as Drizzle uses. It goes by the name: a class called …Pool is one. */
class DrizzlePool {
  readonly #pool: pg.Pool
  readonly #sayWho: string | undefined

  constructor(pool: pg.Pool, actor: Actor | undefined) {
    this.#pool = pool
    this.#sayWho = actor && `; select set_config('kaimen.actor', ${pg.escapeLiteral(JSON.stringify(actor))}, true)`
  }

  /** A single statement. One that writes gets a transaction of its own, because only within one the setting ends by itself. */
  async query(statement: Statement, values: unknown[]): Promise<unknown> {
    if (this.#sayWho === undefined || statement.text.startsWith('select')) return this.#pool.query(statement, values)
    const client = await this.#pool.connect()
    try {
      await client.query(`begin${this.#sayWho}`)
      try {
        return await client.query(statement, values)
      } finally {
        // After a failure this rolls back.
        await client.query('commit')
      }
    } finally {
      client.release()
    }
  }

  async connect() {
    const client = await this.#pool.connect()
    return {
      query: (statement: Statement, values: unknown[]) =>
        statement.text.startsWith('begin') ? this.#begin(client, statement.text) : client.query(statement, values),
      release: () => client.release(),
    }
  }

  // Drizzle gives a connection back only once its transaction has begun.
  async #begin(client: pg.PoolClient, begin: string): Promise<unknown> {
    try {
      return await client.query(`${begin}${this.#sayWho ?? ''}`)
    } catch (error) {
      client.release(true)
      throw error
    }
  }
}
