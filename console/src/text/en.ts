// All areas in English, and antd's own words.

import antdWords from 'antd/locale/en_US'
import { appLogs } from './app-logs.en.ts'
import { appSignIn } from './app-sign-in.en.ts'
import { apps } from './apps.en.ts'
import { audit } from './audit.en.ts'
import { calls } from './calls.en.ts'
import { common } from './common.en.ts'
import { docs } from './docs.en.ts'
import { events } from './events.en.ts'
import { explain } from './explain.en.ts'
import { home } from './home.en.ts'
import { interfaces } from './interfaces.en.ts'
import { mails } from './mails.en.ts'
import { mine } from './mine.en.ts'
import { overview } from './overview.en.ts'
import { projects } from './projects.en.ts'
import { requests } from './requests.en.ts'
import { roles } from './roles.en.ts'
import { serviceTypes } from './service-types.en.ts'
import { services } from './services.en.ts'
import { settings } from './settings.en.ts'
import { shell } from './shell.en.ts'
import { sms } from './sms.en.ts'
import { statistics } from './statistics.en.ts'
import type { Same, Words } from './text.ts'
import { userDetails } from './user-details.en.ts'
import { users } from './users.en.ts'
import { workbench } from './workbench.en.ts'

export const en: Same<Words> = {
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
