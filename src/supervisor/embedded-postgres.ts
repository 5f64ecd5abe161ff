// The embedded database: a real PostgreSQL of our own under the data dir, reached over a private unix socket only. It outlives a
// Kaimen that was killed; the next start ends it cleanly and begins anew. The caller holds the lock of the data dir.

import { type ChildProcess, spawn } from 'node:child_process'
import { chownSync, closeSync, copyFileSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { StartError, type Words } from '#lib/start-error.ts'
import { type Lock, takeLock } from './lock.ts'
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts'
import { type ClusterPlace, isReadyCluster, makeCluster, placeCluster, removeUnfinishedClusters } from './postgres-cluster.ts'
import { endLeftoverPostmaster } from './postgres-leftover.ts'
import { choosePostgresUser, runAs } from './postgres-user.ts'

export type Exit = { code: number | null; signal: NodeJS.Signals | null }
export type EmbeddedPostgres = { url: string; pid: number; exited: Promise<Exit>; stop(): Promise<void> }

type Order = {
  dataDir: string
  runDir: string
  say(line: Words): void
  /** Calls off a start under way, which then rejects and leaves no process. */
  signal?: AbortSignal
  /** Root only: users to lend to PostgreSQL, the first that exists. Tests use it; the product leaves it out. */
  users?: string[]
}

export async function openPostgres({ dataDir, runDir, say, signal, users }: Order): Promise<EmbeddedPostgres> {
  const user = choosePostgresUser(users)
  const binaries = findPostgresBinaries({ user, dataDir, say })
  const place = placeCluster(dataDir, user)
  // A cluster behind a symlink may be shared by a copied data dir; two postmasters on it must not end each other.
  const lock = await takeLock({ path: place.path, runDir })
  try {
    removeUnfinishedClusters(place.path)
    if (!isReadyCluster(place.path, binaries)) await makeCluster(place, dataDir, binaries, say)
    await endLeftoverPostmaster(place.path, say)
    return await startServer({ place, binaries, log: join(dataDir, 'log', 'postgres.log'), sockets: join(runDir, 'pg'), lock, say, signal })
  } catch (error) {
    await lock.release()
    throw error
  }
}

type Server = {
  place: ClusterPlace
  binaries: PostgresBinaries
  log: string
  sockets: string
  lock: Lock
  say(line: Words): void
  signal: AbortSignal | undefined
}

// After kill -9 of the postmaster its children need a moment to notice, and meanwhile it refuses to start.
const stillInUse = 'pre-existing shared memory block'
const stillInUsePatienceMs = 15_000

async function startServer(server: Server): Promise<EmbeddedPostgres> {
  const deadline = Date.now() + stillInUsePatienceMs
  for (;;) {
    server.signal?.throwIfAborted()
    prepareSockets(server)
    const logStart = trimLog(server.log)
    const child = spawnPostgres(server)
    const exited = exitOf(child)
    const url = urlTo(server.sockets, 'kaimen')
    const outcome = await becomeReady(url, exited, server)
    if (outcome === 'ready') return running(server, child, exited, url)

    await endChild(child, exited)
    const words = readFileSync(server.log, 'utf8').slice(logStart)
    if (!words.includes(stillInUse) || Date.now() > deadline) throw cannotStart(server, words)
    await pause(100)
  }
}

// PostgreSQL leaves its socket and the lock of it behind when killed, and would respect a lock whose pid is somebody else's by now.
function prepareSockets({ sockets, place }: Server): void {
  rmSync(sockets, { recursive: true, force: true })
  mkdirSync(sockets, { mode: 0o700 })
  if (place.user !== undefined) chownSync(sockets, place.user.uid, place.user.gid)
}

// Little memory and few processes when idle: about 17 MB in all. Its log speaks without the values of rows (terse, set below).
const settings = [
  ['listen_addresses', ''],
  ['port', '5432'],
  ['unix_socket_permissions', '0700'],
  ['shared_buffers', '32MB'],
  ['max_connections', '40'],
  ['max_wal_size', '512MB'],
  ['io_method', 'sync'],
  ['max_worker_processes', '2'],
  ['max_logical_replication_workers', '0'],
  ['autovacuum_max_workers', '2'],
  ['fsync', 'on'],
  ['timezone', 'UTC'],
  ['log_timezone', 'UTC'],
  ['log_checkpoints', 'off'],
]

// In a session of its own: a Ctrl-C of the terminal reaches the supervisor only, which stops the database last.
function spawnPostgres({ place, binaries, log, sockets }: Server): ChildProcess {
  const options = [...settings, ['unix_socket_directories', quoted(sockets)]].flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const output = openSync(log, 'a', 0o600)
  try {
    return spawn(binaries.postgres, ['-D', place.path, ...options], {
      ...runAs(place.user),
      detached: true,
      stdio: ['ignore', output, output],
    })
  } finally {
    closeSync(output)
  }
}

// The setting is a list of directories: commas and quotes in a path would be taken for its own.
function quoted(path: string): string {
  return `"${path.replaceAll('"', '""')}"`
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', () => resolve({ code: null, signal: null }))
  })
}

