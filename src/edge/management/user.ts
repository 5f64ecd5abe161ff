// People: registration, login, logout.

import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { fault } from '#core/fault.ts'
import { developerRole } from '#core/role/permission.ts'
import { passwordLengthMax, passwordLengthMin } from '#core/user/password.ts'
import { endSession, findUserByLogin, insertSession, insertUser, type UserRow } from '#core/user/user.store.ts'
import { brokenConstraint } from '#db/open.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint, type ManagementDeps, openEndpoint } from './endpoint.ts'
import { optionalText, text, wireTime } from './wire.ts'

const username = text(64).regex(/^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,63}$/u)
const phoneNumber = z.string().regex(/^\+?[0-9]{5,20}$/)
const password = text(passwordLengthMax)

const userAnswer = z.object({
  id: z.int(),
  username: z.string(),
  phoneNumber: z.string().nullable(),
  nikeName: z.string().nullable(),
  createTime: wireTime,
  updateTime: wireTime,
})

export function userOnWire(user: UserRow, deps: ManagementDeps): z.output<typeof userAnswer> {
  return {
    id: user.id,
    username: user.username,
    phoneNumber: user.phoneNumber,
    nikeName: user.nickname,
    createTime: toWireTime(user.createdAt, deps.config.timeZone),
    updateTime: toWireTime(user.updatedAt, deps.config.timeZone),
  }
}

export const register = openEndpoint({
  summary: { en: 'Register as a developer', zh: '注册开放平台用户' },
  body: z.object({
    username,
    password: password.min(passwordLengthMin),
    phoneNumber: phoneNumber.nullish(),
    nikeName: optionalText(64).describe('nickName is accepted too'),
    nickName: optionalText(64),
  }),
  answer: userAnswer,
  async handle({ body }, deps) {
    const passwordHash = await deps.passwords.hash(body.password)
    const person = {
      username: body.username,
      passwordHash,
      phoneNumber: body.phoneNumber ?? null,
      nickname: body.nikeName ?? body.nickName ?? null,
    }
    try {
      return userOnWire(await insertUser(deps.db, person, [developerRole], deps.now()), deps)
    } catch (error) {
      const constraint = brokenConstraint(error)
      if (constraint === 'user_username') throw fault('conflict', { what: 'username', value: body.username })
      if (constraint === 'user_phone_number') throw fault('conflict', { what: 'phoneNumber', value: body.phoneNumber ?? '' })
      throw error
    }
  },
})

export const login = openEndpoint({
  summary: { en: 'Sign in with user name, phone or mail', zh: '用户登录（用户名、手机号或邮箱）' },
  body: z.object({ username: text(128).min(1), password: password.min(1) }),
  answer: z.object({ token: z.string() }),
  async handle({ body }, deps) {
    const user = await findUserByLogin(deps.db, body.username)
    const right = await deps.passwords.isRight(user?.passwordHash, body.password)
    if (!user || !right) throw fault('login_failed')
    const now = deps.now()
    const id = randomUUID()
    const expiresAt = new Date(now.getTime() + deps.config.sessionTtl * 1000)
    await insertSession(deps.db, { id, userId: user.id, createdAt: now, seenAt: now, expiresAt })
    const exp = Math.floor(expiresAt.getTime() / 1000)
    return { token: deps.tokens.sign('session', { sub: String(user.id), jti: id, exp }, now.getTime()) }
  },
})

export const logout = endpoint({
  summary: { en: 'Sign out: the session ends', zh: '退出登录' },
  async handle(_, deps, viewer) {
    await endSession(deps.db, viewer.sessionId)
    return null
  },
})
