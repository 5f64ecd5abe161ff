// A Kaimen in real processes, as `npm start` runs them, in a folder of its own. An installation outlives its starts: it may be
// started, killed and started again, and it knows every process that works for it, whoever the parent is by now.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDataDir } from '#supervisor/data-dir.ts'
import { freePort } from './free-port.ts'
import { type Answer, type Call, send } from './house.ts'

export const root = dirname(import.meta.dirname)

/** Why a test of whole process trees cannot run here, or false. */
export const cannotSeeProcesses = process.platform !== 'linux' && 'the processes of an installation are looked up in /proc'

export type Role = 'supervisor' | 'platform' | 'gateway' | 'postgres'

export interface Found {
  readonly pid: number
  readonly parent: number
  /** The words of its command line. */
  readonly words: readonly string[]
}

export interface StartOptions {
  /** Settings by their environment names. */
  readonly settings?: Record<string, string>
  /** What follows `src/main.ts`. */
  readonly args?: readonly string[]
  /** `npm start` in this folder, instead of the command that stands behind it. */
  readonly npmIn?: string
  /** How long it may take until it answers. */
  readonly msMax?: number
}

export interface Started {
  readonly pid: number
  /** What it printed so far, both streams. */
  said(): string
  /** Waits until it printed such words. */
  says(words: RegExp): Promise<void>
  /** Waits until platform and gateway answer 200 at /healthz; gives the milliseconds since the spawn. */
  healthy(which?: readonly ('platform' | 'gateway')[]): Promise<number>
  /** The exit of what was spawned, when its output is complete. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** Sends SIGTERM to it alone, or SIGINT to its process group as a terminal does at Ctrl-C; waits for its end. */
  stop(signal?: 'SIGTERM' | 'SIGINT'): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

export type Installation = Awaited<ReturnType<typeof openInstallation>>

const startMsMax = 120_000
/** Longer than all that may be waited for within a stop. */
const stopMsMax = 60_000
const pollMs = 20

/** `name` is the data dir's; it is made by the first start. */
export async function openInstallation({ name = 'data' }: { name?: string } = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kaimen-real-')))
  // The database does not run as root, and its user has to pass through here.
  chmodSync(folder, 0o711)
  const dataDir = join(folder, name)
  const [platformPort, gatewayPort] = [await freePort(), await freePort()]
  const urls = { platform: `http://127.0.0.1:${platformPort}`, gateway: `http://127.0.0.1:${gatewayPort}` }
  const standard = { KAIMEN_DATA_DIR: dataDir, KAIMEN_PLATFORM_PORT: String(platformPort), KAIMEN_GATEWAY_PORT: String(gatewayPort) }
  const processes = () => processesOf(dataDir)
  open.add(killAll)

  /** SIGKILL for all of them, until none is left; those that are born meanwhile too. */
  function killAll(): void {
    for (let found = processes(); found.length > 0; found = processes()) for (const { pid } of found) kill(pid)
  }

  function pidOf(role: Role): number {
    const found = processes().find((one) => roleOf(one) === role)
    if (!found) throw new Error(`there is no ${role} among ${JSON.stringify(processes())}`)
    return found.pid
  }

  function start({ settings = {}, args = [], npmIn, msMax = startMsMax }: StartOptions = {}): Started {
    const env = { ...cleanEnvironment(), ...standard, ...settings }
    const options = { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] }
    // Elsewhere than in the repository, so that no `.env` of its owner takes part.
    const [program, ...words] =
      npmIn === undefined ? [...startCommand(), ...args] : ['npm', 'start', ...(args.length > 0 ? ['--', ...args] : [])]
    return follow(spawn(program!, words, { ...options, cwd: npmIn ?? folder }), urls, msMax)
  }

  return {
    folder,
    dataDir,
    platformUrl: urls.platform,
    gatewayUrl: urls.gateway,
    processes,
    pidOf,
    killAll,
    /** SIGKILL for one of them, and for the children of PostgreSQL when it is that. */
    kill(role: Role): void {
      const pid = pidOf(role)
      for (const one of processes()) if (one.pid === pid || (role === 'postgres' && one.parent === pid)) kill(one.pid)
    },
    /** Waits until no process of it is left. */
    async gone(): Promise<void> {
      await until(
        () => processes().length === 0,
        stopMsMax,
        () => `still there: ${JSON.stringify(processes())}`,
      )
    },
    start,
    /** The same, when both answer. */
    async startHealthy(options?: StartOptions): Promise<Started> {
      const started = start(options)
      await started.healthy()
      return started
    },

    /** Calls the platform; the body is sent as JSON. */
    manage(method: string, path: string, body?: unknown, token?: string, fields: Record<string, string> = {}): Promise<Answer> {
      const headers: Record<string, string> = token === undefined ? { ...fields } : { ...fields, authorization: `Bearer ${token}` }
      if (body !== undefined) headers['content-type'] = 'application/json'
      return sendOnce(urls.platform, { method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    },
    call: (call: Call) => sendOnce(urls.gateway, call),

    async close(): Promise<void> {
      open.delete(killAll)
      killAll()
      const { runDir } = openDataDir(dataDir)
      rmSync(folder, { recursive: true, force: true })
      rmSync(runDir, { recursive: true, force: true })
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await this.close()
    },
  }
}

/** An answer's `data`; anything but success is an error. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks into it and says what it finds
export function dataOf(answer: Answer): any {
  if (answer.status === 200 && answer.json?.code === 1_000_000) return answer.json.data
  throw new Error(`${answer.status} ${answer.text}`)
}

/** Asks again and again until it is so; `why` is said when it never is. */
export async function until(isSo: () => boolean | Promise<boolean>, msMax: number, why: () => string): Promise<void> {
  const giveUpAt = performance.now() + msMax
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`after ${msMax / 1000} s: ${why()}`)
    await sleep(pollMs)
  }
}

