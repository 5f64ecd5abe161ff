// Apps: what a partner's program is to us.

import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import {
  type AppRow,
  type AppWithOwner,
  findApp,
  grantedOperationIds,
  insertApp,
  limitGrant,
  pageApps,
  replaceGrants,
  replaceProjects,
  replaceSecret,
  updateApp,
} from '#core/app/app.store.ts'
import { newAppId, newAppSecret, schemeNames, schemesOfNewApp } from '#core/app/app.ts'
import { fault } from '#core/fault.ts'
import { existingOperationIds } from '#core/operation/operation.store.ts'
import { existingProjectIds } from '#core/project/project.store.ts'
import { isUser } from '#core/user/user.store.ts'
import { isRange } from '#lib/address.ts'
import { toWireTime } from '#lib/time.ts'
import { readPublicKey } from '#schemes/public-key.ts'
import { endpoint, type ManagementDeps, ownerOf } from './endpoint.ts'
import {
  byId,
  flagText,
  given,
  id,
  name,
  optionalText,
  pageOnWire,
  pageSchema,
  paging,
  parseTime,
  text,
  timeOrNull,
  wireTime,
} from './wire.ts'

const secretAnswer = z.string().length(32).describe('Shown this once')

const publicKey = z
  .object({
    keyId: text(64).regex(/^[\w.-]+$/),
    alg: z.enum(['rsa-v1_5-sha256', 'ecdsa-p256-sha256', 'ed25519', 'sm2']).optional().describe('Absent: what the key is'),
    publicKey: text(8_192).describe('SPKI PEM; RSA of 2048 to 4096 bits'),
  })
  .transform((given, context) => {
    const read = readPublicKey(given.publicKey)
    if (typeof read !== 'string' && (given.alg ?? read.alg) === read.alg) return { ...given, alg: read.alg }
    context.addIssue({ code: 'custom', message: typeof read === 'string' ? read : `alg: ${read.alg}`, path: ['publicKey'] })
    return z.NEVER
  })

/** 0 lifts the limit. */
const quota = z.int().min(0).max(2_147_483_647)
const limits = {
  limitCount: quota.nullish().describe('Calls a second; 0 is no limit'),
  dayQuota: quota.nullish().describe('Calls a day in the time zone of the platform; 0 is no limit'),
  monthQuota: quota.nullish(),
}

const appAnswer = z.object({
  id: z.int(),
  appId: z.string(),
  name: z.string(),
  serviceType: z.string().nullable(),
  remark: z.string().nullable(),
  logo: z.string().nullable(),
  userId: z.int(),
  schemes: z.array(z.string()),
  publicKeys: z.array(z.object({ keyId: z.string(), alg: z.string(), publicKey: z.string() })),
  ipAllowList: z.array(z.string()),
  internal: z.boolean(),
  limitCount: z.int().nullable(),
  dayQuota: z.int().nullable(),
  monthQuota: z.int().nullable(),
  createTime: wireTime,
  updateTime: wireTime,
  createUser: z.string().nullable(),
  updateUser: z.string().nullable(),
  expirationTime: wireTime.nullable().describe('null is never'),
  status: z.int().describe('0 enabled, 1 disabled'),
})

const appOfOwner = appAnswer.extend({ userName: z.string(), phoneNumber: z.string().nullable() })

function appOnWire(app: AppRow, deps: ManagementDeps): z.output<typeof appAnswer> {
  const { timeZone } = deps.config
  return {
    id: app.id,
    appId: app.appId,
    name: app.name,
    serviceType: app.serviceType,
    remark: app.remark,
    logo: app.logo,
    userId: app.userId,
    schemes: app.schemes,
    publicKeys: app.publicKeys,
    ipAllowList: app.ipAllowList,
    internal: app.internal,
    limitCount: app.limitCount,
    dayQuota: app.dayQuota,
    monthQuota: app.monthQuota,
    createTime: toWireTime(app.createdAt, timeZone),
    updateTime: toWireTime(app.updatedAt, timeZone),
    createUser: app.createUser,
    updateUser: app.updateUser,
    expirationTime: timeOrNull(app.expiresAt, deps.config),
    status: app.enabled ? 0 : 1,
  }
}

const withOwner = (app: AppWithOwner, deps: ManagementDeps) => ({
  ...appOnWire(app, deps),
  userName: app.userName,
  phoneNumber: app.phoneNumber,
})

