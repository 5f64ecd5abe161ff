// Who a person is to an app, and what they let it do: openids, tokens, OAuth.

import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { app } from './apps.ts'
import { id, instant, stamps } from './columns.ts'
import { session, user } from './people.ts'

/**
 * Who a person is to an app: a random text, so that two apps cannot tell that they know the same one (source 000). `userId` is the text
 * of an id in `user`, or names a member of an external source.
 */
export const openId = pgTable(
  'open_id',
  {
    userId: text().notNull(),
    appId: integer()
      .notNull()
      .references(() => app.id, { onDelete: 'cascade' }),
    openId: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.appId] }), uniqueIndex('open_id_text').on(table.openId)],
)

/** The same over all apps of one owner. */
export const unionId = pgTable(
  'union_id',
  {
    userId: text().notNull(),
    ownerId: integer()
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    unionId: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.ownerId] }), uniqueIndex('union_id_text').on(table.unionId)],
)

/** A login of a member through an app (source 001): all tokens that are refreshed out of each other, from the login on. */
export const memberGrant = pgTable(
  'member_grant',
  {
    id: uuid().primaryKey(),
    /** As in `open_id`. */
    userId: text().notNull(),
    appId: integer()
      .notNull()
      .references(() => app.id, { onDelete: 'cascade' }),
    /** How often it was refreshed; the refresh token that says so is the one that is good. */
    rotation: integer().notNull(),
    expiresAt: instant().notNull(),
    /** What an external source said of the person; of our users it is in `user`. */
    profile: jsonb().$type<{ username: string; nikeName: string | null }>(),
  },
  (table) => [
    index('member_grant_user').on(table.userId),
    index('member_grant_app').on(table.appId),
    index('member_grant_expires').on(table.expiresAt),
  ],
)

/** User tokens that ended before their time. A row goes when no token that it is about could still be good. */
export const revocation = pgTable(
  'revocation',
  {
    id: id(),
    /** What is ended: one token, all of a grant, all of a person, all of an app. */
    subject: text().$type<'jti' | 'grant' | 'user' | 'app'>().notNull(),
    value: text().notNull(),
    /** Tokens of a person or an app that were made later are good; a token or a grant never is again. */
    revokedAt: instant().notNull(),
    until: instant().notNull(),
  },
  (table) => [uniqueIndex('revocation_subject').on(table.subject, table.value), index('revocation_until').on(table.until)],
)

/**
 * What OAuth has to remember for a while: codes, tokens, grants, sessions of browsers, questions that are open. `payload` is the library's
 * business (oidc-provider); the columns are what we look for. Of the value that opens it only a digest is kept.
 */
export const oauthArtifact = pgTable(
  'oauth_artifact',
  {
    kind: text().notNull(),
    digest: text().notNull(),
    payload: jsonb().$type<Record<string, unknown>>().notNull(),
    /** All that began with one authorization is one family; it ends as a whole. */
    grantId: text(),
    uid: text(),
    userId: integer(),
    /** Of a browser's session: the sign-in that it goes back to; null when that has ended. */
    sessionId: uuid().references(() => session.id, { onDelete: 'set null' }),
    expiresAt: instant().notNull(),
    consumedAt: instant(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.digest] }),
    index('oauth_artifact_grant').on(table.grantId).where(sql`${table.grantId} is not null`),
    index('oauth_artifact_uid').on(table.uid).where(sql`${table.uid} is not null`),
    index('oauth_artifact_user').on(table.userId).where(sql`${table.kind} = 'Grant'`),
    // What a client holds itself and what it gets more by; of access tokens, the most by far, nobody asks whose they are.
    index('oauth_artifact_client')
      .on(sql`(${table.payload} ->> 'clientId')`)
      .where(sql`${table.kind} in ('ClientCredentials', 'RefreshToken', 'AuthorizationCode')`),
    index('oauth_artifact_session').on(table.sessionId).where(sql`${table.sessionId} is not null`),
    index('oauth_artifact_expires').on(table.expiresAt),
  ],
)

/** What a person lets an app know and do, until they withdraw it. */
export const consent = pgTable(
  'consent',
  {
    userId: integer()
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    appId: integer()
      .notNull()
      .references(() => app.id, { onDelete: 'cascade' }),
    scopes: text().array().notNull(),
    ...stamps,
  },
  (table) => [primaryKey({ columns: [table.userId, table.appId] }), index('consent_app').on(table.appId)],
)
