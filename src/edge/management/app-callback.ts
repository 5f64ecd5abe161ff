// Where an app wants its events (settled A8, F26).

import { createSecretKey } from 'node:crypto'
import { z } from 'zod'
import type { Config } from '#config.ts'
import { findApp } from '#core/app/app.store.ts'
import { callbackAddresses, readCallback } from '#core/app/callback.ts'
import { liveSecrets } from '#core/app/secret.store.ts'
import { noteAct } from '#core/audit/audit.store.ts'
import { findCallback, openCallback, renewCallback } from '#core/event/callback.store.ts'
import { challengeBody, isEcho, newChallenge } from '#core/event/callback.ts'
import type { Attempt } from '#core/event/event.ts'
import { eventFields } from '#core/event/signature.ts'
import { fault } from '#core/fault.ts'
import { take } from '#core/user/throttle.ts'
import type { Db } from '#db/open.ts'
import { explainAttempt } from '#text/text.ts'
import { changeApp } from './app.ts'
import { callbackAnswer, callbackOnWire } from './app-answer.ts'
import { endpoint, type ManagementDeps, ownerOf } from './endpoint.ts'
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
  // The address is asked only once it is kept.
  ownTransactions: true,
  async handle({ params, body }, deps, viewer) {
    const app = await findApp(deps.db, params.id, ownerOf(viewer, 'edit-app'))
    if (!app) throw fault('not_found', { what: 'app' })
    const callbackAddress = body.callbackAddress ? await readAddress(body.callbackAddress, deps.config) : null
    const limit = body.callbackLimit == null ? {} : { callbackLimit: body.callbackLimit || null }
    const change = { callbackAddress, ...limit, updateUser: viewer.username }
    await renew({ id: app.id, callbackAddress }, deps, (tx) => changeApp(app.id, change, { ...deps, db: tx }))
    return null
  },
})

export const enableCallback = endpoint({
  summary: {
    en: 'Try the callback address again that was disabled, or whose failures keep it waiting',
    zh: '重新启用已停用（或因失败而暂缓）的回调地址',
  },
  params: byId,
  ownTransactions: true,
  async handle({ params }, deps, viewer) {
    const app = await findApp(deps.db, params.id, ownerOf(viewer, 'edit-app'))
    if (!app) throw fault('not_found', { what: 'app' })
    if (app.callbackAddress === null) throw fault('invalid_parameters', { reason: 'callback_missing' })
    await renew(app, deps)
    deps.wakeDeliveries([app.id])
    return null
  },
})

interface Addressed {
  readonly id: number
  readonly callbackAddress: string | null
}

/** A clean slate for the address, together with a change, and by a challenge where one is required. */
async function renew(app: Addressed, deps: ManagementDeps, change?: (tx: Db) => Promise<void>) {
  const isChecked = app.callbackAddress !== null && deps.config.callbackCheck === 'required'
  if (isChecked) await take(deps.db, boundsOf(app.id), deps.now())
  await deps.db.transaction(async (tx) => {
    await change?.(tx)
    await noteRevival(tx, app, isChecked, deps)
    await renewCallback(tx, app.id, isChecked ? newChallenge() : null, deps.now())
  })
  if (isChecked) await challenge(app.id, deps)
}

/** How an address does is the machine's to know, and in no audit; that somebody had one tried again is. */
async function noteRevival(tx: Db, app: Addressed, isChecked: boolean, deps: ManagementDeps): Promise<void> {
  const { state, disabledTime, disabledWhy, blockedTime } = callbackOnWire(app.callbackAddress, await findCallback(tx, app.id), deps)
  if (state !== 'disabled' && state !== 'blocked') return
  const before = { state, ...(state === 'disabled' ? { disabledTime, disabledWhy } : { blockedTime }) }
  await noteAct(tx, { kind: 'callback', subject: app.id, before, after: { state: isChecked ? 'pending' : 'open' } })
}

export const verifyCallback = endpoint({
  summary: { en: 'Have the callback address repeat its challenge', zh: '验证回调地址：要求其原样返回挑战值' },
  params: byId,
  answer: z.object({
    callback: callbackAnswer,
    error: z.string().nullable().describe('null: it was repeated'),
    errorText: z.string().nullable(),
    response: z.string().nullable().describe('The beginning of what it answered'),
  }),
  ownTransactions: true,
  async handle({ params, language }, deps, viewer) {
    const app = await findApp(deps.db, params.id, ownerOf(viewer, 'edit-app'))
    if (!app) throw fault('not_found', { what: 'app' })
    if (app.callbackAddress === null) throw fault('invalid_parameters', { reason: 'callback_missing' })
    await take(deps.db, boundsOf(app.id), deps.now())
    const { error, response } = await challenge(app.id, deps)
    const callback = callbackOnWire(app.callbackAddress, await findCallback(deps.db, app.id), deps)
    return { callback, error, errorText: explainAttempt(error, language), response }
  },
})

/** Whoever may set an address may have us ask it: not so often that it would be a nuisance to somebody else. */
const boundsOf = (appId: number) => [{ key: `callback challenge ${appId}`, max: 10, forMs: 60_000 }]

async function challenge(appId: number, deps: ManagementDeps): Promise<Attempt> {
  const [app, callback] = [(await findApp(deps.db, appId))!, await findCallback(deps.db, appId)]
  const [time, text] = [deps.now(), callback?.challenge ?? newChallenge()]
  const body = challengeBody(text)
  const secrets = (await liveSecrets(deps.db, appId, time)).map(({ sealed }) => createSecretKey(Buffer.from(deps.sealer.open('app-secret', sealed)))) // biome-ignore format: one thought
  const fields = eventFields(`chk_${text}`, time, body, secrets)
  const made = await deps.postLetter({ appId, url: app.callbackAddress!, fields, body }, time)
  if (made.error !== null) return made
  if (!isEcho(made.response ?? '', text)) return { ...made, error: 'not_repeated' }
  await openCallback(deps.db, appId, text)
  deps.wakeDeliveries([appId])
  return made
}

async function readAddress(text: string, { allowPrivateCallbacks, callbackAllow }: Config): Promise<string> {
  const read = await readCallback(text, callbackAddresses({ allowPrivate: allowPrivateCallbacks, allowed: callbackAllow }))
  if (typeof read === 'string') throw fault('invalid_parameters', { reason: read, name: 'callbackAddress' })
  return read.url
}