export const addApp = endpoint({
  summary: { en: 'Create an app, disabled; answers its secret this once', zh: '新增应用（初始为禁用），应用密钥仅此一次返回' },
  body: z.object({
    name,
    serviceType: optionalText(64),
    remark: optionalText(255),
    logo: optionalText(255),
    userId: id.nullish().describe('The owner; absent: the caller'),
  }),
  answer: appAnswer.extend({ appSecret: secretAnswer }),
  async handle({ body }, deps, viewer) {
    const userId = body.userId ?? viewer.userId
    if (userId !== viewer.userId) {
      if (ownerOf(viewer, 'create-app') !== undefined) throw fault('forbidden', { permission: 'create-app' })
      if (!(await isUser(deps.db, userId))) throw fault('invalid_parameters', { reason: 'unknown_id', name: 'userId', value: userId })
    }
    const now = deps.now()
    const appSecret = newAppSecret()
    const app = await insertApp(
      deps.db,
      {
        appId: newAppId(),
        name: body.name,
        serviceType: body.serviceType ?? null,
        remark: body.remark ?? null,
        logo: body.logo ?? null,
        userId,
        enabled: false,
        internal: false,
        schemes: [...schemesOfNewApp],
        publicKeys: [],
        ipAllowList: [],
        tokenEpoch: 1,
        createdAt: now,
        updatedAt: now,
        createUser: viewer.username,
        updateUser: viewer.username,
      },
      deps.sealer.seal('app-secret', appSecret),
    )
    return { ...appOnWire(app, deps), appSecret }
  },
})

export const getApp = endpoint({
  summary: { en: 'One app', zh: '查询应用详情' },
  params: byId,
  answer: appOfOwner.extend({ interfaceIds: z.array(z.int()) }),
  async handle({ params }, deps, viewer) {
    const app = await findApp(deps.db, params.id, ownerOf(viewer, 'view-app'))
    if (!app) throw fault('not_found', { what: 'app' })
    return { ...withOwner(app, deps), interfaceIds: await grantedOperationIds(deps.db, app.id) }
  },
})

export const pageOfApps = endpoint({
  summary: { en: 'Apps, newest first', zh: '查询应用列表（分页）' },
  query: paging.extend({
    name: text(64).optional(),
    serviceType: text(64).optional(),
    status: flagText.optional(),
    phoneNumber: text(20).optional(),
  }),
  answer: pageSchema(appOfOwner),
  async handle({ query }, deps, viewer) {
    const { name: contained, serviceType, status, phoneNumber, ...request } = query
    const enabled = status === undefined ? undefined : status === '0'
    const page = await pageApps(deps.db, {
      ...request,
      ownerId: ownerOf(viewer, 'view-app'),
      name: contained,
      serviceType,
      enabled,
      phoneNumber,
    })
    return pageOnWire(page, request, (app) => withOwner(app, deps))
  },
})

export const editApp = endpoint({
  summary: { en: 'Edit an app; what is absent or null stays', zh: '编辑应用；未传的字段不修改' },
  params: byId,
  body: z.object({
    name: name.nullish(),
    serviceType: optionalText(64),
    remark: optionalText(255),
    logo: optionalText(255),
    schemes: z.array(z.enum(schemeNames)).max(schemeNames.length).nullish().describe('member and auth-id: HQ only'),
    publicKeys: z.array(publicKey).max(10).nullish(),
    ipAllowList: z
      .array(text(64).refine(isRange, { error: 'address or CIDR range' }))
      .max(200)
      .nullish()
      .describe('[] is everywhere'),
    internal: z.boolean().nullish().describe('HQ only'),
    limitCount: limits.limitCount.describe('HQ only'),
    dayQuota: limits.dayQuota.describe('HQ only'),
    monthQuota: limits.monthQuota.describe('HQ only'),
  }),
  answer: appAnswer,
  async handle({ params, body }, deps, viewer) {
    const ownerId = ownerOf(viewer, 'edit-app')
    const before = await findApp(deps.db, params.id, ownerId)
    if (!before) throw fault('not_found', { what: 'app' })
    const isForHq =
      hqFields.some((field) => body[field] != null) ||
      body.schemes?.some((scheme) => hqSchemes.has(scheme) && !before.schemes.includes(scheme))
    if (ownerId !== undefined && isForHq) throw fault('forbidden', { permission: 'edit-app' })
    const { limitCount, dayQuota, monthQuota, ...fields } = body
    await change(before.id, { ...given(fields), ...givenLimits({ limitCount, dayQuota, monthQuota }), updateUser: viewer.username }, deps)
    return appOnWire((await findApp(deps.db, before.id))!, deps)
  },
})

