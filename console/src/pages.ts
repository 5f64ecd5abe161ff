// Every page: where it is, who may see it, where it stands in the navigation. A new page is a row here; README.md says the rest.

import {
  ApartmentOutlined,
  ApiOutlined,
  AppstoreOutlined,
  AuditOutlined,
  BarChartOutlined,
  BuildOutlined,
  CloudServerOutlined,
  DashboardOutlined,
  FileSearchOutlined,
  FileTextOutlined,
  MailOutlined,
  MessageOutlined,
  NotificationOutlined,
  QuestionCircleOutlined,
  ReadOutlined,
  SafetyOutlined,
  SendOutlined,
  SettingOutlined,
  TagsOutlined,
  TeamOutlined,
  UnorderedListOutlined,
} from '@ant-design/icons'
import type { ComponentType, ReactNode } from 'react'
import type { Permission } from '#core/role/permission.ts'
import { hq, own, signedIn, type Who } from './api/me.ts'
import type { TextKey } from './text/text.ts'

/** In their order in the navigation. A group without a page that one may see is not shown. */
export const groups = ['watch', 'portal', 'partners', 'publish', 'people', 'system'] as const
export type Group = (typeof groups)[number]

export const groupTitles: Record<Group, TextKey> = {
  watch: 'shell:groupWatch',
  portal: 'shell:groupPortal',
  partners: 'shell:groupPartners',
  publish: 'shell:groupPublish',
  people: 'shell:groupPeople',
  system: 'shell:groupSystem',
}

export interface Page {
  /** `$id` for what varies. */
  readonly path: string
  readonly title: TextKey
  readonly who: Who
  /** Absent: reached from the page above it (`/apps/$id` from `/apps`), which the breadcrumbs name. */
  readonly nav?: {
    readonly group: Group
    readonly icon: ComponentType
    /** Who has this sees more of the same on another page. */
    readonly unless?: Permission
  }
  /** A module of its own, loaded when somebody comes near it. */
  load(): Promise<{ Page(): ReactNode }>
}

