// The gateways that are heard, and what they tell of themselves: for people what `/metrics` is for Prometheus.

import { z } from 'zod'
import { latencyBoundsMs } from '#core/feed/figures.ts'
import { endpoint } from './endpoint.ts'

const counts = z.record(z.string(), z.int())

export const gatewaysNow = endpoint({
  summary: { en: 'Gateways that are heard, with what they counted since they started', zh: '查询在线网关及其启动以来的计数' },
  answer: z.array(
    z.object({
      node: z.string(),
      source: z.string().describe('One start of one gateway'),
      toldAt: z.int().describe('When it told this, epoch milliseconds'),
      age: z.int().describe('Seconds since it told this; after 60 it is not shown any more'),
      revision: z.int().describe('Of the configuration that it serves by'),
      staleness: z.int().describe('Milliseconds since it heard the platform'),
      connections: z.int(),
      memory: z.int().describe('Resident bytes'),
      lateness: z.int().describe('Milliseconds that a timer came late at the worst: how busy its threads are'),
      calls: z.object({ answered: z.int(), refused: z.int(), failed: z.int() }),
      refusals: counts.describe('By error'),
      failures: counts.describe('By error'),
      latency: z
        .object({
          p50: z.int().nullable(),
          p95: z.int().nullable(),
          p99: z.int().nullable(),
          buckets: z
            .array(z.object({ upTo: z.int().nullable(), calls: z.int() }))
            .describe('Calls that took so many milliseconds at most and longer than those before; null: longer than all'),
        })
        .describe('Milliseconds that this part of the calls took at most; null is none, or longer than 10 s'),
    }),
  ),
  async handle(_, deps) {
    await deps.freshUsage()
    const now = deps.now().getTime()
    return deps.gateways().map(({ node, source, heardAt, figures }) => ({
      node,
      source,
      toldAt: heardAt,
      age: Math.max(0, Math.round((now - heardAt) / 1000)),
      revision: figures.revision,
      staleness: Math.round(figures.stalenessMs),
      connections: figures.connections,
      memory: figures.rssBytes,
      lateness: Math.round(figures.latenessMs),
      calls: figures.calls,
      refusals: figures.refusals,
      failures: figures.failures,
      latency: {
        p50: quantile(figures.latency.counts, 0.5),
        p95: quantile(figures.latency.counts, 0.95),
        p99: quantile(figures.latency.counts, 0.99),
        buckets: figures.latency.counts.map((calls, at) => ({ upTo: latencyBoundsMs[at] ?? null, calls })),
      },
    }))
  },
})

/** The bound of the bucket that it lies in. */
function quantile(counts: readonly number[], part: number): number | null {
  const wanted = counts.reduce((sum, count) => sum + count, 0) * part
  if (wanted === 0) return null
  let passed = 0
  for (const [at, count] of counts.entries()) {
    passed += count
    if (passed >= wanted) return latencyBoundsMs[at] ?? null
  }
  return null
}
