// `npm run bench`: what one call costs in CPU time, in the gateway and in others that do the same or less. Linux only, loopback only.
//
//   --quick            at most a minute, fewer rounds and calls: good for a first look
//   --rounds N         rounds, each with every peer once (default 5)
//   --calls N          calls measured of a peer in a round (default 50000)
//   --connections N    kept-alive connections of the load (default 32)
//   --only TEXT        only peers whose name contains it, and those that they are divided by
//   --profile FOLDER   writes CPU profiles of the Node peers there; what is measured then is not comparable
//   --write            also writes the result to docs/bench.md

import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { StartError } from '#lib/start-error.ts'
import { type CallKind, writeCalls } from './calls.ts'
import { checkConformance } from './conformance.ts'
import { consumptionOf } from './cpu.ts'
import { runLoad, spareCalls } from './load.ts'
import { makePartners, type Partners } from './partners.ts'
import { direct, fastify, nginx, type Peer, peers } from './peers.ts'
import { type Place, startNode } from './process.ts'
import { type Measurement, report } from './report.ts'
import { findNginx, requireLinux, requireWrk } from './tools.ts'
import { startUpstream } from './upstream.ts'

interface Options {
  readonly rounds: number
  readonly calls: number
  readonly connections: number
  readonly secondsMax: number
  readonly only: string | undefined
  readonly profiles: string | undefined
  readonly write: boolean
}

/** Long enough for V8 to have compiled what is hot. */
const warmUpCalls = 15_000

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort())

try {
  await run(readOptions())
} catch (error) {
  if (interrupted.signal.aborted) console.error('Stopped.\n已停止。')
  else console.error(error instanceof StartError ? error.message : error)
  process.exitCode = 1
}

function readOptions(): Options {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    options: { quick: flag, rounds: text, calls: text, connections: text, only: text, profile: text, write: flag },
  })
  const standard = values.quick ? { rounds: 2, calls: 12_000, secondsMax: 60 } : { rounds: 5, calls: 50_000, secondsMax: 300 }
  return {
    rounds: count('rounds', values.rounds) ?? standard.rounds,
    calls: count('calls', values.calls) ?? standard.calls,
    connections: count('connections', values.connections) ?? 32,
    secondsMax: standard.secondsMax,
    only: values.only,
    profiles: values.profile === undefined ? undefined : resolve(values.profile),
    write: values.write,
  }
}

function count(name: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  if (/^[1-9]\d{0,6}$/.test(given)) return Number(given)
  throw new StartError({ en: `--${name} takes a whole number from 1 on, not ${given}.`, zh: `--${name} 必须是正整数，不能是 ${given}。` })
}

