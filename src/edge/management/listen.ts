// The platform's end of `npm run listen`: an app asks for its own events by its token, and tells what its program answered.

import { createSecretKey } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { liveSecrets } from '#core/app/secret.store.ts'
import { settleDeliveries } from '#core/event/delivery.store.ts'
import { type Attempt, standingAfter, verdictOn, webhookId } from '#core/event/event.ts'
import { listenMs, renewListening, takeForListener, triesOfHeld } from '#core/event/listener.store.ts'
import { eventFields } from '#core/event/signature.ts'
import { take } from '#core/user/throttle.ts'
import { appEndpoint } from './endpoint.ts'
import { text } from './wire.ts'

/** How long is waited for the first event, and how often is looked. Short enough for a platform that is to stop. */
const waitMs = 3_000
const lookMs = 300

const listener = z.uuid().describe('Chosen by the listener; whoever took deliveries tells of them under the same one')

export const listen = appEndpoint({
  summary: {
    en: 'An app takes its own events, signed, instead of having them sent; for laptops (`npm run listen`)',
    zh: '应用领取自己的事件（已签名），代替推送；供本机调试（`npm run listen`）',
  },
  body: z.object({ listener }),
  answer: z.object({
    leaseSeconds: z.int().describe('So long nothing is sent to the callback address; each request renews it'),
    deliveries: z.array(
      z.object({ id: z.int(), path: z.string(), headers: z.record(z.string(), z.string()), body: z.string().describe('Byte for byte') }),
    ),
  }),
  // It waits.
  ownTransactions: true,
  async handle({ body }, deps, { appId }) {
    await take(deps.db, [{ key: `listen ${appId}`, max: 600, forMs: 60_000 }], deps.now())
    await renewListening(deps.db, appId, deps.now())
    const giveUpAt = performance.now() + waitMs
    let taken = await takeForListener(deps.db, appId, body.listener, deps.now())
    while (taken.length === 0 && performance.now() < giveUpAt) {
      await sleep(lookMs)
      taken = await takeForListener(deps.db, appId, body.listener, deps.now())
    }
    const time = deps.now()
    const secrets = taken.length === 0 ? [] : await liveSecrets(deps.db, appId, time)
    const keys = secrets.map(({ sealed }) => createSecretKey(Buffer.from(deps.sealer.open('app-secret', sealed))))
    const deliveries = taken.map((one) => ({
      id: one.id,
      path: one.path,
      headers: eventFields(webhookId(one), time, one.data, keys),
      body: one.data,
    }))
    return { leaseSeconds: listenMs / 1_000, deliveries }
  },
})

const result = z.object({
  id: z.int().min(1),
  status: z.int().min(100).max(599).nullable(),
  latency: z.int().min(0).max(600_000).describe('Milliseconds'),
  error: z.enum(['unreachable', 'too_slow', 'bad_answer']).nullish().describe('Why no answer came'),
  response: text(4_096).nullish().describe('The beginning of the answer'),
})

export const listenResult = appEndpoint({
  summary: { en: 'What became of events that a listener took', zh: '回报领取的事件的处理结果' },
  body: z.object({ listener, results: z.array(result).min(1).max(100) }),
  answer: z.object({ taken: z.int().describe('Of how many it was noted; the others are somebody else’s by now') }),
  ownTransactions: true,
  async handle({ body }, deps, { appId }) {
    const results = [...new Map(body.results.map((one) => [one.id, one])).values()]
    const tries = await triesOfHeld(deps.db, appId, body.listener, results.map(({ id }) => id)) // biome-ignore format: one thought
    const held = results.filter(({ id }) => tries.has(id))
    const now = deps.now()
    const outcomes = held.map(({ id, status, latency, error, response }) => {
      const time = new Date(now.getTime() - latency)
      const verdict = status === null ? (error ?? 'unreachable') : verdictOn(status)
      const attempt: Attempt = { time, latencyMs: latency, status, error: verdict, response: response ?? null }
      return { id, attempt, url: null, ...standingAfter(tries.get(id)!, attempt, deps.config.callbackRetries, Math.random()) }
    })
    await settleDeliveries(deps.db, body.listener, outcomes)
    return { taken: held.length }
  },
})
