// Keeps the serving threads: starts them, tells them what changed, gathers what they counted, and starts one again that died.

import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import type { SecretUse } from '#core/app/secret-uses.ts'
import type { FeedLine, RunningCount } from '#core/feed/document.ts'
import type { AilingTarget } from '#core/feed/figures.ts'
import type { TlsPair } from '#lib/tls-files.ts'
import { emptyAdmission } from './admission.ts'
import { emptyShares } from './shares.ts'
import type { FromThread, HandedOver, ThreadData, ToThread } from './thread.ts'

export interface Threads {
  /** Starts them, and answers where they listen. Rejects with the listener's error when the port cannot be had. */
  start(): Promise<string>
  /** The revision that all of them serve by. */
  revision(): number
  /** What any of them keeps calls from. */
  ailing(): AilingTarget[]
  tell(lines: readonly FeedLine[]): void
  /** New connections get this certificate. */
  renew(tls: TlsPair): void
  /** Has all counts handed over, and answers those of the running second. */
  report(): Promise<RunningCount[]>
  close(): Promise<void>
}

export interface ThreadsInput {
  readonly count: number
  readonly data: Omit<ThreadData, 'name' | 'row' | 'lines'>
  readonly log: Logger
  /** What a new thread begins with. */
  lines(): readonly FeedLine[]
  onCounts(handedOver: HandedOver): void
  onSecretUses(uses: readonly SecretUse[]): void
  onTripped(operationId: number, opening: number): void
}

/** How long a report waits for a thread that is busy; its counts come later then. */
const reportMsMax = 700
const restartPauseMs = 100
/** Longer than a thread lets calls under way take. */
const closeMsMax = 8_500

interface Thread {
  readonly name: string
  readonly row: number
  worker: Worker
  revision: number
  ailing: readonly AilingTarget[]
  isListening: boolean
  hasEnded: boolean
  awaitsReport: ((running: readonly RunningCount[]) => void) | undefined
}

export function createThreads({ count, data, log, lines, onCounts, onSecretUses, onTripped }: ThreadsInput): Threads {
  const threads: Thread[] = []
  let closing = false
  let { port, tls } = data
  let url = ''

  function spawn(name: string, row: number): Worker {
    const workerData: ThreadData = { ...data, port, tls, name, row, lines: lines() }
    return new Worker(new URL('./thread.ts', import.meta.url), { workerData, name })
  }

  function add(row: number): Promise<void> {
    const name = `t${row + 1}`
    const thread: Thread = {
      name,
      row,
      worker: spawn(name, row),
      revision: 0,
      ailing: [],
      isListening: false,
      hasEnded: false,
      awaitsReport: undefined,
    }
    threads.push(thread)
    return attend(thread)
  }

  /** Until the thread listens; after that it is watched, and replaced when it ends. */
  function attend(thread: Thread): Promise<void> {
    const { worker } = thread
    const ready = Promise.withResolvers<void>()
    worker.on('message', (message: FromThread) => {
      switch (message.kind) {
        case 'ready':
          port = message.port
          url = message.url
          thread.isListening = true
          return ready.resolve()
        case 'failed':
          return ready.reject(Object.assign(new Error(message.reason), { code: message.code }))
        case 'applied':
          thread.revision = message.revision
          return
        case 'counts':
          onCounts(message)
          if (message.running) thread.awaitsReport?.(message.running)
          return
        case 'secretUses':
          return onSecretUses(message.uses)
        case 'ailing':
          thread.ailing = message.targets
          return
        case 'tripped':
          return onTripped(message.operationId, message.opening)
        case 'turnedAway':
          return log.warn({ thread: thread.name, all: message.all, address: message.address }, 'connections beyond a bound were closed')
        case 'fault':
          return log.error({ thread: thread.name, requestId: message.requestId, reason: message.reason }, message.message)
      }
    })
    worker.on('error', (error) => log.error({ err: error, thread: thread.name }, 'a thread failed'))
    thread.hasEnded = false
    worker.on('exit', (code) => {
      thread.hasEnded = true
      ready.reject(new Error(`thread ${thread.name} ended with ${code} before it listened`))
      if (!closing && thread.isListening) replace(thread, code)
    })
    return ready.promise
  }

  // The others serve on; the kernel gives them the connections meanwhile.
  async function replace(thread: Thread, code: number): Promise<void> {
    log.warn({ thread: thread.name, code }, 'a thread ended; it is started again')
    thread.isListening = false
    thread.ailing = []
    while (!closing) {
      emptyShares(data.concurrency.shares, thread.row)
      emptyAdmission(data.admission, thread.row)
      thread.worker = spawn(thread.name, thread.row)
      try {
        return await attend(thread)
      } catch (error) {
        log.error({ err: error, thread: thread.name }, 'a thread could not be started again')
        await thread.worker.terminate()
        await sleep(restartPauseMs)
      }
    }
  }

  return {
    async start() {
      try {
        // The first one takes the port, which may be any free one; the others join it there.
        await add(0)
        await Promise.all(Array.from({ length: count - 1 }, (_, at) => add(at + 1)))
        return url
      } catch (error) {
        closing = true
        await Promise.all(threads.map(({ worker }) => worker.terminate()))
        throw error
      }
    },
    revision: () => Math.min(...threads.map((thread) => thread.revision)),
    ailing() {
      const all = threads.flatMap(({ ailing }) => ailing)
      return [...new Map(all.map((target) => [`${target.serviceId} ${target.url}`, target])).values()]
    },
    tell(news) {
      for (const { worker } of threads) worker.postMessage({ kind: 'lines', lines: news } satisfies ToThread)
    },
    renew(pair) {
      tls = pair
      for (const { worker } of threads) worker.postMessage({ kind: 'tls', tls: pair } satisfies ToThread)
    },
    async report() {
      const answers = threads.map(async (thread) => {
        const { promise, resolve } = Promise.withResolvers<readonly RunningCount[]>()
        thread.awaitsReport = resolve
        thread.worker.postMessage({ kind: 'report' } satisfies ToThread)
        return Promise.race([promise, sleep(reportMsMax, [])])
      })
      return (await Promise.all(answers)).flat()
    },
    async close() {
      closing = true
      await Promise.all(
        threads
          .filter(({ hasEnded }) => !hasEnded)
          .map(({ worker }) => {
            const ended = new Promise((resolve) => worker.once('exit', resolve))
            worker.postMessage({ kind: 'close' } satisfies ToThread)
            const overdue = setTimeout(() => worker.terminate(), closeMsMax)
            return ended.then(() => clearTimeout(overdue))
          }),
      )
    },
  }
}
