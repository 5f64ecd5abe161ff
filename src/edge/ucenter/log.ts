// What an app has us record of what a person did there (source 003 §8).

import { z } from 'zod'
import { appLogTypes, insertAppLog } from '#core/app-log/app-log.store.ts'
import { problem } from '#core/fault.ts'
import { take } from '#core/user/throttle.ts'
import { text } from '#edge/management/wire.ts'
import { forPeople } from './endpoint.ts'

const bytesMax = 64 * 1024
const minuteMs = 60_000

const long = text(bytesMax).refine((value) => Buffer.byteLength(value) <= bytesMax, { error: problem('too_long') })

export const record = forPeople({
  summary: { en: 'Record what was done: A added, D deleted, S searched, U updated', zh: '记录日志' },
  done: 'recorded',
  fields: z.object({ type: z.enum(appLogTypes), title: text(255).min(1), data: long, sql: long.optional() }),
  answer: z.object({}),
  async handle({ fields: { type, title, data, sql } }, deps, { app, person: { user } }) {
    const now = deps.now()
    const bounds = [
      { key: `log of user ${user.id} in app ${app.id}`, max: 120, forMs: minuteMs },
      { key: `log of app ${app.id}`, max: 3_000, forMs: minuteMs },
    ]
    await take(deps.db, bounds, now)
    await insertAppLog(deps.db, { time: now, appId: app.id, userId: user.id, type, title, data, sql: sql ?? null })
    return {}
  },
})
