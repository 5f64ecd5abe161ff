// What stands for a request that may come once. Where they are remembered: `nonce-table.ts`; how they outlive us: `nonce-journal.ts`.

import { hash } from 'node:crypto'
import { type NonceJournal, readNonces } from './nonce-journal.ts'
import { type NonceMemory, type NonceTable, newNonceMemory, openNonceTable, type Taken } from './nonce-table.ts'

/** How far a caller's clock may be off, either way (contract §2). */
export const windowMs = 300_000

/** A timestamp in milliseconds. Digits only: `1e3`, ` 1` and `0x10` are numbers to JavaScript, not to the partner's Java. */
export function readMs(timestamp: string | undefined): number | undefined {
  return timestamp !== undefined && /^\d{1,15}$/.test(timestamp) ? Number(timestamp) : undefined
}

/** Whether a time in epoch milliseconds is within the window, the edge included (settled C7). */
export function isFresh(at: number | undefined, now: number): boolean {
  return at !== undefined && Math.abs(now - at) <= windowMs
}

/** A nonce is remembered for twice the window: from the earliest that its timestamp would do to the latest. */
export const nonceLifeMs = 2 * windowMs

/**
 * 64 bits that stand for one nonce of one app. With six million alive, a new one is mistaken for another once in 3,000,000,000,000.
 * Without a nonce `content` is everything that was signed, which then has to be unique (contract §2).
 */
export function fingerprint(appId: string, kind: 'nonce' | 'content', content: string): bigint {
  return hash('sha256', `${appId}\n${kind}\n${content}`, 'buffer').readBigInt64LE(0)
}

export interface Nonces {
  /** Takes the fingerprint; see `NonceTable`. */
  take(print: bigint, now: number): Taken
  /** Whether it was taken; what somebody else takes at this moment may be missed. */
  has(print: bigint, now: number): boolean
  /** Calls back when everything taken so far would survive our death; false when it could not be written. */
  afterKept(callback: (kept: boolean) => void): void
}

/** The table, with every fingerprint that it takes written to the journal. */
export function createNonces(table: NonceTable, journal: NonceJournal): Nonces {
  return {
    take(print, now) {
      const taken = table.take(print, now)
      if (taken === 'taken') journal.append(print, now)
      return taken
    },
    has: table.has,
    afterKept: journal.afterKept,
  }
}

/** Memory that knows every nonce that the disk remembers. */
export function rememberedNonces(folder: string, now: number): NonceMemory {
  const memory = newNonceMemory(now)
  const table = openNonceTable(memory, nonceLifeMs)
  for (const print of readNonces(folder, nonceLifeMs, now)) table.take(print, now)
  return memory
}
