// Where people, their roles, their sessions and the networks that they signed in from are kept.

import { and, count, eq, gt, inArray, isNull, lt, ne, or, sql } from 'drizzle-orm'
import { endGrantsOf } from '#core/member/grant.store.ts'
import { dropFamiliesOf } from '#core/oauth/artifact.store.ts'
import { adminRole, type Permission, permissions } from '#core/role/permission.ts'
import { revoke } from '#core/token/revocation.store.ts'
import type { Db } from '#db/open.ts'
import { containsByIndex, type Page, type PageRequest, pageOfList, type Sort, sortBy } from '#db/page.ts'
import {
  consent,
  knownAddress,
  passkey,
  passkeyChallenge,
  recoveryCode,
  role,
  rolePermission,
  secondFactor,
  session,
  user,
  userRole,
} from '#db/schema.ts'
import { forgetOpenIds } from './openid.store.ts'

export type UserRow = typeof user.$inferSelect

export interface NewUser {
  readonly username: string
  readonly passwordHash: string
  readonly phoneNumber: string | null
  readonly nickname: string | null
}

/** Creates the user with the named roles. */
export async function insertUser(db: Db, person: NewUser, roleNames: readonly string[], now: Date): Promise<UserRow> {
  return db.transaction(async (tx) => {
    const [created] = await tx
      .insert(user)
      .values({ ...person, createdAt: now, updatedAt: now })
      .returning()
    const roles = await tx
      .select({ id: role.id })
      .from(role)
      .where(inArray(role.name, [...roleNames]))
    if (roles.length > 0) await tx.insert(userRole).values(roles.map(({ id }) => ({ userId: created!.id, roleId: id })))
    return created!
  })
}

/** By user name, whatever its case, or by phone or mail. */
export async function findUserByLogin(db: Db, login: string): Promise<UserRow | undefined> {
  const rows = await db
    .select()
    .from(user)
    .where(
      and(
        isNull(user.deletedAt),
        or(sql`lower(${user.username}) = lower(${login})`, eq(user.phoneNumber, login), sql`lower(${user.email}) = lower(${login})`),
      ),
    )
  // A name may be another's phone number; the name wins.
  return rows.find((row) => row.username.toLowerCase() === login.toLowerCase()) ?? rows[0]
}

export async function findUser(db: Db, id: number): Promise<UserRow | undefined> {
  const [row] = await db
    .select()
    .from(user)
    .where(and(eq(user.id, id), isNull(user.deletedAt)))
  return row
}

export async function findUserByPhone(db: Db, phoneNumber: string): Promise<UserRow | undefined> {
  const [row] = await db
    .select()
    .from(user)
    .where(and(eq(user.phoneNumber, phoneNumber), isNull(user.deletedAt)))
  return row
}

export interface UserFilter extends PageRequest {
  readonly username?: string | undefined
  readonly nickname?: string | undefined
  readonly phoneNumber?: string | undefined
  readonly sort?: Sort<keyof typeof sortable> | undefined
}

const sortable = { username: sql`lower(${user.username})`, createdAt: user.id }

export async function pageUsers(db: Db, filter: UserFilter): Promise<Page<UserRow>> {
  const where = and(
    isNull(user.deletedAt),
    filter.username === undefined ? undefined : containsByIndex(user.username, filter.username),
    filter.nickname === undefined ? undefined : containsByIndex(user.nickname, filter.nickname),
    filter.phoneNumber === undefined ? undefined : eq(user.phoneNumber, filter.phoneNumber),
  )
  return pageOfList(db, user, where, filter, { sort: sortBy(sortable, filter.sort), searched: [filter.username, filter.nickname] })
}

export async function updateUser(db: Db, id: number, change: Partial<typeof user.$inferInsert>): Promise<UserRow | undefined> {
  const [row] = await db
    .update(user)
    .set(change)
    .where(and(eq(user.id, id), isNull(user.deletedAt)))
    .returning()
  return row
}

/**
 * Deletes the user, for whom nothing works any more; not the last one with the role `admin`. What signed them in and what apps knew them by
 * is gone for good. The row stays, for the audit and what they left behind point to it.
 */
