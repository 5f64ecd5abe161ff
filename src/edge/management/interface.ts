// Interfaces (接口): what partners may call. In code an `operation`; here and in `interface-fields.ts` is where the two words meet.

import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { tellOfOperations } from '#core/event/platform-event.store.ts'
import { Fault, fault, type Refusal } from '#core/fault.ts'
import {
  deleteOperations,
  findOperation,
  holdOperation,
  insertOperation,
  type NewOperation,
  type OperationRow,
  pageOperations,
  surroundingsOf,
  updateOperation,
} from '#core/operation/operation.store.ts'
import { flawOf, keyOf, placeOf } from '#core/operation/operation.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import { brokenConstraint, type Db } from '#db/open.ts'
import { endpoint, type ManagementDeps, ownerOf } from './endpoint.ts'
import { columnsOf, directions, fields, interfaceAnswer, interfaceOnWire, publicOnWire, standard, withShape } from './interface-fields.ts'
import { byId, flagText, given, idsText, idText, pageOnWire, pageSchema, paging, sorting, text } from './wire.ts'

export const addInterface = endpoint({
  summary: { en: 'Add an interface', zh: '新增接口' },
  body: z.object({
    name: fields.name,
    path: fields.path,
    method: fields.method,
    type: fields.type,
    serviceType: fields.serviceType,
    version: fields.version,
    code: fields.code.nullish(),
    status: fields.status.nullish(),
    enable: fields.enable.nullish(),
    visibility: fields.visibility.nullish(),
    approval: fields.approval.nullish(),
    deprecationTime: fields.deprecationTime.nullish(),
    sunsetTime: fields.sunsetTime.nullish(),
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
    ownerAppId: fields.ownerAppId.nullish(),
  }),
  answer: interfaceAnswer,
  async handle({ body }, deps, viewer) {
    const { timeZone } = deps.config
    const columns = columnsOf({ ...standard, ...given(body) }, timeZone) as NewOperation
    requirePublishing(viewer, { after: columns })
    return interfaceOnWire(await insert(columns, deps, viewer), timeZone)
  },
})

/** A field of an edit: absent, null or "" leaves it alone (source 002, settled F24). */
const edited = <Schema extends z.ZodType>(schema: Schema) => z.preprocess((value) => (value === '' ? null : value), schema.nullish())

const clearable = [
  'code',
  'deprecationTime',
  'sunsetTime',
  'doc',
  'remark',
  'limitCount',
  'concurrency',
  'upstreamPath',
  'schemes',
  'projectParam',
  'paramSchema',
  'ownerAppId',
] as const

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
    code: edited(fields.code),
    status: edited(fields.status),
    enable: edited(fields.enable),
    visibility: edited(fields.visibility),
    approval: edited(fields.approval),
    deprecationTime: edited(fields.deprecationTime),
    sunsetTime: edited(fields.sunsetTime),
    doc: edited(fields.doc),
    remark: edited(fields.remark),
    limitCount: edited(fields.limitCount),
    limitAction: edited(fields.limitAction),
    concurrency: edited(fields.concurrency),
    serviceId: edited(fields.serviceId),
    upstreamPath: edited(fields.upstreamPath),
    security: edited(fields.security),
    schemes: edited(fields.schemes),
    projectParam: edited(fields.projectParam),
    paramSchema: edited(fields.paramSchema),
    ownerAppId: edited(fields.ownerAppId),
    clear: z.array(z.enum(clearable)).max(clearable.length).nullish().describe('Fields to empty, since null leaves them alone'),
  }),
  answer: interfaceAnswer,
  async handle({ params, body }, deps, viewer) {
    const { timeZone } = deps.config
    const { clear, ...others } = body
    const cleared = Object.fromEntries((clear ?? []).map((field) => [field, null]))
    // Only what was sent is written, so that two people who edit different fields do not undo each other.
    const changes = columnsOf({ ...given(others), ...cleared }, timeZone)
    return interfaceOnWire(await change(params.id, () => changes, deps, viewer), timeZone)
  },
})

