// All areas in Chinese, and antd's own words. A new area is a row here and in en.ts.

import antdWords from 'antd/locale/zh_CN'
import { apps } from './apps.zh-CN.ts'
import { common } from './common.zh-CN.ts'
import { docs } from './docs.zh-CN.ts'
import { explain } from './explain.zh-CN.ts'
import { home } from './home.zh-CN.ts'
import { interfaces } from './interfaces.zh-CN.ts'
import { mine } from './mine.zh-CN.ts'
import { overview } from './overview.zh-CN.ts'
import { projects } from './projects.zh-CN.ts'
import { requests } from './requests.zh-CN.ts'
import { roles } from './roles.zh-CN.ts'
import { services } from './services.zh-CN.ts'
import { shell } from './shell.zh-CN.ts'
import { users } from './users.zh-CN.ts'
import { workbench } from './workbench.zh-CN.ts'

export const zhCN = {
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
