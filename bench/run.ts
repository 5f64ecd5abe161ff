// `npm run bench`: what one call costs in CPU time, in the gateway and in others that do the same or less. Linux only, loopback only.
//
//   --quick            at most a minute, fewer rounds and calls: good for a first look
//   --rounds N         rounds, each with every peer once (default 5)
//   --calls N          calls measured of a peer in a round (default 50000)
//   --connections N    kept-alive connections of the load (default 32)
//   --all              also the rows of every scheme and feature, which take some minutes more
//   --only TEXT        only peers whose name contains it, of all of them, and those that they are divided by
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
  readonly all: boolean
  readonly only: string | undefined
  readonly profiles: string | undefined
  readonly write: boolean
}

/** Long enough for V8 to have compiled what is hot. */
const warmUpCalls = 15_000

/** Rows with the same calls share them for so long; a gateway takes them for five minutes. */
const signedMsMax = 120_000

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
    options: { quick: flag, all: flag, rounds: text, calls: text, connections: text, only: text, profile: text, write: flag },
  })
  const standard = values.quick ? { rounds: 2, calls: 12_000, secondsMax: 60 } : { rounds: 5, calls: 50_000, secondsMax: 300 }
  return {
    rounds: count('rounds', values.rounds) ?? standard.rounds,
    calls: count('calls', values.calls) ?? standard.calls,
    connections: count('connections', values.connections) ?? 32,
    secondsMax: standard.secondsMax * (values.all ? 4 : 1),
    all: values.all,
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

  const present = chosen(options).filter((peer) => peer.missing?.(place) === undefined)
  const interfaceKinds = new Set(present.map(({ calls }) => calls.interfaces))
  const callerKinds = new Set(present.map(({ calls }) => calls.callers))
  const partners = await makePartners(platform.url, upstream.url, adminPassword, interfaceKinds, callerKinds, interrupted.signal)
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

  const skipped = chosen(options).flatMap((peer) => peer.missing?.(place) ?? [])
  const text = report({ measured, peers: chosen(options), place, wrk, connections: options.connections, calls: options.calls })
  console.log(text)
  for (const why of skipped) say(`Skipped: ${why}.`, '已跳过：本机没有 nginx（Debian、Ubuntu：apt-get install -y nginx-light）。')
  if (options.write) write(text)
}

function chosen({ all, only }: Options): Peer[] {
  const bases = [direct, nginx, fastify]
  return peers.filter((peer) => (only === undefined ? all || !peer.isExtra : bases.includes(peer) || peer.name.includes(only)))
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
  const fileOf = (kind: CallKind, use: string) => join(place.folder, `${Object.values(kind).join('-')}-${use}.calls`)
  const countOf = (use: 'warm-up' | 'measured', { callsMax = Number.POSITIVE_INFINITY }: Peer) =>
    Math.min(use === 'warm-up' ? warmUpCalls : options.calls, callsMax)
  const sign = (use: 'warm-up' | 'measured', peer: Peer) =>
    writeCalls(fileOf(peer.calls, use), countOf(use, peer) + spareCalls(options), peer.calls, partners)

  const measured: Measurement[] = []
  const first = round % present.length
  const signedAt = new Map<string, number>()
  for (const peer of [...present.slice(first), ...present.slice(0, first)]) {
    interrupted.signal.throwIfAborted()
    const file = fileOf(peer.calls, '')
    if (performance.now() - (signedAt.get(file) ?? Number.NEGATIVE_INFINITY) > signedMsMax) {
      for (const use of ['warm-up', 'measured'] as const) sign(use, peer)
      signedAt.set(file, performance.now())
    }
    await using running = await peer.start(place)
    const { url, pid } = running
    const load = (use: 'warm-up' | 'measured') =>
      runLoad(wrk, { url, file: fileOf(peer.calls, use), count: countOf(use, peer), connections: options.connections }, interrupted.signal)
    await load('warm-up')
    await sleep(100)

    const before = consumptionOf(pid)
    const result = await load('measured')
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
