// Which single calls are kept for the call log (settled F19), and those that wait to be handed over. Counts are the meter's business
// and exact; what is left out here is counted too. Of a call that is not kept nothing is built: the walk asks first.

import type { CallRecord } from '#core/feed/document.ts'
import type { Outcome } from './meter.ts'

export interface Recorder {
  /** Whether one more call that ended so is kept in this second; one that is not is counted as left out. */
  wants(outcome: Outcome, now: number): boolean
  /** Whether what a badly signed call sent is kept for its ring: `app 12`, or `ip 203.0.113.9`. */
  wantsEvidence(ring: string, now: number): boolean
  add(record: CallRecord): void
  /** Hands over what was added since the last time. */
  take(): { calls: CallRecord[]; leftOut: number }
}

/** So many refusals and failures a second are kept, however small the rate of successes is. */
export const troublesMin = 1_000

const evidencePerRing = 32
const evidencePerSecond = 100

/** So many successes a second are kept, and so many refusals and failures together. */
export function createRecorder(perSecond: number, troublesPerSecond = Math.max(perSecond, troublesMin)): Recorder {
  let calls: CallRecord[] = []
  let leftOut = 0
  let secondEndsAt = 0
  let answered = 0
  let troubles = 0
  let evidence = 0
  const evidenceOf = new Map<string, number>()

  function turn(now: number): void {
    // A clock that was set back begins a second too.
    if (now < secondEndsAt && now >= secondEndsAt - 1_000) return
    secondEndsAt = now - (now % 1_000) + 1_000
    answered = troubles = evidence = 0
    evidenceOf.clear()
  }

  return {
    wants(outcome, now) {
      turn(now)
      const isKept = outcome === 'answered' ? answered++ < perSecond : troubles++ < troublesPerSecond
      if (!isKept) leftOut++
      return isKept
    },

    wantsEvidence(ring, now) {
      turn(now)
      const kept = evidenceOf.get(ring) ?? 0
      if (kept === evidencePerRing || evidence === evidencePerSecond) return false
      evidence++
      evidenceOf.set(ring, kept + 1)
      return true
    },

    add(record) {
      calls.push(record)
    },

    take() {
      const taken = { calls, leftOut }
      calls = []
      leftOut = 0
      return taken
    },
  }
}

/** What falls to one thread of several; the shares of all are the whole. */
export function shareOf(whole: number, thread: number, threads: number): number {
  return Math.floor((whole + thread) / threads)
}
