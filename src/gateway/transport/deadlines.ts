// Time limits of calls, kept in one wheel instead of a timer each: to start, to move and to end one costs a few assignments.
// A limit passes some 15 to 45 ms late, never early. While the wheel is empty it does not turn.

const tickMs = 15
/** Limits further away than one turn are looked at once a turn. */
const slotCount = 256

/** Something that may take so long and no longer. The fields are the wheel's. */
export abstract class Timed {
  before: Timed | undefined
  after: Timed | undefined
  ticksMax = 0
  touchedAt = 0

  /** The time is over; it is no longer watched. */
  abstract onLate(): void
}

export interface Deadlines {
  watch(timed: Timed, ms: number): void
  /** Something happened: the time begins anew. */
  touch(timed: Timed): void
  forget(timed: Timed): void
  close(): void
}

/** What moves the wheel. */
export interface Clock {
  /** Milliseconds that only grow. */
  now(): number
  /** Has `callback` called once, so many milliseconds after each `refresh`, without keeping the process for it. */
  timer(callback: () => void, ms: number): { refresh(): void; stop(): void }
}

const realClock: Clock = {
  now: () => performance.now(),
  timer(callback, ms) {
    const timer = setTimeout(callback, ms).unref()
    return { refresh: () => timer.refresh(), stop: () => clearTimeout(timer) }
  },
}

export function createDeadlines(clock: Clock = realClock): Deadlines {
  const slots = Array.from({ length: slotCount }, () => new End())
  let watched = 0
  let tick = 0
  let turnedAt = 0
  let isTurning = false
  const timer = clock.timer(turn, tickMs)

  // An event loop that was held up has answers to read yet: such time counts as two ticks at most, or calls would end for our slowness.
  function turn(): void {
    const now = clock.now()
    const passed = Math.floor((now - turnedAt) / tickMs)
    turnedAt = passed <= 2 ? turnedAt + passed * tickMs : now
    for (let step = 0; step < Math.min(passed, 2); step++) look(slots[++tick % slotCount]!)
    isTurning = watched > 0
    if (isTurning) timer.refresh()
  }

  function look(slot: Timed): void {
    // Whatever is moved goes to another slot, so this one empties, whatever `onLate` does.
    for (let timed = slot.after!; timed !== slot; timed = slot.after!) {
      unlink(timed)
      if (timed.touchedAt + timed.ticksMax > tick) link(timed)
      else {
        watched--
        timed.onLate()
      }
    }
  }

  function link(timed: Timed): void {
    const ticksLeft = Math.min(timed.touchedAt + timed.ticksMax - tick, slotCount - 1)
    const slot = slots[(tick + ticksLeft) % slotCount]!
    timed.before = slot.before
    timed.after = slot
    slot.before!.after = timed
    slot.before = timed
  }

  return {
    watch(timed, ms) {
      // The tick that is running does not count, nor the one that may be over without the wheel having turned yet.
      timed.ticksMax = Math.ceil(ms / tickMs) + 2
      timed.touchedAt = tick
      link(timed)
      watched++
      if (isTurning) return
      isTurning = true
      turnedAt = clock.now()
      timer.refresh()
    },
    touch(timed) {
      timed.touchedAt = tick
    },
    forget(timed) {
      if (!timed.after) return
      unlink(timed)
      watched--
    },
    close() {
      timer.stop()
    },
  }
}

function unlink(timed: Timed): void {
  timed.before!.after = timed.after
  timed.after!.before = timed.before
  timed.before = timed.after = undefined
}

/** Where a slot's ring begins and ends. */
class End extends Timed {
  constructor() {
    super()
    this.before = this.after = this
  }
  onLate(): void {}
}
