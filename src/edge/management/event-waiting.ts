// Whether events arrive: for the first page of operators and developers, and address by address.

import { z } from 'zod'
import { appIdsOf } from '#core/app/app.store.ts'
import { eventsCountedMax } from '#core/event/event.store.ts'
import { countByApp, countFailingCallbacks, countParked, countWaiting, failingCallbacks } from '#core/event/waiting.store.ts'
import { toWireTime } from '#lib/time.ts'
import { explainAttempt } from '#text/text.ts'
import { callbackAnswer, callbackOnWire } from './app-answer.ts'
import { endpoint, ownerOf } from './endpoint.ts'
import { pageOnWire, pageSchema, paging, timeOrNull, wireTime } from './wire.ts'

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
    const failing = await failingCallbacks(deps.db, { appIds, current: 1, size: callbacksMax })
    return {
      waiting: waiting.count,
      oldestTime: timeOrNull(waiting.oldestAt, deps.config),
      parked: parked.count,
      callbacks: failing.map(({ address, callback, ...app }) => ({ ...app, callback: callbackOnWire(address, callback, deps) })),
    }
  },
})

export const pageOfCallbacks = endpoint({
  summary: {
    en: 'Apps whose callback address does not take its events: those that are disabled first, then those that fail longest',
    zh: '查询回调地址异常的应用（分页）：已停用的在前，其次为失败最久的',
  },
  query: paging.extend({ state: z.enum(['disabled', 'failing']).optional().describe('failing: those that are tried still') }),
  answer: pageSchema(
    z.object({
      appId: z.int(),
      publicAppId: z.string(),
      appName: z.string(),
      callbackAddress: z.string(),
      callback: callbackAnswer,
      lastFailure: z
        .object({
          time: wireTime,
          status: z.int().nullable().describe('null: no answer came'),
          error: z.string(),
          errorText: z.string().nullable(),
        })
        .nullable()
        .describe('null: before this was kept, or there was none'),
      waiting: some,
      parked: some.describe('Given up; only a resend tries them again'),
    }),
  ),
  async handle({ query, language }, deps, viewer) {
    const ownerId = ownerOf(viewer, 'view-event')
    const appIds = ownerId === undefined ? undefined : await appIdsOf(deps.db, ownerId)
    const { state, ...page } = query
    const filter = { ...page, appIds, isDisabled: state && state === 'disabled' }
    const records = await failingCallbacks(deps.db, filter)
    const counts = await countByApp(deps.db, records.map(({ appId }) => appId)) // biome-ignore format: one thought
    return pageOnWire({ total: await countFailingCallbacks(deps.db, filter), records }, query, (row) => {
      const { failedAt, failedStatus, failedError } = row.callback
      return {
        appId: row.appId,
        publicAppId: row.publicAppId,
        appName: row.name,
        callbackAddress: row.address!,
        callback: callbackOnWire(row.address, row.callback, deps),
        lastFailure:
          failedAt && failedError
            ? {
                time: toWireTime(failedAt, deps.config.timeZone),
                status: failedStatus,
                error: failedError,
                errorText: explainAttempt(failedError, language),
              }
            : null,
        ...counts.get(row.appId)!,
      }
    })
  },
})
