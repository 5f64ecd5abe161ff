// Mails on their way, and what became of them. What they say is for whom they are sent to.

import { z } from 'zod'
import { fault } from '#core/fault.ts'
import { pageMails, resendMail } from '#core/mail/mail.store.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint } from './endpoint.ts'
import { pageOnWire, pageSchema, paging, text, timeOrNull, wideIdText, wireTime } from './wire.ts'

const answer = z.object({
  id: z.int(),
  email: z.string(),
  subject: z.string(),
  kind: z.string().describe('app_expiry, …; app: an app had it sent'),
  appId: z.string().nullable(),
  userId: z.int().nullable(),
  status: z.enum(['waiting', 'sent', 'given_up']),
  tries: z.int(),
  problem: z.string().nullable().describe('Of the last try'),
  createTime: wireTime,
  nextTime: wireTime.nullable().describe('null: it is not tried again'),
  sentTime: wireTime.nullable(),
})

export const pageOfMails = endpoint({
  summary: { en: 'Mails of the last 30 days, newest first', zh: '查询近 30 天的邮件（分页）' },
  query: paging.extend({ email: text(254).optional(), status: answer.shape.status.optional() }),
  answer: pageSchema(answer),
  async handle({ query }, deps) {
    const { email, ...request } = query
    return pageOnWire(await pageMails(deps.db, { ...request, to: email }), query, (mail) => ({
      id: mail.id,
      email: mail.to,
      subject: mail.subject,
      kind: mail.kind,
      appId: mail.appId,
      userId: mail.userId,
      status: mail.status,
      tries: mail.tries,
      problem: mail.problem,
      createTime: toWireTime(mail.createdAt, deps.config.timeZone),
      nextTime: mail.status === 'waiting' ? toWireTime(mail.nextAt, deps.config.timeZone) : null,
      sentTime: timeOrNull(mail.sentAt, deps.config),
    }))
  },
})

export const resendOneMail = endpoint({
  summary: { en: 'Send a mail again that was given up', zh: '重新发送已放弃的邮件' },
  params: z.object({ id: wideIdText }),
  async handle({ params }, deps) {
    const outcome = await resendMail(deps.db, params.id, deps.now())
    if (outcome === undefined) throw fault('not_found', { what: 'mail' })
    if (outcome === 'not_given_up') throw fault('conflict', { reason: 'mail_not_given_up' })
    return null
  },
})
