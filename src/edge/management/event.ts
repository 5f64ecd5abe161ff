// Events: pushing them to partners, and seeing what became of them (contract §6, settled A9, A10, D28, E3).

import { hash } from 'node:crypto'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import { z } from 'zod'
import {
  appIdsByEitherId,
  createEvent,
  type EventOfPage,
  type EventRow,
  eventsCountedMax,
  findDownlink,
  findEvent,
  pageEvents,
} from '#core/event/event.store.ts'
import { fault } from '#core/fault.ts'
import type { OperationRow } from '#core/operation/operation.store.ts'
import { effectivePath, variablesOf } from '#core/operation/operation.ts'
import { wrongBySchema } from '#core/operation/wrong-by-schema.ts'
import { findProject } from '#core/project/project.store.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import { getOrMake } from '#lib/get-or-make.ts'
import { compileSchema } from '#lib/json-schema.ts'
import { toWireTime } from '#lib/time.ts'
import { Malformed, memberText } from '#schemes/parameters.ts'
import { appsOf, deliveryFields, deliveryOnWire, deliveryState, range, rangeOf } from './delivery.ts'
import { endpoint, type ManagementDeps, ownerOf, type Sender, senderEndpoint } from './endpoint.ts'
import { id, idText, pageOnWire, pageSchema, paging, text, wideIdText, wireTime } from './wire.ts'

const dataBytesMax = 256 * 1024

export const pushEvent = senderEndpoint({
  summary: {
    en: 'Push an event to the apps that have its downlink interface; by HQ, or by the internal app that owns the interface',
    zh: '向已授权该下行接口的应用推送事件；由总部或拥有该接口的内部应用调用',
  },
  body: z.object({
    interfaceId: id.optional().describe('This or path'),
    path: text(256).min(1).optional(),
    data: z.unknown().refine((given) => given !== undefined).describe('Any JSON; it is sent as it is written here, byte for byte'), // biome-ignore format: one thought
    appIds: z.array(z.union([id, text(32).min(1)])).min(1).max(1_000).nullish().describe('Only these; row ids or public ones'), // biome-ignore format: one thought
    projectId: id.nullish().describe('Only apps that are bound to it'),
    idempotencyKey: text(128).min(1).nullish().describe('The same again answers the same event, and sends nothing twice'),
  }),
  answer: z.object({ eventId: z.int(), deliveries: z.array(z.object({ id: z.int(), appId: z.int() })) }),
  // What is answered is committed, and only then the worker is told.
  ownTransactions: true,
  async handle({ body, bodyText }, deps, sender) {
    const operation = await downlinkOf(body, deps, sender)
    const data = dataIn(bodyText)
    checkData(body.data, operation)
    const { appIds, projectId, idempotencyKey } = body
    const recipients = { operationId: operation.id, ...(await chosen(appIds, projectId, deps)) }
    const key = idempotencyKey == null ? {} : { idempotencyKey, contentHash: hashOf([data, recipients]) }
    const sent = { operationId: operation.id, path: effectivePath(operation), data, ...senderFields(sender), ...key }
    const made = await createEvent(deps.plainDb, sent, recipients, deps.now())
    if (made === 'key_taken') throw fault('idempotency_key_taken', { value: idempotencyKey! })
    deps.wakeDeliveries(made.deliveries.map(({ appId }) => appId))
    return made
  },
})

async function downlinkOf(
  { interfaceId, path }: { interfaceId?: number | undefined; path?: string | undefined },
  { db }: ManagementDeps,
  sender: Sender,
): Promise<OperationRow> {
  if ((interfaceId === undefined) === (path === undefined)) {
    throw fault('invalid_parameters', { reason: 'one_of_two', name: 'interfaceId', other: 'path' })
  }
  const operation = await findDownlink(db, interfaceId === undefined ? { path: path! } : { id: interfaceId })
  // Whether there is one is not for an app to know that does not own it.
  if ('internalAppId' in sender && operation?.ownerAppId !== sender.internalAppId) throw fault('not_granted')
  if (!operation?.published) {
    const [name, value] = interfaceId === undefined ? (['path', path!] as const) : (['interfaceId', interfaceId] as const)
    throw fault('invalid_parameters', { reason: 'not_downlink', name, value })
  }
  if (operation.disabled) throw fault('interface_disabled')
  if (variablesOf(effectivePath(operation)).length > 0)
    throw fault('invalid_parameters', { reason: 'downlink_path', value: operation.path })
  return operation
}

function dataIn(bodyText: string): string {
  const data = memberText(bodyText, 'data')!
  if (data instanceof Malformed) throw fault('invalid_parameters', { reason: data.reason, ...data.facts })
  if (Buffer.byteLength(data) > dataBytesMax) throw fault('invalid_parameters', { reason: 'data_too_long', bytesMax: dataBytesMax })
  return data
}

