// Reports usage to the platform: what the threads counted goes to a spool file first, then to the feed, and leaves the file when it
// was taken. A killed gateway loses at most what its threads counted since they last handed over; a platform that is away loses no
// count. Single calls wait with the counts, as many as there is room for; those beyond are counted as left out.

import { closeSync, existsSync, openSync, readFileSync, renameSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import type { Logger } from 'pino'
import type { SecretUse } from '#core/app/secret-uses.ts'
import type { CallRecord, ErrorCount, LeftOut, ReportedCall, RunningCount, UsageBatch, UsageCount } from '#core/feed/document.ts'
import type { GatewayFigures } from '#core/feed/figures.ts'
import type { Sealer } from '#lib/seal.ts'
import { discard, type FeedPlace, newFeedClient } from './feed-client.ts'
import type { HandedOver } from './thread.ts'

/** So often what was counted is added up and sent: PostgreSQL pays by the row, not by the call. */
const sendMs = 5_000
/** So often it is looked whether there are so many single calls that whoever asks for them would have to wait long. */
const lookMs = 1_000
const manyCalls = 1_000
/** So much of single calls, as JSON, waits for a platform that is away. */
const callBytesMax = 32 * 1024 * 1024
/** A batch has to fit into one request and one statement. */
const callsPerBatchMax = 5_000
/** The file is written anew when it is this much longer than twice what it says. */
const slackBytes = 64 * 1024

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

export interface ReportDeps {
  /** Names this start of the gateway, as its feed does. */
  readonly source: string
  readonly place: FeedPlace
  readonly sealer: Sealer
  readonly log: Logger
  /** Sent along with everything, and alone when there is nothing else; undefined while there are none. */
  figures(): GatewayFigures | undefined
  /** Epoch milliseconds. */
  now(): number
}

/** A batch, and how much of it are single calls. */
interface Waiting {
  readonly batch: UsageBatch
  readonly callBytes: number
}

export function startReporting(path: string, { source, place, sealer, log, figures, now }: ReportDeps): Reporting {
  let lastNumber = 0
  /** The last number that may have reached the platform; later ones certainly did not. */
  let lastTried = 0
  let waiting = load(path)
  let file = openSync(path, 'a', 0o600)
  let fileBytes = 0
  let fileBytesMax = slackBytes
  // Without the line that a kill may have cut short, or the next one would be appended to it.
  rewrite()
  let asked: readonly RunningCount[] | undefined
  let sending: Promise<void> | undefined
  let client = newFeedClient(place)
  /** Those that the platform was not told of yet. */
  const secretUses = new Map<number, number>()
  const noBatch: UsageBatch = { source, number: 0, counts: [] }

  function add({ counts, errors, calls, leftOut }: HandedOver): void {
    const minute = minuteOf(now())
    const left = leftOut > 0 ? [{ minute, calls: leftOut }] : []
    if (calls.length === 0) {
      if (counts.length + errors.length + left.length > 0) enqueue({ counts, errors, leftOut: left }, 0)
      return
    }
    let waitingBytes = waiting.reduce((sum, { callBytes }) => sum + callBytes, 0)
    for (let at = 0; at < calls.length; at += callsPerBatchMax) {
      const some = calls.slice(at, at + callsPerBatchMax).map(sealed)
      const bytes = callBytesOf(some)
      const hasRoom = waitingBytes + bytes <= callBytesMax
      if (hasRoom) waitingBytes += bytes
      enqueue(
        {
          counts: at === 0 ? counts : [],
          errors: at === 0 ? errors : [],
          calls: hasRoom ? some : [],
          leftOut: [...(at === 0 ? left : []), ...(hasRoom ? [] : [{ minute, calls: some.length }])],
        },
        hasRoom ? bytes : 0,
      )
    }
  }

  function sealed({ evidence, ...call }: CallRecord): ReportedCall {
    return evidence ? { ...call, evidence: sealer.seal('evidence', JSON.stringify(evidence)) } : call
  }

  function enqueue(content: Omit<UsageBatch, 'source' | 'number'>, callBytes: number): void {
    const batch: UsageBatch = { source, number: ++lastNumber, ...content }
    waiting.push({ batch, callBytes })
    try {
      fileBytes += writeSync(file, `${JSON.stringify(batch)}\n`)
    } catch (error) {
      // A full disk does not stop the gateway; these counts then live as long as it does, or until they are sent.
      log.error({ err: error }, 'usage cannot be kept on disk')
    }
  }

  // Batches that were never tried become one, or a few, as many as their calls need. Each takes the last number of those that it is
  // made of: should the file still hold them one by one when we are killed, the platform takes just those that it has not had.
  function addUp(): void {
    const isTried = ({ batch }: Waiting) => batch.source !== source || batch.number <= lastTried
    const groups: Waiting[][] = []
    let callsOfGroup = 0
    for (const one of waiting) {
      if (isTried(one)) continue
      const calls = one.batch.calls?.length ?? 0
      if (groups.length === 0 || callsOfGroup + calls > callsPerBatchMax) {
        groups.push([])
        callsOfGroup = 0
      }
      groups.at(-1)!.push(one)
      callsOfGroup += calls
    }
    if (groups.some((group) => group.length > 1)) waiting = [...waiting.filter(isTried), ...groups.map(merged)]
    if (fileBytes > fileBytesMax) rewrite()
  }

  function rewrite(): void {
    const temporary = `${path}.new`
    const lines = waiting.map(({ batch }) => `${JSON.stringify(batch)}\n`).join('')
    writeFileSync(temporary, lines, { mode: 0o600 })
    renameSync(temporary, path)
    closeSync(file)
    file = openSync(path, 'a', 0o600)
    fileBytes = Buffer.byteLength(lines)
    fileBytesMax = 2 * fileBytes + slackBytes
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
    const { batch } = waiting[0]!
    if (batch.source === source) lastTried = batch.number
    await post({ ...batch, ...more })
    waiting.shift()
    if (waiting.length > 0) return
    truncateSync(path)
    fileBytes = 0
    fileBytesMax = slackBytes
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
    if (sinceSentMs < sendMs && waiting.reduce((sum, { batch }) => sum + (batch.calls?.length ?? 0), 0) < manyCalls) return
    sinceSentMs = 0
    send()
  }, lookMs)
  send()

  return {
    add,
    useSecrets(uses) {
      for (const [secretId, usedAt] of uses) secretUses.set(secretId, usedAt)
    },
    trip(operationId, opening) {
      enqueue({ counts: [], tripped: [{ operationId, opening }] }, 0)
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
      if (waiting.length > 0) rewrite()
      client.close()
      closeSync(file)
    },
  }
}

