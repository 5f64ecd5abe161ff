// Has `sm2` signatures checked by a thread of its own, which is started by the first of them. A bounded number may wait:
// beyond it the answer is `busy`, so that nobody can make others wait by sending what costs us much.

import { Worker } from 'node:worker_threads'
import type { Verifier } from './signed.ts'
import type { Sm2Question } from './sm2-thread.ts'

/** At about 0.3 ms each, the last one waits for some 60 ms. */
const waitingMax = 200

export interface Sm2Verifier extends Verifier {
  close(): Promise<void>
}

export function createSm2Verifier(): Sm2Verifier {
  const waiting = new Map<number, (held: boolean | 'busy') => void>()
  let asked = 0
  let worker: Worker | undefined

  function start(): Worker {
    const started = new Worker(new URL('./sm2-thread.ts', import.meta.url), { name: 'sm2' })
    started.unref()
    started.on('message', ([number, held]: [number, boolean]) => settle(number, held))
    started.on('error', () => {})
    started.on('exit', () => {
      if (worker === started) worker = undefined
      for (const number of waiting.keys()) settle(number, 'busy')
    })
    return started
  }

  function settle(number: number, held: boolean | 'busy'): void {
    const done = waiting.get(number)
    waiting.delete(number)
    done?.(held)
  }

  return {
    verify(stringToSign, sign, keys, done) {
      if (waiting.size >= waitingMax) return done('busy')
      waiting.set(++asked, done)
      worker ??= start()
      worker.postMessage([asked, stringToSign, sign, keys] satisfies Sm2Question)
    },
    async close() {
      await worker?.terminate()
    },
  }
}
