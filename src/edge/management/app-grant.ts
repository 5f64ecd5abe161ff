// What an app may reach, as HQ decides it: interfaces, projects, and limits.

import { z } from 'zod'
import { findApp, limitGrant, replaceGrants, replaceProjects } from '#core/app/app.store.ts'
import { fault } from '#core/fault.ts'
import { existingOperationIds, internalOperationIds } from '#core/operation/operation.store.ts'
import { existingProjectIds } from '#core/project/project.store.ts'
import { endpoint } from './endpoint.ts'
import { byId, id } from './wire.ts'

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