const minuteOf = (now: number) => Math.floor(now / 60_000) * 60

function load(path: string): Waiting[] {
  if (!existsSync(path)) return []
  const loaded: Waiting[] = []
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    try {
      if (line === '') continue
      const batch = JSON.parse(line) as UsageBatch
      loaded.push({ batch, callBytes: callBytesOf(batch.calls ?? []) })
    } catch {
      // The last line may be cut short by a kill; it was not complete when we died, and is part of the stated loss.
    }
  }
  return loaded
}

const callBytesOf = (calls: readonly ReportedCall[]) => (calls.length === 0 ? 0 : JSON.stringify(calls).length)

function merged(group: readonly Waiting[]): Waiting {
  if (group.length === 1) return group[0]!
  const batches = group.map(({ batch }) => batch)
  return {
    batch: {
      ...batches.at(-1)!,
      counts: sumOf(batches.flatMap((batch) => batch.counts)),
      errors: sumOfErrors(batches.flatMap((batch) => batch.errors ?? [])),
      calls: batches.flatMap((batch) => batch.calls ?? []),
      leftOut: sumOfLeftOut(batches.flatMap((batch) => batch.leftOut ?? [])),
      tripped: batches.flatMap((batch) => batch.tripped ?? []),
    },
    callBytes: group.reduce((sum, { callBytes }) => sum + callBytes, 0),
  }
}

function sumOfErrors(all: readonly ErrorCount[]): ErrorCount[] {
  const sums = new Map<string, ErrorCount>()
  for (const count of all) {
    const key = `${count.minute} ${count.appId} ${count.error}`
    sums.set(key, { ...count, calls: count.calls + (sums.get(key)?.calls ?? 0) })
  }
  return [...sums.values()]
}

function sumOfLeftOut(all: readonly LeftOut[]): LeftOut[] {
  const sums = new Map<number, number>()
  for (const { minute, calls } of all) sums.set(minute, (sums.get(minute) ?? 0) + calls)
  return [...sums].map(([minute, calls]) => ({ minute, calls }))
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
      sum.limited += count.limited
      sum.failed += count.failed
      sum.latencyMs += count.latencyMs
    }
  }
  return [...sums.values()]
}
