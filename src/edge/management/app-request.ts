// Developers apply for interfaces; operators approve or refuse (contract §1, settled A12, F22, F27).

import { z } from 'zod'
import { findApp } from '#core/app/app.store.ts'
import {
  applyForOperations,
  type Decision,
  decideRequest,
  type Hindrance,
  pageRequests,
  type RequestRow,
  requestStatuses,
} from '#core/app/grant-request.store.ts'
import { type Fault, fault } from '#core/fault.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint, type ManagementDeps, ownerOf } from './endpoint.ts'
import { byId, id, idText, optionalText, pageOnWire, pageSchema, paging, text, timeOrNull, wireTime } from './wire.ts'

const idsMax = 200

export const applyForInterfaces = endpoint({
  summary: { en: 'Apply for interfaces; those that anybody is given are granted at once', zh: '申请接口权限；无需审批的接口立即授权' },
  params: byId,
  body: z.object({ interfaceIds: z.array(id).min(1).max(idsMax), reason: optionalText(500) }),
  answer: z.object({
    id: z.int().nullable().describe('Of the request that waits; null when nothing has to'),
    granted: z.array(z.int()),
    waiting: z.array(z.int()),
  }),
  async handle({ params, body }, deps, viewer) {
    const app = await findApp(deps.db, params.id, ownerOf(viewer, 'decide-apply'))
    if (!app) throw fault('not_found', { what: 'app' })
    const wish = { app, operationIds: [...new Set(body.interfaceIds)], reason: body.reason ?? null, userId: viewer.userId }
    const outcome = await applyForOperations(deps.db, wish, deps.now())
    if ('because' in outcome) throw faultOf(outcome)
    return outcome
  },
})

function faultOf({ because, operationId }: Hindrance): Fault {
  switch (because) {
    case 'unknown':
      return fault('invalid_parameters', { reason: 'unknown_id', name: 'interfaceIds', value: operationId })
    case 'granted':
      return fault('invalid_parameters', { reason: 'granted_already', name: 'interfaceIds', value: operationId })
    case 'waiting':
      return fault('conflict', { what: 'request', value: operationId })
  }
}

const requestAnswer = z.object({
  id: z.int(),
  app: z.object({ id: z.int(), appId: z.string(), name: z.string() }),
  interfaces: z.array(z.object({ id: z.int(), name: z.string(), method: z.string(), path: z.string() })),
  userId: z.int().describe('Who applied'),
  userName: z.string(),
  reason: z.string().nullable(),
  status: z.enum(requestStatuses),
  answer: z.string().nullable().describe('Why it was refused'),
  createTime: wireTime,
  decideTime: wireTime.nullable(),
  decideUser: z.string().nullable(),
})

export const pageOfRequests = endpoint({
  summary: { en: 'Requests for interfaces, newest first', zh: '查询接口权限申请（分页）' },
  query: paging.extend({
    status: z.enum(requestStatuses).optional(),
    appId: text(32).optional().describe('The public id of an app, or its row id'),
  }),
  answer: pageSchema(requestAnswer),
  async handle({ query }, deps, viewer) {
    const page = await pageRequests(deps.db, { ...query, ownerId: ownerOf(viewer, 'decide-apply') })
    return pageOnWire(page, query, (request) => requestOnWire(request, deps))
  },
})

function requestOnWire(request: RequestRow, { config }: ManagementDeps): z.output<typeof requestAnswer> {
  return {
    id: request.id,
    app: request.app,
    interfaces: request.operations.map(({ id, name, method, path }) => ({ id, name, method, path })),
    userId: request.userId,
    userName: request.userName,
    reason: request.reason,
    status: request.status,
    answer: request.answer,
    createTime: toWireTime(request.createdAt, config.timeZone),
    decideTime: timeOrNull(request.decidedAt, config),
    decideUser: request.decidedBy,
  }
}

const byApplyId = z.object({ applyId: idText })

export const approveRequest = endpoint({
  summary: { en: 'Approve a request: its interfaces are granted', zh: '通过申请并授权其接口' },
  params: byApplyId,
  answer: z.object({ granted: z.array(z.int()).describe('Without interfaces that are gone, or not for this app any more') }),
  async handle({ params }, deps, viewer) {
    return { granted: await decide(params.applyId, { status: 'approved', answer: null, by: viewer.username }, deps) }
  },
})

export const refuseRequest = endpoint({
  summary: { en: 'Refuse a request', zh: '拒绝申请' },
  params: byApplyId,
  body: z.object({ reason: optionalText(500).describe('The developer sees it') }).nullish(),
  async handle({ params, body }, deps, viewer) {
    await decide(params.applyId, { status: 'refused', answer: body?.reason ?? null, by: viewer.username }, deps)
    return null
  },
})

async function decide(applyId: number, decision: Decision, deps: ManagementDeps): Promise<number[]> {
  const decided = await decideRequest(deps.db, applyId, decision, deps.now())
  if (decided === 'unknown') throw fault('not_found', { what: 'request' })
  if (decided === 'decided') throw fault('already_decided')
  return decided
}
