// People: who they are, what they may do, how they sign in.

import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, smallint, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { app } from './apps.ts'
import { id, instant, stamps } from './columns.ts'

export const user = pgTable(
  'user',
  {
    id: id(),
    username: text().notNull(),
    passwordHash: text().notNull(),
    phoneNumber: text(),
    nickname: text(),
    email: text(),
    /** By the names of `user_detail`. */
    details: jsonb().$type<Record<string, string>>().notNull().default({}),
    ...stamps,
    deletedAt: instant(),
  },
  (table) => [
    uniqueIndex('user_username').on(sql`lower(${table.username})`).where(sql`${table.deletedAt} is null`),
    uniqueIndex('user_phone_number').on(table.phoneNumber).where(sql`${table.deletedAt} is null`),
    uniqueIndex('user_email').on(sql`lower(${table.email})`).where(sql`${table.deletedAt} is null`),
    index('user_deleted').on(table.id).where(sql`${table.deletedAt} is not null`),
  ],
)

/** What else may be told of a person (source 003's `details`). */
export const userDetail = pgTable('user_detail', {
  id: id(),
  name: text().notNull().unique('user_detail_name'),
  title: text().notNull(),
  type: text().$type<'text' | 'number' | 'date'>().notNull(),
  /** Once told it cannot be taken back. */
  required: boolean().notNull(),
  /** Among the others, from the lowest. */
  order: integer().notNull(),
  ...stamps,
})

export const role = pgTable('role', {
  id: id(),
  name: text().notNull().unique('role_name'),
  title: text().notNull(),
  createdAt: instant().notNull(),
})

/** Permissions are code (`core/role/permission.ts`); the database only says which role has which, by name. */
export const rolePermission = pgTable(
  'role_permission',
  {
    roleId: integer()
      .notNull()
      .references(() => role.id, { onDelete: 'cascade' }),
    permission: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.roleId, table.permission] })],
)

export const userRole = pgTable(
  'user_role',
  {
    userId: integer()
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    roleId: integer()
      .notNull()
      .references(() => role.id, { onDelete: 'cascade' }),
  },
  (table) => [primaryKey({ columns: [table.userId, table.roleId] }), index('user_role_role').on(table.roleId)],
)

/** A sign-in. The bearer token names it; ending the row ends the token. */
export const session = pgTable(
  'session',
  {
    id: uuid().primaryKey(),
    userId: integer()
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    createdAt: instant().notNull(),
    seenAt: instant().notNull(),
    expiresAt: instant().notNull(),
    /** From where and by which browser it was begun; '' where nobody noted it. */
    address: text().notNull().default(''),
    userAgent: text().notNull().default(''),
    /** By what the person proved to be themselves. */
    method: text().$type<'password' | 'password+otp' | 'passkey'>().notNull().default('password'),
  },
  (table) => [index('session_user').on(table.userId), index('session_expires').on(table.expiresAt)],
)

/** One-time codes by an authenticator app (TOTP, RFC 6238). */
export const secondFactor = pgTable('second_factor', {
  userId: integer()
    .primaryKey()
    .references(() => user.id, { onDelete: 'cascade' }),
  secretSealed: text().notNull(),
  /** null until a first code proved that the app has it: only then it is asked for. */
  confirmedAt: instant(),
  /** When the time step of the newest code began that was taken: it and all before it are used up. */
  lastUsedAt: instant(),
})

/** Each good once, in place of a one-time code. */
export const recoveryCode = pgTable(
  'recovery_code',
  {
    id: id(),
    userId: integer()
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    codeHash: text().notNull(),
  },
  (table) => [uniqueIndex('recovery_code_user').on(table.userId, table.codeHash)],
)

/** Keys that people's devices hold for them (WebAuthn); a sign-in by one is by both factors. */
export const passkey = pgTable(
  'passkey',
  {
    /** The credential's id, Base64url. */
    id: text().primaryKey(),
    userId: integer()
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    /** COSE, Base64url. */
    publicKey: text().notNull(),
    /** As the device last told; one that does not grow is a copy's. Devices that share a key among them tell 0. */
    counter: bigint({ mode: 'number' }).notNull(),
    createdAt: instant().notNull(),
    lastUsedAt: instant(),
  },
  (table) => [index('passkey_user').on(table.userId)],
)

/** What a browser was asked to sign; gone once it did. */
export const passkeyChallenge = pgTable(
  'passkey_challenge',
  {
    id: uuid().primaryKey(),
    challenge: text().notNull(),
    /** Whose new key it is for; null: to sign in. */
    userId: integer().references(() => user.id, { onDelete: 'cascade' }),
    expiresAt: instant().notNull(),
  },
  (table) => [index('passkey_challenge_expires').on(table.expiresAt)],
)

/** A picture that was shown, and a digest of what it says; gone once it was answered. */
export const captcha = pgTable(
  'captcha',
  {
    id: uuid().primaryKey(),
    answerHash: text().notNull(),
    expiresAt: instant().notNull(),
  },
  (table) => [index('captcha_expires').on(table.expiresAt)],
)

/** The last code that was sent to a phone for a purpose. */
export const smsCode = pgTable(
  'sms_code',
  {
    phoneNumber: text().notNull(),
    scene: text().notNull(),
    codeHash: text().notNull(),
    /** Wrong guesses so far. */
    guesses: smallint().notNull(),
    expiresAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.phoneNumber, table.scene] })],
)

/** That codes were sent, for HQ to see what becomes of them (settled F5); what they were is nowhere in it. */
export const smsSend = pgTable(
  'sms_send',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    phoneNumber: text().notNull(),
    scene: text().notNull(),
    /** The app that asked for it; null: the person did, here. */
    appId: integer().references(() => app.id),
    /** Why the provider did not take it; of one that ended null: it did. */
    problem: text(),
    /** When it was asked for. */
    createdAt: instant().notNull(),
    /** When we knew what the provider said; null: it is being sent, or we were killed meanwhile. */
    endedAt: instant(),
  },
  (table) => [index('sms_send_created').on(table.createdAt), index('sms_send_phone').on(table.phoneNumber, table.id)],
)

/** Things that may happen so often in a time: failed logins, codes sent, guesses. What `key` says is the business of `core/user`. */
export const attempt = pgTable(
  'attempt',
  {
    key: text().primaryKey(),
    count: integer().notNull(),
    /** From then on it counts from 0 again. */
    resetsAt: instant().notNull(),
  },
  (table) => [index('attempt_resets').on(table.resetsAt)],
)

/** Addresses from which a user has signed in before (IPv6 by /64). */
export const knownAddress = pgTable(
  'known_address',
  {
    userId: integer()
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    address: text().notNull(),
    seenAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.address] })],
)
