// A fault of the start that the person who typed the command can mend: a directory not writable, a port taken, a database of
// another version. The words say what is wrong, where, and the cure; main prints them without a stack and exits 1.

export type Words = { zh: string; en: string }

export class StartError extends Error implements Words {
  override readonly name = 'StartError'
  readonly zh: string
  readonly en: string
  /** Whether somebody has shown these words already. */
  readonly isTold: boolean = false

  constructor(words: Words, options?: ErrorOptions) {
    super(`${words.en}\n${words.zh}`, options)
    this.zh = words.zh
    this.en = words.en
  }
}
