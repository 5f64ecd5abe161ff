// Reports usage to the platform: what was counted goes to a spool file first, then to the feed, and leaves the file when it was
// taken. A killed gateway loses at most what it counted since the last flush; a platform that is away loses nothing.

import { closeSync, existsSync, openSync, readFileSync, renameSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import type { Logger } from 'pino'
import type { UsageBatch, UsageCount } from '#core/feed/document.ts'
import { type FeedPlace, newFeedClient } from './follow.ts'
import type { Meter } from './meter.ts'

/** What a `kill -9` may cost of the counts. */
export const flushMs = 1_000
const retryMs = 1_000
/** With so many batches waiting, the platform is away: older ones are added up by the minute, so that the file stays small. */
const waitingMax = 120

export interface Reporting {
  /** Reports now what was counted, also when that is nothing. */
  flush(): void
  /** Flushes, tries once more to report, and leaves the rest in the file. */
  stop(): Promise<void>
}

export function startReporting(path: string, source: string, place: FeedPlace, meter: Meter, log: Logger): Reporting {
  let lastNumber = 0
  let waiting = load(path)
  let file = openSync(path, 'a', 0o600)
  // Without the line that a kill may have cut short, or the next one would be appended to it.
  if (waiting.length > 0) rewrite()
  let sending: Promise<void> | undefined
  let client = newFeedClient(place)

  function newBatch(counts: readonly UsageCount[]): UsageBatch {
    return { source, number: ++lastNumber, counts }
  }

  function flush(always: boolean): void {
    const counts = meter.take()
    if (counts.length === 0 && !(always && waiting.length === 0)) return send()
    const batch = newBatch(counts)
    // One without counts is only an answer to "report"; losing it loses nothing.
    if (counts.length > 0) writeSync(file, `${JSON.stringify(batch)}\n`)
    waiting.push(batch)
    if (waiting.length > waitingMax) condense()
    send()
  }

  // Only what was certainly never sent may get a new number: batches of this start, but for the first in line, which may be on its way.
  function condense(): void {
    const isSafe = (batch: UsageBatch, at: number) => at > 0 && batch.source === source
    const unsent = waiting.filter(isSafe)
    if (unsent.length <= waitingMax) return
    const kept = waiting.filter((batch, at) => !isSafe(batch, at))
    waiting = [...kept, newBatch(byMinute(unsent.flatMap((batch) => batch.counts)))]
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
    if (waiting.length === 0) return
    sending ??= sendWaiting().finally(() => {
      sending = undefined
    })
  }

  async function sendWaiting(): Promise<void> {
    for (let batch = waiting[0]; batch; batch = waiting[0]) {
      try {
        await post(batch)
      } catch (error) {
        log.debug({ err: error, waiting: waiting.length }, 'usage could not be reported; it is kept')
        await client.destroy()
        client = newFeedClient(place)
        return
      }
      waiting.shift()
      if (waiting.length === 0) truncateSync(path)
    }
  }

  async function post(batch: UsageBatch): Promise<void> {
    const headers = { authorization: `Bearer ${place.credential() ?? ''}`, 'content-type': 'application/json' }
    const { statusCode, body } = await client.request({ method: 'POST', path: '/usage', headers, body: JSON.stringify(batch) })
    await body.dump()
    if (statusCode !== 204) throw new Error(`the platform answered ${statusCode}`)
  }

  const timer = setInterval(() => flush(false), Math.min(flushMs, retryMs))
  return {
    flush: () => flush(true),
    async stop() {
      clearInterval(timer)
      await sending
      flush(false)
      await sending
      await client.destroy()
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

function byMinute(counts: readonly UsageCount[]): UsageCount[] {
  const sums = new Map<string, { -readonly [Key in keyof UsageCount]: UsageCount[Key] }>()
  for (const count of counts) {
    const second = count.second - (count.second % 60)
    const key = `${second} ${count.operationId} ${count.appId}`
    const sum = sums.get(key)
    if (!sum) sums.set(key, { ...count, second })
    else {
      sum.calls += count.calls
      sum.refused += count.refused
      sum.failed += count.failed
    }
  }
  return [...sums.values()]
}
