// What stands for a request that may come once. Where they are remembered: `nonce-table.ts`; how they outlive us: `nonce-journal.ts`.

import { hash } from 'node:crypto'
import type { NonceJournal } from './nonce-journal.ts'
import type { NonceTable, Taken } from './nonce-table.ts'

/** How far a caller's clock may be off, either way (contract §2). */
export const windowMs = 300_000

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
    afterKept: journal.afterKept,
  }
}
