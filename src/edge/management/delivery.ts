// Deliveries: found by what they are about, seen with each attempt (contract §6, settled A9). `resend.ts` sends them again.

import { z } from 'zod'
import { appIdsOf, findAppByEitherId } from '#core/app/app.store.ts'
import { type DeliveryFound, findDelivery, pageDeliveries } from '#core/event/delivery-list.store.ts'
import { type AttemptRow, type DeliveryOfEvent, type DeliveryRow, eventsCountedMax } from '#core/event/event.store.ts'
import { webhookId } from '#core/event/event.ts'
import { openFields } from '#core/event/signature.ts'
import { fault } from '#core/fault.ts'
import type { Permission } from '#core/role/permission.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import { afterSecond, toWireTime } from '#lib/time.ts'
import { explainAttempt, type Language } from '#text/text.ts'
import { endpoint, type ManagementDeps, ownerOf } from './endpoint.ts'
import { idText, pageOnWire, pageSchema, paging, parseTime, text, timeOrNull, wideIdText, wireTime } from './wire.ts'

export const deliveryState = z.enum(['waiting', 'delivered', 'parked'])

/** A range of time, as the fields of a query. */
export const range = {
  from: wireTime.optional(),
  to: wireTime.optional().describe('That second is part of the range'),
}

export function rangeOf(given: { from?: string | undefined; to?: string | undefined }, { config }: ManagementDeps) {
  return {
    from: given.from === undefined ? undefined : parseTime('from', given.from, config),
    to: given.to === undefined ? undefined : afterSecond(parseTime('to', given.to, config)),
  }
}

/** Row ids of the apps that are asked for, as far as they are the viewer's; undefined is all. */
export async function appsOf(
  given: string | undefined,
  permission: Permission,
  { db }: ManagementDeps,
  viewer: Viewer,
): Promise<number[] | undefined> {
  const ownerId = ownerOf(viewer, permission)
  if (given === undefined) return ownerId === undefined ? undefined : appIdsOf(db, ownerId)
  const appId = await findAppByEitherId(db, given, ownerId)
  if (appId === undefined) throw fault('not_found', { what: 'app' })
  return [appId]
}

const attemptFields = z.object({
  number: z.int(),
  time: wireTime,
  request: z
    .object({ method: z.literal('POST'), url: z.string(), headers: z.record(z.string(), z.string()) })
    .nullable()
    .describe('Without its signature; null: a listener took it (`npm run listen`)'),
  status: z.int().nullable().describe('null: no answer came'),
  latency: z.int().describe('Milliseconds'),
  error: z.string().nullable().describe('null: delivered'),
  errorText: z.string().nullable(),
  response: z.string().nullable().describe('The beginning of the answer'),
})

const stateFields = z.object({
  id: z.int(),
  appId: z.int(),
  publicAppId: z.string(),
  webhookId: z.string(),
  state: deliveryState,
  nextTime: wireTime.nullable().describe('When a waiting one is tried next'),
  endTime: wireTime.nullable(),
})
export const deliveryFields = stateFields.extend({ attempts: z.array(attemptFields) })

function stateOnWire(delivery: DeliveryRow & { publicAppId: string }, { config }: ManagementDeps): z.output<typeof stateFields> {
  return {
    id: delivery.id,
    appId: delivery.appId,
    publicAppId: delivery.publicAppId,
    webhookId: webhookId(delivery),
    state: delivery.state,
    nextTime: timeOrNull(delivery.dueAt, config),
    endTime: timeOrNull(delivery.endedAt, config),
  }
}

export function deliveryOnWire(delivery: DeliveryOfEvent, deps: ManagementDeps, language: Language): z.output<typeof deliveryFields> {
  const sent = webhookId(delivery)
  const attempts = delivery.made.map((attempt) => attemptOnWire(attempt, sent, deps, language))
  return { ...stateOnWire(delivery, deps), attempts }
}

function attemptOnWire(
  { number, time, url, status, latencyMs, error, response }: AttemptRow,
  sent: string,
  { config }: ManagementDeps,
  language: Language,
): z.output<typeof attemptFields> {
  return {
    number,
    time: toWireTime(time, config.timeZone),
    request: url === null ? null : { method: 'POST', url, headers: openFields(sent, time) },
    status,
    latency: latencyMs,
    error,
    errorText: explainAttempt(error, language),
    response,
  }
}

const foundFields = stateFields.extend({
  appName: z.string(),
  eventId: z.int(),
  interfaceId: z.int().nullable().describe('null: an event of the platform itself'),
  path: z.string(),
  attempts: z.int().describe('How many were made'),
  status: z.int().nullable().describe('Of the answer to the last attempt; null: none came, or there was no attempt'),
  error: z.string().nullable().describe('Of the last attempt'),
  errorText: z.string().nullable(),
  createTime: wireTime,
})

function foundOnWire(delivery: DeliveryFound, deps: ManagementDeps, language: Language): z.output<typeof foundFields> {
  return {
    ...stateOnWire(delivery, deps),
    appName: delivery.appName,
    eventId: delivery.eventId,
    interfaceId: delivery.operationId,
    path: delivery.path,
    attempts: delivery.attempts,
    status: delivery.status,
    error: delivery.error,
    errorText: explainAttempt(delivery.error, language),
    createTime: toWireTime(delivery.createdAt, deps.config.timeZone),
  }
}

export const publicId = text(32).min(1).describe('The public id; the row id is taken too')

export const pageOfDeliveries = endpoint({
  summary: { en: 'Deliveries, those of the newest events first', zh: '查询投递列表（分页），最新事件的在前' },
  query: paging.extend({
    appId: publicId.optional(),
    interfaceId: idText.optional(),
    eventId: wideIdText.optional(),
    state: deliveryState.optional(),
    ...range,
  }),
  answer: pageSchema(foundFields).extend({ totalCapped: z.boolean().describe('There are more than `total`') }),
  async handle({ query, language }, deps, viewer) {
    if (query.current * query.size > eventsCountedMax) throw fault('invalid_parameters', { reason: 'page_too_far', max: eventsCountedMax })
    const { appId, interfaceId: operationId, from: _, to: __, ...filter } = query
    const appIds = await appsOf(appId, 'view-event', deps, viewer)
    const page = await pageDeliveries(deps.db, { ...filter, ...rangeOf(query, deps), operationId, appIds })
    return { ...pageOnWire(page, query, (delivery) => foundOnWire(delivery, deps, language)), totalCapped: page.totalCapped }
  },
})

export const getDelivery = endpoint({
  summary: {
    en: 'One delivery with what each attempt sent, and what was answered',
    zh: '查询投递详情：每次尝试的请求与应答',
  },
  params: z.object({ deliveryId: wideIdText }),
  answer: foundFields.extend({ attempts: z.array(attemptFields) }),
  async handle({ params, language }, deps, viewer) {
    const found = await findDelivery(deps.db, params.deliveryId, await appsOf(undefined, 'view-event', deps, viewer))
    if (!found) throw fault('not_found', { what: 'delivery' })
    const sent = webhookId(found)
    const attempts = found.made.map((attempt) => attemptOnWire(attempt, sent, deps, language))
    return { ...foundOnWire(found, deps, language), attempts }
  },
})