export const setDoc = endpoint({
  summary: { en: 'Set the document of an interface; empty clears it', zh: '配置接口文档；为空则清除' },
  params: byId,
  body: z.object({ doc: fields.doc.nullable() }),
  async handle({ params, body }, deps, viewer) {
    await write(params.id, { doc: body.doc || null }, deps, viewer)
    return null
  },
})

export const publishInterface = endpoint({
  summary: { en: 'Publish an interface, and enable it', zh: '发布接口（同时启用）' },
  params: byId,
  async handle({ params }, deps, viewer) {
    // Also opens what its limit had shut.
    const opened = ({ opening }: OperationRow) => ({ published: true, disabled: false, trippedAt: null, opening: opening + 1 })
    await change(params.id, opened, deps, viewer)
    return null
  },
})

export const disableInterface = endpoint({
  summary: { en: 'Disable an interface; it stays published and answers interface_disabled', zh: '禁用接口' },
  params: byId,
  async handle({ params }, deps, viewer) {
    await write(params.id, { disabled: true }, deps, viewer)
    return null
  },
})

export const addVersion = endpoint({
  summary: { en: 'Copy an interface as a draft of another version', zh: '以草稿形式新增接口的另一版本' },
  params: byId,
  body: z.object({ version: fields.version }),
  answer: interfaceAnswer,
  async handle({ params, body }, deps, viewer) {
    const copied = await deps.db.transaction(async (tx) => {
      const of = await holdOperation(tx, params.id)
      if (!of) throw fault('not_found', { what: 'interface' })
      const code = of.code ?? randomBytes(4).toString('hex')
      if (of.code === null) await updateOperation(tx, of.id, { code })
      const { id: _, ...row } = of
      const draft = { ...row, code, version: body.version, published: false, deprecatedAt: null, sunsetAt: null, trippedAt: null }
      return insert(draft, { ...deps, db: tx }, viewer)
    })
    return interfaceOnWire(copied, deps.config.timeZone)
  },
})

export const deleteInterfaces = endpoint({
  summary: { en: 'Delete interfaces, all of them or none; apps lose them', zh: '删除接口（可批量，全部成功或全部不变）' },
  query: z.object({ ids: idsText(1_000) }),
  async handle({ query }, deps, viewer) {
    const now = deps.now()
    const done = await deleteOperations(deps.db, query.ids, { deletedAt: now, updatedAt: now, updateUser: viewer.username })
    if (done !== 'done') throw fault('invalid_parameters', { reason: 'unknown_id', name: 'ids', value: done.unknown })
    return null
  },
})

export const getInterface = endpoint({
  summary: { en: 'One interface', zh: '查询接口详情' },
  params: byId,
  answer: interfaceAnswer,
  async handle({ params }, deps, viewer) {
    const developerId = ownerOf(viewer, 'view-interface')
    const operation = await findOperation(deps.db, params.id, developerId)
    if (!operation) throw fault('not_found', { what: 'interface' })
    return shownTo(developerId, deps)(operation)
  },
})

export const pageOfInterfaces = endpoint({
  summary: { en: 'Interfaces, newest first', zh: '查询接口列表（分页）' },
  query: paging.extend({
    name: text(64).optional(),
    serviceType: idText.optional(),
    status: flagText.optional(),
    type: flagText.optional().describe('0 called by partners, 1 an event for them'),
    path: text(256).optional(),
    code: text(64).optional(),
    sort: sorting({ name: 'name', path: 'path', createTime: 'createdAt' }),
  }),
  answer: pageSchema(interfaceAnswer),
  async handle({ query }, deps, viewer) {
    const developerId = ownerOf(viewer, 'view-interface')
    const { serviceType, status, type, ...filter } = query
    const published = status === undefined ? undefined : status === '1'
    const direction = type === undefined ? undefined : directions[Number(type)]
    const page = await pageOperations(deps.db, { ...filter, serviceTypeId: serviceType, published, direction, developerId })
    return pageOnWire(page, query, shownTo(developerId, deps))
  },
})

