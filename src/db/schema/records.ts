// What is kept for people to look up or take away: files, mails, the audit.

import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { app } from './apps.ts'
import { instant } from './columns.ts'
import { user } from './people.ts'

/** Pictures and other files that people gave us; their bytes lie in a `FileStore`. */
export const file = pgTable(
  'file',
  {
    /** Unguessable. */
    key: text().primaryKey(),
    contentType: text().notNull(),
    bytes: integer().notNull(),
    userId: integer()
      .notNull()
      .references(() => user.id),
    /** The app by way of which it came (POST /api/file); null: a picture of the platform's. */
    appId: integer().references(() => app.id),
    /** As its sender called it. */
    name: text(),
    createdAt: instant().notNull(),
    /** Since when its bytes are there; null: they are on their way. */
    keptAt: instant(),
    /** Of a picture of the platform's: when something was last seen to show it, or when it was kept. */
    usedAt: instant(),
  },
  (table) => [
    index('file_app').on(table.appId),
    index('file_user').on(table.userId),
    index('file_used').on(table.usedAt).where(sql`${table.appId} is null and ${table.keptAt} is not null`),
    index('file_unkept').on(table.createdAt).where(sql`${table.keptAt} is null`),
  ],
)

/** Every change that somebody made. Triggers write it, and let nobody alter it. `act`: something was done that changes no audited row. */
export const audit = pgTable(
  'audit',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    time: instant().notNull(),
    /** null: not by way of the management API. */
    userId: integer(),
    username: text(),
    ip: text(),
    requestId: uuid(),
    /** The route, as `PUT /openapi/app/enable/{id}`. */
    route: text(),
    /** The table, the row's id there, and what was done to it. */
    kind: text().notNull(),
    subject: text().notNull(),
    action: text().$type<'insert' | 'update' | 'delete' | 'act'>().notNull(),
    /** Only what differs of an update; secrets masked. */
    before: jsonb().$type<Record<string, unknown>>(),
    after: jsonb().$type<Record<string, unknown>>(),
  },
  (table) => [
    // Each is a filter of the page, in the order of the page.
    index('audit_time').on(table.time, table.id),
    index('audit_action').on(table.action, table.time, table.id),
    index('audit_kind').on(table.kind, table.time, table.id),
    index('audit_subject').on(table.kind, table.subject, table.time, table.id),
    index('audit_username').on(table.username, table.time, table.id),
    index('audit_route').on(table.route, table.time, table.id),
  ],
)

/** Mails to people: those that wait to be sent, and what became of the others of the last month. */
export const mail = pgTable(
  'mail',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    to: text().notNull(),
    subject: text().notNull(),
    /** null: it was sent, and nobody needs it any more. */
    text: text(),
    kind: text().$type<'app_expiry' | 'callback_gone' | 'callback_failing' | 'app'>().notNull(),
    /** The app and the person that had it sent; null: we did. */
    appId: integer().references(() => app.id),
    userId: integer().references(() => user.id),
    status: text().$type<'waiting' | 'sent' | 'given_up'>().notNull(),
    tries: smallint().notNull(),
    /** When it is tried next; while it is being sent, when that is taken for having failed. */
    nextAt: instant().notNull(),
    /** What was wrong at the last try. */
    problem: text(),
    createdAt: instant().notNull(),
    sentAt: instant(),
  },
  (table) => [
    index('mail_due').on(table.nextAt).where(sql`${table.status} = 'waiting'`),
    index('mail_created').on(table.createdAt),
    index('mail_status').on(table.status, table.id),
  ],
)

/** What apps had us record of what people did there (POST /api/log). */
export const appLog = pgTable(
  'app_log',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    time: instant().notNull(),
    appId: integer()
      .notNull()
      .references(() => app.id),
    userId: integer()
      .notNull()
      .references(() => user.id),
    /** Added, deleted, searched, updated. */
    type: text().$type<'A' | 'D' | 'S' | 'U'>().notNull(),
    title: text().notNull(),
    data: text().notNull(),
    sql: text(),
  },
  (table) => [
    index('app_log_time').on(table.time),
    index('app_log_app').on(table.appId, table.id),
    index('app_log_user').on(table.userId, table.id),
  ],
)
