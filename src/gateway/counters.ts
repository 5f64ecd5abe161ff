// Counters that all threads of a gateway share: how many calls were taken in a calendar period. 16 bytes a counter, one
// compare-and-exchange a call; a limit is exact over all threads, and a thread that dies costs the others nothing.

const slotCount = 1 << 20

export interface CounterMemory {
  readonly keys: SharedArrayBuffer
  readonly values: SharedArrayBuffer
}

/** Address space for a million counters; memory is used page by page, as counters come. */
export function newCounterMemory(): CounterMemory {
  return { keys: new SharedArrayBuffer(slotCount * 8), values: new SharedArrayBuffer(slotCount * 8) }
}

/** What a counter is about; part of its key. */
export type CounterKind = 'operation' | 'app' | 'grant'
const kindBits: Record<CounterKind, bigint> = { operation: 1n, app: 2n, grant: 3n }

export interface Counters {
  /**
   * Takes one of `limit` in `period` (a number that is another one in the next period); answers how many are left,
   * or -1 when none was. The ids are row ids, below 2^31; `other` is 0 where one is enough.
   */
  take(kind: CounterKind, id: number, other: number, period: number, limit: number): number
}

export function openCounters(memory: CounterMemory): Counters {
  const keys = new BigInt64Array(memory.keys)
  const values = new BigInt64Array(memory.values)
  /** Where this thread has found a counter before. */
  const known = new Map<string, number>()

  function slotOf(kind: CounterKind, id: number, other: number): number {
    const name = `${kind} ${id} ${other}`
    const slot = known.get(name)
    if (slot !== undefined) return slot
    const found = claim(BigInt.asIntN(64, (kindBits[kind] << 62n) | (BigInt(id) << 31n) | BigInt(other)))
    known.set(name, found)
    return found
  }

  // Open addressing; a slot once claimed stays its counter's.
  function claim(key: bigint): number {
    const start = Number(BigInt.asUintN(20, (key * 0x9e3779b97f4a7c15n) >> 40n))
    for (let probes = 0; probes < slotCount; probes++) {
      const slot = (start + probes) % slotCount
      const there = Atomics.compareExchange(keys, slot, 0n, key)
      if (there === 0n || there === key) return slot
    }
    throw new Error(`there are more than ${slotCount} limits`)
  }

  return {
    take(kind, id, other, period, limit) {
      const slot = slotOf(kind, id, other)
      // The period in the upper half, what was taken of it in the lower.
      const begun = BigInt(period) << 32n
      let seen = Atomics.load(values, slot)
      for (;;) {
        const taken = seen >> 32n === BigInt(period) ? Number(seen & 0xffff_ffffn) : 0
        if (taken >= limit) return -1
        const there = Atomics.compareExchange(values, slot, seen, begun | BigInt(taken + 1))
        if (there === seen) return limit - taken - 1
        seen = there
      }
    },
  }
}
