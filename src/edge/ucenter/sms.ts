// Codes by SMS for apps (source 003 §5). To look whether one is right does not use it up; registration does (settled D18, F5).

import { z } from 'zod'
import { fault } from '#core/fault.ts'
import { countCodeGuess, isSmsCode, sendSmsCode } from '#core/user/sms-code.ts'
import { phoneNumber, text } from '#edge/management/wire.ts'
import { forApps } from './endpoint.ts'

const nothing = z.object({})

export const sendCode = forApps({
  summary: { en: 'Send a code to a phone; one a minute, five an hour, ten a day', zh: '发送验证码' },
  done: 'codeSent',
  fields: z.object({ phone: phoneNumber }),
  answer: nothing,
  async handle({ fields, address }, deps, { app }) {
    const wish = { phoneNumber: fields.phone, scene: 'app', address, appId: app.id, isWanted: true } as const
    await sendSmsCode(deps, wish, deps.now())
    return {}
  },
})

export const verifyCode = forApps({
  summary: { en: 'Whether a code is the one that the phone received; it stays good', zh: '验证验证码' },
  done: 'codeVerified',
  fields: z.object({ phone: phoneNumber, code: text(16).min(1) }),
  answer: nothing,
  async handle({ fields: { phone, code } }, deps) {
    await countCodeGuess(deps.db, phone, deps.now())
    if (!(await isSmsCode(deps, { phoneNumber: phone, scene: 'app', code }, deps.now()))) throw fault('sms_code_invalid')
    return {}
  },
})
