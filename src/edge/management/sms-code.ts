// Codes by SMS, for registration and for a forgotten password (settled A6, F5, E6).

import { z } from 'zod'
import { sendSmsCode, smsScenes } from '#core/user/sms-code.ts'
import { findUserByPhone } from '#core/user/user.store.ts'
import { openEndpoint } from './endpoint.ts'
import { phoneNumber } from './wire.ts'

export const smsCode = openEndpoint({
  summary: {
    en: 'Send a code to a phone; one a minute, five an hour, ten a day',
    zh: '发送短信验证码（每分钟 1 次、每小时 5 次、每天 10 次）',
  },
  body: z.object({ phoneNumber, scene: z.enum(smsScenes).describe('A code is good for this purpose only') }),
  async handle({ body, address }, deps) {
    const isKnown = (await findUserByPhone(deps.db, body.phoneNumber)) !== undefined
    await sendSmsCode(deps, { ...body, address, isWanted: body.scene === 'register' || isKnown }, deps.now())
    return null
  },
})
