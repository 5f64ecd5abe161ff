// Batches of usage made one, so that PostgreSQL and the platform have fewer rows to write.

import type { ErrorCount, LeftOut, UsageBatch, UsageCount } from '#core/feed/document.ts'

/** With the last number: who takes it takes all of them. */
export function addedUp(batches: readonly UsageBatch[]): UsageBatch {
  return {
    ...batches.at(-1)!,
    counts: sumOfCounts(batches.flatMap((batch) => batch.counts)),
    errors: sumOfErrors(batches.flatMap((batch) => batch.errors ?? [])),
    calls: batches.flatMap((batch) => batch.calls ?? []),
    leftOut: sumOfLeftOut(batches.flatMap((batch) => batch.leftOut ?? [])),
    tripped: batches.flatMap((batch) => batch.tripped ?? []),
  }
}

function sumOfCounts(counts: readonly UsageCount[]): UsageCount[] {
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
