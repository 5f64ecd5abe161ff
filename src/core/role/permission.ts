// Everything that an operator may be allowed to do. A route of the management API names one of these in its row;
// roles are sets of them. The role `admin` has them all, always, so that a new one needs no migration.

export const permissions = [
  'view-app',
  'create-app',
  'edit-app',
  'enable-app',
  'delete-app',
  'extend-app',
  'grant-interface',
  'decide-apply',
  'bind-project',
  'limit-app',
  'reset-app-secret',
  'view-project',
  'create-project',
  'edit-project',
  'delete-project',
  'view-service',
  'create-service',
  'view-interface',
  'create-interface',
  'edit-interface',
  'publish-interface',
  'view-stats',
  'view-user',
  'edit-user',
  'delete-user',
] as const

export type Permission = (typeof permissions)[number]

export const adminRole = 'admin'
/** Signs in to the portal and creates apps; `/openapi/user/register` gives it (settled F1). */
export const developerRole = 'developer'
