// Reports usage to the platform: what the threads counted goes to the spool first, then to the feed, and leaves the spool when it was taken.
// A killed gateway loses at most what its threads counted since they last handed over.

import type { SecretUse } from '#core/app/secret-uses.ts'
import type { RunningCount, UsageBatch } from '#core/feed/document.ts'
import type { GatewayFigures } from '#core/feed/figures.ts'
import { discard, type FeedPlace, newFeedClient } from './feed-client.ts'
import { openSpool, type SpoolDeps } from './spool.ts'
import type { HandedOver } from './thread.ts'

/** So often what was counted is added up and sent: PostgreSQL pays by the row, not by the call. */
const sendMs = 5_000
/** So often it is looked whether there are so many single calls that whoever asks for them would have to wait long. */
const lookMs = 1_000
const manyCalls = 1_000

export interface Reporting {
  /** Takes over what a thread hands over: it is in the file when this returns. */
  add(handedOver: HandedOver): void
  /** Reports which secrets were used, with whatever is sent next; not in the file. */
  useSecrets(uses: readonly SecretUse[]): void
  /** Reports an operation that shut itself; in the file too, until the platform knows. */
  trip(operationId: number, opening: number): void
  /** Reports now, with the counts of the second that is running. */
  answer(running: readonly RunningCount[]): void
  /** Tries once more to report, and leaves the rest in the file. */
  stop(): Promise<void>
}

export interface ReportDeps extends SpoolDeps {
  readonly place: FeedPlace
  /** Sent along with everything, and alone when there is nothing else; undefined while there are none. */
  figures(): GatewayFigures | undefined
}

export function startReporting(path: string, deps: ReportDeps): Reporting {
  const { source, place, log, figures } = deps
  const spool = openSpool(path, deps)
  let asked: readonly RunningCount[] | undefined
  let sending: Promise<void> | undefined
  let client = newFeedClient(place)
  /** Those that the platform was not told of yet. */
  const secretUses = new Map<number, number>()
  const noBatch: UsageBatch = { source, number: 0, counts: [] }

  function send(): void {
    sending ??= sendWaiting().finally(() => {
      sending = undefined
      if (asked) send()
    })
  }

  async function sendWaiting(): Promise<void> {
    try {
      spool.addUp()
      while (spool.fill().batches > 1) await sendFirst({})
      // The last tells what was asked, so that whoever hears it finds all counts.
      const told = asked ? { running: asked } : {}
      asked = undefined
      if (spool.fill().batches > 0) await sendFirst(told)
      // It is not in the spool, and losing it loses nothing.
      else if (told.running || figures()) await post({ ...noBatch, ...told })
    } catch (error) {
      asked = undefined
      log.debug({ err: error, waiting: spool.fill().batches }, 'usage could not be reported; it is kept')
      client.close()
      client = newFeedClient(place)
    }
  }

  async function sendFirst(told: Pick<UsageBatch, 'running'>): Promise<void> {
    await post({ ...spool.first(), ...told })
    spool.dropFirst()
  }

  async function post(batch: UsageBatch): Promise<void> {
    const told: readonly SecretUse[] = [...secretUses]
    const response = await client.request('POST', '/usage', { body: JSON.stringify({ ...batch, secretUses: told, figures: figures() }) })
    await discard(response)
    const { statusCode } = response
    if (statusCode !== 204) throw new Error(`the platform answered ${statusCode}`)
    for (const [secretId, usedAt] of told) if (secretUses.get(secretId) === usedAt) secretUses.delete(secretId)
  }

  let sinceSentMs = 0
  const timer = setInterval(() => {
    sinceSentMs += lookMs
    if (sinceSentMs < sendMs && spool.fill().calls < manyCalls) return
    sinceSentMs = 0
    send()
  }, lookMs)
  send()

  return {
    add: spool.add,
    useSecrets(uses) {
      for (const [secretId, usedAt] of uses) secretUses.set(secretId, usedAt)
    },
    trip(operationId, opening) {
      spool.trip(operationId, opening)
      send()
    },
    answer(running) {
      asked = running
      send()
    },
    async stop() {
      clearInterval(timer)
      await sending
      send()
      await sending
      spool.close()
      client.close()
    },
  }
}
