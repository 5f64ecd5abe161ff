// What an app proves itself with: its secrets, and the permanent token for debugging.

import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { findApp } from '#core/app/app.store.ts'
import { newAppSecret } from '#core/app/app.ts'
import { replaceSecret } from '#core/app/secret.store.ts'
import { tellApp } from '#core/event/platform-event.store.ts'
import { fault } from '#core/fault.ts'
import { changeApp } from './app.ts'
import { secretAnswer } from './app-answer.ts'
import { endpoint, ownerOf } from './endpoint.ts'
import { byId } from './wire.ts'

const graceSecondsMax = 604_800

export const resetSignKey = endpoint({
  summary: { en: 'Make a new secret; graceSeconds keeps the old one good meanwhile', zh: '重置应用密钥；graceSeconds 内旧密钥仍有效' },
  params: byId,
  body: z.object({ graceSeconds: z.int().min(0).max(graceSecondsMax).nullish() }).nullish(),
  answer: z.object({ appSecret: secretAnswer }),
  async handle({ params, body }, deps, viewer) {
    const app = await findApp(deps.db, params.id, ownerOf(viewer, 'reset-app-secret'))
    if (!app) throw fault('not_found', { what: 'app' })
    const now = deps.now()
    const appSecret = newAppSecret()
    const graceUntil = body?.graceSeconds ? new Date(now.getTime() + body.graceSeconds * 1000) : undefined
    await replaceSecret(deps.db, app.id, deps.sealer.seal('app-secret', appSecret), graceUntil, now, viewer.username)
    await tellApp(deps.db, app.id, 'app.secret_reset', { appId: app.appId, graceUntil: graceUntil?.toISOString() ?? null }, now)
    return { appSecret }
  },
})

export const resetToken = endpoint({
  summary: { en: 'Make a new permanent token for debugging; enable:false removes it', zh: '重置永久调试 token；enable:false 为移除' },
  params: byId,
  body: z.object({ enable: z.boolean().nullish() }).nullish(),
  answer: z.object({ token: z.string() }).nullable().describe('Shown this once'),
  async handle({ params, body }, deps, viewer) {
    const app = await findApp(deps.db, params.id, ownerOf(viewer, 'reset-app-secret'))
    if (!app) throw fault('not_found', { what: 'app' })
    const permanentTokenId = body?.enable === false ? null : randomUUID()
    await changeApp(app.id, { permanentTokenId, updateUser: viewer.username }, deps)
    if (permanentTokenId === null) return null
    return { token: deps.tokens.sign('permanent', { sub: app.appId, jti: permanentTokenId }, deps.now().getTime()) }
  },
})
