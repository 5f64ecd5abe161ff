// What people let an app know and do: seen by its owner, and withdrawn by HQ in a person's place. Persons withdraw it themselves at /account.

import { z } from 'zod'
import { findApp } from '#core/app/app.store.ts'
import { fault } from '#core/fault.ts'
import { pageConsents, withdrawConsent } from '#core/oauth/consent.store.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint, ownerOf } from './endpoint.ts'
import { byId, idText, pageOnWire, pageSchema, paging, wireTime } from './wire.ts'

export const pageOfConsents = endpoint({
  summary: {
    en: 'Who let an app in by OAuth, and to what; names for those with view-user',
    zh: '查询用户对应用的 OAuth 授权（分页）；有 view-user 权限可见用户',
  },
  params: byId,
  query: paging,
  answer: pageSchema(
    z.object({
      userId: z.int().nullable().describe('Without view-user null: an app knows people by its openid alone'),
      username: z.string().nullable(),
      openid: z.string().nullable().describe('null: the app has not asked for them yet'),
      scopes: z.array(z.string()),
      createTime: wireTime,
      updateTime: wireTime,
    }),
  ),
  async handle({ params, query }, deps, viewer) {
    const app = await findApp(deps.db, params.id, ownerOf(viewer, 'view-app'))
    if (!app) throw fault('not_found', { what: 'app' })
    const seesPeople = viewer.permissions.has('view-user')
    const page = await pageConsents(deps.db, { ...query, appId: app.id })
    return pageOnWire(page, query, ({ userId, username, openId, scopes, createdAt, updatedAt }) => ({
      userId: seesPeople ? userId : null,
      username: seesPeople ? username : null,
      openid: openId,
      scopes: [...scopes],
      createTime: toWireTime(createdAt, deps.config.timeZone),
      updateTime: toWireTime(updatedAt, deps.config.timeZone),
    }))
  },
})

export const withdrawFromApp = endpoint({
  summary: { en: 'Withdraw a person’s consent to an app; the tokens that it gave end', zh: '撤销用户对应用的授权（相应令牌随即失效）' },
  params: byId.extend({ userId: idText }),
  async handle({ params }, deps) {
    const app = await findApp(deps.db, params.id)
    if (!app || !(await withdrawConsent(deps.db, params.userId, app.appId, deps.now()))) throw fault('not_found', { what: 'consent' })
    return null
  },
})
