// Apps: what a partner's program is to us. Its secrets, grants, requests and callback address have files of their own.

import { z } from 'zod'
import { type AppRow, deleteApps, findApp, insertApp, pageApps, updateApp } from '#core/app/app.store.ts'
import { clientTypes, newAppId, newAppSecret, schemeNames, schemesOfNewApp } from '#core/app/app.ts'
import { boundProjectIds, grantedOperationIds } from '#core/app/grant.store.ts'
import { liveSecrets } from '#core/app/secret.store.ts'
import { findCallback } from '#core/event/callback.store.ts'
import { tellApp } from '#core/event/platform-event.store.ts'
import { fault, problem } from '#core/fault.ts'
import { findFile } from '#core/file/file.store.ts'
import { isFileKey } from '#core/file/file.ts'
import { isRedirectUri } from '#core/oauth/redirect-uri.ts'
import { scopesToGrant } from '#core/oauth/scope.ts'
import { isUser } from '#core/user/user.store.ts'
import { isRange } from '#lib/address.ts'
import { readPublicKey } from '#schemes/public-key.ts'
import {
  appAnswer,
  appOfOwner,
  appOnWire,
  callbackAnswer,
  callbackOnWire,
  secretAnswer,
  secretOfApp,
  secretOnWire,
  withOwner,
} from './app-answer.ts'
import { givenLimits, limits } from './app-grant.ts'
import { endpoint, type ManagementDeps, ownerOf } from './endpoint.ts'
import {
  byId,
  flagText,
  given,
  id,
  idList,
  idText,
  name,
  optionalText,
  pageOnWire,
  pageSchema,
  paging,
  parseTime,
  sorting,
  text,
} from './wire.ts'

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

const logo = text(255)
  .refine((given) => given === '' || isFileKey(given) || (/^https:\/\/[^\s\\]+$/i.test(given) && URL.canParse(given)), {
    error: problem('no_logo'),
  })
  .describe('A key that POST /openapi/file answered, an https URL, or empty for none')

const redirectUris = z.array(text(2_000)).max(20).describe('Where OAuth may send people back to, letter by letter')
const clientType = z.enum(clientTypes).describe('public: cannot keep a secret, and proves itself by PKCE alone')

