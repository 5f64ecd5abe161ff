// One request and the way to answer it: all that the walk knows of a transport. `node-http.ts` is one; a test may be another.

import type { Duplex, Readable } from 'node:stream'

/** Why a body was not read to its end. */
export type Unread = 'too_large' | 'too_slow'

export interface Exchange {
  readonly method: string
  /** The request target as it was sent, in origin form. */
  readonly target: string
  /** Field lines as they were sent: name, value, name, value, … */
  readonly fieldLines: readonly string[]
  readonly remoteAddress: string
  /** Whether it came over TLS. */
  readonly isSecure: boolean
  /** Whether a body was announced. */
  readonly hasBody: boolean
  /** What the caller wants to speak from now on, on this connection; then `connect` or any of the usual answers may follow. */
  readonly upgrade: 'websocket' | undefined

  /** The value of a field by its lower-case name; repeated lines are joined as RFC 9110 §5.3 has it. */
  field(name: string): string | undefined

  /**
   * Reads the whole body, up to `bytesMax`. `done` is called once, in this turn when there is none;
   * never when the caller goes away first.
   */
  collect(bytesMax: number, done: (body: Buffer | Unread) => void): void
  /** The body as it comes, for passing on. */
  stream(): Readable

  /** Answers with all at once. */
  reply(status: number, fieldLines: readonly string[], body: string | Buffer): void
  /** Begins an answer that comes in pieces. */
  begin(status: number, fieldLines: readonly string[]): void
  /** False when the caller reads slower than we write: wait for `onDrain`. */
  write(chunk: Buffer): boolean
  end(): void
  /** Breaks the connection off: the answer that was begun cannot be finished. */
  cut(): void
  /** Answers 101 to an `upgrade` and joins the caller's connection with this one; `closed` is called when both are over. */
  connect(fieldLines: readonly string[], other: Duplex, closed: () => void): void
  onDrain(callback: () => void): void
  /** Called once when the caller went away before the answer was whole. */
  onGone(callback: () => void): void
}

/** One that has just come from the listener. */
export interface NewExchange extends Exchange {
  /** Has the field lines of the answer, whatever it will be, pass through `change`. */
  dress(change: (fieldLines: readonly string[]) => string[]): void
}
