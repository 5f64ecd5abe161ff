// Where roles are kept, and who has which.

import { and, asc, count, eq, inArray, isNull } from 'drizzle-orm'
import { fault } from '#core/fault.ts'
import type { Db } from '#db/open.ts'
import { contains, type Page, type PageRequest, pageOfList } from '#db/page.ts'
import { role, rolePermission, user, userRole } from '#db/schema.ts'
import { getOrMake } from '#lib/get-or-make.ts'
import { adminRole, isPermission, type Permission } from './permission.ts'

export interface Role {
  readonly id: number
  readonly name: string
  readonly title: string
  readonly createdAt: Date
  /** By name; those that the code does not know any more are left out. `admin` has none: it needs none. */
  readonly permissions: Permission[]
}

export interface RoleFilter extends PageRequest {
  readonly name?: string | undefined
  readonly title?: string | undefined
}

/** Roles in the order of their making. */
export async function pageRoles(db: Db, filter: RoleFilter): Promise<Page<Role>> {
  const where = and(
    filter.name === undefined ? undefined : contains(role.name, filter.name),
    filter.title === undefined ? undefined : contains(role.title, filter.title),
  )
  const { total, records } = await pageOfList(db, role, where, filter, { sort: { column: role.id, isDescending: false } })
  return { total, records: await withPermissions(db, records) }
}

/** Those of the ids that there are, held against change and deletion until the transaction ends. */
export async function lockRoles(db: Db, ids: readonly number[]): Promise<Role[]> {
  if (ids.length === 0) return []
  const rows = await db
    .select()
    .from(role)
    .where(inArray(role.id, [...ids]))
    .orderBy(asc(role.id))
    .for('update')
  return withPermissions(db, rows)
}

/** A user's, in the order of their making. */
export async function rolesOfUser(db: Db, userId: number): Promise<Role[]> {
  const rows = await db
    .select({ id: role.id, name: role.name, title: role.title, createdAt: role.createdAt })
    .from(role)
    .innerJoin(userRole, and(eq(userRole.roleId, role.id), eq(userRole.userId, userId)))
    .orderBy(asc(role.id))
  return withPermissions(db, rows)
}

async function withPermissions(db: Db, rows: (typeof role.$inferSelect)[]): Promise<Role[]> {
  const ids = rows.map(({ id }) => id)
  const given = ids.length === 0 ? [] : await db.select().from(rolePermission).where(inArray(rolePermission.roleId, ids))
  return rows.map((row) => ({
    ...row,
    permissions: given.flatMap(({ roleId, permission }) => (roleId === row.id && isPermission(permission) ? [permission] : [])),
  }))
}

export async function insertRole(db: Db, row: { name: string; title: string }, given: readonly Permission[], now: Date): Promise<Role> {
  return db.transaction(async (tx) => {
    const [created] = await tx
      .insert(role)
      .values({ ...row, createdAt: now })
      .returning()
    await givePermissions(tx, created!.id, given)
    return { ...created!, permissions: [...given] }
  })
}

/** Writes what is given; permissions replace the whole set, of which only the difference is written. */
export async function updateRole(
  db: Db,
  before: Role,
  change: { name?: string; title?: string },
  given: readonly Permission[] | undefined,
): Promise<Role> {
  return db.transaction(async (tx) => {
    if (Object.keys(change).length > 0) await tx.update(role).set(change).where(eq(role.id, before.id))
    if (given) {
      const gone = before.permissions.filter((permission) => !given.includes(permission))
      if (gone.length > 0) {
        await tx.delete(rolePermission).where(and(eq(rolePermission.roleId, before.id), inArray(rolePermission.permission, gone)))
      }
      await givePermissions(
        tx,
        before.id,
        given.filter((permission) => !before.permissions.includes(permission)),
      )
    }
    return { ...before, ...change, permissions: [...(given ?? before.permissions)] }
  })
}

async function givePermissions(db: Db, roleId: number, given: readonly Permission[]): Promise<void> {
  if (given.length > 0) await db.insert(rolePermission).values(given.map((permission) => ({ roleId, permission })))
}

export async function deleteRole(db: Db, id: number): Promise<void> {
  await db.delete(role).where(eq(role.id, id))
}

/** How many living users have it. */
export async function countHolders(db: Db, id: number): Promise<number> {
  const [found] = await db
    .select({ holders: count() })
    .from(userRole)
    .innerJoin(user, eq(user.id, userRole.userId))
    .where(and(eq(userRole.roleId, id), isNull(user.deletedAt)))
  return found!.holders
}

export interface NamedRole {
  readonly id: number
  readonly name: string
  readonly title: string
}

/** The roles of each of these users; who has none is not in the map. */
export async function rolesOf(db: Db, userIds: readonly number[]): Promise<Map<number, NamedRole[]>> {
  if (userIds.length === 0) return new Map()
  const rows = await db
    .select({ userId: userRole.userId, role: { id: role.id, name: role.name, title: role.title } })
    .from(userRole)
    .innerJoin(role, eq(role.id, userRole.roleId))
    .where(inArray(userRole.userId, [...userIds]))
    .orderBy(asc(role.id))
  const found = new Map<number, NamedRole[]>()
  for (const { userId, role } of rows) getOrMake(found, userId, () => []).push(role)
  return found
}

/** Takes some roles from a user and gives others. */
export async function changeRolesOf(db: Db, userId: number, gone: readonly number[], given: readonly number[]): Promise<void> {
  if (gone.length > 0) await db.delete(userRole).where(and(eq(userRole.userId, userId), inArray(userRole.roleId, [...gone])))
  if (given.length > 0) await db.insert(userRole).values(given.map((roleId) => ({ userId, roleId })))
}

/**
 * Does what may take an administrator away (a role, a user), and refuses when none would be left. The lock on the role makes two that
 * would each leave the other follow one another.
 */
export async function keepingAnAdministrator<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.select({ id: role.id }).from(role).where(eq(role.name, adminRole)).for('update')
    const done = await work(tx)
    const left = await tx
      .select({ id: user.id })
      .from(user)
      .innerJoin(userRole, eq(userRole.userId, user.id))
      .innerJoin(role, eq(role.id, userRole.roleId))
      .where(and(eq(role.name, adminRole), isNull(user.deletedAt)))
      .limit(1)
    if (left.length === 0) throw fault('conflict', { reason: 'last_administrator' })
    return done
  })
}