// A process that was killed has left its connections half dead in every pool: each call gets one of its own.
function sendOnce(base: string, call: Call): Promise<Answer> {
  return send(base, { ...call, headers: { ...call.headers, connection: 'close' } })
}

/** What `npm start` runs when everything is installed, so that flags are the product's own. */
function startCommand(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } }
  const words = scripts.start.slice(scripts.start.indexOf('exec ') + 5).split(' ')
  return words.map((word) => (word.startsWith('-') ? word : join(root, word)))
}

// No setting of the caller's may take part, nor a Node that another npm or test run put in the way.
function cleanEnvironment(): NodeJS.ProcessEnv {
  const isForeign = (name: string) => /^(KAIMEN_|npm_(?!config_)|NODE_|DATABASE_URL$|REDIS_URL$)/.test(name)
  const path = process.env.PATH?.split(delimiter).filter((folder) => !folder.includes('node_modules'))
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign(name)))
  return { ...kept, PATH: path?.join(delimiter) }
}

function follow(child: ChildProcess, urls: { platform: string; gateway: string }, msMax: number): Started {
  const spawnedAt = performance.now()
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  let isOver = false
  const ended = once(child, 'close').then(([code, signal]) => {
    isOver = true
    return { code: code as number | null, signal: signal as NodeJS.Signals | null }
  })

  async function wait(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
    await until(
      async () => (await isSo()) || isOver,
      msMax,
      () => `${what}:\n${output}`,
    )
    if (!(await isSo())) throw new Error(`it ended before ${what}:\n${output}`)
  }

  return {
    pid: child.pid!,
    said: () => output,
    says: (words) => wait(() => words.test(output), `it says ${words}`),
    async healthy(which = ['platform', 'gateway']) {
      await wait(
        async () => (await Promise.all(which.map((name) => isHealthy(urls[name])))).every(Boolean),
        `${which.join(' and ')} answered`,
      )
      return performance.now() - spawnedAt
    },
    ended,
    async stop(signal = 'SIGTERM') {
      if (!isOver) process.kill(signal === 'SIGINT' ? -child.pid! : child.pid!, signal)
      const late = sleep(stopMsMax, undefined, { ref: false }).then(() => {
        throw new Error(`it did not end at ${signal}:\n${output}`)
      })
      return Promise.race([ended, late])
    },
  }
}

async function isHealthy(base: string): Promise<boolean> {
  return sendOnce(base, { method: 'GET', path: '/healthz', headers: {} }).then(
    ({ status }) => status === 200,
    () => false,
  )
}

// Parts and supervisor carry the data dir in their environment, PostgreSQL works inside its cluster, and what makes a cluster names it.
function processesOf(dataDir: string): Found[] {
  const cluster = orUndefined(() => realpathSync(join(dataDir, 'postgres')))
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name)
    if (!(pid > 1) || pid === process.pid) return []
    const words = orUndefined(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1))
    // A zombie has no words any more: it ended, and its parent has yet to hear of it.
    if (words === undefined || words.length === 0) return []
    const environment = orUndefined(() => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')) ?? []
    const isOurs =
      environment.includes(`KAIMEN_DATA_DIR=${dataDir}`) ||
      words.some((word) => word.startsWith(`${dataDir}/`)) ||
      (cluster !== undefined && orUndefined(() => realpathSync(`/proc/${pid}/cwd`)) === cluster)
    return isOurs ? [{ pid, parent: parentOf(pid), words }] : []
  })
}

export function roleOf({ words }: Found): Role | undefined {
  if (words.some((word) => word.endsWith('src/main.ts'))) {
    const at = words.indexOf('--role')
    return at < 0 ? 'supervisor' : (words[at + 1] as Role)
  }
  // Its children say what they do in a single word.
  return basename(words[0]!) === 'postgres' && words.includes('-D') ? 'postgres' : undefined
}

function parentOf(pid: number): number {
  const status = orUndefined(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? ''
  return Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0)
}

// What is read in /proc may end while it is read.
function orUndefined<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}

// However this process ends, it leaves none of theirs behind.
const open = new Set<() => void>()
process.on('exit', () => {
  for (const killAll of open) killAll()
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
