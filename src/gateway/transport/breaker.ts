// A circuit breaker for one target: when at least half of its calls fail, the next ones are not even tried, so that callers hear
// it at once and the target can recover; after a while one call tries. A call that goes well costs one addition: the window
// moves only when a call fails, and so may reach back a little further.

import { Gate } from './gate.ts'

/** Two halves make the window. */
const halfWindowMs = 5_000
const callsMin = 10
const trippedMs = 5_000

export class Breaker extends Gate {
  #halfBeganAt = Number.NEGATIVE_INFINITY
  #calls = 0
  #failures = 0
  #callsBefore = 0
  #failuresBefore = 0

  succeeded(): void {
    if (!this.isShut) this.#calls++
    // Not so by a late answer to a call from before it tripped.
    else if (this.isTried) this.#reset()
  }

  /** `chance` from 0 to 1 keeps the breakers of several gateways from trying at the same moment. */
  failed(now: number, chance: number): void {
    if (this.isShut) {
      if (this.isTried) this.#trip(now, chance)
      return
    }
    this.#move(now)
    this.#calls++
    this.#failures++
    const calls = this.#calls + this.#callsBefore
    const failures = this.#failures + this.#failuresBefore
    if (calls >= callsMin && failures * 2 >= calls) this.#trip(now, chance)
  }

  #move(now: number): void {
    const age = now - this.#halfBeganAt
    if (age < halfWindowMs) return
    const isRecent = age < 2 * halfWindowMs
    this.#callsBefore = isRecent ? this.#calls : 0
    this.#failuresBefore = isRecent ? this.#failures : 0
    this.#calls = this.#failures = 0
    this.#halfBeganAt = now
  }

  #trip(now: number, chance: number): void {
    this.shut(now + trippedMs * (0.8 + 0.4 * chance))
  }

  #reset(): void {
    this.clear()
    this.#calls = this.#failures = this.#callsBefore = this.#failuresBefore = 0
  }
}
