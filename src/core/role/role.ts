// What roles may be made of, and who may give them: nobody gives, or takes, what they do not have themselves.

import { fault } from '#core/fault.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import { adminRole, developerRole, type Permission, permissions } from './permission.ts'

/** Roles that the code knows by name; what they are is not for an operator to change. */
export function isBuiltIn(name: string): boolean {
  return name === adminRole || name === developerRole
}

export interface Grants {
  readonly name: string
  readonly permissions: readonly Permission[]
}

/** What a role lets somebody do. */
export function permissionsOfRole(role: Grants): readonly Permission[] {
  return role.name === adminRole ? permissions : role.permissions
}

/** Throws `forbidden` when the viewer does not have all of these. */
export function requireAll(viewer: Viewer, asked: readonly Permission[]): void {
  const missing = asked.find((permission) => !viewer.permissions.has(permission))
  if (missing) throw fault('forbidden', { permission: missing })
}

/** Throws `forbidden` when the viewer may not give or take this role. `admin` is more than today's permissions: it is those to come too. */
export function requireRight(viewer: Viewer, role: Grants): void {
  requireAll(viewer, permissionsOfRole(role))
  if (role.name === adminRole && !viewer.roles.has(adminRole)) throw fault('forbidden', { permission: adminRole })
}

/** Of two sets, what is in one of them only. */
export function difference<T>(one: readonly T[], other: readonly T[]): T[] {
  return [...one.filter((item) => !other.includes(item)), ...other.filter((item) => !one.includes(item))]
}
