// Oneself: who one is here and what one may do, and one's own sessions; and those of others, for whoever may.

import { z } from 'zod'
import { fault } from '#core/fault.ts'
import type { Permission } from '#core/role/permission.ts'
import { deviceOf } from '#core/user/device.ts'
import { hasSecondFactor } from '#core/user/second-factor.ts'
import { endSession, endSessions, pageSessions, type SessionRow } from '#core/user/session.store.ts'
import { findUser } from '#core/user/user.store.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import { mustEnrol } from '#edge/session.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint, type ManagementDeps, ownerOf } from './endpoint.ts'
import { userInFull, userInFullOnWire } from './user.ts'
import { idText, pageOnWire, pageSchema, paging, wireTime } from './wire.ts'

export const me = endpoint({
  summary: { en: 'Oneself: what one may do, and how one signed in', zh: '查询当前登录用户：角色、权限与登录方式' },
  answer: userInFull.extend({
    roles: z.array(z.string()),
    permissions: z.array(z.string()),
    secondFactor: z.boolean().describe('Whether a second factor is set up'),
    enrolmentRequired: z.boolean().describe('Nothing else is allowed before a second factor is set up, at /account/second-factor'),
    method: z.enum(['password', 'password+otp', 'passkey']).describe('By what this session was begun'),
    language: z.enum(['zh-CN', 'en']).describe('Of this request'),
    timeZone: z.string().describe('Of every time that the platform takes and says'),
  }),
  async handle({ language }, deps, viewer) {
    const user = await findUser(deps.db, viewer.userId)
    if (!user) throw fault('unauthorized')
    return {
      ...userInFullOnWire(user, deps),
      roles: [...viewer.roles].sort(),
      permissions: [...viewer.permissions].sort(),
      secondFactor: await hasSecondFactor(deps.db, viewer.userId),
      enrolmentRequired: mustEnrol(viewer, deps.config),
      method: viewer.method,
      language,
      timeZone: deps.config.timeZone,
    }
  },
})

const whose = z.object({ userId: idText.optional().describe('Somebody else; oneself when it is absent') })

function demand({ permissions }: Viewer, permission: Permission): void {
  if (!permissions.has(permission)) throw fault('forbidden', { permission })
}

const sessionAnswer = z.object({
  id: z.uuid(),
  createTime: wireTime,
  seenTime: wireTime.describe('A minute exact at best'),
  address: z.string().describe('From where it was begun'),
  device: z.string().describe('Browser and system, as far as the browser says them'),
  userAgent: z.string(),
  method: z.enum(['password', 'password+otp', 'passkey']),
  current: z.boolean().describe('Whether it is the one that asks'),
})

export const pageOfSessions = endpoint({
  summary: {
    en: 'One’s own sessions, the last used first; with view-session anybody’s',
    zh: '查询本人的登录会话（分页）；有 view-session 权限可查任何人',
  },
  query: paging.extend(whose.shape),
  answer: pageSchema(sessionAnswer),
  async handle({ query }, deps, viewer) {
    const userId = query.userId ?? viewer.userId
    if (userId !== viewer.userId) demand(viewer, 'view-session')
    const page = await pageSessions(deps.db, { ...query, userId, idleSeconds: deps.config.sessionIdle }, deps.now())
    return pageOnWire(page, query, (row) => sessionOnWire(row, deps, viewer))
  },
})

export const endOneSession = endpoint({
  summary: {
    en: 'End a session of one’s own; with end-session anybody’s',
    zh: '结束本人的某个登录会话；有 end-session 权限可结束任何人的',
  },
  params: z.object({ sessionId: z.uuid() }),
  async handle({ params }, deps, viewer) {
    if (!(await endSession(deps.db, params.sessionId, ownerOf(viewer, 'end-session')))) throw fault('not_found', { what: 'session' })
    return null
  },
})

export const endTheOthers = endpoint({
  summary: {
    en: 'End all sessions of one’s own but this one; with end-session all of somebody else',
    zh: '结束本人的其他所有登录会话；有 end-session 权限可结束他人的所有会话',
  },
  query: whose,
  async handle({ query }, deps, viewer) {
    const userId = query.userId ?? viewer.userId
    if (userId !== viewer.userId) demand(viewer, 'end-session')
    await endSessions(deps.db, userId, viewer.sessionId)
    return null
  },
})

function sessionOnWire(row: SessionRow, { config }: ManagementDeps, viewer: Viewer): z.output<typeof sessionAnswer> {
  const { id, address, userAgent, method } = row
  const times = { createTime: toWireTime(row.createdAt, config.timeZone), seenTime: toWireTime(row.seenAt, config.timeZone) }
  return { id, ...times, address, device: deviceOf(userAgent), userAgent, method, current: id === viewer.sessionId }
}
