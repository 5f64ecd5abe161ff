// What happened in each of the last seconds, from what gateways count since they started. It is kept here and nowhere else, so it goes on
// when one comes back to the page, with a gap for the time when nobody looked; and while nobody looks nobody asks.

import type { Answer } from '../../api/types.ts'

type Gateway = Answer<'GET /openapi/stats/gateways'>[number]

export interface Moment {
  /** Epoch seconds. */
  readonly second: number
  /** Calls a second, by how they ended. */
  readonly answered: number
  readonly refused: number
  readonly limited: number
  readonly failed: number
  /** Milliseconds, estimated within their bucket; null: nothing was passed on. */
  readonly p50: number | null
  readonly p99: number | null
}

export const secondsKept = 300
/** A slow line brings a figure every few seconds; who did not look for longer does not get the mean of that time for a second. */
const elapsedMsMax = 10_000
const limits = ['rate_limited', 'quota_exceeded', 'interface_tripped']

let moments: readonly Moment[] = []
let lastTold = new Map<string, Gateway>()

/** The last of them, in their order, with what these gateways told. */
export function noteGateways(gateways: readonly Gateway[]): readonly Moment[] {
  const pairs = gateways.flatMap((now) => {
    const before = lastTold.get(now.source)
    const elapsedMs = before ? now.toldAt - before.toldAt : 0
    return before && elapsedMs > 0 && elapsedMs <= elapsedMsMax ? [{ now, before, elapsedMs }] : []
  })
  lastTold = new Map(gateways.map((gateway) => [gateway.source, gateway]))
  if (pairs.length === 0) return moments
  const rate = (count: (gateway: Gateway) => number) =>
    pairs.reduce((sum, { now, before, elapsedMs }) => sum + ((count(now) - count(before)) * 1000) / elapsedMs, 0)
  const limited = rate(({ refusals }) => limits.reduce((sum, name) => sum + (refusals[name] ?? 0), 0))
  const buckets = pairs[0]!.now.latency.buckets.map(({ upTo }, at) => ({
    upTo,
    calls: rate(({ latency }) => latency.buckets[at]?.calls ?? 0),
  }))
  const second = Math.floor(Math.max(...pairs.map(({ now }) => now.toldAt)) / 1000)
  const moment: Moment = {
    second,
    answered: rate(({ calls }) => calls.answered),
    refused: rate(({ calls }) => calls.refused) - limited,
    limited,
    failed: rate(({ calls }) => calls.failed),
    p50: quantile(buckets, 0.5),
    p99: quantile(buckets, 0.99),
  }
  moments = [...moments.filter((one) => one.second !== second && one.second > second - secondsKept), moment]
  return moments
}

type Bucket = { readonly upTo: number | null; readonly calls: number }

/** As if the calls of a bucket lay evenly in it; what is longer than all bounds is as long as the last. */
export function quantile(buckets: readonly Bucket[], part: number): number | null {
  const wanted = buckets.reduce((sum, { calls }) => sum + calls, 0) * part
  if (wanted === 0) return null
  let below = 0
  let from = 0
  for (const { upTo, calls } of buckets) {
    if (upTo === null) break
    if (calls > 0 && below + calls >= wanted) return from + ((upTo - from) * (wanted - below)) / calls
    below += calls
    from = upTo
  }
  return from
}
