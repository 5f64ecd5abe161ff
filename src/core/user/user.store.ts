// Where people, their roles and their sessions are kept.

import { and, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import { adminRole, type Permission, permissions } from '#core/role/permission.ts'
import type { Db } from '#db/open.ts'
import { role, rolePermission, session, user, userRole } from '#db/schema.ts'

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
    await tx.insert(userRole).values(roles.map(({ id }) => ({ userId: created!.id, roleId: id })))
    return created!
  })
}

/** By user name, whatever its case, or by phone or mail. */
export async function findUserByLogin(db: Db, login: string): Promise<UserRow | undefined> {
  const rows = await db
    .select()
    .from(user)
    .where(
      and(isNull(user.deletedAt), or(sql`lower(${user.username}) = lower(${login})`, eq(user.phoneNumber, login), eq(user.email, login))),
    )
  // A name may be another's phone number; the name wins.
  return rows.find((row) => row.username.toLowerCase() === login.toLowerCase()) ?? rows[0]
}

export async function isUser(db: Db, id: number): Promise<boolean> {
  return (await db.$count(user, and(eq(user.id, id), isNull(user.deletedAt)))) > 0
}

export async function countUsers(db: Db): Promise<number> {
  return db.$count(user)
}

export async function insertSession(db: Db, row: typeof session.$inferInsert): Promise<void> {
  await db.insert(session).values(row)
}

export interface Viewer {
  readonly userId: number
  readonly username: string
  readonly sessionId: string
  readonly roles: ReadonlySet<string>
  readonly permissions: ReadonlySet<Permission>
}

/** Who holds this session, when it lives: not ended, not idle for too long, of a user who is still there. */
export async function findViewer(db: Db, sessionId: string, now: Date, idleSeconds: number): Promise<Viewer | undefined> {
  const seenAfter = new Date(now.getTime() - idleSeconds * 1000)
  const rows = await db
    .select({ userId: user.id, username: user.username, role: role.name, permission: rolePermission.permission, seenAt: session.seenAt })
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
  const roles = new Set(rows.flatMap((row) => row.role ?? []))
  const known = new Set<string>(permissions)
  const given = rows.flatMap((row) => (row.permission && known.has(row.permission) ? (row.permission as Permission) : []))
  return {
    userId: first.userId,
    username: first.username,
    sessionId,
    roles,
    permissions: new Set(roles.has(adminRole) ? permissions : given),
  }
}

export async function endSession(db: Db, sessionId: string): Promise<void> {
  await db.delete(session).where(eq(session.id, sessionId))
}

export async function forgetEndedSessions(db: Db, now: Date, idleSeconds: number): Promise<void> {
  const seenBefore = new Date(now.getTime() - idleSeconds * 1000)
  await db.delete(session).where(or(lt(session.expiresAt, now), lt(session.seenAt, seenBefore)))
}