// Every part of the address is said, so that no PGPORT or PGSSLMODE of the caller's can change where it leads.
function urlTo(sockets: string, database: string): string {
  return `postgresql://kaimen@localhost:5432/${database}?host=${encodeURIComponent(sockets)}&sslmode=disable`
}

// While it answers "starting up" it replays what a crash left behind, and that may take minutes; silence may not.
const silencePatienceMs = 30_000
const recoveryPatienceMs = 30 * 60_000

type Outcome = 'ready' | 'ended' | 'silent' | 'called off'

async function becomeReady(url: string, exited: Promise<Exit>, { sockets, say, signal }: Server): Promise<Outcome> {
  const startedAt = Date.now()
  let isOver = false
  let isRecovering = false
  exited.then(() => {
    isOver = true
  })
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 1.5, 250)) {
    const trouble = await connectOnce(url)
    if (trouble === undefined) return 'ready'
    if (isOver) return 'ended'
    if (signal?.aborted) return 'called off'
    if (trouble === databaseMissing) {
      await createDatabase(sockets)
      continue
    }
    if (trouble === startingUp && !isRecovering && Date.now() - startedAt > 3000) {
      isRecovering = true
      say({ zh: '数据库正在恢复上次未正常结束时的数据，请稍候……', en: 'The database is recovering from an unclean end; please wait …' })
    }
    if (Date.now() - startedAt > (trouble === startingUp ? recoveryPatienceMs : silencePatienceMs)) return 'silent'
    await Promise.race([pause(pauseMs), exited])
  }
}

const startingUp = '57P03'
const databaseMissing = '3D000'

/** Undefined when the server let us in, else the code of why not. */
async function connectOnce(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    await client.end().catch(() => {})
  }
}

async function createDatabase(sockets: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlTo(sockets, 'postgres') })
  client.on('error', () => {})
  await client.connect()
  try {
    // Full messages quote the values of rows, and those do not belong in a log file.
    await client.query(`alter role kaimen set log_error_verbosity = 'terse'`)
    await client.query('create database kaimen')
  } finally {
    await client.end()
  }
}

function running(server: Server, child: ChildProcess, exited: Promise<Exit>, url: string): EmbeddedPostgres {
  const trimming = setInterval(() => trimLog(server.log), 60_000).unref()
  const ended = exited.then(async (exit) => {
    clearInterval(trimming)
    await server.lock.release()
    return exit
  })
  const stop = async () => {
    await endChild(child, exited)
    await ended
  }
  return { url, pid: child.pid!, exited: ended, stop }
}

// Fast shutdown, then without a checkpoint, then hard: each is safe for what was committed.
async function endChild(child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  const steps: [NodeJS.Signals, number][] = [
    ['SIGINT', 15_000],
    ['SIGQUIT', 7_000],
    ['SIGKILL', 5_000],
  ]
  for (const [signal, patienceMs] of steps) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    const patience = new AbortController()
    await Promise.race([exited, pause(patienceMs, undefined, { signal: patience.signal }).catch(() => {})])
    patience.abort()
  }
}

const logBytesMax = 8 * 1024 * 1024

/** Keeps the log and one older piece of it; gives its size. PostgreSQL appends, so that cutting the file under it is safe. */
function trimLog(log: string): number {
  mkdirSync(join(log, '..'), { recursive: true, mode: 0o700 })
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0
  if (size <= logBytesMax) return size
  copyFileSync(log, `${log}.1.new`)
  renameSync(`${log}.1.new`, `${log}.1`)
  truncateSync(log)
  return 0
}

function cannotStart({ place, log }: Server, words: string): StartError {
  const lastLines = words.trim().split('\n').slice(-8).join('\n')
  return new StartError({
    zh: `${place.path} 中的数据库没有启动，PostgreSQL 的说明见上，全文在 ${log}。请检查磁盘空间和权限，或设置 DATABASE_URL。`,
    en: `${lastLines}\nThe database in ${place.path} did not start; above is what PostgreSQL said, the whole is in ${log}. Look at the free space and permissions, or set DATABASE_URL.`,
  })
}
