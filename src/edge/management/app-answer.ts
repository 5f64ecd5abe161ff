// How an app looks on the wire.

import { z } from 'zod'
import type { AppRow, AppWithOwner } from '#core/app/app.store.ts'
import { clientTypes, daysLeft } from '#core/app/app.ts'
import type { SecretRow } from '#core/app/secret.store.ts'
import type { CallbackRow } from '#core/event/callback.store.ts'
import { stateOf } from '#core/event/callback.ts'
import { toWireTime } from '#lib/time.ts'
import type { ManagementDeps } from './endpoint.ts'
import { timeOrNull, wireTime } from './wire.ts'

export const appAnswer = z.object({
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
  scopes: z.array(z.string()).describe('What HQ lets it ask people for, besides what everybody may'),
  seamlessRefresh: z.boolean(),
  redirectUris: z.array(z.string()),
  clientType: z.enum(clientTypes),
  limitCount: z.int().nullable(),
  dayQuota: z.int().nullable(),
  monthQuota: z.int().nullable(),
  createTime: wireTime,
  updateTime: wireTime,
  createUser: z.string().nullable(),
  updateUser: z.string().nullable(),
  expirationTime: wireTime.nullable().describe('null is never'),
  expiresInDays: z.int().nullable().describe('Begun days until then; 0 is expired, null never expires'),
  callbackAddress: z.string().nullable(),
  callbackLimit: z.int().nullable().describe('Events a second; null is KAIMEN_CALLBACK_LIMIT'),
  hasPermanentToken: z.boolean(),
  status: z.int().describe('0 enabled, 1 disabled'),
})

export const appOfOwner = appAnswer.extend({ userName: z.string(), phoneNumber: z.string().nullable() })

export function appOnWire(app: AppRow, deps: ManagementDeps): z.output<typeof appAnswer> {
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
    scopes: app.grantedScopes,
    seamlessRefresh: app.seamlessRefresh,
    redirectUris: app.redirectUris,
    clientType: app.clientType,
    limitCount: app.limitCount,
    dayQuota: app.dayQuota,
    monthQuota: app.monthQuota,
    createTime: toWireTime(app.createdAt, timeZone),
    updateTime: toWireTime(app.updatedAt, timeZone),
    createUser: app.createUser,
    updateUser: app.updateUser,
    expirationTime: timeOrNull(app.expiresAt, deps.config),
    expiresInDays: daysLeft(app, deps.now()),
    callbackAddress: app.callbackAddress,
    callbackLimit: app.callbackLimit,
    hasPermanentToken: app.permanentTokenId !== null,
    status: app.enabled ? 0 : 1,
  }
}

export const callbackAnswer = z
  .object({
    state: z.enum(['none', 'pending', 'open', 'blocked', 'disabled']),
    failures: z.int().describe('In a row'),
    failingTime: wireTime.nullable().describe('Since when there was nothing else'),
    blockedTime: wireTime.nullable().describe('Nothing is sent before'),
    disabledTime: wireTime.nullable(),
    disabledWhy: z.enum(['gone', 'failing']).nullable(),
  })
  .describe('How the callback address does; pending: it has yet to repeat its challenge')

export function callbackOnWire(
  address: string | null,
  row: CallbackRow | undefined,
  deps: ManagementDeps,
): z.output<typeof callbackAnswer> {
  return {
    state: stateOf(address, row, deps.now()),
    failures: row?.failures ?? 0,
    failingTime: timeOrNull(row?.failingSince ?? null, deps.config),
    blockedTime: timeOrNull(row?.blockedUntil ?? null, deps.config),
    disabledTime: timeOrNull(row?.disabledAt ?? null, deps.config),
    disabledWhy: row?.disabledWhy ?? null,
  }
}

export const withOwner = (app: AppWithOwner, deps: ManagementDeps) => ({
  ...appOnWire(app, deps),
  userName: app.userName,
  phoneNumber: app.phoneNumber,
})

export const secretAnswer = z.string().length(32).describe('Shown this once')

export const secretOfApp = z.object({
  id: z.int(),
  createTime: wireTime,
  expirationTime: wireTime.nullable().describe('null is never'),
  lastUsedTime: wireTime.nullable().describe('About a minute exact; null: not yet'),
})

export const secretOnWire = (secret: SecretRow, { config }: ManagementDeps): z.output<typeof secretOfApp> => ({
  id: secret.id,
  createTime: toWireTime(secret.createdAt, config.timeZone),
  expirationTime: timeOrNull(secret.expiresAt, config),
  lastUsedTime: timeOrNull(secret.lastUsedAt, config),
})
