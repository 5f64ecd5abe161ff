// CPU time and memory of a process with all its descendants, from /proc: Linux only.

import { readdirSync, readFileSync } from 'node:fs'

/** The unit of /proc/PID/stat: a hundredth of a second on every Linux that we run on. */
const tickUs = 10_000
const pageBytes = 4_096

export interface Consumption {
  /** utime + stime, of children that ended too. */
  readonly cpuUs: number
  readonly rssBytes: number
}

export function consumptionOf(pid: number): Consumption {
  const all = processes()
  let cpuUs = 0
  let rssBytes = 0
  for (const { ticks, pages } of treeOf(pid, all)) {
    cpuUs += ticks * tickUs
    rssBytes += pages * pageBytes
  }
  return { cpuUs, rssBytes }
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly ticks: number
  readonly pages: number
}

function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(Number(name)) : []))
}

function readProcess(pid: number): Process[] {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return [] // It ended meanwhile.
  }
  // The name in parentheses may hold anything; what follows it begins with field 3 of proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3])
  return [{ pid, parent: field(4), ticks: field(14) + field(15) + field(16) + field(17), pages: field(24) }]
}

function treeOf(pid: number, all: readonly Process[]): Process[] {
  return all.flatMap((one) => (one.pid === pid ? [one] : one.parent === pid ? treeOf(one.pid, all) : []))
}
