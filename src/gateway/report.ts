// Reports usage to the platform: what the threads counted goes to a spool file first, then to the feed, and leaves the file when it
// was taken. A killed gateway loses at most what its threads counted since they last handed over; a platform that is away loses nothing.

import { closeSync, existsSync, openSync, readFileSync, renameSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import type { Logger } from 'pino'
import type { RunningCount, UsageBatch, UsageCount } from '#core/feed/document.ts'
import type { GatewayFigures } from '#core/feed/figures.ts'
import { discard, type FeedPlace, newFeedClient } from './feed-client.ts'

/** So often what was counted is added up and sent: PostgreSQL pays by the row, not by the call. */
const sendMs = 5_000

export interface Reporting {
  /** Takes counts over: they are in the file when this returns. */
  add(counts: readonly UsageCount[]): void
  /** Reports an operation that shut itself; in the file too, until the platform knows. */
  trip(operationId: number, opening: number): void
  /** Reports now, with the counts of the second that is running. */
  answer(running: readonly RunningCount[]): void
  /** Tries once more to report, and leaves the rest in the file. */
  stop(): Promise<void>
}

export interface ReportDeps {
  /** Names this start of the gateway, as its feed does. */
  readonly source: string
  readonly place: FeedPlace
  readonly log: Logger
  /** Sent along with everything, and alone when there is nothing else; undefined while there are none. */
  figures(): GatewayFigures | undefined
}

export function startReporting(path: string, { source, place, log, figures }: ReportDeps): Reporting {
  let lastNumber = 0
  /** The last number that may have reached the platform; later ones certainly did not. */
  let lastTried = 0
  let waiting = load(path)
  let file = openSync(path, 'a', 0o600)
  // Without the line that a kill may have cut short, or the next one would be appended to it.
  if (waiting.length > 0) rewrite()
  let asked: readonly RunningCount[] | undefined
  let sending: Promise<void> | undefined
  let client = newFeedClient(place)
  const noBatch: UsageBatch = { source, number: 0, counts: [] }

  function newBatch(counts: readonly UsageCount[], tripped: NonNullable<UsageBatch['tripped']> = []): UsageBatch {
    return { source, number: ++lastNumber, counts, tripped }
  }

  function add(counts: readonly UsageCount[]): void {
    if (counts.length > 0) enqueue(newBatch(counts))
  }

  function enqueue(batch: UsageBatch): void {
    waiting.push(batch)
    try {
      writeSync(file, `${JSON.stringify(batch)}\n`)
    } catch (error) {
      // A full disk does not stop the gateway; these counts then live as long as it does, or until they are sent.
      log.error({ err: error }, 'usage cannot be kept on disk')
    }
  }

  // Batches that were never tried become one, so the file stays as small as what it says, however long the platform is away.
  function addUp(): void {
    const untried = waiting.filter((batch) => batch.source === source && batch.number > lastTried)
    if (untried.length < 2) return
    const tried = waiting.filter((batch) => !untried.includes(batch))
    waiting = [
      ...tried,
      newBatch(
        sumOf(untried.flatMap((batch) => batch.counts)),
        untried.flatMap((batch) => batch.tripped ?? []),
      ),
    ]
    rewrite()
  }

  function rewrite(): void {
    const temporary = `${path}.new`
    writeFileSync(temporary, waiting.map((batch) => `${JSON.stringify(batch)}\n`).join(''), { mode: 0o600 })
    renameSync(temporary, path)
    closeSync(file)
    file = openSync(path, 'a', 0o600)
  }

  function send(): void {
    sending ??= sendWaiting().finally(() => {
      sending = undefined
      if (asked) send()
    })
  }

  async function sendWaiting(): Promise<void> {
    try {
      addUp()
      while (waiting.length > 1) await sendFirst({})
      if (asked) {
        const running = asked
        asked = undefined
        // Without counts it is only an answer; it is not in the file, and losing it loses nothing.
        return waiting.length === 0 ? await post({ ...noBatch, running }) : await sendFirst({ running })
      }
      if (waiting.length > 0) await sendFirst({})
      else if (figures()) await post(noBatch)
    } catch (error) {
      asked = undefined
      log.debug({ err: error, waiting: waiting.length }, 'usage could not be reported; it is kept')
      client.close()
      client = newFeedClient(place)
    }
  }

  async function sendFirst(more: { running?: readonly RunningCount[] }): Promise<void> {
    const batch = waiting[0]!
    if (batch.source === source) lastTried = batch.number
    await post({ ...batch, ...more })
    waiting.shift()
    if (waiting.length === 0) truncateSync(path)
  }

  async function post(batch: UsageBatch): Promise<void> {
    const response = await client.request('POST', '/usage', JSON.stringify({ ...batch, figures: figures() }))
    await discard(response)
    const { statusCode } = response
    if (statusCode !== 204) throw new Error(`the platform answered ${statusCode}`)
  }

  const timer = setInterval(send, sendMs)
  send()

  return {
    add,
    trip(operationId, opening) {
      enqueue(newBatch([], [{ operationId, opening }]))
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
      client.close()
      closeSync(file)
    },
  }
}

function load(path: string): UsageBatch[] {
  if (!existsSync(path)) return []
  const batches: UsageBatch[] = []
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    try {
      if (line !== '') batches.push(JSON.parse(line) as UsageBatch)
    } catch {
      // The last line may be cut short by a kill; it was not complete when we died, and is part of the stated loss.
    }
  }
  return batches
}

function sumOf(counts: readonly UsageCount[]): UsageCount[] {
  const sums = new Map<string, { -readonly [Key in keyof UsageCount]: UsageCount[Key] }>()
  for (const count of counts) {
    const key = `${count.minute} ${count.operationId} ${count.appId}`
    const sum = sums.get(key)
    if (!sum) sums.set(key, { ...count })
    else {
      sum.calls += count.calls
      sum.refused += count.refused
      sum.failed += count.failed
      sum.latencyMs += count.latencyMs
    }
  }
  return [...sums.values()]
}
