// Whether events arrive: for the first page of operators and developers.

import { z } from 'zod'
import { appIdsOf } from '#core/app/app.store.ts'
import { eventsCountedMax } from '#core/event/event.store.ts'
import { countParked, countWaiting, failingCallbacks } from '#core/event/waiting.store.ts'
import { callbackAnswer, callbackOnWire } from './app-answer.ts'
import { endpoint, ownerOf } from './endpoint.ts'
import { timeOrNull, wireTime } from './wire.ts'

const callbacksMax = 20
const some = z.int().describe(`${eventsCountedMax + 1} is that many or more`)

export const eventsWaiting = endpoint({
  summary: {
    en: 'Deliveries that wait or were given up, and callback addresses that fail',
    zh: '查询待投递与已放弃的事件，以及失败中的回调地址',
  },
  answer: z.object({
    waiting: some,
    oldestTime: wireTime.nullable().describe('Since when the oldest of those that were counted waits'),
    parked: some.describe('Given up; only a resend tries them again'),
    callbacks: z
      .array(z.object({ appId: z.int(), publicAppId: z.string(), name: z.string(), callback: callbackAnswer }))
      .describe(`At most ${callbacksMax}: those that are disabled first, then those that fail longest`),
  }),
  async handle(_, deps, viewer) {
    const ownerId = ownerOf(viewer, 'view-event')
    const appIds = ownerId === undefined ? undefined : await appIdsOf(deps.db, ownerId)
    const waiting = await countWaiting(deps.db, appIds)
    const parked = await countParked(deps.db, appIds)
    const failing = await failingCallbacks(deps.db, appIds, callbacksMax)
    return {
      waiting: waiting.count,
      oldestTime: timeOrNull(waiting.oldestAt, deps.config),
      parked: parked.count,
      callbacks: failing.map(({ address, callback, ...app }) => ({ ...app, callback: callbackOnWire(address, callback, deps) })),
    }
  },
})
