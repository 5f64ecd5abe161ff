// What gateways have to hear of.

import { bigint, index, integer, pgSequence, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

export const changeRevision = pgSequence('change_revision')

/**
 * The newest revision of every thing that gateways know. Triggers write it at commit, under one lock, so revisions
 * become visible in their order and `revision > n` misses nothing. A thing that is gone keeps its row: that is its deletion.
 */
export const change = pgTable(
  'change',
  {
    kind: text().$type<'app' | 'operation' | 'service' | 'signing_key' | 'revocation'>().notNull(),
    id: integer().notNull(),
    revision: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.id] }), index('change_revision_order').on(table.revision)],
)
