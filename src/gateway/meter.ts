// Counts every call that found its operation: refused, open and failed ones too. Cost on the hot path: two map look-ups and additions. And
// errors by name, of calls that found none as well: at the end of a call that has one, and nowhere else.

import type { FaultName } from '#core/fault.ts'
import type { ErrorCount, RunningCount, UsageCount } from '#core/feed/document.ts'
import { limitFaults } from '#core/usage/usage.ts'
import { getOrMake } from '#lib/get-or-make.ts'

export type Outcome = 'answered' | 'refused' | 'failed'

/** So often a thread hands over what it counted: what a `kill -9` may cost. */
export const handOverMs = 1_000

interface Tally {
  minute: number
  calls: number
  refused: number
  limited: number
  failed: number
  latencyMs: number
  /** The last second that had a call, and how many. */
  second: number
  inSecond: number
}

export interface Meter {
  /** `appId` is the row's id, 0 when nobody was identified; `latencyMs` until the answer began, 0 of a refused call; `fault` of our own answer. */
  count(operationId: number, appId: number, outcome: Outcome, now: number, latencyMs: number, fault?: FaultName): void
  /** A call ended with an error of ours; `appId` as the call log has it: the app that it came from, or said that it came from. */
  countError(error: FaultName, appId: number, now: number): void
  /** Hands over what was counted since the last time. */
  take(now: number): UsageCount[]
  /** The same of errors. */
  takeErrors(): ErrorCount[]
  /** Calls in the second of `now`. */
  running(now: number): RunningCount[]
}

/** By app and name: as many as there are apps and faults at the most. */
type ErrorTally = Map<number, Map<FaultName, number>>

const newErrors = (): ErrorTally => new Map()
const newNames = () => new Map<FaultName, number>()
const newApps = () => new Map<number, Tally>()
const newTally = (): Tally => ({ minute: 0, calls: 0, refused: 0, limited: 0, failed: 0, latencyMs: 0, second: 0, inSecond: 0 })

export function createMeter(): Meter {
  const operations = new Map<number, Map<number, Tally>>()
  const finished: UsageCount[] = []
  /** By minute; they are handed over each second, so there are two of them at most. */
  const errors = new Map<number, ErrorTally>()

  function finish(operationId: number, appId: number, tally: Tally): void {
    const { minute, calls, refused, limited, failed, latencyMs } = tally
    if (calls > 0) finished.push({ minute, operationId, appId, calls, refused, limited, failed, latencyMs })
    tally.calls = tally.refused = tally.limited = tally.failed = tally.latencyMs = 0
  }

  return {
    count(operationId, appId, outcome, now, latencyMs, fault) {
      const second = Math.floor(now / 1000)
      const minute = second - (second % 60)
      const tally = getOrMake(getOrMake(operations, operationId, newApps), appId, newTally)
      if (tally.minute !== minute) {
        finish(operationId, appId, tally)
        tally.minute = minute
      }
      if (tally.second !== second) {
        tally.second = second
        tally.inSecond = 0
      }
      tally.inSecond++
      tally.calls++
      tally.latencyMs += latencyMs
      if (outcome === 'answered') return
      tally[outcome]++
      if (fault !== undefined && limitFaults.has(fault)) tally.limited++
    },

    countError(error, appId, now) {
      const second = Math.floor(now / 1000)
      const names = getOrMake(getOrMake(errors, second - (second % 60), newErrors), appId, newNames)
      names.set(error, (names.get(error) ?? 0) + 1)
    },

    take(now) {
      const idleBefore = Math.floor(now / 1000) - 60
      for (const [operationId, apps] of operations) {
        for (const [appId, tally] of apps) {
          finish(operationId, appId, tally)
          // Pairs that do not call any more are let go.
          if (tally.second < idleBefore) apps.delete(appId)
        }
        if (apps.size === 0) operations.delete(operationId)
      }
      return finished.splice(0)
    },

    takeErrors() {
      const counts: ErrorCount[] = []
      for (const [minute, apps] of errors) {
        for (const [appId, names] of apps) for (const [error, calls] of names) counts.push({ minute, appId, error, calls })
      }
      errors.clear()
      return counts
    },

    running(now) {
      const second = Math.floor(now / 1000)
      const counts: RunningCount[] = []
      for (const [operationId, apps] of operations) {
        for (const [appId, tally] of apps) if (tally.second === second) counts.push({ operationId, appId, calls: tally.inSecond })
      }
      return counts
    },
  }
}
