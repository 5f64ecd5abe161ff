import type { shell as zh } from './shell.zh-CN.ts'
import type { Same } from './text.ts'

export const shell: Same<typeof zh> = {
  product: 'Kaimen',
  console: 'Console',
  navigation: 'Main navigation',
  openNavigation: 'Open the navigation',
  skip: 'Skip to the content',
  home: 'Overview',
  language: 'Language',
  theme: 'Appearance',
  themeSystem: 'Like the system',
  themeLight: 'Light',
  themeDark: 'Dark',
  person: 'Your menu',
  account: 'Account settings',
  logout: 'Sign out',
  groupWatch: 'Monitoring',
  groupPartners: 'Partners',
  groupPublish: 'Interfaces and services',
  groupPortal: 'Developer',
  groupPeople: 'People and permissions',
  groupSystem: 'System',
}
