// Partners' programs, and the projects that bound their data.

import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, smallint, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { authors, id, instant, limits, type PublicKey, stamps } from './columns.ts'
import { user } from './people.ts'

export const app = pgTable(
  'app',
  {
    id: id(),
    /** The public id, OAuth's `client_id`. */
    appId: text().notNull().unique('app_public_id'),
    name: text().notNull(),
    serviceType: text(),
    remark: text(),
    logo: text(),
    userId: integer()
      .notNull()
      .references(() => user.id),
    enabled: boolean().notNull(),
    expiresAt: instant(),
    internal: boolean().notNull(),
    schemes: text().array().notNull(),
    publicKeys: jsonb().$type<PublicKey[]>().notNull(),
    /** Addresses that may call; empty is all. */
    ipAllowList: text().array().notNull(),
    ...limits,
    /** Where OAuth may send people back to, letter by letter. */
    redirectUris: text().array().notNull().default([]),
    /** `public`: cannot keep a secret, as an app on a phone or in a browser; it proves itself by PKCE alone. */
    clientType: text().$type<'confidential' | 'public'>().notNull().default('confidential'),
    /** What HQ lets it ask people for besides what everybody may, and do in their name (`core/oauth/scope.ts`). */
    grantedScopes: text().array().notNull().default([]),
    /** Where events are pushed to; null is nowhere. */
    callbackAddress: text(),
    /** Events a second that are sent there; null is KAIMEN_CALLBACK_LIMIT. */
    callbackLimit: integer(),
    /** So many days before its end the owner was last warned of it; null: not yet. */
    expiryWarnedDays: smallint(),
    /** The `jti` of the permanent token that lives; null when there is none. */
    permanentTokenId: uuid(),
    /** Tokens carry the epoch they were made in; a reset without grace begins a new one and so ends them all. */
    tokenEpoch: integer().notNull(),
    /** A token that has just ended is exchanged for the next one (source 000). */
    seamlessRefresh: boolean().notNull().default(false),
    ...stamps,
    ...authors,
    deletedAt: instant(),
  },
  (table) => [
    index('app_user').on(table.userId),
    index('app_enabled').on(table.enabled, table.id).where(sql`${table.deletedAt} is null`),
    index('app_service_type').on(table.serviceType, table.id).where(sql`${table.deletedAt} is null`),
    index('app_deleted').on(table.id).where(sql`${table.deletedAt} is not null`),
    index('app_expires').on(table.expiresAt, table.id).where(sql`${table.deletedAt} is null`),
    index('app_name').on(sql`${table.name} collate "zh-x-icu"`, table.id).where(sql`${table.deletedAt} is null`),
  ],
)

/** At most two live secrets an app: the newest, and one that a reset with grace keeps until `expiresAt`; and two that have ended. */
export const appSecret = pgTable(
  'app_secret',
  {
    id: id(),
    appId: integer()
      .notNull()
      .references(() => app.id, { onDelete: 'cascade' }),
    sealed: text().notNull(),
    createdAt: instant().notNull(),
    expiresAt: instant(),
    /** As gateways last told; minutes exact at best. */
    lastUsedAt: instant(),
    /** Since when it is good no longer; then it only serves to tell a caller that it signs with an old one. */
    endedAt: instant(),
  },
  (table) => [index('app_secret_app').on(table.appId)],
)

/** An external list of projects, asked over HTTP. */
export const projectSource = pgTable('project_source', {
  id: id(),
  name: text().notNull(),
  url: text().notNull(),
  /** A whole field line that proves us to it, sealed. */
  credentialSealed: text(),
  intervalSeconds: integer().notNull(),
  enabled: boolean().notNull(),
  /** The last time that it was asked, and what came of it: null is well. */
  pulledAt: instant(),
  problem: text(),
  ...stamps,
  ...authors,
})

/** What a company has many of: a car park, a site, a shop. An app is bound to those whose data it may reach. */
export const project = pgTable(
  'project',
  {
    id: id(),
    name: text().notNull(),
    /** What callers know it by; absent: the id. */
    code: text(),
    remark: text(),
    /** Where it was pulled from, and what it is called there; null: made by hand. */
    sourceId: integer().references(() => projectSource.id, { onDelete: 'set null' }),
    sourceKey: text(),
    ...stamps,
    ...authors,
    deletedAt: instant(),
  },
  (table) => [
    uniqueIndex('project_code').on(table.code).where(sql`${table.deletedAt} is null`),
    uniqueIndex('project_source_key').on(table.sourceId, table.sourceKey),
    index('project_name').on(sql`${table.name} collate "zh-x-icu"`, table.id).where(sql`${table.deletedAt} is null`),
  ],
)

export const appProject = pgTable(
  'app_project',
  {
    appId: integer()
      .notNull()
      .references(() => app.id, { onDelete: 'cascade' }),
    projectId: integer()
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
  },
  (table) => [primaryKey({ columns: [table.appId, table.projectId] }), index('app_project_project').on(table.projectId)],
)
