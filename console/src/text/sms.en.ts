import type { sms as zh } from './sms.zh-CN.ts'
import type { Same } from './text.ts'

export const sms: Same<typeof zh> = {
  title: 'SMS',
  about: 'Codes that were sent in the last 30 days, without the codes.',
  phone: 'Phone',
  scene: 'Purpose',
  register: 'Registration',
  reset: 'A forgotten password',
  byApp: 'For an app',
  app: 'App',
  status: 'State',
  pending: 'On its way',
  sent: 'Taken by the provider',
  failed: 'Failed',
  createdAt: 'Time',
  emptyTitle: 'No codes in the last 30 days',
  emptyText: 'Codes for registration, for forgotten passwords, and those that apps have sent stand here.',
}
