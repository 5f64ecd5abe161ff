// Into which steps a range is cut for a chart.

import type { Range } from './range.tsx'

const stepMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000, month: 31 * 86_400_000 }
export type Step = keyof typeof stepMs

/** As many as can be told apart. */
const stepsMax = 400

/** The finest that is kept for so long and still readable comes first. */
export function stepsOf({ lengthMs, choice }: Range): readonly [Step, ...Step[]] {
  const fits = (Object.keys(stepMs) as Step[]).filter(
    (step) => lengthMs / stepMs[step] <= stepsMax && (step !== 'minute' || choice === 'hour' || choice === 'own'),
  )
  const [finest = 'month', ...others] = fits
  return [finest, ...others]
}
