// Roles: what operators may do, and who has which.

import { z } from 'zod'
import { fault } from '#core/fault.ts'
import { type Permission, permissionOf, permissionRows, permissions } from '#core/role/permission.ts'
import {
  changeRolesOf,
  countHolders,
  deleteRole as deleteRoleRow,
  insertRole,
  keepingAnAdministrator,
  lockRoles,
  pageRoles,
  type Role,
  rolesOf,
  rolesOfUser,
  updateRole,
} from '#core/role/role.store.ts'
import { difference, isBuiltIn, permissionsOfRole, requireAll, requireRight } from '#core/role/role.ts'
import { isUser } from '#core/user/user.store.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import { brokenConstraint, type Db } from '#db/open.ts'
import { toWireTime } from '#lib/time.ts'
import { textIn } from '#text/text.ts'
import { endpoint, type ManagementDeps } from './endpoint.ts'
import { byId, given, id, name, pageOnWire, pageSchema, paging, text, wireTime } from './wire.ts'

const permissionIds = z.array(id).max(1_000).describe('As /openapi/permission/page names them; only those that the caller has')

const roleAnswer = z.object({
  id: z.int(),
  name: z.string(),
  title: z.string(),
  permissionIds: z.array(z.int()),
  builtIn: z.boolean().describe('admin or developer: cannot be edited or deleted'),
  createTime: wireTime,
})

function roleOnWire(role: Role, deps: ManagementDeps): z.output<typeof roleAnswer> {
  return {
    id: role.id,
    name: role.name,
    title: role.title,
    permissionIds: permissionsOfRole(role).map((permission) => permissionRows[permission].id),
    builtIn: isBuiltIn(role.name),
    createTime: toWireTime(role.createdAt, deps.config.timeZone),
  }
}

export const pageOfRoles = endpoint({
  summary: { en: 'Roles, oldest first', zh: '查询角色列表（分页）' },
  query: paging.extend({ name: text(64).optional(), title: text(64).optional() }),
  answer: pageSchema(roleAnswer),
  async handle({ query }, deps) {
    return pageOnWire(await pageRoles(deps.db, query), query, (role) => roleOnWire(role, deps))
  },
})

export const addRole = endpoint({
  summary: { en: 'Add a role', zh: '新增角色' },
  body: z.object({ name, title: name, permissionIds: permissionIds.nullish() }),
  answer: roleAnswer,
  async handle({ body }, deps, viewer) {
    const asked = permissionsOf(body.permissionIds ?? [])
    requireAll(viewer, asked)
    const role = await orConflict(body.name, () => insertRole(deps.db, { name: body.name, title: body.title }, asked, deps.now()))
    return roleOnWire(role, deps)
  },
})

export const editRole = endpoint({
  summary: {
    en: 'Edit a role; permissionIds replace the whole set, what is absent or null stays',
    zh: '编辑角色；权限整体替换，未传的字段不修改',
  },
  params: byId,
  body: z.object({ name: name.nullish(), title: name.nullish(), permissionIds: permissionIds.nullish() }),
  answer: roleAnswer,
  async handle({ params, body }, deps, viewer) {
    const before = await ownRole(params.id, deps)
    const { permissionIds, ...named } = body
    const asked = permissionIds == null ? undefined : permissionsOf(permissionIds)
    requireAll(viewer, difference(before.permissions, asked ?? before.permissions))
    // By its name apps know a role (source 003): another under the name of this one would be taken for it.
    if (body.name != null && body.name !== before.name) requireAll(viewer, before.permissions)
    const after = await orConflict(body.name ?? '', () => updateRole(deps.db, before, given(named), asked))
    return roleOnWire(after, deps)
  },
})

export const deleteRole = endpoint({
  summary: { en: 'Delete a role that no user has', zh: '删除无人使用的角色' },
  params: byId,
  async handle({ params }, deps, viewer) {
    const role = await ownRole(params.id, deps)
    requireAll(viewer, role.permissions)
    const holders = await countHolders(deps.db, role.id)
    if (holders > 0) throw fault('in_use', { what: 'role', count: holders })
    await deleteRoleRow(deps.db, role.id)
    return null
  },
})

export const pageOfPermissions = endpoint({
  summary: { en: 'All permissions there are', zh: '查询权限列表（分页）' },
  query: paging,
  answer: pageSchema(z.object({ id: z.int(), name: z.string(), title: z.string(), module: z.string(), moduleTitle: z.string() })),
  handle({ query, language }) {
    const from = (query.current - 1) * query.size
    const page = { total: permissions.length, records: permissions.slice(from, from + query.size) }
    const words = textIn(language)
    return pageOnWire(page, query, (one) => {
      const { id, module } = permissionRows[one]
      return { id, name: one, title: words.permissions[one], module, moduleTitle: words.modules[module] }
    })
  },
})

export const grantRoles = endpoint({
  summary: { en: 'Replace the set of roles that a user has', zh: '为用户授予角色（整体替换）' },
  params: byId,
  body: z.object({ roleIds: z.array(id).max(100).describe('Only roles whose permissions the caller has') }),
  async handle({ params, body }, deps, viewer) {
    if (!(await isUser(deps.db, params.id))) throw fault('not_found', { what: 'user' })
    await keepingAnAdministrator(deps.db, async (tx) => {
      const now = ((await rolesOf(tx, [params.id])).get(params.id) ?? []).map((role) => role.id)
      const asked = [...new Set(body.roleIds)]
      const changed = difference(now, asked)
      await rolesToGive(tx, viewer, changed)
      await changeRolesOf(
        tx,
        params.id,
        now.filter((one) => !asked.includes(one)),
        asked.filter((one) => !now.includes(one)),
      )
    })
    return null
  },
})

/** Held until the transaction ends; throws when one is not there, or the viewer may not give or take it. */
export async function rolesToGive(tx: Db, viewer: Viewer, ids: readonly number[]): Promise<Role[]> {
  const roles = await lockRoles(tx, ids)
  const unknown = ids.find((one) => !roles.some((role) => role.id === one))
  if (unknown !== undefined) throw fault('invalid_parameters', { reason: 'unknown_id', name: 'roleIds', value: unknown })
  for (const role of roles) requireRight(viewer, role)
  return roles
}

/** Who changes the phone or the password of one who may do more could then sign in as them: throws `forbidden`. */
export async function requireReach(db: Db, viewer: Viewer, userId: number): Promise<void> {
  if (userId === viewer.userId) return
  for (const role of await rolesOfUser(db, userId)) requireRight(viewer, role)
}

/** A role that an operator made, held until this request is done. */
async function ownRole(id: number, deps: ManagementDeps): Promise<Role> {
  const [role] = await lockRoles(deps.db, [id])
  if (!role) throw fault('not_found', { what: 'role' })
  if (isBuiltIn(role.name)) throw fault('built_in_role', { name: role.name })
  return role
}

function permissionsOf(ids: readonly number[]): Permission[] {
  return [...new Set(ids)].map((one) => {
    const permission = permissionOf(one)
    if (!permission) throw fault('invalid_parameters', { reason: 'unknown_id', name: 'permissionIds', value: one })
    return permission
  })
}

async function orConflict<T>(value: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (brokenConstraint(error) === 'role_name') throw fault('conflict', { what: 'role', value })
    throw error
  }
}
