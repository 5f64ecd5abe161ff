// All areas in Chinese, and antd's own words. A new area is a row here and in en.ts.

import antdWords from 'antd/locale/zh_CN'
import { appLogs } from './app-logs.zh-CN.ts'
import { appSignIn } from './app-sign-in.zh-CN.ts'
import { apps } from './apps.zh-CN.ts'
import { audit } from './audit.zh-CN.ts'
import { calls } from './calls.zh-CN.ts'
import { common } from './common.zh-CN.ts'
import { docs } from './docs.zh-CN.ts'
import { events } from './events.zh-CN.ts'
import { explain } from './explain.zh-CN.ts'
import { home } from './home.zh-CN.ts'
import { interfaces } from './interfaces.zh-CN.ts'
import { mails } from './mails.zh-CN.ts'
import { mine } from './mine.zh-CN.ts'
import { overview } from './overview.zh-CN.ts'
import { projects } from './projects.zh-CN.ts'
import { requests } from './requests.zh-CN.ts'
import { roles } from './roles.zh-CN.ts'
import { serviceTypes } from './service-types.zh-CN.ts'
import { services } from './services.zh-CN.ts'
import { settings } from './settings.zh-CN.ts'
import { shell } from './shell.zh-CN.ts'
import { sms } from './sms.zh-CN.ts'
import { statistics } from './statistics.zh-CN.ts'
import { userDetails } from './user-details.zh-CN.ts'
import { users } from './users.zh-CN.ts'
import { workbench } from './workbench.zh-CN.ts'

export const zhCN = {
  appLogs,
  appSignIn,
  audit,
  calls,
  apps,
  common,
  interfaces,
  docs,
  events,
  explain,
  mails,
  home,
  mine,
  overview,
  requests,
  projects,
  roles,
  services,
  serviceTypes,
  settings,
  shell,
  sms,
  statistics,
  userDetails,
  users,
  workbench,
}

export const antd = antdWords
