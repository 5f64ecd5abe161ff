// Connections to services: a keep-alive pool for each target, made when first needed and closed when the service changes.

import { Pool } from 'undici'
import type { ServiceDocument } from '#core/feed/document.ts'

const connectionsPerTargetMax = 256

export interface Upstreams {
  /** The pool of the target whose turn it is, by weight. */
  pick(service: ServiceDocument): Pool
  close(): Promise<void>
}

interface Entry {
  readonly service: ServiceDocument
  readonly pools: readonly Pool[]
  turn: number
}

export function createUpstreams(): Upstreams {
  const entries = new Map<number, Entry>()

  function entryFor(service: ServiceDocument): Entry {
    const known = entries.get(service.id)
    if (known?.service === service) return known
    const entry = { service, pools: service.targets.map(({ url }) => newPool(url, service)), turn: 0 }
    entries.set(service.id, entry)
    // Calls under way end on the old connections, which then close.
    for (const pool of known?.pools ?? []) pool.close().catch(() => {})
    return entry
  }

  return {
    pick(service) {
      const entry = entryFor(service)
      return entry.pools.length === 1 ? entry.pools[0]! : entry.pools[nextTarget(entry)]!
    },
    async close() {
      await Promise.all([...entries.values()].flatMap((entry) => entry.pools.map((pool) => pool.close())))
    },
  }
}

// Round robin by weight: the turns of all weights, one after the other.
function nextTarget(entry: Entry): number {
  const { targets } = entry.service
  const total = targets.reduce((sum, { weight }) => sum + weight, 0)
  let turn = entry.turn
  entry.turn = (entry.turn + 1) % total
  for (let at = 0; at < targets.length; at++) {
    turn -= targets[at]!.weight
    if (turn < 0) return at
  }
  return 0
}

function newPool(url: string, service: ServiceDocument): Pool {
  return new Pool(url, {
    connections: connectionsPerTargetMax,
    pipelining: 1,
    connect: { timeout: service.connectTimeoutMs },
    headersTimeout: service.timeoutMs,
    bodyTimeout: service.timeoutMs,
    keepAliveTimeout: 30_000,
  })
}
