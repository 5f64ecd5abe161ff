// Interfaces (接口): what partners may call. In code an `operation`; here is where the two words meet.

import { z } from 'zod'
import { schemeNames } from '#core/app/app.ts'
import { type Detail, fault } from '#core/fault.ts'
import {
  findOperation,
  insertOperation,
  isServiceType,
  type NewOperation,
  type OperationRow,
  pageOperations,
  updateOperation,
} from '#core/operation/operation.store.ts'
import { isOwnPathOfGateway, isPath, shapeOf, variablesOf } from '#core/operation/operation.ts'
import { isService } from '#core/service/service.store.ts'
import type { Viewer } from '#core/user/user.store.ts'
import { brokenConstraint } from '#db/open.ts'
import { schemaProblem } from '#lib/json-schema.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint, type ManagementDeps, ownerOf } from './endpoint.ts'
import { byId, flagText, given, id, idText, name, pageOnWire, pageSchema, paging, text, wireTime } from './wire.ts'

const path = text(256).refine(isPath, { error: '/segments/{name}' })
const flag = z.union([z.literal(0), z.literal(1)])
const paramSchema = z
  .record(z.string(), z.unknown())
  .refine((schema) => JSON.stringify(schema).length <= 65_536, { error: '64 KB' })
  .superRefine((schema, context) => {
    const problem = schemaProblem(schema)
    if (problem) context.addIssue({ code: 'custom', message: problem })
  })

const schemeName = z.enum(schemeNames)

const fields = {
  name,
  path,
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
  type: flag.describe('0 uplink, 1 downlink'),
  serviceType: id.describe('1 parking space, 2 payment, 3 monthly card, 4 car park, 5 coupon'),
  version: text(16).min(1),
  status: flag.describe('0 unpublished, 1 published'),
  enable: flag.describe('0 enabled, 1 disabled'),
  doc: text(262_144).describe('Markdown'),
  remark: text(255),
  limitCount: z.int().min(0).max(10_000_000).describe('Calls a second, all apps together; 0 is no limit'),
  limitAction: z.enum(['refuse', 'disable']),
  concurrency: z.int().min(0).max(1_000_000).describe('Calls under way at once on one gateway, all apps together; 0 is no limit'),
  serviceId: id,
  upstreamPath: path.describe('Path at the service; absent: the same'),
  security: z.enum(['none', 'token', 'token+sign', 'sign']),
  schemes: z.array(schemeName).min(1).max(schemeNames.length).describe('The schemes it accepts; absent: whatever the app may use'),
  projectParam: text(64).min(1),
  paramSchema: paramSchema.describe('JSON Schema of one object of all parameters'),
}

const interfaceAnswer = z.object({
  id: z.int(),
  ...Object.fromEntries(Object.entries(fields).map(([key, schema]) => [key, schema.nullable()])),
  tripped: z.boolean().describe('Shut since its limit was reached; publish opens it'),
  createTime: wireTime,
  updateTime: wireTime,
  createUser: z.string().nullable(),
  updateUser: z.string().nullable(),
})

/** What a developer sees; where an interface leads is not theirs to know (settled C19). */
function publicOnWire(operation: OperationRow, deps: ManagementDeps) {
  return {
    id: operation.id,
    name: operation.name,
    path: operation.path,
    method: operation.method,
    type: operation.direction === 'uplink' ? 0 : 1,
    serviceType: operation.serviceTypeId,
    version: operation.version,
    status: operation.published ? 1 : 0,
    enable: operation.disabled ? 1 : 0,
    doc: operation.doc,
    remark: operation.remark,
    limitCount: operation.limitCount,
    limitAction: operation.limitAction,
    concurrency: operation.concurrency,
    tripped: operation.trippedAt !== null,
    security: operation.security,
    schemes: operation.schemes,
    projectParam: operation.projectParam,
    paramSchema: operation.paramSchema,
    createTime: toWireTime(operation.createdAt, deps.config.timeZone),
    updateTime: toWireTime(operation.updatedAt, deps.config.timeZone),
  }
}

function interfaceOnWire(operation: OperationRow, deps: ManagementDeps) {
  return {
    ...publicOnWire(operation, deps),
    serviceId: operation.serviceId,
    upstreamPath: operation.upstreamPath,
    createUser: operation.createUser,
    updateUser: operation.updateUser,
  }
}

