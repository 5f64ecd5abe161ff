// Calls a second: what steps counted, by how long they were. The last one may not be over.

import { clockMs } from '../../components/wire-time.ts'

/** How long each step was, of those that begin at `starts`, in seconds. */
function secondsOf(starts: readonly string[], end: string | undefined): number[] {
  return starts.map((start, at) => {
    const next = starts[at + 1] ?? end
    return next === undefined ? Number.NaN : Math.max(1, (clockMs(next) - clockMs(start)) / 1000)
  })
}

export function perSecond(calls: readonly number[], starts: readonly string[], end: string | undefined): (number | null)[] {
  const seconds = secondsOf(starts, end)
  return calls.map((count, at) => (Number.isNaN(seconds[at]) ? null : rounded(count / seconds[at]!)))
}

/** Three figures say enough, of few calls too. */
export const rounded = (rate: number) => Number(rate.toPrecision(3))
