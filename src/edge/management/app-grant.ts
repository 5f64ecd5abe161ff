// What an app may reach, as HQ decides it: interfaces, projects, and limits.

import { z } from 'zod'
import { findApp } from '#core/app/app.store.ts'
import { limitGrant, pageGrants, replaceGrants, replaceProjects } from '#core/app/grant.store.ts'
import { fault } from '#core/fault.ts'
import { existingOperationIds, internalOperationIds } from '#core/operation/operation.store.ts'
import { existingProjectIds, pageProjects } from '#core/project/project.store.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint, ownerOf } from './endpoint.ts'
import { byId, flagText, id, pageOnWire, pageSchema, paging, text, wireTime } from './wire.ts'

/** 0 lifts the limit. */
const quota = z.int().min(0).max(2_147_483_647)
export const limits = {
  limitCount: quota.nullish().describe('Calls a second; 0 is no limit'),
  dayQuota: quota.nullish().describe('Calls a day in the time zone of the platform; 0 is no limit'),
  monthQuota: quota.nullish(),
}

export const grantInterfaces = endpoint({
  summary: { en: 'Replace the set of interfaces that an app may call', zh: '配置接口（整体替换）' },
  params: byId,
  body: z.object({ interfaceIds: z.array(id).max(10_000) }),
  async handle({ params, body }, deps) {
    const ids = [...new Set(body.interfaceIds)]
    const app = await findApp(deps.db, params.id)
    if (!app) throw fault('not_found', { what: 'app' })
    const existing = await existingOperationIds(deps.db, ids)
    const unknown = ids.find((one) => !existing.has(one))
    if (unknown !== undefined) throw fault('invalid_parameters', { reason: 'unknown_id', name: 'interfaceIds', value: unknown })
    const [internal] = app.internal ? [] : await internalOperationIds(deps.db, ids)
    if (internal !== undefined) throw fault('invalid_parameters', { reason: 'internal_interface', name: 'interfaceIds', value: internal })
    await replaceGrants(deps.db, params.id, ids, deps.now())
    return null
  },
})

export const pageOfGrants = endpoint({
  summary: { en: 'What an app may call, and its limits there', zh: '查询应用已授权的接口及其限制（分页）' },
  params: byId,
  query: paging.extend({
    name: text(64).optional(),
    byProject: flagText.optional().describe('1: only interfaces that ask for a project (`projectParam`)'),
  }),
  answer: pageSchema(
    z.object({
      id: z.int().describe('Of the interface'),
      name: z.string(),
      method: z.string(),
      path: z.string(),
      version: z.string(),
      status: z.int().describe('0 unpublished, 1 published'),
      limitCount: z.int().nullable(),
      dayQuota: z.int().nullable(),
      monthQuota: z.int().nullable(),
      createTime: wireTime,
    }),
  ),
  async handle({ params, query }, deps, viewer) {
    const app = await findApp(deps.db, params.id, ownerOf(viewer, 'view-app'))
    if (!app) throw fault('not_found', { what: 'app' })
    const page = await pageGrants(deps.db, { ...query, appId: app.id, byProject: query.byProject === '1' })
    return pageOnWire(page, query, ({ operation: { published, ...named }, limits, createdAt }) => ({
      ...named,
      status: published ? 1 : 0,
      ...limits,
      createTime: toWireTime(createdAt, deps.config.timeZone),
    }))
  },
})

export const pageOfBoundProjects = endpoint({
  summary: { en: 'The projects that an app is bound to', zh: '查询应用绑定的项目（分页）' },
  params: byId,
  query: paging,
  answer: pageSchema(z.object({ id: z.int(), name: z.string(), code: z.string().nullable() })),
  async handle({ params, query }, deps, viewer) {
    const app = await findApp(deps.db, params.id, ownerOf(viewer, 'view-app'))
    if (!app) throw fault('not_found', { what: 'app' })
    const page = await pageProjects(deps.db, { ...query, appId: app.id })
    return pageOnWire(page, query, ({ id, name, code }) => ({ id, name, code }))
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

interface GivenLimits {
  limitCount?: number | null | undefined
  dayQuota?: number | null | undefined
  monthQuota?: number | null | undefined
}

/** Of limits, 0 lifts one and absence leaves it alone. */
export function givenLimits(limits: GivenLimits): { [Name in keyof GivenLimits]?: number | null } {
  return Object.fromEntries(Object.entries(limits).flatMap(([name, value]) => (value == null ? [] : [[name, value || null]])))
}