const compiled = new Map<string, ValidateFunction>()
const compiledMax = 1_000

/** What partners were told to expect; what is not that is the sender's fault, and goes to nobody. */
function checkData(data: unknown, { paramSchema }: OperationRow): void {
  if (!paramSchema) return
  if (compiled.size > compiledMax) compiled.clear()
  const check = getOrMake(compiled, JSON.stringify(paramSchema), () => compileSchema(paramSchema, false))
  if (check(data)) return
  const { name, ...wrong } = wrongBySchema(check.errors![0]!)
  throw fault('invalid_parameters', { reason: 'field', name: name === '' ? 'data' : `data.${name}`, ...wrong })
}

/** Whom the sender named, by row ids. */
async function chosen(
  appIds: readonly (number | string)[] | null | undefined,
  projectId: number | null | undefined,
  { db }: ManagementDeps,
) {
  const unknown = (name: string, value: number | string) => fault('invalid_parameters', { reason: 'unknown_id', name, value })
  const ids = appIds && (await appIdsByEitherId(db, appIds))
  if (ids && 'unknown' in ids) throw unknown('appIds', ids.unknown)
  if (projectId != null && !(await findProject(db, projectId))) throw unknown('projectId', projectId)
  return { appIds: ids?.sort((a, b) => a - b), projectId: projectId ?? undefined }
}

const senderFields = (sender: Sender) =>
  'internalAppId' in sender ? { senderAppId: sender.internalAppId } : { senderAppId: 0, createUser: sender.username }

const hashOf = (content: unknown) => hash('sha256', JSON.stringify(content), 'base64url')

const eventFields = z.object({
  id: z.int(),
  interfaceId: z.int().nullable(),
  path: z.string(),
  createTime: wireTime,
  createUser: z.string().nullable().describe('Who pushed it; null: an app, or the platform'),
  senderAppId: z.int().nullable().describe('The app that pushed it'),
  idempotencyKey: z.string().nullable(),
})

function eventOnWire(event: EventRow, viewer: Viewer, { config }: ManagementDeps): z.output<typeof eventFields> {
  // Who pushed it, and by which key, is not for partners.
  const isHq = ownerOf(viewer, 'view-event') === undefined
  return {
    id: event.id,
    interfaceId: event.operationId,
    path: event.path,
    createTime: toWireTime(event.createdAt, config.timeZone),
    createUser: isHq ? event.createUser : null,
    senderAppId: isHq ? event.senderAppId || null : null,
    idempotencyKey: isHq ? event.idempotencyKey : null,
  }
}

export const pageOfEvents = endpoint({
  summary: { en: 'Events, newest first', zh: '查询事件列表（分页），最新的在前' },
  query: paging.extend({
    interfaceId: idText.optional(),
    appId: text(32).min(1).optional().describe('The public id; the row id is taken too'),
    state: deliveryState.optional().describe('With a delivery that stands so'),
    ...range,
  }),
  answer: pageSchema(
    eventFields.extend({ waiting: z.int(), delivered: z.int(), parked: z.int() }).describe('With how many deliveries stand how'),
  ).extend({ totalCapped: z.boolean().describe('There are more than `total`') }),
  async handle({ query }, deps, viewer) {
    if (query.current * query.size > eventsCountedMax) throw fault('invalid_parameters', { reason: 'page_too_far', max: eventsCountedMax })
    const { current, size, interfaceId, state } = query
    const appIds = await appsOf(query.appId, 'view-event', deps, viewer)
    const page = await pageEvents(deps.db, { current, size, operationId: interfaceId, appIds, state, ...rangeOf(query, deps) })
    const onWire = (event: EventOfPage) => ({
      ...eventOnWire(event, viewer, deps),
      waiting: event.waiting,
      delivered: event.delivered,
      parked: event.parked,
    })
    return { ...pageOnWire(page, query, onWire), totalCapped: page.totalCapped }
  },
})

export const getEvent = endpoint({
  summary: { en: 'One event with its deliveries and their attempts', zh: '查询事件详情：投递及每次尝试' },
  params: z.object({ id: wideIdText }),
  answer: eventFields.extend({
    data: z.string().describe('The JSON text that is sent'),
    deliveries: z.array(deliveryFields).describe('The first thousand; of a developer those to own apps'),
  }),
  async handle({ params, language }, deps, viewer) {
    const found = await findEvent(deps.db, params.id, await appsOf(undefined, 'view-event', deps, viewer))
    if (!found) throw fault('not_found', { what: 'event' })
    return {
      ...eventOnWire(found.event, viewer, deps),
      data: found.event.data,
      deliveries: found.deliveries.map((delivery) => deliveryOnWire(delivery, deps, language)),
    }
  },
})
