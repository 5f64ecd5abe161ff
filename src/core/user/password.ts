// Passwords: Argon2id with OWASP's second choice of parameters (19 MiB, 2 passes), off the event loop, a few at a time.

import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { fault } from '#core/fault.ts'

const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const costText = `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$`
const atOnceMax = 2
const waitingMax = 64

export interface Passwords {
  hash(password: string): Promise<string>
  /** Does all that belongs to one password in one turn. Throws `overloaded` when too many wait. */
  inTurn<T>(work: (argon: Argon) => Promise<T>): Promise<T>
}

export interface Argon {
  hash(password: string): Promise<string>
  /**
   * False, after equal work, also when there is no hash because there is no such user (or '': they were deleted), and when there is no
   * password because what was sent could not be decrypted.
   */
  isRight(hash: string | undefined, password: string | undefined): Promise<boolean>
}

/** A flood of logins must not starve everything else of memory and cores. */
export function createPasswords(): Passwords {
  let running = 0
  const waiting: (() => void)[] = []
  let nobodys: Promise<string> | undefined

  const argon: Argon = {
    hash: (password) => hash(password, cost),
    async isRight(known, password) {
      // Awaited for known ones too, or the first unknown name would take longer.
      nobodys ??= hash(randomBytes(16), cost)
      const nobody = await nobodys
      const held = !known || password === undefined ? nobody : known
      const right = await verify(held, password ?? '')
      return right && held === known
    },
  }

  async function inTurn<T>(work: (argon: Argon) => Promise<T>): Promise<T> {
    if (running >= atOnceMax) {
      if (waiting.length >= waitingMax) throw fault('overloaded')
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work(argon)
    } finally {
      // The place passes to the next in line, or becomes free.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  return { inTurn, hash: (password) => inTurn(() => argon.hash(password)) }
}

/** Whether a hash was made with other parameters than those of today. */
export function isOutdated(hash: string): boolean {
  return !hash.startsWith(costText)
}

export const passwordLengthMin = 8
export const passwordLengthMax = 128