async function run(options: Options): Promise<void> {
  requireLinux()
  const wrk = requireWrk()
  const nginxProgram = findNginx()
  const startedAt = performance.now()
  await using stack = new AsyncDisposableStack()

  const folder = mkdtempSync(join(tmpdir(), 'kaimen-bench-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  // The database runs as a user of its own when root starts us, and has to pass through.
  chmodSync(folder, 0o711)

  say('Starting the upstream, a database and the platform …', '正在启动上游服务、数据库和平台……')
  const masterKey = randomBytes(32).toString('hex')
  const adminPassword = randomBytes(12).toString('hex')
  const upstream = stack.use(await startUpstream(nginxProgram, folder))
  const settings = { KAIMEN_PLATFORM_PORT: '0', KAIMEN_ADMIN_PASSWORD: adminPassword, KAIMEN_MASTER_KEY: masterKey }
  const platform = stack.use(await startNode('platform-process.ts', [join(folder, 'platform')], settings))
  const place: Place = {
    upstream,
    platform,
    nginx: nginxProgram,
    folder,
    profiles: options.profiles,
    gatewaySettings: () => ({
      KAIMEN_DATA_DIR: mkdtempSync(join(folder, 'gateway-')),
      KAIMEN_GATEWAY_PORT: '0',
      // One serving thread, as nginx has one worker.
      KAIMEN_GATEWAY_THREADS: '1',
      KAIMEN_MASTER_KEY: masterKey,
      KAIMEN_FEED_CREDENTIAL: platform.facts.credential!,
    }),
  }

  const present = chosen(options.only).filter((peer) => peer.missing?.(place) === undefined)
  const securities = new Set(present.map((peer) => peer.calls.security))
  const partners = await makePartners(platform.url, upstream.url, adminPassword, securities, interrupted.signal)
  await checkAll(present, partners, place)

  const measured: Measurement[] = []
  let longestRoundMs = 0
  for (let round = 0; round < options.rounds; round++) {
    const roundAt = performance.now()
    if (roundAt - startedAt + longestRoundMs > options.secondsMax * 1000) {
      say(`${round} rounds have taken the time that there is.`, `时间已到，共完成 ${round} 轮。`)
      break
    }
    say(`Round ${round + 1} of ${options.rounds} …`, `第 ${round + 1} 轮，共 ${options.rounds} 轮……`)
    measured.push(...(await measureRound(round, present, partners, place, wrk, options)))
    longestRoundMs = Math.max(longestRoundMs, performance.now() - roundAt)
  }

  const skipped = chosen(options.only).flatMap((peer) => peer.missing?.(place) ?? [])
  const text = report({ measured, peers: chosen(options.only), place, wrk, connections: options.connections, calls: options.calls })
  console.log(text)
  for (const why of skipped) say(`Skipped: ${why}.`, '已跳过：本机没有 nginx（Debian、Ubuntu：apt-get install -y nginx-light）。')
  if (options.write) write(text)
}

function chosen(only: string | undefined): Peer[] {
  const bases = [direct, nginx, fastify]
  return peers.filter((peer) => only === undefined || bases.includes(peer) || peer.name.includes(only))
}

async function checkAll(present: readonly Peer[], partners: Partners, place: Place): Promise<void> {
  for (const peer of present) {
    interrupted.signal.throwIfAborted()
    await using running = await peer.start(place)
    await checkConformance(peer, running.url, partners, interrupted.signal)
  }
  say('Every peer answers as it should; measuring.', '各项行为检查通过，开始测量。')
}

/** Every peer once, in another order each round, with calls signed just before. */
async function measureRound(
  round: number,
  present: readonly Peer[],
  partners: Partners,
  place: Place,
  wrk: string,
  options: Options,
): Promise<Measurement[]> {
  const fileOf = (kind: CallKind, use: string) => join(place.folder, `${kind.security}-${kind.scheme}-${use}.calls`)
  const kinds = new Map(present.map(({ calls }) => [fileOf(calls, ''), calls]))
  for (const kind of kinds.values()) {
    writeCalls(fileOf(kind, 'warm-up'), warmUpCalls + spareCalls(options), kind, partners)
    writeCalls(fileOf(kind, 'measured'), options.calls + spareCalls(options), kind, partners)
  }

  const measured: Measurement[] = []
  const first = round % present.length
  for (const peer of [...present.slice(first), ...present.slice(0, first)]) {
    interrupted.signal.throwIfAborted()
    await using running = await peer.start(place)
    const { url, pid } = running
    const load = (use: string, count: number) =>
      runLoad(wrk, { url, file: fileOf(peer.calls, use), count, connections: options.connections }, interrupted.signal)
    await load('warm-up', warmUpCalls)
    await sleep(100)

    const before = consumptionOf(pid)
    const result = await load('measured', options.calls)
    const after = consumptionOf(pid)
    measured.push({ ...result, peer: peer.name, round, cpuUs: (after.cpuUs - before.cpuUs) / result.calls, rssBytes: after.rssBytes })
  }
  return measured
}

function write(text: string): void {
  const docs = join(import.meta.dirname, '..', 'docs')
  mkdirSync(docs, { recursive: true })
  writeFileSync(join(docs, 'bench.md'), text)
}

function say(en: string, zh: string): void {
  process.stderr.write(`${en} ${zh}\n`)
}
