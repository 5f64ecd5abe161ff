// Where an app wants its events (settled A8, F26).

import { z } from 'zod'
import type { Config } from '#config.ts'
import { findApp } from '#core/app/app.store.ts'
import { callbackAddresses, readCallback } from '#core/app/callback.ts'
import { renewCallback } from '#core/event/callback.store.ts'
import { fault } from '#core/fault.ts'
import { changeApp } from './app.ts'
import { endpoint, ownerOf } from './endpoint.ts'
import { byId, text } from './wire.ts'

export const setCallback = endpoint({
  summary: { en: 'Set where an app wants its events; empty clears it', zh: '设置回调地址；为空则清除' },
  params: byId,
  body: z.object({
    callbackAddress: text(500).nullable().describe('http(s) URL, with a path to put before those of events if need be'),
    callbackLimit: z
      .int()
      .min(0)
      .max(100_000)
      .nullish()
      .describe('Events a second that it takes; 0 is KAIMEN_CALLBACK_LIMIT, absent or null leaves it'),
  }),
  async handle({ params, body }, deps, viewer) {
    const app = await findApp(deps.db, params.id, ownerOf(viewer, 'edit-app'))
    if (!app) throw fault('not_found', { what: 'app' })
    const callbackAddress = body.callbackAddress ? await readAddress(body.callbackAddress, deps.config) : null
    const limit = body.callbackLimit == null ? {} : { callbackLimit: body.callbackLimit || null }
    await changeApp(app.id, { callbackAddress, ...limit, updateUser: viewer.username }, deps)
    await renewCallback(deps.db, app.id, deps.now())
    return null
  },
})

async function readAddress(text: string, { allowPrivateCallbacks, callbackAllow }: Config): Promise<string> {
  const read = await readCallback(text, callbackAddresses({ allowPrivate: allowPrivateCallbacks, allowed: callbackAllow }))
  if (typeof read === 'string') throw fault('invalid_parameters', { reason: read, name: 'callbackAddress' })
  return read.url
}
