// Usage that waits for the platform, in numbered batches: in memory, and in a file, from which the next start goes on. A platform that is away
// loses no count; of single calls as many wait as there is room for, and those beyond are counted as left out.

import { closeSync, existsSync, openSync, readFileSync, renameSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import type { Logger } from 'pino'
import type { CallRecord, ReportedCall, UsageBatch } from '#core/feed/document.ts'
import type { Sealer } from '#lib/seal.ts'
import { addedUp } from './add-up.ts'
import type { HandedOver } from './thread.ts'

/** So much of single calls, as JSON, waits for a platform that is away. */
const callBytesMax = 32 * 1024 * 1024
/** A batch has to fit into one request and one statement. */
const callsPerBatchMax = 5_000
/** The file is written anew when it is this much longer than twice what it says. */
const slackBytes = 64 * 1024

export interface Spool {
  /** Keeps what a thread hands over: it is in the file when this returns. */
  add(handedOver: HandedOver): void
  /** Keeps that an operation shut itself. */
  trip(operationId: number, opening: number): void
  /** Makes few batches of those that were never tried: as many as their calls need. */
  addUp(): void
  /** How much waits. */
  fill(): { readonly batches: number; readonly calls: number }
  /** The oldest, where there is one. From now on it may have reached the platform, so it stays as it is. */
  first(): UsageBatch
  dropFirst(): void
  close(): void
}

export interface SpoolDeps {
  /** Names this start of the gateway, as its feed does. */
  readonly source: string
  readonly sealer: Sealer
  readonly log: Logger
  /** Epoch milliseconds. */
  now(): number
}

/** A batch, and how much of it are single calls. */
interface Waiting {
  readonly batch: UsageBatch
  readonly callBytes: number
}

export function openSpool(path: string, { source, sealer, log, now }: SpoolDeps): Spool {
  let lastNumber = 0
  /** The last number that may have reached the platform; later ones certainly did not. */
  let lastTried = 0
  let waiting = load(path)
  let file = openSync(path, 'a', 0o600)
  let fileBytes = 0
  let fileBytesMax = slackBytes
  // Without the line that a kill may have cut short, or the next one would be appended to it.
  rewrite()

  function add({ counts, errors, calls, leftOut }: HandedOver): void {
    let leftOutNow = leftOut
    for (let at = 0; at < calls.length; at += callsPerBatchMax) {
      const some = calls.slice(at, at + callsPerBatchMax).map(sealed)
      if (!addCalls(some)) leftOutNow += some.length
    }
    if (counts.length + errors.length + leftOutNow === 0) return
    append({ counts, errors, leftOut: leftOutNow === 0 ? [] : [{ minute: minuteOf(now()), calls: leftOutNow }] }, 0)
  }

  function sealed({ evidence, ...call }: CallRecord): ReportedCall {
    return evidence ? { ...call, evidence: sealer.seal('evidence', JSON.stringify(evidence)) } : call
  }

  /** False when there is no room for them. */
  function addCalls(calls: readonly ReportedCall[]): boolean {
    const callBytes = callBytesOf(calls)
    if (sumOf(waiting, (one) => one.callBytes) + callBytes > callBytesMax) return false
    append({ counts: [], calls }, callBytes)
    return true
  }

  function append(content: Omit<UsageBatch, 'source' | 'number'>, callBytes: number): void {
    const batch: UsageBatch = { source, number: ++lastNumber, ...content }
    waiting.push({ batch, callBytes })
    try {
      fileBytes += writeSync(file, `${JSON.stringify(batch)}\n`)
    } catch (error) {
      // A full disk does not stop the gateway; these counts then live as long as it does, or until they are sent.
      log.error({ err: error }, 'usage cannot be kept on disk')
    }
  }

  // Each takes the last number of those that it is made of: should the file still hold them one by one when we are killed, the platform
  // takes just those that it has not had.
  function addUp(): void {
    const isTried = ({ batch }: Waiting) => batch.source !== source || batch.number <= lastTried
    const groups = groupsOf(waiting.filter((one) => !isTried(one)))
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

  return {
    add,
    trip: (operationId, opening) => append({ counts: [], tripped: [{ operationId, opening }] }, 0),
    addUp,
    fill: () => ({ batches: waiting.length, calls: sumOf(waiting, callsOf) }),
    first() {
      const { batch } = waiting[0]!
      if (batch.source === source) lastTried = batch.number
      return batch
    },
    dropFirst() {
      waiting.shift()
      if (waiting.length > 0) return
      truncateSync(path)
      fileBytes = 0
      fileBytesMax = slackBytes
    },
    close() {
      if (waiting.length > 0) rewrite()
      closeSync(file)
    },
  }
}

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

const minuteOf = (now: number) => Math.floor(now / 60_000) * 60
const callBytesOf = (calls: readonly ReportedCall[]) => (calls.length === 0 ? 0 : JSON.stringify(calls).length)
const callsOf = ({ batch }: Waiting) => batch.calls?.length ?? 0
const sumOf = (all: readonly Waiting[], of: (one: Waiting) => number) => all.reduce((sum, one) => sum + of(one), 0)

/** In their order, each with no more calls than a batch may have. */
function groupsOf(all: readonly Waiting[]): Waiting[][] {
  const groups: Waiting[][] = []
  let calls = 0
  for (const one of all) {
    calls += callsOf(one)
    if (groups.length === 0 || calls > callsPerBatchMax) {
      groups.push([])
      calls = callsOf(one)
    }
    groups.at(-1)!.push(one)
  }
  return groups
}

function merged(group: readonly Waiting[]): Waiting {
  if (group.length === 1) return group[0]!
  return { batch: addedUp(group.map(({ batch }) => batch)), callBytes: sumOf(group, ({ callBytes }) => callBytes) }
}