export const addInterface = endpoint({
  summary: { en: 'Add an interface', zh: '新增接口' },
  body: z.object({
    name: fields.name,
    path: fields.path,
    method: fields.method,
    type: fields.type,
    serviceType: fields.serviceType,
    version: fields.version,
    status: fields.status.nullish(),
    enable: fields.enable.nullish(),
    doc: fields.doc.nullish(),
    remark: fields.remark.nullish(),
    limitCount: fields.limitCount.nullish(),
    limitAction: fields.limitAction.nullish(),
    concurrency: fields.concurrency.nullish(),
    serviceId: fields.serviceId.nullish(),
    upstreamPath: fields.upstreamPath.nullish(),
    security: fields.security.nullish(),
    schemes: fields.schemes.nullish(),
    projectParam: fields.projectParam.nullish(),
    paramSchema: fields.paramSchema.nullish(),
  }),
  answer: interfaceAnswer,
  async handle({ body }, deps, viewer) {
    const now = deps.now()
    const operation: NewOperation = {
      name: body.name,
      method: body.method,
      path: body.path,
      pathShape: shapeOf(body.path),
      direction: directions[body.type],
      serviceTypeId: body.serviceType,
      version: body.version,
      published: body.status === 1,
      disabled: body.enable === 1,
      doc: body.doc ?? null,
      remark: body.remark ?? null,
      limitCount: body.limitCount || null,
      limitAction: body.limitAction ?? 'refuse',
      concurrency: body.concurrency || null,
      opening: 1,
      serviceId: body.serviceId ?? null,
      upstreamPath: body.upstreamPath ?? null,
      security: body.security ?? 'token+sign',
      schemes: body.schemes ?? null,
      projectParam: body.projectParam ?? null,
      paramSchema: body.paramSchema ?? null,
      createdAt: now,
      updatedAt: now,
      createUser: viewer.username,
      updateUser: viewer.username,
    }
    await requireSound(operation, deps)
    return interfaceOnWire(await orConflict(operation, () => insertOperation(deps.db, operation)), deps)
  },
})

const directions = ['uplink', 'downlink'] as const

/** A field of an edit: absent, null or "" leaves it alone (source 002, settled F24). */
const edited = <Schema extends z.ZodType>(schema: Schema) => z.preprocess((value) => (value === '' ? null : value), schema.nullish())

export const editInterface = endpoint({
  summary: { en: 'Edit an interface; what is absent, null or empty stays', zh: '编辑接口；未传或为空的字段不修改' },
  params: byId,
  body: z.object({
    name: edited(fields.name),
    path: edited(fields.path),
    method: edited(fields.method),
    type: edited(fields.type),
    serviceType: edited(fields.serviceType),
    version: edited(fields.version),
    status: edited(fields.status),
    enable: edited(fields.enable),
    doc: edited(fields.doc),
    remark: edited(fields.remark),
    limitCount: edited(fields.limitCount),
    limitAction: edited(fields.limitAction),
    concurrency: edited(fields.concurrency),
    serviceId: edited(fields.serviceId),
    upstreamPath: edited(fields.upstreamPath),
    security: edited(fields.security),
    schemes: edited(z.array(schemeName).max(schemeNames.length)).describe('[] lifts the restriction'),
    projectParam: edited(fields.projectParam),
    paramSchema: edited(fields.paramSchema),
  }),
  answer: interfaceAnswer,
  async handle({ params, body }, deps, viewer) {
    const before = await findOperation(deps.db, params.id)
    if (!before) throw fault('not_found', { what: 'interface' })
    // Only what was sent is written, so that two people who edit different fields do not undo each other.
    const changes: Partial<NewOperation> = {
      ...given({
        name: body.name,
        method: body.method,
        path: body.path,
        pathShape: body.path == null ? undefined : shapeOf(body.path),
        direction: body.type == null ? undefined : directions[body.type],
        serviceTypeId: body.serviceType,
        version: body.version,
        published: body.status == null ? undefined : body.status === 1,
        disabled: body.enable == null ? undefined : body.enable === 1,
        doc: body.doc,
        remark: body.remark,
        limitAction: body.limitAction,
        serviceId: body.serviceId,
        upstreamPath: body.upstreamPath,
        security: body.security,
        projectParam: body.projectParam,
        paramSchema: body.paramSchema,
      }),
      ...(body.limitCount == null ? {} : { limitCount: body.limitCount || null }),
      ...(body.concurrency == null ? {} : { concurrency: body.concurrency || null }),
      ...(body.schemes == null ? {} : { schemes: body.schemes.length === 0 ? null : body.schemes }),
    }
    return interfaceOnWire(await change(before, changes, deps, viewer), deps)
  },
})

