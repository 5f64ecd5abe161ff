// The processes of a run, seen from the one that starts them. Each is stopped by its own id, however the run ends.

import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Running extends AsyncDisposable {
  readonly pid: number
  readonly url: string
  /** What it said of itself besides. */
  readonly facts: { readonly [fact: string]: string }
}

/** What a peer finds when it starts. */
export interface Place {
  readonly upstream: Running
  readonly platform: Running
  /** Settings of one gateway by their environment names, with a new data dir. */
  gatewaySettings(): Record<string, string>
  /** Where nginx is, when it is. */
  readonly nginx: string | undefined
  /** A temporary folder. */
  readonly folder: string
  /** Where CPU profiles of Node peers go, when they are wanted. */
  readonly profiles: string | undefined
}

const startMsMax = 60_000
const stopMsMax = 15_000

/** Starts a program of this folder that calls `tellReady`. */
export async function startNode(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
  { profiles, preload }: { readonly profiles?: string | undefined; readonly preload?: string | undefined } = {},
): Promise<Running> {
  const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
  const execArgv = preload === undefined ? profiling : [...profiling, '--import', join(import.meta.dirname, preload)]
  // No setting of the caller's may change what is measured, so nothing of his environment but this goes along.
  const { PATH, HOME, TMPDIR } = process.env
  const plainEnv = Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined))
  const child = fork(join(import.meta.dirname, file), args, {
    execArgv,
    env: { ...plainEnv, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  try {
    const [facts] = await Promise.race([once(child, 'message'), tooLate(child, file)])
    return running(child, facts.url, facts)
  } catch (error) {
    await stop(child)
    throw error
  }
}

/** Starts a program that listens on `port`. */
export async function startProgram(program: string, args: readonly string[], port: number): Promise<Running> {
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  try {
    await Promise.race([listening(port, child), tooLate(child, program)])
    return running(child, `http://127.0.0.1:${port}`, {})
  } catch (error) {
    await stop(child)
    throw error
  }
}

/** A port that nobody listens on. For programs that cannot be asked to choose one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function running(child: ChildProcess, url: string, facts: Running['facts']): Running {
  return { pid: child.pid!, url, facts, [Symbol.asyncDispose]: () => stop(child) }
}

async function tooLate(child: ChildProcess, name: string): Promise<never> {
  const ended = once(child, 'exit').then(([code, signal]) => `${name} ended (${signal ?? code}) before it was ready`)
  throw new Error(await Promise.race([ended, sleep(startMsMax, `${name} is not ready after ${startMsMax / 1000} s`, { ref: false })]))
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  while (!hasEnded(child)) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return
    await sleep(20)
  }
  throw new Error('it ended')
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await Promise.race([exit, sleep(stopMsMax, undefined, { ref: false })])
  if (hasEnded(child)) return
  child.kill('SIGKILL')
  await exit
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null
