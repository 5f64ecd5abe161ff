import type { roles as zh } from './roles.zh-CN.ts'
import type { Same } from './text.ts'

export const roles: Same<typeof zh> = {
  title: 'Roles',
  about: 'A role is a set of permissions. A user may have several; a change is in force at the next request.',
  admin: 'Administrator',
  developer: 'Developer',
  name: 'Name',
  roleTitle: 'Title',
  permissions: 'Permissions',
  permissionsAll: 'All, also those to come',
  permissionsOwn: 'The developer portal: their own apps only',
  builtIn: 'Built in',
  createdAt: 'Created',
  add: 'New role',
  nameHint: 'For programs, such as auditor',
  titleHint: 'For people, such as “Auditor”',
  editOf: 'Edit the role {{title}}',
  editHint: 'In force at the next request of everybody who has it. You can choose only what you may do yourself.',
  chosen: '{{number}} chosen',
  deleteOf: 'Delete the role {{title}}?',
  deleteEffect: 'Only a role that nobody has can be deleted.',
  emptyTitle: 'No roles yet',
  emptyText: 'Make one of the permissions that an operator needs.',
}
