// Callers that we wait for: for the rest of a body, or to take what we have for them. Everybody is looked at once a second, so what
// moves in between costs nothing for each piece. Time is counted in looks: an event loop that was held up looks once, and nobody is
// taken for slow because we were.

export interface Pace {
  watch(mover: Mover): void
  forget(mover: Mover): void
  stop(): void
}

/** Somebody who should move. The fields are the pace's. */
export abstract class Mover {
  #moved = -1
  #looks = 0
  #looksStill = 0

  /** A number that is another one whenever something moved; undefined while it is not their turn; `over` when there is no more to wait for. */
  abstract moved(): number | undefined | 'over'
  /** Whether it is too slow: for so many looks nothing moved, after so many in all. */
  abstract isStuck(looksStill: number, looks: number): boolean
  abstract onStuck(): void

  /** False when nobody need look again. */
  look(): boolean {
    const moved = this.moved()
    if (moved === 'over') return false
    this.#looks++
    this.#looksStill = moved === undefined || moved !== this.#moved ? 0 : this.#looksStill + 1
    this.#moved = moved ?? -1
    if (!this.isStuck(this.#looksStill, this.#looks)) return true
    this.onStuck()
    return false
  }
}

export function createPace(lookMs: number): Pace {
  const all = new Set<Mover>()
  const timer = setInterval(() => {
    for (const mover of all) if (!mover.look()) all.delete(mover)
  }, lookMs).unref()
  return {
    watch: (mover) => void all.add(mover),
    forget: (mover) => void all.delete(mover),
    stop: () => clearInterval(timer),
  }
}
