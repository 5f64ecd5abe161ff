import type { settings as zh } from './settings.zh-CN.ts'
import type { Same } from './text.ts'

export const settings: Same<typeof zh> = {
  title: 'Settings',
  about: 'Environment variables that this platform read when it started; a gateway on another machine has its own. Changes need a restart.',
  version: 'Version {{version}}',
  search: 'Name or meaning',
  name: 'Setting',
  value: 'In force',
  default: 'Default',
  changed: 'Not the default',
  set: 'Set (not shown)',
  notSet: 'Not set',
  pending: 'Not in force yet',
  emptyTitle: 'No settings',
}
