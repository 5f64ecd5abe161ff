// Codes that were sent by SMS, and what became of them (settled F5). What they were nobody sees.

import { z } from 'zod'
import { pageSms, smsStatuses } from '#core/user/sms-send.store.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint } from './endpoint.ts'
import { pageOnWire, pageSchema, paging, text, wireTime } from './wire.ts'

const answer = z.object({
  id: z.int(),
  phoneNumber: z.string(),
  scene: z.enum(['register', 'reset', 'app']).describe('app: an app had it sent'),
  appId: z.string().nullable(),
  status: z.enum(smsStatuses).describe('sent: the provider took it; pending: it is being sent, or we were killed before we knew'),
  problem: z.string().nullable(),
  createTime: wireTime,
})

export const pageOfSms = endpoint({
  summary: {
    en: 'Codes sent by SMS in the last 30 days, newest first, without the codes',
    zh: '查询近 30 天的短信发送记录（分页，不含验证码）',
  },
  query: paging.extend({ phoneNumber: text(32).optional(), status: answer.shape.status.optional() }),
  answer: pageSchema(answer),
  async handle({ query }, deps) {
    return pageOnWire(await pageSms(deps.db, query), query, ({ createdAt, ...sms }) => ({
      id: sms.id,
      phoneNumber: sms.phoneNumber,
      scene: sms.scene,
      appId: sms.appId,
      status: sms.status,
      problem: sms.problem,
      createTime: toWireTime(createdAt, deps.config.timeZone),
    }))
  },
})
