// All areas in English, and antd's own words.

import antdWords from 'antd/locale/en_US'
import { apps } from './apps.en.ts'
import { common } from './common.en.ts'
import { docs } from './docs.en.ts'
import { explain } from './explain.en.ts'
import { home } from './home.en.ts'
import { interfaces } from './interfaces.en.ts'
import { mine } from './mine.en.ts'
import { overview } from './overview.en.ts'
import { projects } from './projects.en.ts'
import { requests } from './requests.en.ts'
import { roles } from './roles.en.ts'
import { services } from './services.en.ts'
import { shell } from './shell.en.ts'
import type { Same, Words } from './text.ts'
import { users } from './users.en.ts'
import { workbench } from './workbench.en.ts'

export const en: Same<Words> = {
  apps,
  common,
  interfaces,
  docs,
  explain,
  home,
  mine,
  overview,
  requests,
  projects,
  roles,
  services,
  shell,
  users,
  workbench,
}

export const antd = antdWords