export const addApp = endpoint({
  summary: {
    en: 'Create an app, disabled (unless KAIMEN_NEW_APPS says otherwise); answers its secret this once',
    zh: '新增应用（初始为禁用，除非 KAIMEN_NEW_APPS 另有设置），应用密钥仅此一次返回',
  },
  body: z.object({
    name,
    serviceType: optionalText(64),
    remark: optionalText(255),
    logo: logo.nullish(),
    userId: id.nullish().describe('The owner; absent: the caller'),
    redirectUris: redirectUris.nullish(),
    clientType: clientType.nullish(),
  }),
  answer: appAnswer.extend({ appSecret: secretAnswer }),
  async handle({ body }, deps, viewer) {
    const userId = body.userId ?? viewer.userId
    if (userId !== viewer.userId) {
      if (ownerOf(viewer, 'create-app') !== undefined) throw fault('forbidden', { permission: 'create-app' })
      if (!(await isUser(deps.db, userId))) throw fault('invalid_parameters', { reason: 'unknown_id', name: 'userId', value: userId })
    }
    const oauth = { redirectUris: body.redirectUris ?? [], clientType: body.clientType ?? 'confidential' } as const
    checkRedirectUris(oauth)
    const now = deps.now()
    const appSecret = newAppSecret()
    const app = await insertApp(
      deps.db,
      {
        appId: newAppId(),
        name: body.name,
        serviceType: body.serviceType ?? null,
        remark: body.remark ?? null,
        logo: (await logoToKeep(body.logo, deps)) ?? null,
        userId,
        enabled: deps.config.newApps === 'enabled',
        internal: false,
        schemes: [...schemesOfNewApp],
        publicKeys: [],
        ipAllowList: [],
        ...oauth,
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
  answer: appOfOwner.extend({
    interfaceIds: z.array(z.int()),
    projectIds: z.array(z.int()),
    secrets: z.array(secretOfApp).describe('Those that live, newest first'),
    callback: callbackAnswer,
  }),
  async handle({ params }, deps, viewer) {
    const app = await findApp(deps.db, params.id, ownerOf(viewer, 'view-app'))
    if (!app) throw fault('not_found', { what: 'app' })
    const secrets = await liveSecrets(deps.db, app.id, deps.now())
    return {
      ...withOwner(app, deps),
      interfaceIds: await grantedOperationIds(deps.db, app.id),
      projectIds: await boundProjectIds(deps.db, app.id),
      secrets: secrets.map((secret) => secretOnWire(secret, deps)),
      callback: callbackOnWire(app.callbackAddress, await findCallback(deps.db, app.id), deps),
    }
  },
})

export const pageOfApps = endpoint({
  summary: { en: 'Apps, newest first', zh: '查询应用列表（分页）' },
  query: paging.extend({
    name: text(64).optional(),
    serviceType: text(64).optional(),
    status: flagText.optional(),
    phoneNumber: text(20).optional(),
    interfaceId: idText.optional().describe('Apps that it is granted to'),
    sort: sorting({ name: 'name', expirationTime: 'expiresAt', createTime: 'createdAt' }),
  }),
  answer: pageSchema(appOfOwner),
  async handle({ query }, deps, viewer) {
    const { name: contained, serviceType, status, phoneNumber, interfaceId, ...request } = query
    const enabled = status === undefined ? undefined : status === '0'
    const page = await pageApps(deps.db, {
      ...request,
      ownerId: ownerOf(viewer, 'view-app'),
      name: contained,
      serviceType,
      enabled,
      phoneNumber,
      operationId: interfaceId,
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
    logo: logo.nullish(),
    schemes: z.array(z.enum(schemeNames)).max(schemeNames.length).nullish().describe('member and auth-id: HQ only'),
    publicKeys: z.array(publicKey).max(10).nullish(),
    ipAllowList: z
      .array(text(64).refine(isRange, { error: problem('no_range') }))
      .max(200)
      .nullish()
      .describe('[] is everywhere'),
    internal: z.boolean().nullish().describe('HQ only'),
    scopes: z.array(z.enum(scopesToGrant)).max(scopesToGrant.length).nullish().describe('HQ only; [] takes all back'),
    seamlessRefresh: z.boolean().nullish().describe('HQ only; whether a signed call with a token that has just ended gets the next one'),
    redirectUris: redirectUris.nullish().describe('[] is nowhere'),
    clientType: clientType.nullish(),
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
    checkRedirectUris({ redirectUris: body.redirectUris ?? before.redirectUris, clientType: body.clientType ?? before.clientType })
    const { limitCount, dayQuota, monthQuota, logo, scopes, ...fields } = body
    const keptLogo = await logoToKeep(logo, deps)
    const change = {
      ...given(fields),
      ...(keptLogo === undefined ? {} : { logo: keptLogo }),
      ...givenLimits({ limitCount, dayQuota, monthQuota }),
      ...given({ grantedScopes: scopes && [...new Set(scopes)] }),
      updateUser: viewer.username,
    }
    await changeApp(before.id, change, deps)
    return appOnWire((await findApp(deps.db, before.id))!, deps)
  },
})

function checkRedirectUris({ redirectUris, clientType }: Pick<AppRow, 'redirectUris' | 'clientType'>): void {
  const wrong = redirectUris.find((uri) => !isRedirectUri(uri, clientType))
  if (wrong !== undefined) throw fault('invalid_parameters', { reason: 'redirect_uri', name: 'redirectUris', value: wrong, clientType })
}

/** The logo to keep: null for none, undefined when nothing was said of it. */
async function logoToKeep(given: string | null | undefined, { db }: ManagementDeps): Promise<string | null | undefined> {
  if (!given) return given === '' ? null : undefined
  if (isFileKey(given) && !(await findFile(db, given))) {
    throw fault('invalid_parameters', { reason: 'unknown_id', name: 'logo', value: given })
  }
  return given
}

const hqFields = ['internal', 'scopes', 'seamlessRefresh', 'limitCount', 'dayQuota', 'monthQuota'] as const
const hqSchemes: ReadonlySet<string> = new Set(['member', 'auth-id'])

export const enableApp = switchApp(true, { en: 'Enable an app', zh: '启用应用' })
export const disableApp = switchApp(false, { en: 'Disable an app', zh: '禁用应用' })

function switchApp(enabled: boolean, summary: { en: string; zh: string }) {
  return endpoint({
    summary,
    params: byId,
    async handle({ params }, deps, viewer) {
      const before = await findApp(deps.db, params.id)
      await changeApp(params.id, { enabled, updateUser: viewer.username }, deps)
      if (before && before.enabled !== enabled) {
        await tellApp(deps.db, params.id, enabled ? 'app.enabled' : 'app.disabled', { appId: before.appId }, deps.now())
      }
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
    await changeApp(params.id, { expiresAt, expiryWarnedDays: null, updateUser: viewer.username }, deps)
    return null
  },
})

export async function changeApp(appId: number, to: Parameters<typeof updateApp>[2], deps: ManagementDeps): Promise<void> {
  if (!(await updateApp(deps.db, appId, { ...to, updatedAt: deps.now() }))) throw fault('not_found', { what: 'app' })
}

const idsMax = 200

export const deleteApp = endpoint({
  summary: { en: 'Delete an app; the gateway forgets it within a second', zh: '删除应用，一秒内对所有网关生效' },
  params: byId,
  async handle({ params }, deps, viewer) {
    if ((await deleteApps(deps.db, [params.id], deps.now(), viewer.username)) !== undefined) throw fault('not_found', { what: 'app' })
    return null
  },
})

export const deleteSomeApps = endpoint({
  summary: { en: 'Delete apps, all of them or none', zh: '批量删除应用（全部成功或全部不变）' },
  query: z.object({ ids: idList(idsMax) }),
  async handle({ query }, deps, viewer) {
    const unknown = await deleteApps(deps.db, query.ids, deps.now(), viewer.username)
    if (unknown !== undefined) throw fault('invalid_parameters', { reason: 'unknown_id', name: 'ids', value: unknown })
    return null
  },
})
