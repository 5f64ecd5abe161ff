// By which settings the platform runs. They are read at the start (src/config.ts), so that they are only shown here.

import { z } from 'zod'
import { version } from '#lib/version.ts'
import { endpoint } from './endpoint.ts'
import { shownSettings } from './setting-shown.ts'
import { pageOnWire, pageSchema, paging, text } from './wire.ts'

const answer = z.object({
  name: z.string().describe('Of the environment variable'),
  accepts: z.string(),
  meaning: z.string().describe('In the caller’s language'),
  secret: z.boolean(),
  isSet: z.boolean(),
  value: z.string().nullable().describe('What is in force; null: nothing, or a secret'),
  defaultValue: z.string().nullable(),
  pending: z.boolean().describe('Nothing acts on it in this version'),
})

export const pageOfSettings = endpoint({
  summary: { en: 'Settings of the running platform, secrets left out', zh: '查询平台当前生效的设置（不含密钥）' },
  query: paging.extend({ text: text(64).optional().describe('Contained in name or meaning') }),
  answer: pageSchema(answer).extend({ version: z.string().describe('Of the platform') }),
  handle({ query, language }, { config }) {
    const asked = query.text?.toLowerCase() ?? ''
    const found = shownSettings(config, language).filter(({ name, meaning }) => `${name}\n${meaning}`.toLowerCase().includes(asked))
    const from = (query.current - 1) * query.size
    const page = pageOnWire({ total: found.length, records: found.slice(from, from + query.size) }, query, (one) => ({
      name: one.name,
      accepts: one.accepts,
      meaning: one.meaning,
      secret: one.isSecret,
      isSet: one.isSet,
      value: one.value,
      defaultValue: one.fallback,
      pending: one.isPending,
    }))
    return { ...page, version }
  },
})
