// One serving thread: its own listener on the shared port, its own snapshot and connections to services; nonces, counters and the
// time of the platform's last word are in memory that all threads share. What it says to the gateway's main thread, and hears, is below.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { openNonceJournal } from '#core/app/nonce-journal.ts'
import { type NonceMemory, openNonceTable } from '#core/app/nonce-table.ts'
import { createNonces, nonceLifeMs } from '#core/app/nonces.ts'
import type { SecretUse } from '#core/app/secret-uses.ts'
import { createSm2Verifier } from '#core/app/sm2-verifier.ts'
import type { CallRecord, ErrorCount, FeedLine, RunningCount, UsageCount } from '#core/feed/document.ts'
import type { AilingTarget } from '#core/feed/figures.ts'
import { createCalendar } from '#lib/calendar.ts'
import { releaseMemory } from '#lib/release-memory.ts'
import { createSealer } from '#lib/seal.ts'
import type { TlsPair } from '#lib/tls-files.ts'
import { type AdmissionMemory, openAdmission } from './admission.ts'
import { type ConcurrencyMemory, openConcurrency } from './concurrency.ts'
import { createCors } from './cors.ts'
import { type CounterMemory, openCounters } from './counters.ts'
import { type FeedAddress, feedPlace, newFeedClient } from './feed-client.ts'
import { openFigures } from './figures.ts'
import { type GatewayDeps, handle } from './handle.ts'
import { type IpMemory, openIpCounters } from './ip-counters.ts'
import { createMeter, handOverMs } from './meter.ts'
import { createRecorder, shareOf, troublesMin } from './record.ts'
import { neverShed, startShedding } from './shed.ts'
import { createShield, type ShieldSettings } from './shield.ts'
import { Snapshot } from './snapshot.ts'
import type { NewExchange } from './transport/exchange.ts'
import { createHttpServer } from './transport/node-http.ts'
import { createUpstreams } from './transport/upstream.ts'
import { openTrips, type TripMemory } from './trips.ts'

export interface ThreadData {
  readonly name: string
  /** Its row in what threads hold together, from 0. */
  readonly row: number
  readonly host: string
  readonly port: number
  readonly tls: TlsPair | undefined
  readonly connections: number
  readonly ipConnections: number
  readonly admission: AdmissionMemory
  readonly masterKey: Uint8Array
  readonly nonceFolder: string
  readonly nonces: NonceMemory
  readonly counters: CounterMemory
  readonly concurrency: ConcurrencyMemory
  readonly trips: TripMemory
  readonly calls: IpMemory
  readonly badCredentials: IpMemory
  readonly figures: SharedArrayBuffer
  readonly shield: ShieldSettings
  /** Where calls are passed to that only the platform can answer. */
  readonly feed: FeedAddress
  /** One Float64: when the platform was last heard. */
  readonly heardAt: SharedArrayBuffer
  readonly maxStalenessMs: number
  readonly bodyBytesMax: number
  readonly authIdPublicKey: string
  readonly memberField: string
  readonly corsOrigins: readonly string[]
  /** Whether it refuses calls when it cannot keep up; a measurement may want to see what it is good for. */
  readonly sheds: boolean
  readonly tokenTtl: number
  readonly timeZone: string
  /** How many there are. */
  readonly threads: number
  /** Successes a second that all threads together keep in the call log. */
  readonly callLogRate: number
  /** What makes the snapshot that the others have. */
  readonly lines: readonly FeedLine[]
}

export type ToThread =
  | { readonly kind: 'lines'; readonly lines: readonly FeedLine[] }
  | { readonly kind: 'report' }
  | { readonly kind: 'tls'; readonly tls: TlsPair }
  | { readonly kind: 'close' }

/** What a thread counted and kept since the last time. */
export interface HandedOver {
  readonly counts: readonly UsageCount[]
  readonly errors: readonly ErrorCount[]
  readonly calls: readonly CallRecord[]
  readonly leftOut: number
}

export type FromThread =
  | { readonly kind: 'ready'; readonly port: number; readonly url: string }
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly reason: string }
  | { readonly kind: 'applied'; readonly revision: number }
  /** `running` only when it was asked for. */
  | ({ readonly kind: 'counts'; readonly running: readonly RunningCount[] | undefined } & HandedOver)
  | { readonly kind: 'secretUses'; readonly uses: readonly SecretUse[] }
  /** Whenever they are others than before. */
  | { readonly kind: 'ailing'; readonly targets: readonly AilingTarget[] }
  | { readonly kind: 'tripped'; readonly operationId: number; readonly opening: number }
  /** How many connections were closed as they came since the last time that this was said, a minute ago at least. */
  | ({ readonly kind: 'turnedAway' } & TurnedAway)
  | { readonly kind: 'fault'; readonly message: string; readonly reason: string; readonly requestId: string | undefined }

/** Connections beyond a bound: those of this thread, or those of an address. */
export interface TurnedAway {
  all: number
  address: number
}

/** Connections to the platform for calls that are passed on; they are made when they are needed. */
const passesMax = 8

/** How long a stop waits for calls under way. */
const drainMs = 8_000

const data = workerData as ThreadData
const main = parentPort!
const say = (message: FromThread) => main.postMessage(message)

