// Where people, their roles and the networks that they signed in from are kept.

import { and, count, eq, inArray, isNull, lt, ne, or, sql } from 'drizzle-orm'
import { endGrantsOf } from '#core/member/grant.store.ts'
import { dropFamiliesOf } from '#core/oauth/artifact.store.ts'
import { adminRole } from '#core/role/permission.ts'
import { revoke } from '#core/token/revocation.store.ts'
import type { Db } from '#db/open.ts'
import { containsByIndex, type Page, type PageRequest, pageOfList, type Sort, sortBy } from '#db/page.ts'
import { consent, knownAddress, passkey, passkeyChallenge, recoveryCode, role, secondFactor, session, user, userRole } from '#db/schema.ts'
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
