// Calls: how many, and which.

import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'

/** Starts of gateways that have reported usage, and the last batch taken from each: a batch sent twice counts once. */
export const usageSource = pgTable('usage_source', {
  source: uuid().primaryKey(),
  node: text().notNull(),
  lastNumber: bigint({ mode: 'number' }).notNull(),
  seenAt: instant().notNull(),
})

/**
 * Calls by calendar step in the platform's time zone; `appId` 0 is a caller that was not identified. `operationId` or `appId` -1 is all of
 * them together, in every step but minutes.
 * `refused` and `failed` (the service's 5xx and ours on its behalf) are parts of `calls`, `limited` is one of `refused`.
 */
export const usage = pgTable(
  'usage',
  {
    step: text().$type<'minute' | 'hour' | 'day' | 'month' | 'year'>().notNull(),
    startsAt: instant().notNull(),
    operationId: integer().notNull(),
    appId: integer().notNull(),
    calls: bigint({ mode: 'number' }).notNull(),
    refused: bigint({ mode: 'number' }).notNull(),
    failed: bigint({ mode: 'number' }).notNull(),
    /** Refused by a limit that somebody set. */
    limited: bigint({ mode: 'number' }).notNull().default(0),
    /** Milliseconds until the answers began, all together; refused calls are not in it. */
    latencyMs: bigint({ mode: 'number' }).notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.step, table.startsAt, table.operationId, table.appId] }),
    // For series of one interface, or of one app.
    index('usage_operation').on(table.operationId, table.step, table.startsAt),
    index('usage_app').on(table.appId, table.step, table.startsAt),
  ],
)

/**
 * Calls that ended with an error of ours, by its name, as `usage` has calls; `appId` is the app that they came from, or said that they came
 * from, as in the call log. 0 named none; -1 is all of them together, in every step but minutes.
 */
export const usageError = pgTable(
  'usage_error',
  {
    step: text().$type<'minute' | 'hour' | 'day'>().notNull(),
    startsAt: instant().notNull(),
    appId: integer().notNull(),
    error: text().notNull(),
    calls: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.step, table.startsAt, table.appId, table.error] }),
    index('usage_error_app').on(table.appId, table.step, table.startsAt),
  ],
)

/** Single calls, as far as they are kept (settled F19). Partitioned by the day (UTC), so that old ones go with their partition. */
export const call = pgTable(
  'call',
  {
    /** When it came. */
    time: instant().notNull(),
    requestId: uuid().notNull(),
    ip: text().notNull(),
    method: text().notNull(),
    /** As it was sent, without the query. */
    path: text().notNull(),
    /** 0: none was found. */
    operationId: integer().notNull(),
    /** The app that it came from, or said that it came from; 0: it named none. */
    appId: integer().notNull(),
    status: smallint().notNull(),
    /** Milliseconds until the answer began. */
    latencyMs: integer().notNull(),
    /** Of the answer's body. */
    bytes: bigint({ mode: 'number' }).notNull(),
    /** The fault's name, when the answer is ours. */
    error: text(),
    /** The stage of the walk that refused it, and the facts it went by. */
    stage: text(),
    detail: jsonb().$type<Record<string, string | number>>(),
    /** The configuration that decided. */
    revision: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.time, table.requestId] }),
    index('call_request').on(table.requestId),
    index('call_app').on(table.appId, table.time),
    index('call_operation').on(table.operationId, table.time),
    index('call_ip').on(table.ip, table.time),
    index('call_status').on(table.status, table.time),
    index('call_error').on(table.error, table.time).where(sql`${table.error} is not null`),
  ],
)

/** Calls that the log left out: successes beyond the rate, and what there was no room for. */
export const callLeftOut = pgTable(
  'call_left_out',
  {
    minute: instant().notNull(),
    node: text().notNull(),
    calls: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.minute, table.node] })],
)

/** What a call with a bad signature sent, sealed, so that its owner can be told what is wrong with it (settled F20). */
export const evidence = pgTable(
  'evidence',
  {
    requestId: uuid().primaryKey(),
    time: instant().notNull(),
    /** Whose ring it is in: `app 12` or `ip 203.0.113.9`. */
    ring: text().notNull(),
    sealed: text().notNull(),
  },
  (table) => [index('evidence_ring').on(table.ring, table.time), index('evidence_time').on(table.time)],
)
