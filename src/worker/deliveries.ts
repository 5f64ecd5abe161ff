// Sends events on their way. One loop, and one statement at a time for all: what came of attempts is written, then what is due is taken for
// apps that have room (`lanes.ts`). All that is known here of what waits is which apps have something.
//
// A delivery is taken by a lease. Whoever takes it and dies leaves it to become due again when the lease ends; so one may be sent twice, and
// none is lost.

import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Config } from '#config.ts'
import { callbackAddresses } from '#core/app/callback.ts'
import { type Ailing, type DisabledCallback, disableCallbacks, type Health, noteHealth } from '#core/event/callback.store.ts'
import {
  appsWithDue,
  type Claimed,
  claimDeliveries,
  parkDeliveries,
  releaseDeliveries,
  settleDeliveries,
} from '#core/event/delivery.store.ts'
import { type Attempt, type Letter, retryAfterMsMax, standingAfter, webhookId } from '#core/event/event.ts'
import { eventFields } from '#core/event/signature.ts'
import { queueMails } from '#core/mail/mail.store.ts'
import type { Db } from '#db/open.ts'
import { getOrMake } from '#lib/get-or-make.ts'
import type { OutwardBounds } from '#lib/outward.ts'
import type { Sealer } from '#lib/seal.ts'
import { mailFor } from '#text/text.ts'
import { createLanes, windowMax } from './lanes.ts'
import { createPoster } from './post.ts'

export interface DeliveriesDeps {
  readonly db: Db
  readonly config: Config
  readonly sealer: Sealer
  readonly isOwn: OutwardBounds['isOwn']
  readonly log: Logger
  now(): Date
}

export interface Deliveries {
  /** There is something new for these apps, and committed. */
  wake(appIds: readonly number[]): void
  /** Sends one letter, which is no delivery, by the same rules. */
  post(letter: Letter, time: Date): Promise<Attempt>
  /** What is under way is waited for, a while. */
  stop(): Promise<void>
}

/** How often it looks for what has become due, or was left by somebody else. */
const lookMs = 1_000
/** What ends within so long is written together. */
const gatherMs = 5
/** After a failure of the database. */
const troubleMs = 1_000
/** A lease is longer than an attempt by what it may take to write what came of it. */
const leaseSpareMs = 5_000
const drainMs = 8_000
const secretsKeptMax = 10_000

interface Ended {
  readonly claimed: Claimed
  readonly attempt: Attempt
}

