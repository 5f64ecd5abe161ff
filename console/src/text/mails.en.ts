import type { mails as zh } from './mails.zh-CN.ts'
import type { Same } from './text.ts'

export const mails: Same<typeof zh> = {
  title: 'Mails',
  about: 'What was sent in the last 30 days, without what it says.',
  email: 'To',
  subject: 'Subject',
  status: 'State',
  waiting: 'Waiting',
  sent: 'Sent',
  given_up: 'Given up',
  afterTries: '{{state}} after {{tries}} tries',
  app_expiry: 'An app expires soon',
  callback_gone: 'A callback address was shut off',
  callback_failing: 'A callback address fails',
  other: 'Other',
  createdAt: 'Created',
  nextAt: 'Sent / next try',
  resend: 'Send again',
  resendOf: 'Send it to {{email}} again?',
  resendEffect: 'This mail, which was given up, is sent again at once.',
  emptyTitle: 'No mails in the last 30 days',
  emptyText: 'Lost passwords, apps about to expire, callback addresses that were shut off: such mails stand here.',
}
