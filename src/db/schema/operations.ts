// Published interfaces and the services that they lead to.

import { sql } from 'drizzle-orm'
import { boolean, index, integer, json, jsonb, pgTable, smallint, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { app } from './apps.ts'
import { authors, id, instant, stamps } from './columns.ts'

export const service = pgTable(
  'service',
  {
    id: id(),
    name: text().notNull(),
    targets: jsonb().$type<{ url: string; weight: number }[]>().notNull(),
    balance: text().$type<'round_robin' | 'random' | 'least_conn' | 'hash'>().notNull(),
    connectTimeoutMs: integer().notNull(),
    timeoutMs: integer().notNull(),
    retries: smallint().notNull(),
    healthCheck: jsonb().$type<{ path: string; intervalMs: number; timeoutMs: number; healthyAfter: number; unhealthyAfter: number }>(),
    passAuthorization: boolean().notNull(),
    remark: text(),
    ...stamps,
    ...authors,
    deletedAt: instant(),
  },
  (table) => [uniqueIndex('service_name').on(table.name).where(sql`${table.deletedAt} is null`)],
)

/** Kinds of business; rows, so that a company can have its own. */
export const serviceType = pgTable('service_type', {
  id: integer().primaryKey(),
  titleZh: text().notNull(),
  titleEn: text().notNull(),
})

export const operation = pgTable(
  'operation',
  {
    id: id(),
    name: text().notNull(),
    method: text().notNull(),
    path: text().notNull(),
    /** The path with every `{name}` as `{}`: two paths that would catch the same calls are equal here. */
    pathShape: text().notNull(),
    direction: text().$type<'uplink' | 'downlink'>().notNull(),
    /** Of a deleted operation it may be deleted too. */
    serviceTypeId: integer().notNull(),
    version: text().notNull(),
    /** What the versions of one interface share. */
    code: text(),
    /** `internal`: shown and granted to internal apps only. */
    visibility: text().$type<'public' | 'internal'>().notNull().default('public'),
    /** `auto`: who applies for it is granted it. */
    approval: text().$type<'manual' | 'auto'>().notNull().default('manual'),
    /** When it became deprecated, and when it goes (RFC 9745, RFC 8594). */
    deprecatedAt: instant(),
    sunsetAt: instant(),
    published: boolean().notNull(),
    disabled: boolean().notNull(),
    doc: text(),
    remark: text(),
    limitCount: integer(),
    limitAction: text().$type<'refuse' | 'disable'>().notNull(),
    /** Calls that may be under way at once, on one node; null is no limit. */
    concurrency: integer(),
    /** Since when it is shut because its limit was reached; null is open. */
    trippedAt: instant(),
    /** Grows each time that an operator opens it; a report of having been shut before that is old news. */
    opening: integer().notNull(),
    serviceId: integer().references(() => service.id),
    upstreamPath: text(),
    security: text().$type<'none' | 'token' | 'token+sign' | 'sign'>().notNull(),
    schemes: text().array(),
    projectParam: text(),
    /** Not `jsonb`, which would forget in what order its author wrote the parameters. */
    paramSchema: json().$type<Record<string, unknown>>(),
    /** Of a downlink operation: the internal app whose events these are, and that may push them; null is HQ alone. */
    ownerAppId: integer().references(() => app.id),
    ...stamps,
    ...authors,
    deletedAt: instant(),
  },
  (table) => [
    uniqueIndex('operation_version').on(table.method, table.path, table.version).where(sql`${table.deletedAt} is null`),
    uniqueIndex('operation_published').on(table.method, table.pathShape).where(sql`${table.deletedAt} is null and ${table.published}`),
    index('operation_service').on(table.serviceId),
    index('operation_code').on(table.code),
    index('operation_name').on(sql`${table.name} collate "zh-x-icu"`, table.id).where(sql`${table.deletedAt} is null`),
    index('operation_path').on(table.path, table.id).where(sql`${table.deletedAt} is null`),
  ],
)
