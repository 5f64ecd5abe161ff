// A Kaimen that was killed leaves its postmaster running. The next start, holding the lock, ends it cleanly and starts its own,
// because settings, programs and the socket's place may be others by now.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { StartError, type Words } from '#lib/start-error.ts'

export async function endLeftoverPostmaster(cluster: string, say: (line: Words) => void): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  if (!(pid > 1) || !isAlive(pid)) return // PostgreSQL itself clears the file of a dead one.

  // The pid may be somebody else's by now, above all in a container; PostgreSQL would believe it and refuse to start.
  if (!isPostmasterOf(cluster, pid)) return rmSync(pidFile)

  say({ zh: `正在结束上次遗留的数据库进程 ${pid}。`, en: `Ending the database process ${pid} that an earlier start left behind.` })
  for (const [signal, patienceMs] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 7_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (await endsBy(cluster, pid, signal, patienceMs)) return
  }
  throw new StartError({
    zh: `上次遗留的数据库进程 ${pid}（${cluster}）无法结束。请手动结束它后再启动。`,
    en: `The database process ${pid} that an earlier start left behind (${cluster}) does not end. End it by hand and start again.`,
  })
}

// Asked by identity rather than by kill(0): in a container without an init, an ended process may stay a zombie for good.
async function endsBy(cluster: string, pid: number, signal: NodeJS.Signals, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs
  try {
    process.kill(pid, signal)
  } catch {
    // Gone already, or not ours to end; the question below tells which.
  }
  while (isPostmasterOf(cluster, pid)) {
    if (Date.now() > deadline) return false
    await pause(20)
  }
  return true
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

// A postmaster's working directory is its cluster, wherever that was moved to since.
function isPostmasterOf(cluster: string, pid: number): boolean {
  try {
    if (process.platform === 'linux') {
      const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      return basename(program) === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === cluster
    }
    const command = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    return command.includes(`postgres -D ${cluster} `)
  } catch {
    return false
  }
}
