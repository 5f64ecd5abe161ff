// Upstream services: where published interfaces lead.

import { z } from 'zod'
import { fault, problem } from '#core/fault.ts'
import { deleteService, insertService, pageServices, type ServiceRow, updateService } from '#core/service/service.store.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import { brokenConstraint } from '#db/open.ts'
import { isBarredAddress } from '#lib/barred-address.ts'
import { portOf } from '#lib/outward.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint, type ManagementDeps } from './endpoint.ts'
import { byId, given, name, pageOnWire, pageSchema, paging, sorting, text, wireTime } from './wire.ts'

const target = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(512)
    .refine(isOrigin, { error: problem('not_an_origin') })
    .refine((url) => !isBarredAddress(hostOf(url)), { error: problem('barred_address') }),
  weight: z.int().min(1).max(1_000).default(1),
})

// A path in a target would make `upstreamPath` ambiguous; credentials in a URL end in logs.
function isOrigin(url: string): boolean {
  const parsed = URL.parse(url)
  if (!parsed) return false
  const { pathname, search, hash, username } = parsed
  return pathname === '/' && search === '' && hash === '' && username === ''
}

function hostOf(url: string): string {
  // A dot at the end is the root of the name, and leads to the same place.
  return (URL.parse(url)?.hostname ?? '').replace(/^\[|\]$|\.$/g, '')
}

/** A target that is Kaimen itself would let callers in from the inside, or call in a circle (settled F26). */
function refuseOwnListeners(targets: readonly { readonly url: string }[], { isOwn }: ManagementDeps): void {
  const at = targets.findIndex(({ url }) => isOwn(hostOf(url), portOf(new URL(url))))
  if (at >= 0) throw fault('invalid_parameters', { reason: 'field', name: `targets.${at}.url`, problem: problem('own_listener') })
}

const milliseconds = z.int().min(1).max(600_000)
const times = z.int().min(1).max(100)

const fields = {
  name,
  targets: z.array(target).min(1).max(64),
  balance: z.enum(['round_robin', 'random', 'least_conn', 'hash']),
  connectTimeoutMs: milliseconds,
  timeoutMs: milliseconds.describe('For the head of the answer with all tries, and between two pieces of its body'),
  retries: z
    .int()
    .min(0)
    .max(5)
    .describe('Only while the call is safe to repeat: nothing of it was sent, or it is a GET or HEAD and no answer began'),
  healthCheck: z.object({
    path: text(256).startsWith('/'),
    intervalMs: milliseconds.default(5_000),
    timeoutMs: milliseconds.default(1_000),
    healthyAfter: times.default(2),
    unhealthyAfter: times.default(3),
  }),
  passAuthorization: z.boolean().describe('Lets Authorization, token, authentication and Cookie through on open interfaces'),
  remark: text(255),
}

export const serviceBody = z.object({
  name: fields.name,
  targets: fields.targets,
  balance: fields.balance.default('round_robin'),
  connectTimeoutMs: fields.connectTimeoutMs.default(2_000),
  timeoutMs: fields.timeoutMs.default(30_000),
  retries: fields.retries.default(1),
  healthCheck: fields.healthCheck.nullish(),
  passAuthorization: fields.passAuthorization.default(false),
  remark: fields.remark.nullish(),
})

export const serviceAnswer = serviceBody.extend({
  id: z.int(),
  createTime: wireTime,
  updateTime: wireTime,
  createUser: z.string().nullable(),
  updateUser: z.string().nullable(),
})

export function serviceOnWire(service: ServiceRow, deps: ManagementDeps) {
  const { createdAt, updatedAt, deletedAt: _, ...rest } = service
  return { ...rest, createTime: toWireTime(createdAt, deps.config.timeZone), updateTime: toWireTime(updatedAt, deps.config.timeZone) }
}

export const addService = endpoint({
  summary: { en: 'Register a service that interfaces lead to', zh: '新增后端服务' },
  body: serviceBody,
  answer: serviceAnswer,
  async handle({ body }, deps, viewer) {
    refuseOwnListeners(body.targets, deps)
    return register(body, deps, viewer)
  },
})

