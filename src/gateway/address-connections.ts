// How many connections an address has open, over all threads. An IPv6 network of /64 counts as one address, for whoever has one address
// of it has all. 65,536 slots, 4 bytes for each thread; two addresses that fall into one slot share their bound, and nobody outside can
// tell which ones do.

import { createHmac, randomBytes } from 'node:crypto'
import { compileRanges, networkOf, plainAddress } from '#lib/address.ts'
import { newShareMemory, openShares, type ShareMemory } from './shares.ts'

const slotCount = 1 << 16

export interface AddressMemory {
  readonly shares: ShareMemory
  readonly salt: Uint8Array
}

export function newAddressMemory(threads: number): AddressMemory {
  return { shares: newShareMemory(threads, slotCount), salt: randomBytes(16) }
}

/** Answers what to call when the connection has closed; undefined when the address has as many as it may. Proxies have as many as come. */
export function openAddressConnections(memory: AddressMemory, thread: number, connectionsMax: number, proxies: readonly string[]) {
  const shares = openShares(memory.shares, thread)
  const isProxy = compileRanges(proxies)
  return (remoteAddress: string): (() => void) | undefined => {
    const address = plainAddress(remoteAddress)
    if (isProxy(address)) return nothing
    const slot = createHmac('sha256', memory.salt).update(networkOf(address)).digest().readUInt16LE(0)
    return shares.take(slot, connectionsMax) ? () => shares.giveBack(slot) : undefined
  }
}

const nothing = () => {}