export async function deleteUser(db: Db, id: number, now: Date): Promise<'deleted' | 'not_there' | 'last_administrator'> {
  return db.transaction(async (tx) => {
    if ((await isAdministrator(tx, id)) && (await countOtherAdministrators(tx, id)) === 0) return 'last_administrator'
    const deleted = await updateUser(tx, id, { passwordHash: '', deletedAt: now, updatedAt: now })
    if (!deleted) return 'not_there'
    for (const table of [session, secondFactor, recoveryCode, passkey, passkeyChallenge, knownAddress, consent])
      await tx.delete(table).where(eq(table.userId, id))
    await forgetOpenIds(tx, String(id))
    await endTokens(tx, id, now)
    return 'deleted'
  })
}

/** Holds the role until the transaction ends: of two administrators who take it from each other at once, one stays. */
async function isAdministrator(tx: Db, userId: number): Promise<boolean> {
  const [admin] = await tx.select({ id: role.id }).from(role).where(eq(role.name, adminRole)).for('update')
  return (await tx.$count(userRole, and(eq(userRole.roleId, admin!.id), eq(userRole.userId, userId)))) > 0
}

async function countOtherAdministrators(tx: Db, userId: number): Promise<number> {
  const [found] = await tx
    .select({ total: count() })
    .from(userRole)
    .innerJoin(role, and(eq(role.id, userRole.roleId), eq(role.name, adminRole)))
    .innerJoin(user, and(eq(user.id, userRole.userId), isNull(user.deletedAt)))
    .where(ne(user.id, userId))
  return found!.total
}

export async function isUser(db: Db, id: number): Promise<boolean> {
  return (await db.$count(user, and(eq(user.id, id), isNull(user.deletedAt)))) > 0
}

export async function countUsers(db: Db): Promise<number> {
  return db.$count(user)
}

/**
 * Begins a session for who proved the password of `passwordHash`; false when it is not theirs any more. `rehashed` is the same password,
 * hashed with today's parameters. The row of the user is held meanwhile: a password that changes at this moment ends this session too.
 */
export async function openSession(
  db: Db,
  row: typeof session.$inferInsert,
  { passwordHash, rehashed }: { passwordHash: string; rehashed: string | undefined },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const proven = and(eq(user.id, row.userId), eq(user.passwordHash, passwordHash), isNull(user.deletedAt))
    const [held] = await tx.select({ id: user.id }).from(user).where(proven).for('update')
    if (!held) return false
    if (rehashed !== undefined) await tx.update(user).set({ passwordHash: rehashed }).where(eq(user.id, row.userId))
    await tx.insert(session).values(row)
    return true
  })
}

/** Whether this is still the hash of the user's password; waits for a change that is under way. */
export async function isStillProven(db: Db, userId: number, passwordHash: string): Promise<boolean> {
  const held = and(eq(user.id, userId), eq(user.passwordHash, passwordHash), isNull(user.deletedAt))
  return (await db.select({ id: user.id }).from(user).where(held).for('share')).length > 0
}

export interface PasswordChange {
  readonly userId: number
  readonly passwordHash: string
  /** The hash of the password that was proven; the change does not happen when it is another by now. */
  readonly provenHash?: string
  /** The session that stays; all others end. */
  readonly sessionKept?: string
}

/** True when the password was changed; what apps hold of the person ends too. */
export async function changePassword(db: Db, change: PasswordChange, now: Date): Promise<boolean> {
  const { userId, passwordHash, provenHash, sessionKept } = change
  return db.transaction(async (tx) => {
    const changed = await tx
      .update(user)
      .set({ passwordHash, updatedAt: now })
      .where(and(eq(user.id, userId), isNull(user.deletedAt), provenHash === undefined ? undefined : eq(user.passwordHash, provenHash)))
      .returning({ id: user.id })
    if (changed.length === 0) return false
    await tx.delete(session).where(and(eq(session.userId, userId), sessionKept === undefined ? undefined : ne(session.id, sessionKept)))
    await endTokens(tx, userId, now)
    return true
  })
}

