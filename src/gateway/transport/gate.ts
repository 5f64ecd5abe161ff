// Something that can be shut for a while. When the while is over, one at a time may try whether it goes again.

export class Gate {
  /** 0: not shut. */
  #until = 0
  #isTried = false

  get isShut(): boolean {
    return this.#until !== 0
  }
  get isTried(): boolean {
    return this.#isTried
  }
  mayPass(now: number): boolean {
    return this.#until === 0 || (!this.#isTried && now >= this.#until)
  }
  /** Somebody passes; where it is shut that is the trial. */
  pass(): void {
    if (this.#until !== 0) this.#isTried = true
  }
  shut(until: number): void {
    this.#until = until
    this.#isTried = false
  }
  clear(): void {
    this.#until = 0
    this.#isTried = false
  }
  /** The trial ended without a verdict. */
  giveBack(): void {
    this.#isTried = false
  }
}