export async function register(body: z.output<typeof serviceBody>, deps: ManagementDeps, viewer: Viewer) {
  const now = deps.now()
  const authors = { createdAt: now, updatedAt: now, createUser: viewer.username, updateUser: viewer.username }
  const row = { ...body, healthCheck: body.healthCheck ?? null, remark: body.remark ?? null, ...authors }
  return serviceOnWire(await orConflict(body.name, () => insertService(deps.db, row)), deps)
}

export const editService = endpoint({
  summary: {
    en: 'Edit a service; what is absent or null stays, but healthCheck: null ends the checks',
    zh: '编辑后端服务；未传或为 null 的字段不修改，healthCheck 为 null 则停止健康检查',
  },
  params: byId,
  body: z.object({
    name: fields.name.nullish(),
    targets: fields.targets.nullish(),
    balance: fields.balance.nullish(),
    connectTimeoutMs: fields.connectTimeoutMs.nullish(),
    timeoutMs: fields.timeoutMs.nullish(),
    retries: fields.retries.nullish(),
    healthCheck: fields.healthCheck.nullish(),
    passAuthorization: fields.passAuthorization.nullish(),
    remark: fields.remark.nullish(),
  }),
  answer: serviceAnswer,
  async handle({ params, body }, deps, viewer) {
    if (body.targets) refuseOwnListeners(body.targets, deps)
    const { healthCheck, ...others } = body
    const checks = healthCheck === undefined ? {} : { healthCheck }
    const changes = { ...given(others), ...checks, updatedAt: deps.now(), updateUser: viewer.username }
    const service = await orConflict(body.name ?? '', () => updateService(deps.db, params.id, changes))
    if (!service) throw fault('not_found', { what: 'service' })
    return serviceOnWire(service, deps)
  },
})

export const removeService = endpoint({
  summary: { en: 'Delete a service that no interface leads to', zh: '删除后端服务（正被接口使用时不能删除）' },
  params: byId,
  async handle({ params }, deps, viewer) {
    const now = deps.now()
    const done = await deleteService(deps.db, params.id, { deletedAt: now, updatedAt: now, updateUser: viewer.username })
    if (done === 'absent') throw fault('not_found', { what: 'service' })
    if (done !== 'done') throw fault('conflict', { reason: 'in_use', what: 'service', value: done.row.name, count: done.users })
    return null
  },
})

export const pageOfServices = endpoint({
  summary: { en: 'Services, newest first', zh: '查询后端服务列表（分页）' },
  query: paging.extend({
    name: text(64).optional(),
    url: text(512).optional().describe('Part of the URL of a target'),
    sort: sorting({ name: 'name', createTime: 'createdAt' }),
  }),
  answer: pageSchema(serviceAnswer),
  async handle({ query }, deps) {
    const page = await pageServices(deps.db, query)
    return pageOnWire(page, query, (service) => serviceOnWire(service, deps))
  },
})

export const healthOfServices = endpoint({
  summary: { en: 'Targets that gateways keep calls from at this moment', zh: '查询当前异常的后端目标' },
  answer: z.object({
    gateways: z.int().describe('Heard in the last minute'),
    ailing: z.array(z.object({ serviceId: z.int(), url: z.string(), gateways: z.int().describe('How many of them find it so') })),
  }),
  async handle(_, { gateways }) {
    const heard = gateways()
    const found = Map.groupBy(
      heard.flatMap(({ figures }) => figures.ailing),
      ({ serviceId, url }) => `${serviceId} ${url}`,
    )
    return { gateways: heard.length, ailing: [...found.values()].map((same) => ({ ...same[0]!, gateways: same.length })) }
  },
})

async function orConflict<T>(called: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (brokenConstraint(error) === 'service_name') throw fault('conflict', { what: 'service', value: called })
    throw error
  }
}
