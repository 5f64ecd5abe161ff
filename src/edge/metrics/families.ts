// What `/metrics` tells, by name. The gateways' figures bear their node and, since several may share a node's credential, the source:
// one start of one gateway, from which its counters count.

import { latencyBoundsMs } from '#core/feed/figures.ts'
import type { LiveGateway } from '#edge/feed/live-gateways.ts'
import { type Family, histogram, type Sample } from './exposition.ts'

export interface PoolFigures {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
}

export function familiesOf(gateways: readonly LiveGateway[], pool: PoolFigures, now: number): Family[] {
  return [...gatewayFamilies(gateways, now), ...databaseFamilies(pool), ...processFamilies()]
}

type Labels = Readonly<Record<string, string>>

function gatewayFamilies(gateways: readonly LiveGateway[], now: number): Family[] {
  const each = (samplesOf: (gateway: LiveGateway, labels: Labels) => Sample[]) =>
    gateways.flatMap((gateway) => samplesOf(gateway, { node: gateway.node, source: gateway.source }))
  const counter = (
    name: string,
    help: string,
    label: string,
    countsOf: (gateway: LiveGateway) => Readonly<Record<string, number>>,
  ): Family => ({
    name: `kaimen_gateway_${name}_total`,
    type: 'counter',
    help,
    samples: each((gateway, labels) =>
      Object.entries(countsOf(gateway)).map(([key, value]) => ({ labels: { ...labels, [label]: key }, value })),
    ),
  })
  const gauge = (name: string, help: string, read: (gateway: LiveGateway) => number): Family => ({
    name: `kaimen_gateway_${name}`,
    type: 'gauge',
    help,
    samples: each((gateway, labels) => [{ labels, value: read(gateway) }]),
  })
  return [
    counter('calls', 'Calls, by how they ended.', 'outcome', ({ figures }) => figures.calls),
    counter('refusals', 'Refused calls, by the error that they were told.', 'error', ({ figures }) => figures.refusals),
    counter('failures', 'Calls that failed with an answer of the gateway, by its error.', 'error', ({ figures }) => figures.failures),
    {
      name: 'kaimen_gateway_latency_seconds',
      type: 'histogram',
      help: 'Until the answer began, of calls that were not refused.',
      samples: each(({ figures: { latency } }, labels) =>
        histogram(labels, latencyBoundsMs.map(seconds), latency.counts, seconds(latency.sumMs)),
      ),
    },
    gauge('connections', 'Open connections of callers.', ({ figures }) => figures.connections),
    gauge('event_loop_lateness_seconds', 'How late a timer came at the worst, in any thread, since this was last told.', ({ figures }) =>
      seconds(figures.latenessMs),
    ),
    gauge('resident_memory_bytes', 'Resident memory of the process with all its threads.', ({ figures }) => figures.rssBytes),
    gauge('nonces', 'Nonces that are remembered.', ({ figures }) => figures.nonces.alive),
    gauge('nonces_max', 'Nonces that there is room for at the least.', ({ figures }) => figures.nonces.room),
    gauge('snapshot_revision', 'The configuration that all its threads serve by.', ({ figures }) => figures.revision),
    gauge('snapshot_staleness_seconds', 'Since it last heard the platform.', ({ figures }) => seconds(figures.stalenessMs)),
    gauge('figures_age_seconds', 'Since it told these figures; it is dropped after 60.', ({ heardAt }) =>
      seconds(Math.max(0, now - heardAt)),
    ),
  ]
}

function databaseFamilies({ totalCount, idleCount, waitingCount }: PoolFigures): Family[] {
  return [
    {
      name: 'kaimen_database_connections',
      type: 'gauge',
      help: 'Connections of the platform to its database, by state.',
      samples: [
        { labels: { state: 'busy' }, value: totalCount - idleCount },
        { labels: { state: 'idle' }, value: idleCount },
      ],
    },
    single('kaimen_database_waiting', 'gauge', 'Queries that wait for a connection.', waitingCount),
  ]
}

/** Of the platform's own process, under the names that Prometheus' clients have for them. */
function processFamilies(): Family[] {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return [
    single('process_cpu_seconds_total', 'counter', 'CPU time of the platform.', (user + system) / 1e6),
    single('process_resident_memory_bytes', 'gauge', 'Resident memory of the platform.', rss),
    single('process_start_time_seconds', 'gauge', 'When the platform started, epoch seconds.', seconds(Math.round(performance.timeOrigin))),
    single('nodejs_heap_size_used_bytes', 'gauge', 'Heap in use in the platform.', heapUsed),
    single(
      'nodejs_eventloop_utilization',
      'gauge',
      'Part of the time that the event loop was busy, since the start.',
      performance.eventLoopUtilization().utilization,
    ),
  ]
}

const single = (name: string, type: Family['type'], help: string, value: number): Family => ({ name, type, help, samples: [{ value }] })
const seconds = (ms: number) => ms / 1000
