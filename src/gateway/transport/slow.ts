// Who is too slow, and what becomes of them. A body that is read whole: 30 s without a byte, or more than 30 s and a second for each KB
// that has come. A body that is passed on: 60 s without a byte, while the service would take some. An answer: 60 s in which not one of
// the pieces that wait for the caller was taken; that a service has nothing to say is no fault of the caller's.

import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Mover } from './pace.ts'

const wholeStillMax = 30
const wholeBytesALook = 1_024
const streamStillMax = 60
const answerStillMax = 60

export class WholeBody extends Mover {
  readonly #request: IncomingMessage
  readonly onStuck: () => void
  bytes = 0

  constructor(request: IncomingMessage, onStuck: () => void) {
    super()
    this.#request = request
    this.onStuck = onStuck
  }
  moved(): number | 'over' {
    return this.#request.socket.destroyed ? 'over' : this.bytes
  }
  isStuck(looksStill: number, looks: number): boolean {
    return looksStill >= wholeStillMax || looks > wholeStillMax + this.bytes / wholeBytesALook
  }
}

export class StreamedBody extends Mover {
  readonly #request: IncomingMessage
  readonly onStuck: () => void

  constructor(request: IncomingMessage, onStuck: () => void) {
    super()
    this.#request = request
    this.onStuck = onStuck
  }
  moved(): number | undefined | 'over' {
    const { complete, destroyed, readableFlowing, socket } = this.#request
    if (complete || destroyed || socket.destroyed) return 'over'
    return readableFlowing ? socket.bytesRead : undefined
  }
  isStuck(looksStill: number): boolean {
    return looksStill >= streamStillMax
  }
}

/** What waits to be taken by the caller, of an answer or, as long as the connection lasts, of a WebSocket. */
export class Outlet extends Mover {
  readonly #socket: Socket
  readonly #isLasting: boolean

  constructor(socket: Socket, isLasting: boolean) {
    super()
    this.#socket = socket
    this.#isLasting = isLasting
  }
  moved(): number | undefined | 'over' {
    const { writableLength, bytesWritten, destroyed } = this.#socket
    if (destroyed) return 'over'
    if (writableLength === 0) return this.#isLasting ? undefined : 'over'
    // `bytesWritten` counts what waits, too.
    return bytesWritten - writableLength
  }
  isStuck(looksStill: number): boolean {
    return looksStill >= answerStillMax
  }
  onStuck(): void {
    this.#socket.destroy()
  }
}