// biome-ignore format: a table
export const pages: readonly Page[] = [
  { path: '/',         title: 'overview:title', who: signedIn,           nav: { group: 'watch', icon: DashboardOutlined },      load: () => import('./pages/home/home.tsx') },
  { path: '/calls',         title: 'calls:title',        who: own('view-stats'),         nav: { group: 'watch', icon: UnorderedListOutlined },   load: () => import('./pages/calls/calls.tsx') },
  { path: '/statistics',    title: 'statistics:title',   who: own('view-stats'),         nav: { group: 'watch', icon: BarChartOutlined },        load: () => import('./pages/statistics/statistics.tsx') },
  { path: '/events',        title: 'events:title',       who: own('view-event'),         nav: { group: 'watch', icon: NotificationOutlined },    load: () => import('./pages/events/events.tsx') },
  // Before events, whose pattern it fits too.
  { path: '/events/deliveries', title: 'events:deliveriesTitle', who: own('view-event'), nav: { group: 'watch', icon: SendOutlined }, load: () => import('./pages/events/deliveries.tsx') },
  { path: '/events/callbacks', title: 'events:callbacks', who: own('view-event'),                                                                 load: () => import('./pages/events/callbacks.tsx') },
  { path: '/events/$id',    title: 'events:one',         who: own('view-event'),                                                                 load: () => import('./pages/events/event.tsx') },
  { path: '/interfaces', title: 'interfaces:title', who: hq('view-interface'), nav: { group: 'publish', icon: ApiOutlined }, load: () => import('./pages/interfaces/interfaces.tsx') },
  { path: '/interfaces/import', title: 'interfaces:importTitle', who: hq('import-interface'), load: () => import('./pages/interfaces/import.tsx') },
  { path: '/interfaces/new', title: 'interfaces:add', who: hq('create-interface'), load: () => import('./pages/interfaces/new-interface.tsx') },
  { path: '/interfaces/$id', title: 'interfaces:one', who: hq('view-interface'), load: () => import('./pages/interfaces/interface.tsx') },

  { path: '/apps',     title: 'apps:title',     who: hq('view-app'),     nav: { group: 'partners', icon: AppstoreOutlined },    load: () => import('./pages/apps/apps.tsx') },
  { path: '/apps/$id', title: 'apps:detail',    who: hq('view-app'),                                                            load: () => import('./pages/apps/app.tsx') },
  { path: '/requests', title: 'requests:title', who: hq('decide-apply'), nav: { group: 'partners', icon: AuditOutlined },       load: () => import('./pages/requests/requests.tsx') },
  { path: '/projects', title: 'projects:title', who: hq('view-project'), nav: { group: 'partners', icon: ApartmentOutlined },   load: () => import('./pages/projects/projects.tsx') },
  { path: '/projects/sources', title: 'projects:sources', who: hq('view-project-source'),                                       load: () => import('./pages/projects/sources.tsx') },

  { path: '/services', title: 'services:title', who: hq('view-service'), nav: { group: 'publish', icon: CloudServerOutlined },  load: () => import('./pages/services/services.tsx') },
  { path: '/service-types', title: 'serviceTypes:title', who: hq('edit-service-type'),   nav: { group: 'publish', icon: TagsOutlined },          load: () => import('./pages/service-types/service-types.tsx') },

  { path: '/users',    title: 'users:title',    who: hq('view-user'),    nav: { group: 'people', icon: TeamOutlined },          load: () => import('./pages/users/users.tsx') },
  { path: '/users/details', title: 'userDetails:title',  who: hq('view-user'),                                                                   load: () => import('./pages/user-details/user-details.tsx') },
  { path: '/users/$id', title: 'users:one',     who: hq('view-user'),                                                            load: () => import('./pages/users/user.tsx') },
  { path: '/roles',    title: 'roles:title',    who: hq('view-role'),    nav: { group: 'people', icon: SafetyOutlined },        load: () => import('./pages/roles/roles.tsx') },

  { path: '/my/apps',     title: 'mine:title',  who: own('view-app'), nav: { group: 'portal', icon: AppstoreOutlined, unless: 'view-app' }, load: () => import('./pages/my-apps/my-apps.tsx') },
  { path: '/my/apps/$id', title: 'mine:detail', who: own('view-app'),                                                                     load: () => import('./pages/my-apps/my-app.tsx') },
  { path: '/docs',      title: 'docs:title',      who: own('view-interface'), nav: { group: 'portal', icon: ReadOutlined },           load: () => import('./pages/docs/docs.tsx') },
  { path: '/docs/errors',  title: 'docs:errorsTitle',  who: signedIn,                                                                load: () => import('./pages/docs/errors.tsx') },
  { path: '/docs/schemes', title: 'docs:schemesTitle', who: signedIn,                                                                load: () => import('./pages/docs/schemes.tsx') },
  { path: '/docs/$id',  title: 'docs:one',        who: own('view-interface'),                                                         load: () => import('./pages/docs/doc.tsx') },
  { path: '/workbench', title: 'workbench:title', who: signedIn,              nav: { group: 'portal', icon: BuildOutlined },          load: () => import('./pages/workbench/workbench.tsx') },
  { path: '/explain',   title: 'explain:title',   who: own('view-stats'),     nav: { group: 'portal', icon: QuestionCircleOutlined }, load: () => import('./pages/explain/explain.tsx') },

  { path: '/audit',         title: 'audit:title',        who: hq('view-audit'),          nav: { group: 'system', icon: FileSearchOutlined },          load: () => import('./pages/audit/audit.tsx') },
  { path: '/mails',         title: 'mails:title',        who: hq('view-mail'),           nav: { group: 'system', icon: MailOutlined },           load: () => import('./pages/mails/mails.tsx') },
  { path: '/sms',           title: 'sms:title',          who: hq('view-sms'),            nav: { group: 'system', icon: MessageOutlined },        load: () => import('./pages/sms/sms.tsx') },
  { path: '/app-logs',      title: 'appLogs:title',      who: hq('view-app-log'),        nav: { group: 'system', icon: FileTextOutlined },       load: () => import('./pages/app-logs/app-logs.tsx') },
  { path: '/settings',      title: 'settings:title',     who: hq('view-setting'),        nav: { group: 'system', icon: SettingOutlined },        load: () => import('./pages/settings/settings.tsx') },
  { path: '/settings/keys', title: 'settings:keys',      who: hq('rotate-oauth-key'),                                                         load: () => import('./pages/settings/keys.tsx') },
]
