// Which secret was used last when, for its owner to see whether the old one of a reset is still needed. A use costs one store; of each
// secret a use is told of at most once a minute.

const everyMs = 60_000

/** Row id of a secret, and when a signature under it held, epoch milliseconds. */
export type SecretUse = readonly [secretId: number, usedAt: number]

export class SecretUses {
  readonly #used = new Map<number, number>()
  readonly #toldAt = new Map<number, number>()

  note(secretId: number, now: number): void {
    this.#used.set(secretId, now)
  }

  /** Takes those whose minute is over. */
  take(now: number): SecretUse[] {
    const due = [...this.#used].filter(([secretId]) => now - (this.#toldAt.get(secretId) ?? 0) >= everyMs)
    for (const [secretId] of due) {
      this.#used.delete(secretId)
      this.#toldAt.set(secretId, now)
    }
    return due
  }
}
