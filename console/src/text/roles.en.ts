import type { roles as zh } from './roles.zh-CN.ts'
import type { Same } from './text.ts'

export const roles: Same<typeof zh> = {
  title: 'Roles',
  about: 'A role is a set of permissions. A user may have several; a change is in force at the next request.',
  admin: 'Administrator',
  developer: 'Developer',
}