function shownTo(developerId: number | undefined, { config }: ManagementDeps) {
  const onWire = developerId === undefined ? interfaceOnWire : publicOnWire
  return (operation: OperationRow) => onWire(operation, config.timeZone)
}

async function insert(columns: NewOperation, deps: ManagementDeps, viewer: Viewer): Promise<OperationRow> {
  const now = deps.now()
  const authors = { createdAt: now, updatedAt: now, createUser: viewer.username, updateUser: viewer.username }
  const row = withShape({ ...columns, ...authors, opening: 1 })
  return orConflict(
    () => row,
    () =>
      deps.db.transaction(async (tx) => {
        await requireSound(tx, row)
        const added = await insertOperation(tx, row)
        await tellOfOperations(tx, [{ after: added }], deps.config.timeZone, now)
        return added
      }),
  )
}

/** Writes what cannot make it unsound. */
async function write(id: number, changes: Partial<NewOperation>, deps: ManagementDeps, viewer: Viewer): Promise<void> {
  const after = await updateOperation(deps.db, id, { ...changes, updatedAt: deps.now(), updateUser: viewer.username })
  if (!after) throw fault('not_found', { what: 'interface' })
}

/** Writes what differs, when the whole is sound with it. */
async function change(
  id: number,
  changesOf: (before: OperationRow) => Partial<NewOperation>,
  deps: ManagementDeps,
  viewer: Viewer,
): Promise<OperationRow> {
  let after: OperationRow | undefined
  return orConflict(
    () => after,
    () =>
      deps.db.transaction(async (tx) => {
        const before = await holdOperation(tx, id)
        if (!before) throw fault('not_found', { what: 'interface' })
        const changes = { ...changesOf(before), updatedAt: deps.now(), updateUser: viewer.username }
        after = withShape({ ...before, ...changes } as OperationRow)
        requirePublishing(viewer, { before, after })
        await requireSound(tx, after)
        const written = (await updateOperation(tx, id, { ...changes, pathShape: after.pathShape }))!
        await tellOfOperations(tx, [{ before, after: written }], deps.config.timeZone, deps.now())
        return written
      }),
  )
}

/** Whether partners reach an interface is a permission of its own, however it is changed. Throws `forbidden`. */
export function requirePublishing({ permissions }: Viewer, { before = unserved, after }: { before?: Served; after: Served }): void {
  const isSame = before.published === after.published && (before.disabled === after.disabled || !after.published)
  if (!isSame && !permissions.has('publish-interface')) throw fault('forbidden', { permission: 'publish-interface' })
}

type Served = Pick<OperationRow, 'published' | 'disabled'>
const unserved: Served = { published: false, disabled: false }

async function requireSound(tx: Db, operation: NewOperation): Promise<void> {
  const flaw = flawOf(operation, await surroundingsOf(tx, [operation]))
  if (flaw) throw asFault(flaw.refusal)
}

function asFault(refusal: Refusal): Fault {
  return new Fault(refusal.fault, refusal.detail)
}

/** `operation` is what was being written, as far as it is known. */
export async function orConflict<T>(operation: () => NewOperation | undefined, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const constraint = brokenConstraint(error)
    if (constraint === ownerConstraint)
      throw fault('invalid_parameters', { reason: 'unknown_id', name: 'ownerAppId', value: operation()?.ownerAppId ?? undefined })
    if (constraint !== 'operation_version' && constraint !== 'operation_published') throw error
    const row = operation()
    throw fault('conflict', { what: 'interface', value: row && (constraint === 'operation_version' ? keyOf(row) : placeOf(row)) })
  }
}

const ownerConstraint = 'operation_owner_app_id_app_id_fk'
