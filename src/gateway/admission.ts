// Which connections a gateway takes: so many at once, and so many of one address, over all threads. However unevenly the kernel deals them
// out, a thread takes what there is room for in all. It costs an addition and a read for each thread, once a connection.

import { type AddressMemory, newAddressMemory, openAddressConnections } from './address-connections.ts'
import { emptyShares, newShareMemory, openShares, type ShareMemory } from './shares.ts'

export interface AdmissionMemory {
  readonly all: ShareMemory
  readonly addresses: AddressMemory
}

export function newAdmissionMemory(threads: number): AdmissionMemory {
  return { all: newShareMemory(threads, 1), addresses: newAddressMemory(threads) }
}

export interface AdmissionBounds {
  readonly connections: number
  /** Of one address; 0 is no limit. */
  readonly ipConnections: number
  readonly trustedProxies: readonly string[]
}

/** Answers what to call when the connection has closed; undefined when it is to be closed now. */
export function openAdmission(
  { all, addresses }: AdmissionMemory,
  thread: number,
  { connections, ipConnections, trustedProxies }: AdmissionBounds,
  onTurnedAway: (whose: 'all' | 'address') => void,
) {
  const places = openShares(all, thread)
  const ofAddress = ipConnections > 0 ? openAddressConnections(addresses, thread, ipConnections, trustedProxies) : () => () => {}
  return (remoteAddress: string): (() => void) | undefined => {
    if (!places.take(0, connections)) {
      onTurnedAway('all')
      return undefined
    }
    const leave = ofAddress(remoteAddress)
    if (!leave) {
      places.giveBack(0)
      onTurnedAway('address')
      return undefined
    }
    return () => {
      places.giveBack(0)
      leave()
    }
  }
}

/** What a thread held that has ended. */
export function emptyAdmission({ all, addresses }: AdmissionMemory, thread: number): void {
  emptyShares(all, thread)
  emptyShares(addresses.shares, thread)
}
