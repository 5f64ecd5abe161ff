// Statistics of calls.

import { z } from 'zod'
import { appIdsOf, findAppByEitherId } from '#core/app/app.store.ts'
import { fault } from '#core/fault.ts'
import type { RunningCount } from '#core/feed/document.ts'
import { currentUsage } from '#core/usage/usage.store.ts'
import { endpoint, ownerOf } from './endpoint.ts'
import { idText, text } from './wire.ts'

export const currentStats = endpoint({
  summary: { en: 'Calls in the running second, minute, hour, day, month and year', zh: '当前秒、分、时、日、月、年的访问次数' },
  query: z.object({ interfaceId: idText.optional(), appId: text(32).min(1).optional().describe('The public id; the row id is taken too') }),
  answer: z.object({ second: z.int(), minute: z.int(), hour: z.int(), day: z.int(), month: z.int(), year: z.int() }),
  async handle({ query }, deps, viewer) {
    const ownerId = ownerOf(viewer, 'view-stats')
    let appIds: number[] | undefined
    if (query.appId !== undefined) {
      const appId = await findAppByEitherId(deps.db, query.appId, ownerId)
      if (appId === undefined) throw fault('not_found', { what: 'app' })
      appIds = [appId]
    } else if (ownerId !== undefined) appIds = await appIdsOf(deps.db, ownerId)
    const running = await deps.freshUsage()
    const isAsked = (count: RunningCount) =>
      (query.interfaceId === undefined || count.operationId === query.interfaceId) && (appIds === undefined || appIds.includes(count.appId))
    const second = running.filter(isAsked).reduce((sum, { calls }) => sum + calls, 0)
    const longer = await currentUsage(deps.db, { operationId: query.interfaceId, appIds }, deps.config.timeZone, deps.now())
    return { second, ...longer }
  },
})
