// The nonces that are alive, in memory that all threads of a gateway share: 8 bytes a nonce in open addressing, a new table
// begins when one is half full, so 16 bytes a nonce at the fullest and 64 right after. Taking one costs a look into each live table and one
// compare-and-exchange; no thread ever waits for another, so one that dies costs the others nothing.
//
// There is a ring of tables. A new one begins every `lifeMs`, sized by what the last one held, and earlier when one is half full.
// A table is used again only when everything in it has been remembered for `lifeMs`.

/** Tables in the ring; address space for each is set aside, memory is used only as far as a table is in use. */
const tableCount = 8
const slotsMin = 1 << 14
const slotsMax = 1 << 22
const claimSecondsMax = 5
const roomMin = 8_000_000

// Words of the header: which turn is current, then for each table its turn, size, entries and the second in which it began.
// A turn below zero: somebody makes the table ready, and since which second.
const currentTurn = 0
const headerWords = 1
const fieldsPerTable = 4
const turnField = 0
const slotsField = 1
const entriesField = 2
const beganField = 3

export interface NonceMemory {
  readonly header: SharedArrayBuffer
  readonly tables: SharedArrayBuffer
}

export function newNonceMemory(now: number): NonceMemory {
  const memory = {
    header: new SharedArrayBuffer((headerWords + tableCount * fieldsPerTable) * 4),
    tables: new SharedArrayBuffer(tableCount * slotsMax * 8),
  }
  const header = new Int32Array(memory.header)
  header[currentTurn] = 1
  begin(header, 1, slotsMin, secondOf(now))
  return memory
}

const fieldOf = (turn: number, field: number) => headerWords + (turn % tableCount) * fieldsPerTable + field
/** Counted from 2020 on, so that 31 bits hold it until 2088. */
export const secondOf = (now: number) => Math.floor(now / 1000) - 1_577_836_800

function begin(header: Int32Array, turn: number, slots: number, second: number): void {
  Atomics.store(header, fieldOf(turn, slotsField), slots)
  Atomics.store(header, fieldOf(turn, entriesField), 0)
  Atomics.store(header, fieldOf(turn, beganField), second)
  Atomics.store(header, fieldOf(turn, turnField), turn)
}

export type Taken = 'taken' | 'seen' | 'full'

export interface NonceTable {
  /**
   * Takes a fingerprint, exactly once over all threads within `lifeMs`. `full`: more are alive than there is room for
   * (8 million at the least), so nobody can say whether it is new.
   */
  take(print: bigint, now: number): Taken
  /** Whether it was taken within `lifeMs`. */
  has(print: bigint, now: number): boolean
  /** How many are alive, and how many may be at the least before a call finds no room. */
  fill(now: number): { alive: number; room: number }
}

