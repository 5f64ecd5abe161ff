// Roles and permissions of the person who signed in (source 003 §2.4 to §2.6): those of the console, as it has them.

import { z } from 'zod'
import { adminRole, type Permission, permissionRows, permissions } from '#core/role/permission.ts'
import { type Role, rolesOfUser } from '#core/role/role.store.ts'
import { type Language, textIn } from '#text/text.ts'
import { forPeople } from './endpoint.ts'
import { idAnswer, idOf } from './who.ts'

const named = z.object({ id: z.int(), name: z.string(), title: z.string() })

export const getRoles = forPeople({
  summary: { en: 'Roles of the person', zh: '获取用户角色' },
  done: 'rolesTold',
  fields: z.object({}),
  answer: z.object({ ...idAnswer, roles: z.array(named) }),
  async handle(_, deps, { app, person: { user, openId } }) {
    const roles = await rolesOfUser(deps.db, user.id)
    return { ...idOf(app, user.id, openId), roles: roles.map(({ id, name, title }) => ({ id, name, title })) }
  },
})

export const getPermissions = forPeople({
  summary: { en: 'Permissions of the person, of all roles together', zh: '获取用户权限' },
  done: 'permissionsTold',
  fields: z.object({}),
  answer: z.object({ ...idAnswer, permissions: z.array(named) }),
  async handle({ language }, deps, { app, person: { user, openId } }) {
    const held = new Set((await rolesOfUser(deps.db, user.id)).flatMap(permissionsOf))
    return { ...idOf(app, user.id, openId), permissions: onWire(permissions.filter((name) => held.has(name)), language) } // biome-ignore format: one thought
  },
})

export const getRolePermissions = forPeople({
  summary: { en: 'Roles of the person with the permissions of each', zh: '获取用户角色和权限' },
  done: 'permissionsTold',
  fields: z.object({}),
  answer: z.object({ ...idAnswer, roles: z.array(named.extend({ permissions: z.array(named) })) }),
  async handle({ language }, deps, { app, person: { user, openId } }) {
    const roles = await rolesOfUser(deps.db, user.id)
    return {
      ...idOf(app, user.id, openId),
      roles: roles.map((role) => ({
        id: role.id,
        name: role.name,
        title: role.title,
        permissions: onWire(permissionsOf(role), language),
      })),
    }
  },
})

/** An administrator's are all that there are. */
const permissionsOf = (role: Role): readonly Permission[] => (role.name === adminRole ? permissions : role.permissions)

function onWire(names: readonly Permission[], language: Language): z.output<typeof named>[] {
  return names.map((name) => ({ id: permissionRows[name].id, name, title: textIn(language).permissions[name] }))
}
