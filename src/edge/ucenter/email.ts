// Mail by way of an app (source 003 §6): plain text, queued, and bounded by person, app and recipient, for it goes out in our name.

import { z } from 'zod'
import { problem } from '#core/fault.ts'
import { queueMails } from '#core/mail/mail.store.ts'
import { isHeadText } from '#core/mail/mail.ts'
import { take } from '#core/user/throttle.ts'
import { text } from '#edge/management/wire.ts'
import { forPeople } from './endpoint.ts'

const hourMs = 3_600_000

export const sendEmail = forPeople({
  summary: { en: 'Queue a mail in plain text', zh: '发送邮件' },
  done: 'mailQueued',
  fields: z.object({
    email: text(254).pipe(z.email()),
    subject: text(200)
      .min(1)
      .refine(isHeadText, { error: problem('no_head_text') }),
    content: text(50_000).min(1),
  }),
  answer: z.object({}),
  async handle({ fields: { email, subject, content } }, deps, { app, person: { user } }) {
    const now = deps.now()
    const bounds = [
      { key: `mail of user ${user.id}`, max: 60, forMs: hourMs },
      { key: `mail of app ${app.id}`, max: 1_000, forMs: hourMs },
      { key: `mail to ${email.toLowerCase()}`, max: 20, forMs: hourMs },
    ]
    await take(deps.db, bounds, now)
    const mail = { to: email, subject, text: content, kind: 'app', appId: app.id, userId: user.id } as const
    await queueMails(deps.db, [mail], now)
    return {}
  },
})
