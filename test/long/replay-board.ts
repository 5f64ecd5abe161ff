// What the threads of `replay.ts` write on, all at once: what became of each call by its number, and counts for each phase of the run.

export interface Board {
  /** By the number of a call: whether it was sent, how often it arrived and was answered 200, whether an answer to it was lost. */
  readonly sent: Uint8Array
  readonly arrived: Uint8Array
  readonly taken: Uint8Array
  readonly lost: Uint8Array
  /** `columns` for each phase, one phase after the other. */
  readonly tally: Int32Array
  readonly state: Int32Array
}

export const columns = ['sent', 'taken', 'duplicates', 'acrossKill', 'replayed', 'unanswered', 'toldToWait'] as const
export type Column = (typeof columns)[number]
export type Counts = { readonly [Name in Column]: number }

export const stateOf = { phase: 0, isStopped: 1 } as const

export function openBoard(serials: number, phases: number): Board {
  const bytes = () => new Uint8Array(new SharedArrayBuffer(serials))
  const numbers = (count: number) => new Int32Array(new SharedArrayBuffer(count * 4))
  return { sent: bytes(), arrived: bytes(), taken: bytes(), lost: bytes(), tally: numbers(phases * columns.length), state: numbers(2) }
}

export function count({ tally }: Board, phase: number, name: Column): void {
  Atomics.add(tally, phase * columns.length + columns.indexOf(name), 1)
}

export function countsOf({ tally }: Board, phase: number): Counts {
  return Object.fromEntries(columns.map((name, at) => [name, Atomics.load(tally, phase * columns.length + at)])) as Counts
}

export function sum(counts: readonly Counts[]): Counts {
  return Object.fromEntries(columns.map((name) => [name, counts.reduce((total, each) => total + each[name], 0)])) as Counts
}
