// What apps recorded at the user centre of what people did there (source 003 §8).

import { z } from 'zod'
import { appLogTypes, pageAppLog } from '#core/app-log/app-log.store.ts'
import { afterSecond, toWireTime } from '#lib/time.ts'
import { endpoint } from './endpoint.ts'
import { idText, pageOnWire, pageSchema, paging, parseTime, text, wireTime } from './wire.ts'

const answer = z.object({
  id: z.int(),
  time: wireTime,
  appId: z.string(),
  userId: z.int(),
  username: z.string(),
  type: z.enum(appLogTypes).describe('A added, D deleted, S searched, U updated'),
  title: z.string(),
  data: z.string(),
  sql: z.string().nullable(),
})

export const pageOfAppLog = endpoint({
  summary: { en: 'What apps recorded by POST /api/log, newest first', zh: '查询应用上报的操作日志（分页）' },
  query: paging.extend({
    appId: text(64).optional(),
    userId: idText.optional(),
    type: z.enum(appLogTypes).optional(),
    from: z.string().optional().describe('YYYY-MM-DD HH:mm:ss in the time zone of the platform'),
    to: z.string().optional().describe('That second is part of the range'),
  }),
  answer: pageSchema(answer),
  async handle({ query }, deps) {
    const from = query.from === undefined ? undefined : parseTime('from', query.from, deps.config)
    const to = query.to === undefined ? undefined : afterSecond(parseTime('to', query.to, deps.config))
    const page = await pageAppLog(deps.db, { ...query, from, to })
    return pageOnWire(page, query, ({ time, ...row }) => ({ ...row, time: toWireTime(time, deps.config.timeZone) }))
  },
})
