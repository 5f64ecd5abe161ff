// Every table. A published 接口 is an `operation` here as in the code; on the wire it is an `interface`.
// Migrations are generated from this file (`npm run migration`); triggers and what else Drizzle does not know are in custom ones.

import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

const id = () => integer().primaryKey().generatedAlwaysAsIdentity()
const instant = () => timestamp({ withTimezone: true, precision: 3 })
const stamps = {
  createdAt: instant().notNull(),
  updatedAt: instant().notNull(),
}
/** Calls a second, a day, a month; null is no limit. */
const limits = {
  limitCount: integer(),
  dayQuota: integer(),
  monthQuota: integer(),
}
const authors = {
  createUser: text(),
  updateUser: text(),
}

/** A key that an app signs with; we hold the public half. */
export interface PublicKey {
  readonly keyId: string
  readonly alg: string
  /** SPKI PEM. */
  readonly publicKey: string
}

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
  (table) => [index('member_grant_user').on(table.userId), index('member_grant_expires').on(table.expiresAt)],
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
    index('app_expires').on(table.expiresAt).where(sql`${table.deletedAt} is null and ${table.expiresAt} is not null`),
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
    paramSchema: jsonb().$type<Record<string, unknown>>(),
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
  ],
)

/** Which app may call which operation. */
export const grant = pgTable(
  'grant',
  {
    appId: integer()
      .notNull()
      .references(() => app.id, { onDelete: 'cascade' }),
    operationId: integer()
      .notNull()
      .references(() => operation.id, { onDelete: 'cascade' }),
    ...limits,
    createdAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.appId, table.operationId] }), index('grant_operation').on(table.operationId)],
)

/** When an app last tried an interface at the portal, and by which scheme the platform signed for it (settled F23); the audit keeps each. */
export const trial = pgTable(
  'trial',
  {
    appId: integer()
      .notNull()
      .references(() => app.id, { onDelete: 'cascade' }),
    operationId: integer()
      .notNull()
      .references(() => operation.id, { onDelete: 'cascade' }),
    /** null: the interface wants no signature. */
    scheme: text(),
    triedAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.appId, table.operationId] }), index('trial_operation').on(table.operationId)],
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
 * `refused` and `failed` (the service's 5xx and ours on its behalf) are parts of `calls`.
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

/** RSA keys under which browsers send passwords. The newest is given out; older ones still open what was sent under them. */
export const transportKey = pgTable('transport_key', {
  keyId: text().primaryKey(),
  publicKey: text().notNull(),
  privateKeySealed: text().notNull(),
  createdAt: instant().notNull(),
})

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
    /** Why the provider did not take it; null: it did. */
    problem: text(),
    /** When it was asked for. */
    createdAt: instant().notNull(),
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

/** RSA keys that sign ID tokens (RS256, which every client of OpenID Connect understands). Gateways have no use for them. */
export const idTokenKey = pgTable('id_token_key', {
  kid: text().primaryKey(),
  privateKeySealed: text().notNull(),
  createdAt: instant().notNull(),
})

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
  },
  (table) => [
    index('file_app').on(table.appId),
    index('file_user').on(table.userId),
    index('file_unkept').on(table.createdAt).where(sql`${table.keptAt} is null`),
  ],
)

/** Every change that somebody made. Triggers write it, and let nobody alter it. */
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
    action: text().$type<'insert' | 'update' | 'delete'>().notNull(),
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

// Of events there are millions, so their ids are wide, and no foreign key is checked for each row: rows are written in one transaction
// and never change what they belong to; the sweep takes attempts, deliveries and events in this order.
const wideId = () => bigint({ mode: 'number' })

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
  /** Nothing is sent before: its breaker is open, or it asked for a pause. */
  blockedUntil: instant(),
  /** How often the breaker opened in a row. */
  trips: smallint().notNull().default(0),
  /** By when all that was sent would have been sent at the limit of the app. */
  pacedUntil: timestamp({ withTimezone: true, precision: 6 }).notNull(),
  /** What it has to repeat before anything else is sent there; null: it did, or need not. */
  challenge: text(),
  /** Nothing is sent until the address is set again. */
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
