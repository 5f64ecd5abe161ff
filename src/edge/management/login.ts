// Signing in and out, and the captcha that slow guessing asks for (contract §1; settled A7, D13, F4).

import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { fault } from '#core/fault.ts'
import { newCaptcha, solveCaptcha } from '#core/user/captcha.ts'
import { guesserOf, noteFailure, noteSuccess, type Standing, standingOf } from '#core/user/guess.ts'
import { isOutdated } from '#core/user/password.ts'
import { endSession, findUserByLogin, openSession } from '#core/user/user.store.ts'
import { endpoint, type ManagementDeps, openEndpoint } from './endpoint.ts'
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
  }),
  answer: z.object({ token: z.string() }),
  async handle({ body, address }, deps) {
    const sent = { text: body.password, keyId: body.keyId ?? undefined }
    refusePlain(deps.config, 'password', sent)
    const user = await findUserByLogin(deps.db, body.username)
    const guesser = guesserOf(deps.sealer, user?.id, body.username, address)
    const solved = await captchaState(deps, body.captchaId, body.verfiyCode ?? body.verifyCode)
    refuse(await standingOf(deps.db, guesser, deps.now()), solved)

    // Asked again in its turn: of many guesses at once, those before it have been counted by then.
    const proven = await deps.passwords.inTurn(async (argon) => {
      refuse(await standingOf(deps.db, guesser, deps.now()), solved)
      const password = await deps.transportKeys.open(sent)
      const isRight = await argon.isRight(user?.passwordHash, password)
      if (!isRight || !user || password === undefined) {
        await noteFailure(deps.db, guesser, deps.now())
        throw fault('login_failed')
      }
      const rehashed = isOutdated(user.passwordHash) ? await argon.hash(password) : undefined
      return { userId: user.id, passwordHash: user.passwordHash, rehashed }
    })

    const now = deps.now()
    const id = randomUUID()
    const expiresAt = new Date(now.getTime() + deps.config.sessionTtl * 1000)
    const session = { id, userId: proven.userId, createdAt: now, seenAt: now, expiresAt }
    if (!(await openSession(deps.db, session, proven))) throw fault('login_failed')
    await noteSuccess(deps.db, guesser, proven.userId, now)
    const exp = Math.floor(expiresAt.getTime() / 1000)
    return { token: deps.tokens.sign('session', { sub: String(proven.userId), jti: id, exp }, now.getTime()) }
  },
})

export const logout = endpoint({
  summary: { en: 'Sign out: the session ends', zh: '退出登录' },
  async handle(_, deps, viewer) {
    await endSession(deps.db, viewer.sessionId)
    return null
  },
})

type CaptchaState = 'none' | 'wrong' | 'solved'

/** A captcha that is sent is used up, needed or not. */
async function captchaState(deps: ManagementDeps, id: string | null | undefined, answer: string | null | undefined): Promise<CaptchaState> {
  if (!id || !answer) return 'none'
  return (await solveCaptcha(deps, id, answer, deps.now())) ? 'solved' : 'wrong'
}

function refuse({ lockedSeconds, needsCaptcha }: Standing, captcha: CaptchaState): void {
  if (lockedSeconds > 0) throw fault('account_locked', { retryAfter: lockedSeconds })
  if (needsCaptcha && captcha !== 'solved') throw fault(captcha === 'none' ? 'captcha_required' : 'captcha_invalid')
}