export function startDeliveries(deps: DeliveriesDeps): Deliveries {
  const { db, config, log, now } = deps
  const timeoutMs = config.callbackTimeout * 1_000
  const isAllowed = callbackAddresses({ allowPrivate: config.allowPrivateCallbacks, allowed: config.callbackAllow })
  const poster = createPoster({
    timeoutMs,
    connectionsMax: windowMax,
    isAllowed: (address, port) => isAllowed(address) && !deps.isOwn(address, port),
  })
  const secretsOf = createSecrets(deps.sealer)
  const lease = randomUUID()
  const lanes = createLanes()
  const underWay = new Set<number>()
  let ended: Ended[] = []
  let lookAt = 0
  let isStopping = false
  let isBreakingOff = false
  let isInTrouble = false
  let bell = Promise.withResolvers<void>()
  let isGathering = false

  async function run(): Promise<void> {
    while (!isStopping || underWay.size > 0 || ended.length > 0) {
      bell = Promise.withResolvers()
      try {
        await settle()
        if (!isStopping) await take()
        isInTrouble = false
      } catch (error) {
        if (!isInTrouble) log.warn({ err: error }, 'deliveries wait: the database refuses')
        isInTrouble = true
        if (isStopping) return
        await sleep(troubleMs)
        continue
      }
      const ringing = setTimeout(() => bell.resolve(), isStopping ? lookMs : Math.max(0, lookAt - performance.now()))
      await bell.promise
      clearTimeout(ringing)
    }
  }

  async function settle(): Promise<void> {
    // More may end while this is written.
    const some = [...ended]
    if (some.length === 0) return
    const outcomes = some.map(({ claimed, attempt }) => ({
      id: claimed.id,
      attempt,
      url: urlOf(claimed),
      ...standingAfter(claimed.tries, attempt, config.callbackRetries, Math.random()),
    }))
    await settleDeliveries(db, lease, outcomes)
    ended = ended.slice(some.length)
    const ailing = await noteHealth(db, healthOf(some), Math.random(), now())
    await disable(ailing)
  }

  async function disable(ailing: readonly Ailing[]): Promise<void> {
    await disableCallbacks(db, ailing, now(), async (tx, disabled) => {
      for (const { publicAppId: appId, why } of disabled) log.warn({ appId, why }, 'a callback address is disabled')
      await queueMails(tx, disabled.flatMap(mailAbout), now())
    })
    // Some of what waits for them, at once; a sweep has the rest.
    if (ailing.length > 0) await parkDeliveries(db, new Date(0), now())
  }

  async function take(): Promise<void> {
    if (performance.now() >= lookAt) {
      lookAt = performance.now() + lookMs
      lanes.lineUp(await appsWithDue(db, now()))
    }
    const rooms = lanes.takeRooms()
    if (rooms.size === 0) return
    const time = now()
    const leaseEndsAt = new Date(time.getTime() + timeoutMs + leaseSpareMs)
    const { claimed, unfinished } = await claimDeliveries(db, { lease, now: time, leaseEndsAt, rooms, limit: config.callbackLimit })
    lanes.lineUp(unfinished)
    for (const one of claimed) void attempt(one)
    if (unfinished.size > 0) bell.resolve()
  }

  async function attempt(claimed: Claimed): Promise<void> {
    const { id, appId } = claimed
    let isWell = false
    lanes.begin(appId)
    underWay.add(id)
    try {
      const made = await send(claimed)
      isWell = made.error === null
      if (!isBreakingOff) ended.push({ claimed, attempt: made })
    } catch (error) {
      log.error({ err: error, delivery: id }, 'a delivery cannot be made; it is tried again when its lease ends')
    }
    underWay.delete(id)
    lanes.end(appId, isWell)
    gather()
  }

  function send(claimed: Claimed): Promise<Attempt> {
    const { appId, data } = claimed
    const time = now()
    const fields = eventFields(webhookId(claimed), time, data, secretsOf(claimed.secrets))
    return poster.post({ appId, url: urlOf(claimed), fields, body: data }, time)
  }

  function gather(): void {
    if (isGathering) return
    isGathering = true
    setTimeout(() => {
      isGathering = false
      bell.resolve()
    }, gatherMs)
  }

  const running = run()
  return {
    wake(appIds) {
      lanes.lineUp(appIds)
      bell.resolve()
    },
    post: poster.post,
    async stop() {
      isStopping = true
      bell.resolve()
      await Promise.race([running, sleep(drainMs, undefined, { ref: false })])
      // What we break off ourselves is nobody's failure: it is due again.
      isBreakingOff = true
      const left = [...underWay]
      await releaseDeliveries(db, lease, left, now()).catch((error: unknown) => log.warn({ err: error }, 'leases end by themselves'))
      await poster.close()
      await running
    },
  }
}

const urlOf = ({ address, path }: Claimed) => `${address}${path}`

function healthOf(ended: readonly Ended[]): Health[] {
  return [...Map.groupBy(ended, ({ claimed }) => claimed.appId)].map(([appId, some]) => {
    const attempts = some.map(({ attempt }) => attempt)
    const failed = attempts.filter(({ error }) => error !== null)
    return {
      appId,
      failures: failed.length,
      lastFailure: failed.at(-1),
      // That all goes well needs no word, as long as it did before.
      isWell: some.some(({ claimed, attempt }) => attempt.error === null && (claimed.isAiling || failed.length > 0)),
      isGone: failed.some(({ error }) => error === 'gone'),
      pauseMs: Math.min(Math.max(0, ...failed.map(({ retryAfterMs = 0 }) => retryAfterMs)), retryAfterMsMax),
    }
  })
}

/** Opens secrets once; a sealed text never changes its meaning. */
function createSecrets(sealer: Sealer): (sealed: readonly string[]) => KeyObject[] {
  const opened = new Map<string, KeyObject>()
  return (sealed) => {
    if (opened.size > secretsKeptMax) opened.clear()
    return sealed.map((one) => getOrMake(opened, one, () => createSecretKey(Buffer.from(sealer.open('app-secret', one)))))
  }
}

function mailAbout({ email, name, publicAppId, address, why }: DisabledCallback) {
  if (email === null) return []
  const kind = why === 'gone' ? ('callback_gone' as const) : ('callback_failing' as const)
  return [{ to: email, ...mailFor(kind, { name, appId: publicAppId, address }), kind }]
}
