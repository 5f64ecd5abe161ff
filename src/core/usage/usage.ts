// Counts of calls: what their rows are called, and which refusals are counted apart.

import type { FaultName } from '#core/fault.ts'

/** In the place of an operation or an app: what all of them have together. Kept for every step but minutes, of which there would be as many again. */
export const everyId = -1

/** They say that a limit which somebody set was reached. `overloaded` is none of them: there the platform itself was short of something. */
export const limitFaults: ReadonlySet<FaultName> = new Set<FaultName>(['rate_limited', 'quota_exceeded', 'interface_tripped'])