const hqFields = ['internal', 'limitCount', 'dayQuota', 'monthQuota'] as const
const hqSchemes: ReadonlySet<string> = new Set(['member', 'auth-id'])

interface GivenLimits {
  limitCount?: number | null | undefined
  dayQuota?: number | null | undefined
  monthQuota?: number | null | undefined
}

/** Of limits, 0 lifts one and absence leaves it alone. */
function givenLimits(limits: GivenLimits): { [Name in keyof GivenLimits]?: number | null } {
  return Object.fromEntries(Object.entries(limits).flatMap(([name, value]) => (value == null ? [] : [[name, value || null]])))
}

export const limitApp = endpoint({
  summary: { en: 'Limits of an app at one interface', zh: '设置应用在某接口上的限制' },
  params: byId,
  body: z.object({ interfaceId: id, ...limits }),
  async handle({ params, body }, deps) {
    const { interfaceId, ...given } = body
    if (!(await limitGrant(deps.db, params.id, interfaceId, givenLimits(given)))) {
      throw fault('invalid_parameters', { reason: 'unknown_id', name: 'interfaceId', value: interfaceId })
    }
    return null
  },
})

export const bindProjects = endpoint({
  summary: { en: 'Replace the set of projects that an app is bound to', zh: '绑定项目（整体替换）' },
  params: byId,
  body: z.object({ projectIds: z.array(id).max(10_000) }),
  async handle({ params, body }, deps) {
    const ids = [...new Set(body.projectIds)]
    if (!(await findApp(deps.db, params.id))) throw fault('not_found', { what: 'app' })
    const existing = await existingProjectIds(deps.db, ids)
    const unknown = ids.find((one) => !existing.has(one))
    if (unknown !== undefined) throw fault('invalid_parameters', { reason: 'unknown_id', name: 'projectIds', value: unknown })
    await replaceProjects(deps.db, params.id, ids)
    return null
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
    await change(app.id, { permanentTokenId, updateUser: viewer.username }, deps)
    if (permanentTokenId === null) return null
    return { token: deps.tokens.sign('permanent', { sub: app.appId, jti: permanentTokenId }, deps.now().getTime()) }
  },
})

export const enableApp = switchApp(true, { en: 'Enable an app', zh: '启用应用' })
export const disableApp = switchApp(false, { en: 'Disable an app', zh: '禁用应用' })

function switchApp(enabled: boolean, summary: { en: string; zh: string }) {
  return endpoint({
    summary,
    params: byId,
    async handle({ params }, deps, viewer) {
      await change(params.id, { enabled, updateUser: viewer.username }, deps)
      return null
    },
  })
}

export const setExpiration = endpoint({
  summary: {
    en: 'Set when an app expires; a past time ends it at once, null is never',
    zh: '修改有效期（过去的时间即刻失效，null 为永久）',
  },
  params: byId,
  body: z.object({ expirationTime: z.string().nullable() }),
  async handle({ params, body }, deps, viewer) {
    const expiresAt = body.expirationTime === null ? null : parseTime('expirationTime', body.expirationTime, deps.config)
    await change(params.id, { expiresAt, updateUser: viewer.username }, deps)
    return null
  },
})

async function change(appId: number, to: Parameters<typeof updateApp>[2], deps: ManagementDeps): Promise<void> {
  if (!(await updateApp(deps.db, appId, { ...to, updatedAt: deps.now() }))) throw fault('not_found', { what: 'app' })
}

export const grantInterfaces = endpoint({
  summary: { en: 'Replace the set of interfaces that an app may call', zh: '配置接口（整体替换）' },
  params: byId,
  body: z.object({ interfaceIds: z.array(id).max(10_000) }),
  async handle({ params, body }, deps) {
    const ids = [...new Set(body.interfaceIds)]
    if (!(await findApp(deps.db, params.id))) throw fault('not_found', { what: 'app' })
    const existing = await existingOperationIds(deps.db, ids)
    const unknown = ids.find((one) => !existing.has(one))
    if (unknown !== undefined) throw fault('invalid_parameters', { reason: 'unknown_id', name: 'interfaceIds', value: unknown })
    await replaceGrants(deps.db, params.id, ids, deps.now())
    return null
  },
})

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
    return { appSecret }
  },
})
