// How many calls of an interface are under way at once, over all threads of this gateway: never more than its `concurrency`.
// 4 bytes for each interface that has such a limit, and 4 more for each thread; a thread that dies gives its calls back.

import type { OperationDocument } from '#core/feed/document.ts'
import { newShareMemory, openShares, type ShareMemory } from './shares.ts'

const slotCount = 1 << 16

export interface ConcurrencyMemory {
  /** Which interface has a slot, for as long as the gateway runs. */
  readonly ids: SharedArrayBuffer
  readonly shares: ShareMemory
}

export function newConcurrencyMemory(threads: number): ConcurrencyMemory {
  return { ids: new SharedArrayBuffer(slotCount * 4), shares: newShareMemory(threads, slotCount) }
}

type Limited = Pick<OperationDocument, 'id' | 'concurrency'>

export interface Concurrency {
  /** False when as many calls as may be are under way. */
  enter(operation: Limited): boolean
  /** One that entered is over; with the document that it entered by. */
  leave(operation: Limited): void
}

export function openConcurrency(memory: ConcurrencyMemory, thread: number): Concurrency {
  const ids = new Int32Array(memory.ids)
  const shares = openShares(memory.shares, thread)
  const known = new Map<number, number>()

  function slotOf(id: number): number {
    let slot = known.get(id)
    if (slot === undefined) {
      slot = claim(ids, id)
      known.set(id, slot)
    }
    return slot
  }

  return {
    enter: ({ id, concurrency }) => concurrency === null || shares.take(slotOf(id), concurrency),
    leave({ id, concurrency }) {
      if (concurrency !== null) shares.giveBack(slotOf(id))
    },
  }
}

// Open addressing; a slot once claimed stays its interface's.
function claim(ids: Int32Array, id: number): number {
  for (let probes = 0; probes < slotCount; probes++) {
    const slot = (id + probes) % slotCount
    const there = Atomics.compareExchange(ids, slot, 0, id)
    if (there === 0 || there === id) return slot
  }
  throw new Error(`there are more than ${slotCount} interfaces with a concurrency`)
}
