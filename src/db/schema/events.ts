// Events, and their way to the apps.

import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, primaryKey, smallint, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { app } from './apps.ts'
import { instant, wideId } from './columns.ts'

/** What partners are told: kept once, for however many apps it goes to. */
export const event = pgTable(
  'event',
  {
    id: wideId().primaryKey().generatedAlwaysAsIdentity(),
    /** null: an event of the platform itself. */
    operationId: integer(),
    /** What stands behind the callback address. */
    path: text().notNull(),
    /** JSON as it was sent to us; text, so that it goes on byte for byte (settled A9). */
    data: text().notNull(),
    /** The app that pushed it; 0 is HQ, and the platform itself. */
    senderAppId: integer().notNull(),
    createUser: text(),
    /** A sender's own name for it, and what it was said of (settled D28). */
    idempotencyKey: text(),
    contentHash: text(),
    createdAt: instant().notNull(),
  },
  (table) => [
    // With the id: a range of time is a range of ids, found without a look at the rows.
    index('event_created').on(table.createdAt, table.id),
    index('event_operation').on(table.operationId, table.id),
    uniqueIndex('event_idempotency').on(table.senderAppId, table.idempotencyKey).where(sql`${table.idempotencyKey} is not null`),
  ],
)

/** One event on its way to one app. */
export const delivery = pgTable(
  'delivery',
  {
    id: wideId().primaryKey().generatedAlwaysAsIdentity(),
    eventId: wideId().notNull(),
    appId: integer().notNull(),
    /** `parked`: given up; only somebody's wish sends it again. */
    state: text().$type<'waiting' | 'delivered' | 'parked'>().notNull(),
    /** Of a waiting one: when it is tried next; or while it is tried, when somebody else may. */
    dueAt: instant(),
    /** The worker that tries it. */
    lease: uuid(),
    /** All that were made. */
    attempts: integer().notNull(),
    /** Those since it was begun or begun again: its place in the schedule. */
    tries: smallint().notNull(),
    /** What became of the last attempt, when it failed. */
    error: text(),
    /** An event of the platform itself, which an app that is disabled gets too. */
    ofPlatform: boolean().notNull().default(false),
    createdAt: instant().notNull(),
    endedAt: instant(),
  },
  (table) => [
    index('delivery_platform').on(table.appId, table.dueAt).where(sql`${table.dueAt} is not null and ${table.ofPlatform}`),
    // What is due, app by app: the next of each is found however many wait for another.
    index('delivery_due').on(table.appId, table.dueAt).where(sql`${table.dueAt} is not null`),
    index('delivery_event').on(table.eventId),
    index('delivery_app').on(table.appId, table.eventId),
    // Few, and those that somebody looks for.
    index('delivery_parked').on(table.appId, table.eventId).where(sql`${table.state} = 'parked'`),
  ],
)

export const deliveryAttempt = pgTable(
  'delivery_attempt',
  {
    deliveryId: wideId().notNull(),
    number: integer().notNull(),
    /** Where it was sent; null: to a listener, or before this was kept. */
    url: text(),
    /** When it began. */
    time: instant().notNull(),
    /** null: no answer came. */
    status: smallint(),
    latencyMs: integer().notNull(),
    error: text(),
    /** The beginning of what was answered. */
    response: text(),
  },
  (table) => [primaryKey({ columns: [table.deliveryId, table.number] })],
)

/** How the callback address of an app does. There is a row for each app that ever had one. */
export const callback = pgTable('callback', {
  appId: integer()
    .primaryKey()
    .references(() => app.id, { onDelete: 'cascade' }),
  /** In a row, and since when there was nothing else. */
  failures: integer().notNull().default(0),
  failingSince: instant(),
  /** The last of them, and how it went wrong: `AttemptError`, and the status if it answered. */
  failedAt: instant(),
  failedStatus: smallint(),
  failedError: text(),
  /** Nothing is sent before: its breaker is open, or it asked for a pause. */
  blockedUntil: instant(),
  /** How often the breaker opened in a row. */
  trips: smallint().notNull().default(0),
  /** By when all that was sent would have been sent at the limit of the app. */
  pacedUntil: timestamp({ withTimezone: true, precision: 6 }).notNull(),
  /** What it has to repeat before anything else is sent there; null: it did, or need not. */
  challenge: text(),
  /** Nothing is sent until somebody has it tried again, or sets another. */
  disabledAt: instant(),
  disabledWhy: text().$type<'gone' | 'failing'>(),
  /** Somebody on a laptop who takes the events of the app instead (`npm run listen`), until then; the worker leaves them alone. */
  listenedUntil: instant(),
  /** Of which quotas the app was told, of the periods that run. */
  quotasTold: text().array().notNull().default(sql`'{}'`),
})

/** What people decided of the events of an app; without a row nothing. */
export const eventChoice = pgTable('event_choice', {
  appId: integer()
    .primaryKey()
    .references(() => app.id, { onDelete: 'cascade' }),
  /** Nothing is sent, and what waits stays. */
  pausedAt: instant(),
  /** The end of the last pause: from then on it counts how long something waits. */
  resumedAt: instant(),
  /** Names of `platformEvents`. */
  subscribed: text().array().notNull().default(sql`'{}'`),
})
