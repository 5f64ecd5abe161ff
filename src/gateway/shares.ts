// How many of something all threads hold together, bounded: calls of an interface under way, connections of an address. Each thread
// writes its own row and reads all of them, so a thread that dies gives back what it held by its row being emptied.
// 4 bytes a slot and thread, used page by page; to take one costs an addition and a read for each thread.

export interface ShareMemory {
  readonly cells: SharedArrayBuffer
  readonly slots: number
}

export function newShareMemory(threads: number, slots: number): ShareMemory {
  return { cells: new SharedArrayBuffer(threads * slots * 4), slots }
}

export interface Shares {
  /** False when `limit` are held already; never true for one more. */
  take(slot: number, limit: number): boolean
  giveBack(slot: number): void
}

/** `thread` is the row, from 0. */
export function openShares({ cells, slots }: ShareMemory, thread: number): Shares {
  const rows = new Int32Array(cells)
  const own = thread * slots

  function held(slot: number): number {
    let sum = 0
    for (let at = slot; at < rows.length; at += slots) sum += Atomics.load(rows, at)
    return sum
  }

  return {
    // Written before it is read: of threads that take at once, the last one to write sees all the others.
    take(slot, limit) {
      // Two that meet at the last free place both find it taken, and look once more when neither stands there.
      for (let tries = 0; tries < 3; tries++) {
        Atomics.add(rows, own + slot, 1)
        if (held(slot) <= limit) return true
        Atomics.sub(rows, own + slot, 1)
        if (held(slot) >= limit) return false
      }
      return false
    },
    giveBack(slot) {
      Atomics.sub(rows, own + slot, 1)
    },
  }
}

/** What a thread held that has ended. */
export function emptyShares({ cells, slots }: ShareMemory, thread: number): void {
  new Int32Array(cells, thread * slots * 4, slots).fill(0)
}
