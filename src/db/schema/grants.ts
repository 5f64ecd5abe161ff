// Which app may call what, and the wishes for it.

import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { app } from './apps.ts'
import { id, instant, limits } from './columns.ts'
import { operation } from './operations.ts'
import { user } from './people.ts'

const appAndOperation = {
  appId: integer()
    .notNull()
    .references(() => app.id, { onDelete: 'cascade' }),
  operationId: integer()
    .notNull()
    .references(() => operation.id, { onDelete: 'cascade' }),
}

/** Which app may call which operation. */
export const grant = pgTable(
  'grant',
  {
    ...appAndOperation,
    ...limits,
    createdAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.appId, table.operationId] }), index('grant_operation').on(table.operationId)],
)

/** When an app last tried an interface at the portal, and by which scheme the platform signed for it (settled F23); the audit keeps each. */
export const trial = pgTable(
  'trial',
  {
    ...appAndOperation,
    /** null: the interface wants no signature. */
    scheme: text(),
    triedAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.appId, table.operationId] }), index('trial_operation').on(table.operationId)],
)

/** A developer's wish that an app may call some operations. */
export const grantRequest = pgTable(
  'grant_request',
  {
    id: id(),
    appId: integer()
      .notNull()
      .references(() => app.id, { onDelete: 'cascade' }),
    userId: integer()
      .notNull()
      .references(() => user.id),
    reason: text(),
    status: text().$type<'waiting' | 'approved' | 'refused'>().notNull(),
    /** Why it was refused. */
    answer: text(),
    decidedAt: instant(),
    decidedBy: text(),
    createdAt: instant().notNull(),
  },
  (table) => [index('grant_request_app').on(table.appId), index('grant_request_status').on(table.status, table.id)],
)

export const grantRequestItem = pgTable(
  'grant_request_item',
  {
    requestId: integer()
      .notNull()
      .references(() => grantRequest.id, { onDelete: 'cascade' }),
    operationId: integer()
      .notNull()
      .references(() => operation.id, { onDelete: 'cascade' }),
  },
  (table) => [primaryKey({ columns: [table.requestId, table.operationId] })],
)
