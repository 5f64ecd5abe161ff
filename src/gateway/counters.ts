// Counters that all threads of a gateway share: how many calls were taken in a calendar period. 20 bytes a counter and a map
// entry in each thread that met it, one compare-and-exchange for each limit of a call; a limit is exact over all threads, and a thread that dies costs the others nothing.

const slotCount = 1 << 20

export interface CounterMemory {
  readonly keys: SharedArrayBuffer
  readonly values: SharedArrayBuffer
  /** How many counters there are, and then their slots in the order in which they came. */
  readonly claimed: SharedArrayBuffer
}

/** Address space for a million counters; memory is used page by page, as counters come. */
export function newCounterMemory(): CounterMemory {
  return {
    keys: new SharedArrayBuffer(slotCount * 8),
    values: new SharedArrayBuffer(slotCount * 8),
    claimed: new SharedArrayBuffer((slotCount + 1) * 4),
  }
}

/** What a counter is about; part of its key, so never 0 and never another number. */
const counterKinds = {
  operationSecond: 1,
  appSecond: 2,
  appDay: 3,
  appMonth: 4,
  grantSecond: 5,
  grantDay: 6,
  grantMonth: 7,
} as const

export type CounterKind = keyof typeof counterKinds
/** Counters that have to outlive a restart. */
const keptKinds: ReadonlySet<bigint> = new Set([3n, 4n, 6n, 7n])

export interface Counters {
  /**
   * Takes one of `limit` in `period` (a number that is another one in the next period); answers how many are left,
   * or -1 when none was. The ids are row ids, `id` below 2^30, `other` below 2^31, and 0 where one is enough.
   */
  take(kind: CounterKind, id: number, other: number, period: number, limit: number): number
  /** Gives back what was taken in that period: the call was refused by another limit. */
  giveBack(kind: CounterKind, id: number, other: number, period: number): void
  /** Key and value of all counters of days and months. */
  kept(): [key: bigint, value: bigint][]
  restore(key: bigint, value: bigint): void
}

export function openCounters(memory: CounterMemory): Counters {
  const keys = new BigInt64Array(memory.keys)
  const values = new BigUint64Array(memory.values)
  const claimed = new Int32Array(memory.claimed)
  /** Where this thread has found a counter before. */
  const known = new Map<string, number>()

  function slotOf(kind: CounterKind, id: number, other: number): number {
    const name = `${kind} ${id} ${other}`
    const slot = known.get(name)
    if (slot !== undefined) return slot
    const found = claim(BigInt.asIntN(64, (BigInt(counterKinds[kind]) << 61n) | (BigInt(id) << 31n) | BigInt(other)))
    known.set(name, found)
    return found
  }

  // Open addressing; a slot once claimed stays its counter's.
  function claim(key: bigint): number {
    const start = Number(BigInt.asUintN(20, (BigInt.asUintN(64, key) * 0x9e3779b97f4a7c15n) >> 40n))
    for (let probes = 0; probes < slotCount; probes++) {
      const slot = (start + probes) % slotCount
      const there = Atomics.compareExchange(keys, slot, 0n, key)
      if (there === 0n) Atomics.store(claimed, Atomics.add(claimed, 0, 1) + 1, slot)
      if (there === 0n || there === key) return slot
    }
    throw new Error(`there are more than ${slotCount} limits`)
  }

  // The period in the upper half, what was taken of it in the lower; without a sign, for seconds since 1970 pass 2^31 in 2038.
  const takenIn = (value: bigint, period: number) => (value >> 32n === BigInt(period) ? Number(value & 0xffff_ffffn) : 0)

  return {
    take(kind, id, other, period, limit) {
      const slot = slotOf(kind, id, other)
      const begun = BigInt(period) << 32n
      for (let seen = Atomics.load(values, slot); ; ) {
        const taken = takenIn(seen, period)
        if (taken >= limit) return -1
        const there = Atomics.compareExchange(values, slot, seen, begun | BigInt(taken + 1))
        if (there === seen) return limit - taken - 1
        seen = there
      }
    },

    giveBack(kind, id, other, period) {
      const slot = slotOf(kind, id, other)
      for (let seen = Atomics.load(values, slot); takenIn(seen, period) > 0; ) {
        const there = Atomics.compareExchange(values, slot, seen, seen - 1n)
        if (there === seen) return
        seen = there
      }
    },

    kept() {
      const all: [bigint, bigint][] = []
      const count = Atomics.load(claimed, 0)
      for (let at = 1; at <= count; at++) {
        const slot = Atomics.load(claimed, at)
        const key = Atomics.load(keys, slot)
        if (keptKinds.has(BigInt.asUintN(64, key) >> 61n)) all.push([key, Atomics.load(values, slot)])
      }
      return all
    },

    restore(key, value) {
      Atomics.store(values, claim(key), value)
    },
  }
}