const snapshot = new Snapshot(createSealer(data.masterKey))
snapshot.apply(data.lines)
const journal = openNonceJournal({
  folder: data.nonceFolder,
  writer: data.name,
  lifeMs: nonceLifeMs,
  onError: (error) => say({ kind: 'fault', message: 'nonces cannot be kept', reason: String(error), requestId: undefined }),
})
const meter = createMeter()
const figures = openFigures(data.figures, data.name)
const recorder = createRecorder(
  shareOf(data.callLogRate, data.row, data.threads),
  shareOf(Math.max(data.callLogRate, troublesMin), data.row, data.threads),
)
const upstreams = createUpstreams()
const verifier = createSm2Verifier()
const heardAt = new Float64Array(data.heardAt)
const trips = openTrips(data.trips)

const deps: GatewayDeps = {
  snapshot,
  nonces: createNonces(openNonceTable(data.nonces, nonceLifeMs), journal),
  shield: createShield(data.shield, openIpCounters(data.calls), openIpCounters(data.badCredentials)),
  trips,
  counters: openCounters(data.counters),
  concurrency: openConcurrency(data.concurrency, data.row),
  calendar: createCalendar(data.timeZone),
  onTripped(operationId, opening) {
    if (trips.note(operationId, opening)) say({ kind: 'tripped', operationId, opening })
  },
  meter,
  figures,
  upstreams,
  recorder,
  verifier,
  passing: { client: newFeedClient(feedPlace(data.feed), passesMax), underWay: 0 },
  bodyBytesMax: data.bodyBytesMax,
  authIdPublicKey: data.authIdPublicKey,
  memberField: data.memberField,
  tokenTtl: data.tokenTtl,
  timeZone: data.timeZone,
  shed: data.sheds ? startShedding(upstreams.underWay) : neverShed,
  isStale: (now) => data.maxStalenessMs > 0 && now - heardAt[0]! > data.maxStalenessMs,
  now: Date.now,
  onFault: (error, requestId) =>
    say({ kind: 'fault', message: 'a call failed in the gateway', reason: (error as Error).stack ?? String(error), requestId }),
}

let ailingTold = ''
let turnedAway: TurnedAway = { all: 0, address: 0 }
let turnedAwayToldAt = Number.NEGATIVE_INFINITY

const cors = createCors(data.corsOrigins)
function receive(exchange: NewExchange): void {
  if (!cors?.attend(exchange, snapshot.routes)) handle(exchange, deps)
}

const server = createHttpServer(receive, {
  tls: data.tls,
  admit: openAdmission(data.admission, data.row, { ...data, trustedProxies: data.shield.trustedProxies }, (whose) => turnedAway[whose]++),
})
figures.watch(server)
const timer = setInterval(() => handOver(undefined), handOverMs)
main.on('message', (message: ToThread) => {
  if (message.kind === 'lines') {
    snapshot.apply(message.lines)
    snapshot.revocations.forgetEnded(Date.now())
    say({ kind: 'applied', revision: snapshot.revision })
  } else if (message.kind === 'report') handOver(meter.running(Date.now()))
  else if (message.kind === 'tls') server.renew(message.tls)
  else close()
})
releaseMemory()
listen()

function handOver(running: readonly RunningCount[] | undefined): void {
  const counts = meter.take(Date.now())
  const errors = meter.takeErrors()
  const { calls, leftOut } = recorder.take()
  // Calls that found no operation are in no count, and those of a gateway that cannot keep up are errors only.
  const isNothing = counts.length + errors.length + calls.length + leftOut === 0
  if (!isNothing || running) say({ kind: 'counts', counts, errors, calls, leftOut, running })
  const uses = snapshot.secretUses.take(Date.now())
  if (uses.length > 0) say({ kind: 'secretUses', uses })
  tellAiling()
  tellTurnedAway(performance.now())
}

function tellAiling(): void {
  const targets = upstreams.ailing()
  const text = targets.map(({ serviceId, url }) => `${serviceId} ${url}`).join()
  if (text === ailingTold) return
  ailingTold = text
  say({ kind: 'ailing', targets })
}

// A flood of connections must not be one of words.
function tellTurnedAway(now: number): void {
  if (turnedAway.all + turnedAway.address === 0 || now - turnedAwayToldAt < 60_000) return
  turnedAwayToldAt = now
  say({ kind: 'turnedAway', ...turnedAway })
  turnedAway = { all: 0, address: 0 }
}

function listen(): void {
  // All threads listen on one port; the kernel deals out connections (SO_REUSEPORT).
  server.listen({ host: data.host, port: data.port, backlog: 4096, reusePort: process.platform === 'linux' })
  once(server, 'listening').then(
    () => {
      const { port, address, family } = server.address() as AddressInfo
      say({ kind: 'ready', port, url: `${data.tls ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}` })
      say({ kind: 'applied', revision: snapshot.revision })
    },
    (error: NodeJS.ErrnoException) => say({ kind: 'failed', code: error.code, reason: error.message }),
  )
}

// Calls under way get their answers, what was counted is handed over, and nothing is left that keeps the thread.
async function close(): Promise<void> {
  clearInterval(timer)
  const closed = new Promise((resolve) => server.close(resolve))
  // A connection is idle again as soon as its answer is out, and would be kept for the next call.
  const closing = setInterval(() => server.closeIdleConnections(), 50)
  await Promise.race([closed, sleep(drainMs, undefined, { ref: false })])
  clearInterval(closing)
  server.closeAllConnections()
  handOver(undefined)
  journal.close()
  deps.passing.client.close()
  await upstreams.close()
  await verifier.close()
  main.close()
}