export const publishInterface = endpoint({
  summary: { en: 'Publish an interface, and enable it', zh: '发布接口（同时启用）' },
  params: byId,
  async handle({ params }, deps, viewer) {
    const before = await findOperation(deps.db, params.id)
    if (!before) throw fault('not_found', { what: 'interface' })
    // Also opens what its limit had shut.
    await change(before, { published: true, disabled: false, trippedAt: null, opening: before.opening + 1 }, deps, viewer)
    return null
  },
})

export const disableInterface = endpoint({
  summary: { en: 'Disable an interface; it stays published and answers interface_disabled', zh: '禁用接口' },
  params: byId,
  async handle({ params }, deps, viewer) {
    const after = await updateOperation(deps.db, params.id, { disabled: true, updatedAt: deps.now(), updateUser: viewer.username })
    if (!after) throw fault('not_found', { what: 'interface' })
    return null
  },
})

export const getInterface = endpoint({
  summary: { en: 'One interface', zh: '查询接口详情' },
  params: byId,
  answer: interfaceAnswer,
  async handle({ params }, deps, viewer) {
    const isDeveloper = ownerOf(viewer, 'view-interface') !== undefined
    const operation = await findOperation(deps.db, params.id, isDeveloper)
    if (!operation) throw fault('not_found', { what: 'interface' })
    return isDeveloper ? publicOnWire(operation, deps) : interfaceOnWire(operation, deps)
  },
})

export const pageOfInterfaces = endpoint({
  summary: { en: 'Interfaces, newest first', zh: '查询接口列表（分页）' },
  query: paging.extend({
    name: text(64).optional(),
    serviceType: idText.optional(),
    status: flagText.optional(),
    path: text(256).optional(),
  }),
  answer: pageSchema(interfaceAnswer),
  async handle({ query }, deps, viewer) {
    const isDeveloper = ownerOf(viewer, 'view-interface') !== undefined
    const { serviceType, status, ...filter } = query
    const asked = status === undefined ? undefined : status === '1'
    if (isDeveloper && asked === false) return pageOnWire({ total: 0, records: [] }, query, (row) => row)
    const page = await pageOperations(deps.db, { ...filter, serviceTypeId: serviceType, published: isDeveloper ? true : asked })
    return pageOnWire(page, query, (operation) => (isDeveloper ? publicOnWire(operation, deps) : interfaceOnWire(operation, deps)))
  },
})

/** What one field alone cannot say. */
async function requireSound(operation: NewOperation, deps: ManagementDeps): Promise<void> {
  const wrong = (detail: Detail) => fault('invalid_parameters', detail)
  if (!(await isServiceType(deps.db, operation.serviceTypeId))) {
    throw wrong({ reason: 'unknown_id', name: 'serviceType', value: operation.serviceTypeId })
  }
  if (operation.serviceId != null && !(await isService(deps.db, operation.serviceId))) {
    throw wrong({ reason: 'unknown_id', name: 'serviceId', value: operation.serviceId })
  }
  if (operation.direction === 'downlink' && operation.method !== 'POST') throw wrong({ reason: 'downlink_method' })
  const known = variablesOf(operation.path)
  const unknown = variablesOf(operation.upstreamPath ?? '').find((variable) => !known.includes(variable))
  if (unknown) throw wrong({ reason: 'upstream_path_variable', name: unknown })
  if (operation.published && operation.direction === 'uplink') {
    if (operation.serviceId == null) throw wrong({ reason: 'service_needed' })
    if (isOwnPathOfGateway(operation.path)) throw fault('conflict', { what: 'path', value: operation.path })
  }
}

async function change(before: OperationRow, changes: Partial<NewOperation>, deps: ManagementDeps, viewer: Viewer): Promise<OperationRow> {
  const stamped = { ...changes, updatedAt: deps.now(), updateUser: viewer.username }
  const after = { ...before, ...stamped }
  await requireSound(after, deps)
  const written = await orConflict(after, () => updateOperation(deps.db, before.id, stamped))
  if (!written) throw fault('not_found', { what: 'interface' })
  return written
}

async function orConflict<T>(operation: NewOperation, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const constraint = brokenConstraint(error)
    if (constraint !== 'operation_version' && constraint !== 'operation_published') throw error
    const version = constraint === 'operation_version' ? ` ${operation.version}` : ''
    throw fault('conflict', { what: 'interface', value: `${operation.method} ${operation.path}${version}` })
  }
}
