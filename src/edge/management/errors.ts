// Why calls were refused or failed in a range: errors of ours by name.

import { z } from 'zod'
import { sumErrors } from '#core/usage/errors.store.ts'
import { piecesOf } from '#core/usage/totals.store.ts'
import { endpoint } from './endpoint.ts'
import { appsAsked, filter } from './stats.ts'
import { counted, rangeAsked, rangeQuery } from './totals.ts'
import { wireTime } from './wire.ts'

export const statsErrors = endpoint({
  summary: { en: 'Refusals and failures of a range, by the name of the error', zh: '时间段内被拒绝和失败的调用，按错误名称汇总' },
  query: z.object({ appId: filter.appId, ...rangeQuery }),
  answer: z.object({
    from: wireTime,
    to: wireTime,
    total: z.int(),
    errors: z
      .array(z.object({ error: z.string().describe('As the caller was answered'), calls: z.int() }))
      .describe('Most calls first; what a service itself answered has no name here'),
  }),
  async handle({ query }, deps, viewer) {
    const now = deps.now()
    const range = rangeAsked(query, now, deps)
    const appIds = await appsAsked(query.appId, deps, viewer)
    if (range.to > now) await deps.freshUsage()
    const pieces = await piecesOf(deps.db, range, deps.config.timeZone, now)
    const errors = await sumErrors(deps.db, appIds, pieces)
    return { ...counted(range, pieces, deps), total: errors.reduce((sum, { calls }) => sum + calls, 0), errors }
  },
})
