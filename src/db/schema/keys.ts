// Which database this is, and the keys of the installation.

import { pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { id, instant } from './columns.ts'

/** One row: which database this is. A gateway that meets another `id` starts its snapshot anew. */
export const instance = pgTable('instance', {
  id: uuid().primaryKey(),
  createdAt: instant().notNull(),
  /** A known text under the master key, so that a wrong key is named at start and not at the first call. */
  keyCheck: text().notNull(),
})

/** Keys that sign our JWTs (EdDSA), and when: `core/token/signing-key.ts`. With `retiredAt` the private half is gone. */
export const signingKey = pgTable('signing_key', {
  id: id(),
  kid: text().notNull().unique('signing_key_kid'),
  publicKey: text().notNull(),
  privateKeySealed: text().notNull(),
  createdAt: instant().notNull(),
  retiredAt: instant(),
})

/** RSA keys under which browsers send passwords. The newest is given out; older ones still open what was sent under them. */
export const transportKey = pgTable('transport_key', {
  keyId: text().primaryKey(),
  publicKey: text().notNull(),
  privateKeySealed: text().notNull(),
  createdAt: instant().notNull(),
})

/** RSA keys that sign ID tokens (RS256, which every client of OpenID Connect understands). Gateways have no use for them. */
export const idTokenKey = pgTable('id_token_key', {
  kid: text().primaryKey(),
  privateKeySealed: text().notNull(),
  createdAt: instant().notNull(),
})
