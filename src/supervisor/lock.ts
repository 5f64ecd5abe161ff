// One start per data dir. The lock is a unix socket that somebody listens on: the kernel takes it away together with its process, so
// that no kill -9 can leave it behind, and whoever is refused can ask the holder for its pid.

import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { StartError } from '#lib/start-error.ts'
import type { DataDir } from './data-dir.ts'

export type Lock = { release(): Promise<void> }

export async function takeLock(dataDir: DataDir): Promise<Lock> {
  const address = lockAddress(dataDir)
  // The holder may end between our being refused and our asking for its pid; then the place is free, and we try again.
  for (let round = 0; round < 20; round += 1) {
    const server = await listen(address)
    if (server !== undefined) return { release: () => new Promise((done) => server.close(() => done())) }
    const holder = await askHolder(address)
    if (holder.kind === 'held') throw refused(dataDir.path, holder.pid)
    if (!isAbstract(address)) rmSync(address, { force: true })
    await pause(10)
  }
  throw refused(dataDir.path, undefined)
}

// Linux has names for sockets outside the file system: nothing to clean up. (They are per network namespace: two containers that
// share a volume do not see each other's.) Elsewhere it is a socket file, stale when nobody answers there.
function lockAddress({ path, runDir }: DataDir): string {
  const name = createHash('sha256').update(path).digest('hex')
  return process.platform === 'linux' ? `\0kaimen-lock-${name}` : join(runDir, `lock-${name.slice(0, 12)}`)
}

function isAbstract(address: string): boolean {
  return address.startsWith('\0')
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((asker) => {
      asker.on('error', () => {})
      asker.end(String(process.pid))
    })
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)))
    server.listen(address, () => {
      server.unref()
      resolve(server)
    })
  })
}

type Holder = { kind: 'held'; pid: string | undefined } | { kind: 'gone' }

const answerMsMax = 5_000

// A holder that is stopped or busy still holds: it just cannot say its pid.
function askHolder(address: string): Promise<Holder> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(address)
    socket.setTimeout(answerMsMax, () => {
      resolve({ kind: 'held', pid: undefined })
      socket.destroy()
    })
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', () => resolve({ kind: 'gone' }))
    socket.on('close', () => resolve(answer === '' ? { kind: 'gone' } : { kind: 'held', pid: answer }))
  })
}

function refused(path: string, pid: string | undefined): StartError {
  return new StartError({
    zh: `${path} 正被另一个 Kaimen 使用（进程 ${pid ?? '未知'}）。请先停止它，或用 KAIMEN_DATA_DIR 指定别的数据目录。`,
    en: `${path} is in use by another Kaimen (process ${pid ?? 'unknown'}). Stop it first, or name another place in KAIMEN_DATA_DIR.`,
  })
}
