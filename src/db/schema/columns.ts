// Columns that several tables have.

import { bigint, integer, text, timestamp } from 'drizzle-orm/pg-core'

export const id = () => integer().primaryKey().generatedAlwaysAsIdentity()
export const instant = () => timestamp({ withTimezone: true, precision: 3 })
export const stamps = {
  createdAt: instant().notNull(),
  updatedAt: instant().notNull(),
}
/** Calls a second, a day, a month; null is no limit. */
export const limits = {
  limitCount: integer(),
  dayQuota: integer(),
  monthQuota: integer(),
}
export const authors = {
  createUser: text(),
  updateUser: text(),
}

/** A key that an app signs with; we hold the public half. */
export interface PublicKey {
  readonly keyId: string
  readonly alg: string
  /** SPKI PEM. */
  readonly publicKey: string
}

// Of events there are millions, so their ids are wide, and no foreign key is checked for each row: rows are written in one transaction
// and never change what they belong to; the sweep takes attempts, deliveries and events in this order.
export const wideId = () => bigint({ mode: 'number' })
