// Passwords: Argon2id with OWASP's second choice of parameters (19 MiB, 2 passes), off the event loop, a few at a time.

import { hash, verify } from '@node-rs/argon2'
import { fault } from '#core/fault.ts'

const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const atOnceMax = 2
const waitingMax = 64

export interface Passwords {
  hash(password: string): Promise<string>
  /** False too, after equal work, when there is no hash because there is no such user. */
  isRight(hash: string | undefined, password: string): Promise<boolean>
}

/** Throws `overloaded` when too many wait: a flood of logins must not starve everything else of memory and cores. */
export function createPasswords(): Passwords {
  let running = 0
  const waiting: (() => void)[] = []
  let nobodys: Promise<string> | undefined

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atOnceMax) {
      if (waiting.length >= waitingMax) throw fault('overloaded')
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      // The place passes to the next in line, or becomes free.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  return {
    hash: (password) => inTurn(() => hash(password, cost)),
    isRight: (known, password) =>
      inTurn(async () => {
        nobodys ??= hash('nobody has this password', cost)
        const right = await verify(known ?? (await nobodys), password)
        return right && known !== undefined
      }),
  }
}

export const passwordLengthMin = 8
export const passwordLengthMax = 128
