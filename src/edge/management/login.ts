// Signing in and out, and the captcha that slow guessing asks for (contract §1; settled A7, D13, F4).

import { z } from 'zod'
import { newCaptcha } from '#core/user/captcha.ts'
import { endSession } from '#core/user/session.store.ts'
import { beginSession, provePassword, proveSecondFactor } from '#core/user/sign-in.ts'
import { endpoint, openEndpoint } from './endpoint.ts'
import { keyId, refusePlain, sentPassword } from './sent-password.ts'
import { text } from './wire.ts'

export const captcha = openEndpoint({
  summary: {
    en: 'A picture to read, for login; good for one answer within two minutes',
    zh: '获取图形验证码（两分钟内有效，仅可使用一次）',
  },
  answer: z.object({ captchaId: z.string(), image: z.string().describe('data URL of a PNG') }),
  async handle({ address }, deps) {
    return newCaptcha(deps, address, deps.config.captchaTestAnswer, deps.now())
  },
})

export const login = openEndpoint({
  summary: { en: 'Sign in with user name, phone or mail', zh: '用户登录（用户名、手机号或邮箱）' },
  body: z.object({
    username: text(128).min(1),
    password: sentPassword,
    keyId,
    captchaId: text(64).nullish().describe('Needed with verfiyCode after captcha_required'),
    verfiyCode: text(16).nullish().describe('verifyCode is accepted too'),
    verifyCode: text(16).nullish(),
    otp: text(32).nullish().describe('Needed after otp_required: the code that the authenticator app shows, or a recovery code'),
  }),
  answer: z.object({ token: z.string() }),
  async handle({ body, address, userAgent }, deps) {
    const password = { text: body.password, keyId: body.keyId ?? undefined }
    refusePlain(deps.config, 'password', password)
    const client = { address, userAgent }
    const answer = body.verfiyCode ?? body.verifyCode
    const captcha = body.captchaId && answer ? { id: body.captchaId, answer } : undefined
    const proven = await provePassword(deps, { login: body.username, password, captcha }, client)
    const admitted = await proveSecondFactor(deps, proven, body.otp ?? undefined)
    return { token: await beginSession(deps, admitted, client) }
  },
})

export const logout = endpoint({
  summary: { en: 'Sign out: the session ends', zh: '退出登录' },
  async handle(_, deps, viewer) {
    await endSession(deps.db, viewer.sessionId)
    return null
  },
})
