// The gateway, put together. This thread follows the feed, keeps snapshot and counts on disk, and serves nothing itself: that is for
// the serving threads, one for each core. It knows no database and never waits for the platform.

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Config } from '#config.ts'
import { openNonceTable } from '#core/app/nonce-table.ts'
import { nonceLifeMs, rememberedNonces } from '#core/app/nonces.ts'
import type { GatewayFigures } from '#core/feed/figures.ts'
import { portInUse } from '#lib/listen.ts'
import { openMasterKey } from '#lib/master-key.ts'
import { createSealer } from '#lib/seal.ts'
import { followTlsFiles, readTlsPair, tlsFiles } from '#lib/tls-files.ts'
import { newAdmissionMemory } from './admission.ts'
import { newConcurrencyMemory } from './concurrency.ts'
import { newCounterMemory, openCounters } from './counters.ts'
import { type FeedAddress, feedPlace } from './feed-client.ts'
import { newFigureMemory, readFigures } from './figures.ts'
import { follow } from './follow.ts'
import { newIpMemory } from './ip-counters.ts'
import { keepQuotas } from './quotas.ts'
import { startReporting } from './report.ts'
import { Snapshot } from './snapshot.ts'
import { openSnapshotFile } from './snapshot-file.ts'
import type { ThreadData } from './thread.ts'
import { createThreads, type Threads } from './threads.ts'
import { newTripMemory } from './trips.ts'

export interface Gateway {
  readonly url: string
  /** The revision that all its threads serve by. */
  revision(): number
  close(): Promise<void>
}

export interface GatewayInput {
  readonly config: Config
  /** Path of the platform's private socket, for when no KAIMEN_FEED_URL is set. */
  readonly feedSocket: string
  readonly log: Logger
  /** False only to measure what refusing is good for. */
  readonly sheds?: boolean
}

/** How long a start waits for a first snapshot before it listens without one. */
const firstSnapshotMs = 5_000

export async function openGateway({ config, feedSocket, log, sheds = true }: GatewayInput): Promise<Gateway> {
  await requireFreePort(config)
  const files = tlsFiles(config.tlsCert, config.tlsKey)
  const tls = files && readTlsPair(files)
  const masterKey = openMasterKey(config.dataDir, config.masterKey)
  const sealer = createSealer(masterKey)
  const snapshot = new Snapshot(sealer)
  const file = openSnapshotFile(join(config.dataDir, 'snapshot'), sealer)
  const heardAt = new SharedArrayBuffer(8)
  new Float64Array(heardAt)[0] = file.load(snapshot)

  const source = randomUUID()
  const feed = feedAddress(config, feedSocket)
  const place = feedPlace(feed)
  let figures = (): GatewayFigures | undefined => undefined
  const reporting = startReporting(join(config.dataDir, 'usage.spool'), {
    source,
    place,
    sealer,
    log,
    figures: () => figures(),
    now: Date.now,
  })
  let threads: Threads | undefined
  const following = follow(place, {
    snapshot,
    file,
    log,
    source,
    heardAt: new Float64Array(heardAt),
    onApplied: (lines) => threads?.tell(lines),
    onReport: () => threads?.report().then(reporting.answer),
  })

  await waitForSnapshot(snapshot)
  const counters = newCounterMemory()
  const quotas = keepQuotas(join(config.dataDir, 'quotas'), openCounters(counters), log)
  // Only Linux deals connections out to several listeners on one port.
  const count = process.platform === 'linux' ? config.gatewayThreads || availableParallelism() : 1
  const data: Omit<ThreadData, 'name' | 'row' | 'lines'> = {
    host: config.host,
    port: config.gatewayPort,
    tls,
    connections: config.connections,
    ipConnections: config.ipConnections,
    admission: newAdmissionMemory(count),
    masterKey,
    nonceFolder: join(config.dataDir, 'nonces'),
    nonces: rememberedNonces(join(config.dataDir, 'nonces'), Date.now()),
    counters,
    concurrency: newConcurrencyMemory(count),
    trips: newTripMemory(),
    calls: newIpMemory(),
    badCredentials: newIpMemory(),
    figures: newFigureMemory(count),
    shield: {
      trustedProxies: config.trustedProxies,
      ipAllow: config.ipAllow,
      ipDeny: config.ipDeny,
      ipLimit: config.ipLimit,
      badCredentialLimit: config.badCredentialLimit,
    },
    feed,
    heardAt,
    maxStalenessMs: config.maxStaleness * 1000,
    bodyBytesMax: config.maxBody,
    authIdPublicKey: config.authIdPublicKey,
    memberField: config.memberHeader.toLowerCase(),
    corsOrigins: config.corsOrigins,
    sheds,
    tokenTtl: config.tokenTtl,
    timeZone: config.timeZone,
    threads: count,
    callLogRate: config.callLogRate,
  }
  // A thread that joins later begins with what the others have by then.
  const lines = () => (snapshot.isComplete ? [...snapshot.lines()] : [])
  // They hear of every change from before the first of them reads what there is.
  threads = createThreads({
    count,
    data,
    log,
    lines,
    onCounts: reporting.add,
    onSecretUses: reporting.useSecrets,
    onTripped: reporting.trip,
  })
  const url = await threads.start()
  const { revision, ailing } = threads
  const nonces = openNonceTable(data.nonces, nonceLifeMs)
  figures = () => ({
    ...readFigures(data.figures),
    rssBytes: process.memoryUsage.rss(),
    nonces: nonces.fill(Date.now()),
    ailing: ailing(),
    revision: revision(),
    stalenessMs: Math.max(0, Date.now() - new Float64Array(heardAt)[0]!),
  })
  const stopTls = files && followTlsFiles(files, threads.renew, (err) => log.error({ err }, 'the certificate before it stays'))

  return {
    url,
    revision,
    async close() {
      stopTls?.()
      await threads.close()
      quotas.stop()
      await following.stop()
      await reporting.stop()
      file.close()
    },
  }
}

// The threads share their port among themselves, and would share it with another Kaimen as well; so it is asked for alone first.
async function requireFreePort({ host, gatewayPort }: Config): Promise<void> {
  const probe = createServer().listen({ host, port: gatewayPort })
  await once(probe, 'listening').catch((error: unknown) => {
    throw portInUse(error, 'KAIMEN_GATEWAY_PORT', host, gatewayPort)
  })
  await new Promise((resolve) => probe.close(resolve))
}

function feedAddress({ feedUrl, feedCredential, dataDir }: Config, feedSocket: string): FeedAddress {
  return {
    url: feedUrl ?? 'http://feed',
    socketPath: feedUrl === undefined ? feedSocket : undefined,
    given: feedCredential,
    file: join(dataDir, 'node.credential'),
  }
}

async function waitForSnapshot(snapshot: Snapshot): Promise<void> {
  for (let waited = 0; !snapshot.isComplete && waited < firstSnapshotMs; waited += 20) await sleep(20)
}
