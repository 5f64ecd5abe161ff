// What people decide of the events of one app: that they wait, that its callback address is tried again, and a first event to see that
// all is well.

import { z } from 'zod'
import { findApp } from '#core/app/app.store.ts'
import { noteAct } from '#core/audit/audit.store.ts'
import { findCallback } from '#core/event/callback.store.ts'
import { choose, findChoice, isListenedTo } from '#core/event/choice.store.ts'
import { createEvent } from '#core/event/event.store.ts'
import { platformEvent, platformEvents } from '#core/event/platform-event.ts'
import { fault } from '#core/fault.ts'
import type { Permission } from '#core/role/permission.ts'
import { take } from '#core/user/throttle.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import { callbackAnswer, callbackOnWire } from './app-answer.ts'
import { endpoint, type ManagementDeps, ownerOf } from './endpoint.ts'
import { byId, timeOrNull, wireTime } from './wire.ts'

export const getEventChoice = endpoint({
  summary: { en: 'How events of an app go: paused, listened to, and how its callback address does', zh: '查询应用的事件投递设置与状态' },
  params: byId,
  answer: z.object({
    paused: z.boolean(),
    pausedTime: wireTime.nullable(),
    platformEvents: z.array(z.string()).describe('Events of the platform itself that the app gets'),
    listening: z.boolean().describe('`npm run listen` takes them now'),
    callback: callbackAnswer,
  }),
  async handle({ params }, deps, viewer) {
    const app = await appFor('view-event', params.id, deps, viewer)
    const choice = await findChoice(deps.db, app.id)
    return {
      paused: choice?.pausedAt != null,
      pausedTime: timeOrNull(choice?.pausedAt ?? null, deps.config),
      platformEvents: choice?.subscribed ?? [],
      listening: await isListenedTo(deps.db, app.id, deps.now()),
      callback: callbackOnWire(app.callbackAddress, await findCallback(deps.db, app.id), deps),
    }
  },
})

export const setEventChoice = endpoint({
  summary: {
    en: 'Pause the events of an app, or go on: they wait meanwhile, and none is lost; choose which events of the platform it gets',
    zh: '暂停或恢复应用的事件投递（暂停期间事件等待，不会丢失）；选择订阅的平台事件',
  },
  params: byId,
  body: z.object({
    paused: z.boolean().nullish(),
    platformEvents: z.array(z.enum(platformEvents)).max(platformEvents.length).nullish().describe('[] is none'),
  }),
  async handle({ params, body }, deps, viewer) {
    const app = await appFor('edit-app', params.id, deps, viewer)
    await choose(
      deps.db,
      app.id,
      { paused: body.paused ?? undefined, subscribed: body.platformEvents ? [...new Set(body.platformEvents)] : undefined },
      deps.now(),
    )
    return null
  },
})

export const testEvent = endpoint({
  summary: { en: 'Send a test event to the callback address of an app', zh: '向应用的回调地址发送一个测试事件' },
  params: byId,
  answer: z.object({ eventId: z.int(), deliveryId: z.int() }),
  ownTransactions: true,
  async handle({ params }, deps, viewer) {
    const app = await appFor('push-event', params.id, deps, viewer)
    const now = deps.now()
    if ((await findCallback(deps.db, app.id))?.disabledAt) throw fault('callback_disabled')
    await take(deps.db, [{ key: `test event ${app.id}`, max: 20, forMs: 60_000 }], now)
    const event = { ...platformEvent('test', { appId: app.appId }, now), createUser: viewer.username }
    const made = await deps.db.transaction(async (tx) => {
      const made = await createEvent(tx, event, [app.id], now)
      if (made === 'key_taken' || made.deliveries.length === 0) throw fault('invalid_parameters', { reason: 'callback_missing' })
      await noteAct(tx, { kind: 'event', subject: made.eventId, after: { type: 'test', app_id: app.id } })
      return made
    })
    deps.wakeDeliveries([app.id])
    return { eventId: made.eventId, deliveryId: made.deliveries[0]!.id }
  },
})

async function appFor(permission: Permission, id: number, { db }: ManagementDeps, viewer: Viewer) {
  const app = await findApp(db, id, ownerOf(viewer, permission))
  if (!app) throw fault('not_found', { what: 'app' })
  return app
}
