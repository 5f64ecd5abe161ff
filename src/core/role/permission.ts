// Everything that an operator may be allowed to do. A route of the management API names one of these in its row;
// roles are sets of them. The role `admin` has them all, always, so that a new one needs no migration.
// A new permission is one row here and one title in each file of `text/`; the compiler names what is missing.

export type Module = 'user' | 'app' | 'project' | 'service' | 'interface' | 'stats' | 'role' | 'audit' | 'event' | 'setting'

interface Row {
  /** As it is known on the wire; never used again for another one. */
  readonly id: number
  /** What it is shown under. */
  readonly module: Module
}

const row = (id: number, module: Module): Row => ({ id, module })

export const permissionRows = {
  'view-user': row(801, 'user'),
  'edit-user': row(802, 'user'),
  'delete-user': row(803, 'user'),
  'view-mail': row(804, 'user'),
  'edit-user-detail': row(805, 'user'),
  'resend-mail': row(806, 'user'),
  'view-sms': row(807, 'user'),
  'view-session': row(808, 'user'),
  'end-session': row(809, 'user'),
  'help-sign-in': row(810, 'user'),
  'view-app': row(101, 'app'),
  'create-app': row(102, 'app'),
  'edit-app': row(103, 'app'),
  'enable-app': row(104, 'app'),
  'extend-app': row(105, 'app'),
  'grant-interface': row(106, 'app'),
  'bind-project': row(107, 'app'),
  'limit-app': row(108, 'app'),
  'reset-app-secret': row(109, 'app'),
  'delete-app': row(110, 'app'),
  'decide-apply': row(111, 'app'),
  'view-app-log': row(115, 'app'),
  'try-app': row(112, 'app'),
  'rotate-oauth-key': row(113, 'app'),
  'view-project': row(201, 'project'),
  'create-project': row(202, 'project'),
  'edit-project': row(203, 'project'),
  'delete-project': row(204, 'project'),
  'view-project-source': row(205, 'project'),
  'edit-project-source': row(206, 'project'),
  'pull-projects': row(207, 'project'),
  'view-service': row(301, 'service'),
  'create-service': row(302, 'service'),
  'edit-service': row(303, 'service'),
  'delete-service': row(304, 'service'),
  'view-interface': row(401, 'interface'),
  'create-interface': row(402, 'interface'),
  'edit-interface': row(403, 'interface'),
  'publish-interface': row(404, 'interface'),
  'delete-interface': row(405, 'interface'),
  'import-interface': row(406, 'interface'),
  'export-interface': row(407, 'interface'),
  'edit-service-type': row(408, 'interface'),
  'view-stats': row(501, 'stats'),
  'view-role': row(601, 'role'),
  'edit-role': row(602, 'role'),
  'grant-role': row(603, 'role'),
  'view-audit': row(701, 'audit'),
  'view-event': row(1101, 'event'),
  'push-event': row(1102, 'event'),
  'resend-event': row(1103, 'event'),
  'view-setting': row(1201, 'setting'),
} as const satisfies Record<string, Row>

export type Permission = keyof typeof permissionRows
export const permissions = Object.keys(permissionRows) as Permission[]

const byId = new Map<number, Permission>(permissions.map((name) => [permissionRows[name].id, name]))
export function permissionOf(id: number): Permission | undefined {
  return byId.get(id)
}

export function isPermission(name: string): name is Permission {
  return Object.hasOwn(permissionRows, name)
}

export const adminRole = 'admin'
/** Signs in to the portal and creates apps; `/openapi/user/register` gives it (settled F1). */
export const developerRole = 'developer'
