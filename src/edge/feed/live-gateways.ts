// The gateways that are heard, with what they last told of themselves. Kept in memory only: a gateway tells again within seconds.

import type { GatewayFigures } from '#core/feed/figures.ts'

export interface LiveGateway {
  /** Whose credential it shows; several gateways may share one. */
  readonly node: string
  /** One start of one gateway. */
  readonly source: string
  readonly figures: GatewayFigures
  /** Epoch milliseconds. */
  readonly heardAt: number
}

/** Gateways tell every five seconds; this is when they are missed. */
const silenceMsMax = 60_000

export interface LiveGateways {
  note(gateway: LiveGateway): void
  /** By node, then source. */
  at(now: number): LiveGateway[]
}

export function createLiveGateways(): LiveGateways {
  const bySource = new Map<string, LiveGateway>()

  function at(now: number): LiveGateway[] {
    for (const { source, heardAt } of bySource.values()) if (now - heardAt > silenceMsMax) bySource.delete(source)
    return [...bySource.values()].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
  }

  return {
    note(gateway) {
      bySource.set(gateway.source, gateway)
      at(gateway.heardAt)
    },
    at,
  }
}

const nameOf = ({ node, source }: LiveGateway) => `${node} ${source}`
