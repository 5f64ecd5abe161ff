// Counts every call that found its operation: refused, open and failed ones too. Cost on the hot path: two map look-ups and an addition.

import type { UsageCount } from '#core/feed/document.ts'
import { getOrMake } from '#lib/get-or-make.ts'

export type Outcome = 'answered' | 'refused' | 'failed'

interface Tally {
  calls: number
  refused: number
  failed: number
}

export interface Meter {
  /** `appId` is the row's id, 0 when nobody was identified. */
  count(operationId: number, appId: number, outcome: Outcome, now: number): void
  /** Hands over what was counted since the last time. */
  take(): UsageCount[]
}

const newApps = () => new Map<number, Tally>()
const newTally = (): Tally => ({ calls: 0, refused: 0, failed: 0 })

export function createMeter(): Meter {
  const finished: UsageCount[] = []
  let second = 0
  let tallies = new Map<number, Map<number, Tally>>()

  function finish(): void {
    for (const [operationId, apps] of tallies) {
      for (const [appId, tally] of apps) finished.push({ second, operationId, appId, ...tally })
    }
    tallies = new Map()
  }

  return {
    count(operationId, appId, outcome, now) {
      const thisSecond = Math.floor(now / 1000)
      if (thisSecond !== second) {
        finish()
        second = thisSecond
      }
      const tally = getOrMake(getOrMake(tallies, operationId, newApps), appId, newTally)
      tally.calls++
      if (outcome !== 'answered') tally[outcome]++
    },
    take() {
      finish()
      return finished.splice(0)
    },
  }
}