/** A thread's view of the shared memory. `lifeMs`: how long a nonce is remembered at the least. */
export function openNonceTable(memory: NonceMemory, lifeMs: number): NonceTable {
  const header = new Int32Array(memory.header)
  const lifeSeconds = Math.ceil(lifeMs / 1000)
  const tables = Array.from({ length: tableCount }, (_, at) => new BigInt64Array(memory.tables, at * slotsMax * 8, slotsMax))

  function take(given: bigint, now: number): Taken {
    const print = storable(given)
    const second = secondOf(now)
    let turn = turnAt(second)
    if (isInOlder(turn, print, second)) return 'seen'
    // Another thread may begin a new table meanwhile and look for this nonce there only. The newest table decides: to have taken a
    // nonce is to have put it into a table that was still the newest afterwards.
    for (;;) {
      const put = insert(turn, print)
      if (put !== 'taken') return put
      const newest = Atomics.load(header, currentTurn)
      if (newest === turn) return 'taken'
      turn = newest
    }
  }

  function has(given: bigint, now: number): boolean {
    const print = storable(given)
    const newest = Atomics.load(header, currentTurn)
    return isIn(newest, print) || isInOlder(newest, print, secondOf(now))
  }

  /** The turn to insert into, after beginning a new one where it is time. */
  function turnAt(second: number): number {
    for (;;) {
      const turn = Atomics.load(header, currentTurn)
      const slots = Atomics.load(header, fieldOf(turn, slotsField))
      const entries = Atomics.load(header, fieldOf(turn, entriesField))
      const isOld = second - Atomics.load(header, fieldOf(turn, beganField)) >= lifeSeconds
      const isHalfFull = entries * 2 >= slots
      if (!isOld && !isHalfFull) return turn
      if (!beginAfter(turn, isOld ? entries : entries * 2, second)) return turn
    }
  }

  // The table that comes next is made ready before it becomes current; its turn field says that somebody does, and since when. It takes
  // a few milliseconds; who does not finish within seconds has died over it, and that table is passed over, never made ready by two.
  // Answers whether a newer table is current now, ours or somebody else's.
  function beginAfter(turn: number, entries: number, second: number): boolean {
    const isLeft = () => Atomics.load(header, currentTurn) !== turn
    for (let next = turn + 1; next < turn + tableCount; next++) {
      const there = Atomics.load(header, fieldOf(next, turnField))
      if (there < 0) {
        const claimedAt = -there
        if (second - claimedAt > claimSecondsMax) continue
        return isLeft()
      }
      if (there !== next) {
        if (there > 0 && isAlive(there, second)) return false
        if (Atomics.compareExchange(header, fieldOf(next, turnField), there, -second) !== there) return isLeft()
        makeReady(next, entries, second)
      }
      // Unless somebody else did.
      Atomics.compareExchange(header, currentTurn, turn, next)
      return true
    }
    return false
  }

  function makeReady(turn: number, entries: number, second: number): void {
    const used = Atomics.load(header, fieldOf(turn, slotsField))
    if (used > 0) tables[turn % tableCount]!.fill(0n, 0, used)
    begin(header, turn, sizeFor(entries), second)
  }

  // Alive as long as its last entry has to be: that came, at the latest, when the next table began.
  function isAlive(turn: number, second: number): boolean {
    for (let later = turn + 1; later < turn + tableCount; later++) {
      if (Atomics.load(header, fieldOf(later, turnField)) === later)
        return second - Atomics.load(header, fieldOf(later, beganField)) <= lifeSeconds
    }
    return true
  }

  /** Whether a table before that of `turn` has it, of those that are alive. */
  function isInOlder(turn: number, print: bigint, second: number): boolean {
    for (let older = turn - 1; older > 0 && older > turn - tableCount && isAlive(older, second); older--) {
      if (isIn(older, print)) return true
    }
    return false
  }

  function isIn(turn: number, print: bigint): boolean {
    if (Atomics.load(header, fieldOf(turn, turnField)) !== turn) return false
    const table = tables[turn % tableCount]!
    const mask = Atomics.load(header, fieldOf(turn, slotsField)) - 1
    for (let slot = Number(BigInt.asUintN(32, print)) & mask, probes = 0; probes <= mask; slot = (slot + 1) & mask, probes++) {
      const there = Atomics.load(table, slot)
      if (there === print) return true
      if (there === 0n) return false
    }
    return false
  }

  function insert(turn: number, print: bigint): Taken {
    const table = tables[turn % tableCount]!
    const mask = Atomics.load(header, fieldOf(turn, slotsField)) - 1
    for (let slot = Number(BigInt.asUintN(32, print)) & mask, probes = 0; probes <= mask; slot = (slot + 1) & mask, probes++) {
      const there = Atomics.compareExchange(table, slot, 0n, print)
      if (there === 0n) {
        Atomics.add(header, fieldOf(turn, entriesField), 1)
        return 'taken'
      }
      if (there === print) return 'seen'
    }
    return 'full'
  }

  function fill(now: number): { alive: number; room: number } {
    const turn = Atomics.load(header, currentTurn)
    let alive = Atomics.load(header, fieldOf(turn, entriesField))
    for (let older = turn - 1; older > 0 && older > turn - tableCount && isAlive(older, secondOf(now)); older--) {
      if (Atomics.load(header, fieldOf(older, turnField)) === older) alive += Atomics.load(header, fieldOf(older, entriesField))
    }
    return { alive, room: roomMin }
  }

  return { take, has, fill }
}

/** 0 is an empty slot. */
const storable = (print: bigint) => (print === 0n ? 1n : print)

/** Four slots for each entry that is expected: half full only when twice as many come. */
function sizeFor(entries: number): number {
  const wanted = Math.max(slotsMin, entries * 4)
  return Math.min(slotsMax, 2 ** Math.ceil(Math.log2(wanted)))
}
