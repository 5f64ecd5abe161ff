// Nonces on disk, so that a killed gateway still knows what it took: 16 bytes each, one file a generation, one write for all that
// were taken in a turn of the event loop. The page cache outlives the process; it is not forced to the disk, so a machine that
// loses power may forget the last seconds.

import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Fingerprint, type Generations, type NonceJournal, nonceLifeMs } from '#core/app/nonces.ts'

const fingerprintBytes = 16

export interface KeptNonces extends NonceJournal {
  readonly generations: Generations
  /** Calls back when everything appended so far is written; false when it could not be. */
  afterKept(callback: (kept: boolean) => void): void
  close(): void
}

export function openNonceJournal(folder: string, now: number, onError: (error: unknown) => void): KeptNonces {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const generations = load(folder, now)
  let file = generations.turnsAt > now ? openSync(fileOf(folder, generations.turnsAt), 'a', 0o600) : undefined
  let pending = ''
  let waiting: ((kept: boolean) => void)[] = []
  let scheduled = false

  function write(): boolean {
    if (pending === '') return true
    try {
      writeSync(file!, Buffer.from(pending, 'latin1'))
      pending = ''
      return true
    } catch (error) {
      // They stay pending, and taken; the next turn tries again.
      onError(error)
      return false
    }
  }

  function flush(): void {
    scheduled = false
    const kept = write()
    const callbacks = waiting
    waiting = []
    for (const callback of callbacks) callback(kept)
  }

  return {
    generations,
    append(print) {
      pending += print
    },
    turn(turnsAt) {
      write()
      if (file !== undefined) closeSync(file)
      file = openSync(fileOf(folder, turnsAt), 'a', 0o600)
      for (const old of generationsIn(folder)) if (old.turnsAt + nonceLifeMs <= turnsAt - nonceLifeMs) rmSync(old.path, { force: true })
    },
    afterKept(callback) {
      waiting.push(callback)
      if (!scheduled) {
        scheduled = true
        // After all sockets that were ready have been read: their calls share the write.
        setImmediate(flush)
      }
    },
    close() {
      flush()
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
}

const fileOf = (folder: string, turnsAt: number) => join(folder, `until-${turnsAt}`)

function generationsIn(folder: string): { path: string; turnsAt: number }[] {
  return readdirSync(folder).flatMap((name) => {
    const turnsAt = Number(/^until-(\d+)$/.exec(name)?.[1] ?? Number.NaN)
    return Number.isNaN(turnsAt) ? [] : [{ path: join(folder, name), turnsAt }]
  })
}

function load(folder: string, now: number): Generations {
  const generations: Generations = { current: new Set(), previous: new Set(), turnsAt: 0 }
  for (const { path, turnsAt } of generationsIn(folder)) {
    if (turnsAt + nonceLifeMs <= now) {
      rmSync(path, { force: true })
      continue
    }
    const isCurrent = turnsAt > now
    for (const print of readPrints(path)) (isCurrent ? generations.current : generations.previous).add(print)
    if (isCurrent || generations.turnsAt <= now) generations.turnsAt = Math.max(generations.turnsAt, turnsAt)
  }
  return settle(generations, now)
}

// When the newest generation has already turned, what was read as previous still counts; the next take begins a new one.
function settle(generations: Generations, now: number): Generations {
  if (generations.turnsAt > now) return generations
  return { current: generations.previous, previous: new Set(), turnsAt: generations.turnsAt }
}

function readPrints(path: string): Fingerprint[] {
  const bytes = readFileSync(path)
  const prints: Fingerprint[] = []
  // The last one may be cut short by a kill; its call was never forwarded. It goes, so that what is appended next stands in step.
  const whole = bytes.length - (bytes.length % fingerprintBytes)
  if (whole < bytes.length) truncateSync(path, whole)
  for (let at = 0; at < whole; at += fingerprintBytes) prints.push(bytes.toString('latin1', at, at + fingerprintBytes))
  return prints
}
