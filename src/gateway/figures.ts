// Figures for `/metrics`. Each serving thread adds to a row of its own, in memory that all threads share: about 1 KB a thread. Nobody
// else writes there, so a call costs a few additions and no lock. A row belongs to the thread's name: one that is replaced counts on from
// where the other died, and a counter never goes down. The control thread adds the rows up (`report.ts` sends the sum).

import type { Server } from 'node:net'
import { type FaultName, faults } from '#core/fault.ts'
import { type GatewayFigures, latencyBoundsMs } from '#core/feed/figures.ts'
import type { Outcome } from './meter.ts'

export interface Figures {
  /** `fault` of a call that was refused, or failed by our own answer; `latencyMs` until the answer began, not looked at when it was refused. */
  note(outcome: Outcome, fault: FaultName | undefined, latencyMs: number): void
}

const outcomes = ['answered', 'refused', 'failed'] as const satisfies Outcome[]
const faultNames = Object.keys(faults) as FaultName[]
const faultAt = Object.fromEntries(faultNames.map((name, at) => [name, at])) as Record<FaultName, number>

// Words of a row, Float64: whole numbers are exact up to 2^53.
const callsAt = { answered: 0, refused: 1, failed: 2 }
const faultsAt = { answered: 0, refused: outcomes.length, failed: outcomes.length + faultNames.length }
const latencyAt = faultsAt.failed + faultNames.length
const latencySumAt = latencyAt + latencyBoundsMs.length + 1
const connectionsAt = latencySumAt + 1
const latenessAt = connectionsAt + 1
/** In whole cache lines of 64 bytes, so that threads do not take each other's away. */
const rowWords = Math.ceil((latenessAt + 1) / 8) * 8

const watchMs = 500

export function newFigureMemory(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(threads * rowWords * 8)
}

/** The row of the thread called `t<n>`. */
export function openFigures(memory: SharedArrayBuffer, thread: string): Figures & { watch(server: Server): void } {
  const row = rowOf(memory, Number(thread.slice(1)) - 1)
  // What was open in the thread before this one is closed.
  row[connectionsAt] = 0

  return {
    note(outcome, fault, latencyMs) {
      row[callsAt[outcome]]! += 1
      if (fault !== undefined && outcome !== 'answered') row[faultsAt[outcome] + faultAt[fault]]! += 1
      if (outcome === 'refused') return
      let bucket = 0
      while (bucket < latencyBoundsMs.length && latencyMs > latencyBoundsMs[bucket]!) bucket++
      row[latencyAt + bucket]! += 1
      row[latencySumAt]! += latencyMs
    },

    watch(server) {
      let last = performance.now()
      setInterval(() => {
        const now = performance.now()
        row[latenessAt] = Math.max(row[latenessAt]!, now - last - watchMs)
        last = now
        server.getConnections((_, count) => {
          row[connectionsAt] = count
        })
      }, watchMs).unref()
    },
  }
}

/** All threads together; the worst lateness begins anew. */
export function readFigures(memory: SharedArrayBuffer): Pick<GatewayFigures, ReadHere> {
  const rows = Array.from({ length: memory.byteLength / (rowWords * 8) }, (_, at) => rowOf(memory, at))
  const sum = (word: number) => rows.reduce((total, row) => total + row[word]!, 0)
  const byFault = (start: number) => {
    const counts = faultNames.map((name, at) => [name, sum(start + at)] as const)
    return Object.fromEntries(counts.filter(([, count]) => count > 0))
  }
  const latenessMs = Math.max(...rows.map((row) => row[latenessAt]!))
  for (const row of rows) row[latenessAt] = 0
  return {
    calls: { answered: sum(callsAt.answered), refused: sum(callsAt.refused), failed: sum(callsAt.failed) },
    refusals: byFault(faultsAt.refused),
    failures: byFault(faultsAt.failed),
    latency: { counts: Array.from({ length: latencyBoundsMs.length + 1 }, (_, at) => sum(latencyAt + at)), sumMs: sum(latencySumAt) },
    connections: sum(connectionsAt),
    latenessMs,
  }
}

type ReadHere = 'calls' | 'refusals' | 'failures' | 'latency' | 'connections' | 'latenessMs'

const rowOf = (memory: SharedArrayBuffer, at: number) => new Float64Array(memory, at * rowWords * 8, rowWords)
