// An exchange whose answers go back encrypted: they are gathered, and sealed when they are whole.

import type { Duplex, Readable } from 'node:stream'
import { type Opened, sealAnswer } from './decrypt.ts'
import type { Exchange, Unread } from './transport/exchange.ts'

export class SealedExchange implements Exchange {
  readonly #inner: Exchange
  readonly #opened: Opened
  readonly #bytesMax: number
  readonly #now: () => number
  /** Whom to tell that nobody waits for the rest. */
  #onGone: () => void = () => {}
  #status = 0
  #fieldLines: readonly string[] = []
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(inner: Exchange, opened: Opened, bytesMax: number, now: () => number) {
    this.#inner = inner
    this.#opened = opened
    this.#bytesMax = bytesMax
    this.#now = now
  }

  get method() {
    return this.#inner.method
  }
  get target() {
    return this.#inner.target
  }
  get fieldLines() {
    return this.#inner.fieldLines
  }
  get remoteAddress() {
    return this.#inner.remoteAddress
  }
  get isSecure() {
    return this.#inner.isSecure
  }
  get hasBody() {
    return this.#inner.hasBody
  }
  readonly upgrade = undefined

  field(name: string): string | undefined {
    return this.#inner.field(name)
  }
  collect(bytesMax: number, done: (body: Buffer | Unread) => void): void {
    this.#inner.collect(bytesMax, done)
  }
  stream(): Readable {
    return this.#inner.stream()
  }

  reply(status: number, fieldLines: readonly string[], body: string | Buffer): void {
    const sealed = sealAnswer(this.#opened, Buffer.from(body), this.#now())
    this.#inner.reply(status, [...aboutOther(fieldLines), 'content-type', 'application/json; charset=utf-8'], sealed)
  }
  begin(status: number, fieldLines: readonly string[]): void {
    this.#status = status
    this.#fieldLines = fieldLines
  }
  write(chunk: Buffer): boolean {
    this.#bytes += chunk.length
    if (this.#bytes <= this.#bytesMax) this.#chunks.push(chunk)
    else {
      this.cut()
      this.#onGone()
    }
    return true
  }
  end(): void {
    if (this.#status === 204 || this.#status === 304) {
      this.#inner.begin(this.#status, this.#fieldLines)
      this.#inner.end()
    } else this.reply(this.#status, this.#fieldLines, Buffer.concat(this.#chunks))
  }
  cut(): void {
    this.#chunks = []
    this.#inner.cut()
  }
  connect(_fieldLines: readonly string[], _other: Duplex, _closed: () => void): void {
    throw new Error('nobody asked for an upgrade')
  }
  onDrain(): void {}
  onGone(callback: () => void): void {
    this.#onGone = callback
    this.#inner.onGone(callback)
  }
}

/** What the service said of the bytes inside is no longer so. */
function aboutOther(fieldLines: readonly string[]): string[] {
  const kept: string[] = []
  for (let at = 0; at < fieldLines.length; at += 2) {
    const name = fieldLines[at]!.toLowerCase()
    if (!name.startsWith('content-') && name !== 'etag' && name !== 'accept-ranges') kept.push(fieldLines[at]!, fieldLines[at + 1]!)
  }
  return kept
}
