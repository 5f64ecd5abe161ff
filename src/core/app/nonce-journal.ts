// Nonces on disk, so that what was taken is known after a kill: 8 bytes each, a file of its own for each thread that writes, one write
// for all that were taken in a turn of the event loop. The page cache outlives the process; it is not forced to the disk, so a machine
// that loses power may forget the last seconds.

import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const printBytes = 8

export interface NonceJournal {
  append(print: bigint, now: number): void
  /** Calls back when everything appended so far is written; false when it could not be. */
  afterKept(callback: (kept: boolean) => void): void
  close(): void
}

export interface JournalOptions {
  readonly folder: string
  /** Names the thread; no two write at once under one name. */
  readonly writer: string
  /** How long a nonce is remembered. A file is written to for so long, and kept for twice that. */
  readonly lifeMs: number
  onError(error: unknown): void
}

export function openNonceJournal({ folder, writer, lifeMs, onError }: JournalOptions): NonceJournal {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let file: number | undefined
  let turnsAt = 0
  let pending: bigint[] = []
  let waiting: ((kept: boolean) => void)[] = []
  let scheduled = false

  function write(): boolean {
    if (pending.length === 0) return true
    try {
      writeSync(file!, new Uint8Array(BigInt64Array.from(pending).buffer))
      pending = []
      return true
    } catch (error) {
      // They stay pending, and taken; the next turn tries again.
      onError(error)
      return false
    }
  }

  function turn(now: number): void {
    write()
    if (file !== undefined) closeSync(file)
    file = openSync(join(folder, `${writer}-${now}`), 'a', 0o600)
    turnsAt = now + lifeMs
    for (const { path, openedAt } of filesIn(folder)) if (openedAt + 2 * lifeMs < now) rmSync(path, { force: true })
  }

  function flush(): void {
    scheduled = false
    const kept = write()
    const callbacks = waiting
    waiting = []
    for (const callback of callbacks) callback(kept)
  }

  return {
    append(print, now) {
      if (now >= turnsAt) turn(now)
      pending.push(print)
    },
    afterKept(callback) {
      waiting.push(callback)
      if (scheduled) return
      scheduled = true
      // After all sockets that were ready have been read: their calls share the write.
      setImmediate(flush)
    },
    close() {
      flush()
      if (file !== undefined) closeSync(file)
      file = undefined
      turnsAt = 0
    },
  }
}

/** Every nonce that may still have to be remembered at `now`. */
export function* readNonces(folder: string, lifeMs: number, now: number): Generator<bigint> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const { path, openedAt } of filesIn(folder)) {
    if (openedAt + 2 * lifeMs < now) {
      rmSync(path, { force: true })
      continue
    }
    const bytes = readFileSync(path)
    // The last one may be cut short by a kill; its call was never forwarded.
    for (let at = 0; at + printBytes <= bytes.length; at += printBytes) yield bytes.readBigInt64LE(at)
  }
}

function filesIn(folder: string): { path: string; openedAt: number }[] {
  return readdirSync(folder).flatMap((name) => {
    const openedAt = Number(/-(\d+)$/.exec(name)?.[1] ?? Number.NaN)
    return Number.isNaN(openedAt) ? [] : [{ path: join(folder, name), openedAt }]
  })
}
