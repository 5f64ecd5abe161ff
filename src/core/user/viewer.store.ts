// Who a session speaks for, and what they may do at HQ.

import { and, eq, gt, isNull } from 'drizzle-orm'
import { adminRole, type Permission, permissions } from '#core/role/permission.ts'
import type { Db } from '#db/open.ts'
import { role, rolePermission, session, user, userRole } from '#db/schema.ts'

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
