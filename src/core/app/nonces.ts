// The memory that refuses a request the second time. It lives for twice the window in two generations that take turns,
// so forgetting costs nothing; a request older than the window was refused before it came here.

import { hash } from 'node:crypto'

/** How far a caller's clock may be off, either way (contract §2). */
export const windowMs = 300_000

export type Fingerprint = string

/**
 * 16 bytes that stand for one nonce of one app. They keep a digest of 32 alive, and nothing of the request.
 * Without a nonce `content` is everything that was signed, which then has to be unique (contract §2).
 */
export function fingerprint(appId: string, kind: 'nonce' | 'content', content: string): Fingerprint {
  return hash('sha256', `${appId}\n${kind}\n${content}`, 'binary').slice(0, 16)
}

export interface Nonces {
  /** Takes the fingerprint; false when it was taken within twice the window before. */
  take(print: Fingerprint, now: number): boolean
}

export interface Generations {
  current: Set<Fingerprint>
  previous: Set<Fingerprint>
  /** When the current generation becomes the previous one; epoch milliseconds. */
  turnsAt: number
}

export interface NonceJournal {
  append(print: Fingerprint): void
  /** A new generation begins; the one before the previous is forgotten. */
  turn(turnsAt: number): void
}

export const nonceLifeMs = 2 * windowMs

/** About 100 bytes a nonce. With a journal they outlive the process; `generations` is then what it remembers. */
export function createNonces(journal?: NonceJournal, generations?: Generations): Nonces {
  const memory = generations ?? { current: new Set(), previous: new Set(), turnsAt: 0 }
  return {
    take(print, now) {
      if (now >= memory.turnsAt) {
        memory.previous = now < memory.turnsAt + nonceLifeMs ? memory.current : new Set()
        memory.current = new Set()
        memory.turnsAt = now + nonceLifeMs
        journal?.turn(memory.turnsAt)
      }
      if (memory.current.has(print) || memory.previous.has(print)) return false
      memory.current.add(print)
      journal?.append(print)
      return true
    },
  }
}