/** What apps hold of a person, and what they could get more by. */
async function endTokens(tx: Db, userId: number, now: Date): Promise<void> {
  await endGrantsOf(tx, String(userId))
  await revoke(tx, 'user', String(userId), now)
  await dropFamiliesOf(tx, userId)
}

const addressesKeptMs = 180 * 86_400_000

export async function isKnownAddress(db: Db, userId: number, address: string): Promise<boolean> {
  return (await db.$count(knownAddress, and(eq(knownAddress.userId, userId), eq(knownAddress.address, address)))) > 0
}

/** Notes a sign-in from there, and forgets of this user where it was long ago. */
export async function keepKnownAddress(db: Db, userId: number, address: string, now: Date): Promise<void> {
  await db
    .insert(knownAddress)
    .values({ userId, address, seenAt: now })
    .onConflictDoUpdate({ target: [knownAddress.userId, knownAddress.address], set: { seenAt: now } })
  const longAgo = new Date(now.getTime() - addressesKeptMs)
  await db.delete(knownAddress).where(and(eq(knownAddress.userId, userId), lt(knownAddress.seenAt, longAgo)))
}

export interface Viewer {
  readonly userId: number
  readonly username: string
  readonly sessionId: string
  /** When this session began. */
  readonly signedInAt: Date
  /** By what they proved to be themselves. */
  readonly method: 'password' | 'password+otp' | 'passkey'
  readonly roles: ReadonlySet<string>
  readonly permissions: ReadonlySet<Permission>
}

/** Who holds this session, when it lives: not ended, not idle for too long, of a user who is still there. */
export async function findViewer(db: Db, sessionId: string, now: Date, idleSeconds: number): Promise<Viewer | undefined> {
  const seenAfter = new Date(now.getTime() - idleSeconds * 1000)
  const rows = await db
    .select({
      userId: user.id,
      username: user.username,
      role: role.name,
      permission: rolePermission.permission,
      seenAt: session.seenAt,
      signedInAt: session.createdAt,
      method: session.method,
    })
    .from(session)
    .innerJoin(user, and(eq(user.id, session.userId), isNull(user.deletedAt)))
    .leftJoin(userRole, eq(userRole.userId, user.id))
    .leftJoin(role, eq(role.id, userRole.roleId))
    .leftJoin(rolePermission, eq(rolePermission.roleId, role.id))
    .where(and(eq(session.id, sessionId), gt(session.expiresAt, now), gt(session.seenAt, seenAfter)))
  const first = rows[0]
  if (!first) return undefined
  // Noted at most once a minute: a write for every read would cost more than it tells.
  if (now.getTime() - first.seenAt.getTime() > 60_000) await db.update(session).set({ seenAt: now }).where(eq(session.id, sessionId))
  const { userId, username, signedInAt, method } = first
  return { userId, username, sessionId, signedInAt, method, ...rightsOf(rows) }
}

/** What a user may do at HQ. */
export async function permissionsOf(db: Db, userId: number): Promise<ReadonlySet<Permission>> {
  const rows = await db
    .select({ role: role.name, permission: rolePermission.permission })
    .from(userRole)
    .innerJoin(role, eq(role.id, userRole.roleId))
    .leftJoin(rolePermission, eq(rolePermission.roleId, role.id))
    .where(eq(userRole.userId, userId))
  return rightsOf(rows).permissions
}

function rightsOf(rows: readonly { role: string | null; permission: string | null }[]): Pick<Viewer, 'roles' | 'permissions'> {
  const roles = new Set(rows.flatMap((row) => row.role ?? []))
  const known = new Set<string>(permissions)
  const given = rows.flatMap((row) => (row.permission && known.has(row.permission) ? (row.permission as Permission) : []))
  return { roles, permissions: new Set(roles.has(adminRole) ? permissions : given) }
}

export async function forgetEndedSessions(db: Db, now: Date, idleSeconds: number): Promise<void> {
  const seenBefore = new Date(now.getTime() - idleSeconds * 1000)
  await db.delete(session).where(or(lt(session.expiresAt, now), lt(session.seenAt, seenBefore)))
}
