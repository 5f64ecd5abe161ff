// Whether a target is well: by what became of calls (passive), and by asking it now and then (active).
// Health says which targets are preferred, not which may be tried: when none is well, all are (see `upstream.ts`).

import type { HealthCheckDocument } from '#core/feed/document.ts'
import { Gate } from './gate.ts'

const failuresInARowMax = 3
const outMs = { first: 2_000, most: 60_000 }

export class Health {
  readonly #gate = new Gate()
  #failuresInARow = 0
  #timesOut = 0
  /** By active checks. */
  #isDown = false
  #checksInARow = 0

  /** Nothing speaks against it; the common case, and cheap to ask. */
  get isWell(): boolean {
    return !this.#gate.isShut && !this.#isDown
  }
  mayTake(now: number): boolean {
    return !this.#isDown && this.#gate.mayPass(now)
  }
  take(): void {
    this.#gate.pass()
  }

  succeeded(): void {
    if (this.#failuresInARow === 0 || this.#isOutUntried) return
    this.#reset()
  }

  /** Each time it stays out twice as long, a fifth more or less by `chance` from 0 to 1. */
  failed(now: number, chance: number): void {
    if (this.#isOutUntried) return
    this.#failuresInARow++
    if (!this.#gate.isShut && this.#failuresInARow < failuresInARowMax) return
    const ms = Math.min(outMs.first * 2 ** this.#timesOut, outMs.most)
    this.#timesOut++
    this.#gate.shut(now + ms * (0.8 + 0.4 * chance))
  }

  /** A call ended without saying anything about the target. */
  abandoned(): void {
    this.#gate.giveBack()
  }

  /** What an active check found. */
  checked(isHealthy: boolean, { healthyAfter, unhealthyAfter }: HealthCheckDocument): void {
    // Counted are only those that speak against what is believed.
    this.#checksInARow = isHealthy === this.#isDown ? this.#checksInARow + 1 : 0
    if (this.#checksInARow < (isHealthy ? healthyAfter : unhealthyAfter)) return
    this.#checksInARow = 0
    this.#isDown = !isHealthy
    if (isHealthy) this.#reset()
  }

  /** There are no active checks any more. */
  unchecked(): void {
    this.#isDown = false
    this.#checksInARow = 0
  }

  // Then only calls from before it went out can end, and they say nothing new.
  get #isOutUntried(): boolean {
    return this.#gate.isShut && !this.#gate.isTried
  }
  #reset(): void {
    this.#failuresInARow = this.#timesOut = 0
    this.#gate.clear()
  }
}

/** Asks again and again, the first time at once, until what it answers is called. */
export function startChecks(
  ask: (check: HealthCheckDocument) => Promise<number>,
  check: HealthCheckDocument,
  health: Health,
  chance: () => number,
): () => void {
  let isOver = false
  let timer: NodeJS.Timeout | undefined

  async function look(): Promise<void> {
    const status = await ask(check).catch(() => 0)
    if (isOver) return
    health.checked(status >= 200 && status < 400, check)
    // A tenth more or less, so that gateways do not ask in step.
    timer = setTimeout(look, check.intervalMs * (0.9 + 0.2 * chance())).unref()
  }
  void look()

  return () => {
    isOver = true
    clearTimeout(timer)
  }
}
