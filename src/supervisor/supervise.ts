// Keeps the parts of one installation running, each in a process of its own, so that a fault in one leaves the others serving. A
// part that dies is started again; a part that cannot start the first time stops everything, because a person is watching then.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { StartError, type Words } from '#lib/start-error.ts'
import type { PartMessage } from './part.ts'

export type PartName = 'platform' | 'gateway'
export type Part = { name: PartName; argv: string[]; env: NodeJS.ProcessEnv }

export type PartEvent =
  | { part: PartName; event: 'spawned'; pid: number | undefined }
  | { part: PartName; event: 'ready'; pid: number | undefined; url: string | undefined }
  | { part: PartName; event: 'ended'; pid: number | undefined; code: number | null; signal: NodeJS.Signals | null }

type Order = { parts: Part[]; say(line: Words): void; log(event: PartEvent): void }

export type Supervision = {
  /** Each part's address, once all are ready. Rejects, with everything stopped, when one cannot start. */
  ready: Promise<Partial<Record<PartName, string>>>
  stop(): Promise<void>
}

const readyMsMax = 120_000
const drainMsMax = 10_000

export function supervise(order: Order): Supervision {
  const keepers = order.parts.map((part) => keep(part, order))
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= stopAll(keepers)
    return stopping
  }
  const ready = Promise.all(keepers.map((keeper) => keeper.ready)).then(
    (addresses) => Object.fromEntries(addresses),
    async (error) => {
      await stop()
      throw error
    },
  )
  return { ready, stop }
}

type Keeper = { name: PartName; ready: Promise<[PartName, string | undefined]>; stop(): Promise<void> }

// The gateway first: what it still has to report (usage, calls) needs the platform.
async function stopAll(keepers: Keeper[]): Promise<void> {
  for (const name of ['gateway', 'platform']) {
    await Promise.all(keepers.filter((keeper) => keeper.name === name).map((keeper) => keeper.stop()))
  }
}

function keep(part: Part, { say, log }: Order): Keeper {
  const first = Promise.withResolvers<[PartName, string | undefined]>()
  const leaving = new AbortController()
  let child: ChildProcess | undefined

  const run = async () => {
    let hasBeenReady = false
    for (let deaths = 0; !leaving.signal.aborted; deaths += 1) {
      child = spawnPart(part)
      log({ part: part.name, event: 'spawned', pid: child.pid })
      const life = await liveOnce(child, (url) => {
        hasBeenReady = true
        log({ part: part.name, event: 'ready', pid: child?.pid, url })
        first.resolve([part.name, url])
      })
      log({ part: part.name, event: 'ended', pid: child.pid, code: life.code, signal: life.signal })
      if (leaving.signal.aborted) return
      if (!hasBeenReady) return first.reject(life.failed ?? diedBeforeReady(part.name, life))

      if (life.healthyMs >= healthyMsForgets) deaths = 0
      const delayMs = restartDelayMs(deaths)
      say(restarting(part.name, life, delayMs))
      await pause(delayMs, undefined, { signal: leaving.signal }).catch(() => {})
    }
  }
  const ended = run()

  const stop = async () => {
    leaving.abort()
    first.reject(new StartError({ zh: '启动被中止。', en: 'The start was called off.' }))
    if (child !== undefined) await endChild(child)
    await ended
  }
  first.promise.catch(() => {}) // Whoever waits hears it; stop() before anybody waits is no fault.
  return { name: part.name, ready: first.promise, stop }
}

// A process group of its own: a Ctrl-C of the terminal reaches the supervisor only, which stops the parts in order.
function spawnPart({ argv, env }: Part): ChildProcess {
  return spawn(process.execPath, argv, { detached: true, env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

type Life = { code: number | null; signal: NodeJS.Signals | null; healthyMs: number; failed: StartError | undefined }

/** From spawn to end. A part that does not become ready is ended, so that it is not waited for without bound. */
function liveOnce(child: ChildProcess, onReady: (url: string | undefined) => void): Promise<Life> {
  return new Promise((resolve) => {
    let readyAt: number | undefined
    let failed: StartError | undefined
    const overdue = setTimeout(() => child.kill('SIGKILL'), readyMsMax)
    child.on('message', (message: PartMessage) => {
      if ('failed' in message) {
        failed = new PartFailed(message.failed)
        return
      }
      clearTimeout(overdue)
      readyAt = performance.now()
      onReady(message.url)
    })
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      clearTimeout(overdue)
      resolve({ code, signal, healthyMs: readyAt === undefined ? 0 : performance.now() - readyAt, failed })
    }
    child.once('close', end)
    child.once('error', () => child.pid === undefined && end(null, null))
  })
}

/** The part has printed these words itself; whoever catches this prints nothing. */
export class PartFailed extends StartError {
  override readonly isTold = true
}

function diedBeforeReady(name: PartName, life: Life): StartError {
  return new StartError({
    zh: `${name} 进程在就绪之前结束了（${endOf(life)}），原因见上。`,
    en: `The ${name} process ended before it was ready (${endOf(life)}); see above for why.`,
  })
}

const healthyMsForgets = 60_000
const restartDelaysMs = [0, 500, 1000, 2000, 4000, 8000, 10_000]

export function restartDelayMs(deathsBefore: number): number {
  return restartDelaysMs[Math.min(deathsBefore, restartDelaysMs.length - 1)]!
}

function restarting(name: PartName, life: Life, delayMs: number): Words {
  return {
    zh: `${name} 进程结束了（${endOf(life)}），${delayMs === 0 ? '立即' : `${delayMs / 1000} 秒后`}重新启动。`,
    en: `The ${name} process ended (${endOf(life)}); it starts again ${delayMs === 0 ? 'at once' : `in ${delayMs / 1000} s`}.`,
  }
}

function endOf({ code, signal }: Life): string {
  return signal ?? `exit ${code}`
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const overdue = setTimeout(() => child.kill('SIGKILL'), drainMsMax)
  await ended
  clearTimeout(overdue)
}
