// What was measured, as Markdown. Ratios are made inside a round, where both sides met the same machine, and their median is shown.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import type { LoadResult } from './load.ts'
import { direct, fastify, nginx, type Peer } from './peers.ts'
import type { Place } from './process.ts'
import { versionOf } from './tools.ts'

export interface Measurement extends LoadResult {
  readonly peer: string
  readonly round: number
  /** Of one call. */
  readonly cpuUs: number
  readonly rssBytes: number
}

export interface Run {
  readonly measured: readonly Measurement[]
  readonly peers: readonly Peer[]
  readonly place: Place
  readonly wrk: string
  readonly connections: number
  readonly calls: number
}

export function report(run: Run): string {
  const head = [
    'peer',
    'CPU µs/request, median (min–max)',
    `÷ ${fastify.name}`,
    '÷ nginx',
    '÷ direct',
    'krequests/s',
    'p50 ms',
    'p99 ms',
    'RSS MB',
  ]
  const rows = [head, ['---', ...head.slice(1).map(() => '---:')], ...run.peers.map((peer) => rowOf(peer, run))]
  return `${introduction(run)}\n${rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('')}\n${legend}`
}

function introduction({ measured, peers, place, wrk, connections, calls }: Run): string {
  const processors = cpus()
  const rounds = new Set(measured.map(({ round }) => round)).size
  const nginxVersion = place.nginx === undefined ? 'none' : versionOf(place.nginx, '-v')
  const facts = [
    ['Date', new Date().toISOString().slice(0, 16).replace('T', ' ').concat(' UTC')],
    ['Command', ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ')],
    ['Machine', `${processors[0]?.model.trim()}, ${processors.length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}`],
    ['Kaimen', `${versionIn('..')} (${revision()}), Node ${process.versions.node}`],
    [
      'Others',
      `nginx ${nginxVersion}, Fastify ${versionOfPackage('fastify')}, @fastify/http-proxy ${versionOfPackage('@fastify/http-proxy')}`,
    ],
    [
      'Load',
      `wrk ${versionOf(wrk, '-v')}, ${connections} connections, ${calls} calls a peer and round${fewer(peers, calls)}, ${rounds} rounds`,
    ],
    ['Upstream', `${place.nginx === undefined ? 'node:http' : 'nginx'}, 1 KB of JSON`],
  ]
  return `# Cost of a call\n\n${facts.map(([name, value]) => `- ${name}: ${value}\n`).join('')}`
}

/** Those that were called less often, by the last words of their names. */
function fewer(peers: readonly Peer[], calls: number): string {
  const some = peers
    .filter(({ callsMax = calls }) => callsMax < calls)
    .map(({ name, callsMax }) => `${name.split(', ').at(-1)}: ${callsMax}`)
  return some.length === 0 ? '' : ` (${some.join(', ')})`
}

const legend = `CPU is utime + stime of the peer's processes, from \`/proc\` (Linux only); the platform, its database, the upstream and the load do not
count, but share the machine, so that requests a second and times say less than CPU. Everybody has one process (nginx: one worker), keeps
connections alive and gets requests of the same bytes, apart from the folder in the path and from what a scheme adds. \`direct\` is the
upstream itself: the floor of one exchange. nginx and Fastify only pass on. \`plain\` is an open interface; \`full\` checks app token,
HMAC-SHA256 signature, time window, nonce (kept on disk), state, grant and limit, counts for statistics, and takes the signature out.
Rows of a scheme or a feature, measured with \`--all\`, are the full one with that one thing changed; encrypted bodies compare with \`POST\`.
A hundred apps call a hundred interfaces at random, so that nearly every call of a second is another pair to count.

CPU 为各进程 utime + stime 之和（取自 \`/proc\`，仅限 Linux），除以请求数；比值先在每一轮内计算，再取中位数。
`

function rowOf(peer: Peer, { measured, place }: Run): string[] {
  const missing = peer.missing?.(place)
  if (missing !== undefined) return [peer.name, `skipped: ${missing}`, '', '', '', '', '', '', '']
  const own = measured.filter((one) => one.peer === peer.name)
  const middle = (value: (one: Measurement) => number) => median(own.map(value))
  const cpu = own.map(({ cpuUs }) => cpuUs)
  return [
    peer.name,
    `**${median(cpu).toFixed(1)}** (${Math.min(...cpu).toFixed(1)}–${Math.max(...cpu).toFixed(1)})`,
    ...[fastify, nginx, direct].map((base) => ratio(own, measured, base)),
    middle(({ calls, us }) => (calls / us) * 1_000).toFixed(1),
    middle(({ p50Us }) => p50Us / 1_000).toFixed(2),
    middle(({ p99Us }) => p99Us / 1_000).toFixed(1),
    middle(({ rssBytes }) => rssBytes / 2 ** 20).toFixed(0),
  ]
}

function ratio(own: readonly Measurement[], measured: readonly Measurement[], base: Peer): string {
  const ratios = own.flatMap(({ round, cpuUs }) => {
    const other = measured.find((one) => one.round === round && one.peer === base.name)
    return other === undefined ? [] : [cpuUs / other.cpuUs]
  })
  return ratios.length === 0 ? '–' : median(ratios).toFixed(2)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const versionOfPackage = (name: string) => versionIn('..', 'node_modules', name)

function versionIn(...folder: string[]): string {
  return JSON.parse(readFileSync(join(import.meta.dirname, ...folder, 'package.json'), 'utf8')).version
}

function revision(): string {
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty'], { cwd: import.meta.dirname, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : 'no git revision'
}
