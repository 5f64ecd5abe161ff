// Operations that shut because their limit was reached (`limitAction: disable`). All threads see it at once, before the platform knows;
// the platform then says it to every gateway, until an operator opens the operation again, which begins a new opening.

const slotCount = 1 << 12

/** Pairs of operation and opening; the last ones, for what is older the platform has said. */
export type TripMemory = SharedArrayBuffer

export function newTripMemory(): TripMemory {
  return new SharedArrayBuffer(slotCount * 8)
}

export interface Trips {
  /** False when it was noted before. */
  note(operationId: number, opening: number): boolean
  has(operationId: number, opening: number): boolean
}

export function openTrips(memory: TripMemory): Trips {
  const pairs = new BigInt64Array(memory)
  const pairOf = (operationId: number, opening: number) => (BigInt(operationId) << 32n) | BigInt(opening)
  return {
    note(operationId, opening) {
      const pair = pairOf(operationId, opening)
      return Atomics.exchange(pairs, operationId % slotCount, pair) !== pair
    },
    has(operationId, opening) {
      return Atomics.load(pairs, operationId % slotCount) === pairOf(operationId, opening)
    },
  }
}
