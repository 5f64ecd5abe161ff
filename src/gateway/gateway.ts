// The gateway, put together: snapshot, feed, nonces, meter, listener. It knows no database and never waits for the platform.

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type Config, decodeKey } from '#config.ts'
import { createNonces } from '#core/app/nonces.ts'
import { portInUse } from '#lib/listen.ts'
import { openMasterKey } from '#lib/master-key.ts'
import { createSealer } from '#lib/seal.ts'
import { type FeedPlace, follow } from './follow.ts'
import { type GatewayDeps, handle } from './handle.ts'
import { createLimits } from './limit.ts'
import { createMeter } from './meter.ts'
import { openNonceJournal } from './nonce-journal.ts'
import { startReporting } from './report.ts'
import { Snapshot } from './snapshot.ts'
import { openSnapshotFile } from './snapshot-file.ts'
import { createHttpServer } from './transport/node-http.ts'
import { createUpstreams } from './transport/upstream.ts'

export interface Gateway {
  readonly url: string
  /** The revision that it serves by. */
  revision(): number
  close(): Promise<void>
}

export interface GatewayInput {
  readonly config: Config
  /** Path of the platform's private socket, for when no KAIMEN_FEED_URL is set. */
  readonly feedSocket: string
  readonly log: Logger
  readonly now?: () => number
}

/** How long a start waits for a first snapshot before it listens without one. */
const firstSnapshotMs = 5_000
/** How long a stop waits for calls under way. */
const drainMs = 8_000

export async function openGateway({ config, feedSocket, log, now = Date.now }: GatewayInput): Promise<Gateway> {
  const sealer = createSealer(openMasterKey(config.dataDir, config.masterKey === undefined ? undefined : decodeKey(config.masterKey)))
  const snapshot = new Snapshot(sealer)
  const file = openSnapshotFile(join(config.dataDir, 'snapshot'), sealer)
  const keptAt = file.load(snapshot)
  const journal = openNonceJournal(join(config.dataDir, 'nonces'), now(), (error) => log.error({ err: error }, 'nonces cannot be kept'))
  const meter = createMeter()
  const upstreams = createUpstreams()

  const place = feedPlace(config, feedSocket)
  const source = randomUUID()
  const reporting = startReporting(join(config.dataDir, 'usage.spool'), { source, place, meter, log, now })
  const following = follow(place, { snapshot, file, log, now, onReport: () => reporting.answer() }, keptAt, source)

  const deps: GatewayDeps = {
    snapshot,
    nonces: createNonces(journal, journal.generations),
    limits: createLimits(),
    meter,
    upstreams,
    bodyBytesMax: config.maxBody,
    tokenTtl: config.tokenTtl,
    timeZone: config.timeZone,
    isStale: (at) => config.maxStaleness > 0 && at - following.heardAt > config.maxStaleness * 1000,
    afterNoncesKept: journal.afterKept,
    now,
    onFault: (error, requestId) => log.error({ err: error, requestId }, 'a call failed in the gateway'),
  }
  await waitForSnapshot(snapshot)
  const server = createHttpServer((exchange) => handle(exchange, deps))
  server.listen({ host: config.host, port: config.gatewayPort, backlog: 4096 })
  await once(server, 'listening').catch((error: unknown) => {
    throw portInUse(error, 'KAIMEN_GATEWAY_PORT', config.host, config.gatewayPort)
  })
  const { port, address, family } = server.address() as AddressInfo

  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    revision: () => snapshot.revision,
    async close() {
      // Calls under way get their answers; then what was counted is reported.
      const closed = new Promise((resolve) => server.close(resolve))
      // A connection is idle again as soon as its answer is out, and would be kept for the next call.
      const closing = setInterval(() => server.closeIdleConnections(), 50)
      await Promise.race([closed, sleep(drainMs, undefined, { ref: false })])
      clearInterval(closing)
      server.closeAllConnections()
      await following.stop()
      await reporting.stop()
      await upstreams.close()
      journal.close()
      file.close()
    },
  }
}

function feedPlace(config: Config, feedSocket: string): FeedPlace {
  const credentialFile = join(config.dataDir, 'node.credential')
  return {
    url: config.feedUrl ?? 'http://feed',
    socketPath: config.feedUrl === undefined ? feedSocket : undefined,
    credential() {
      if (config.feedCredential !== undefined) return config.feedCredential
      try {
        return readFileSync(credentialFile, 'utf8').trim()
      } catch {
        return undefined
      }
    },
  }
}

async function waitForSnapshot(snapshot: Snapshot): Promise<void> {
  for (let waited = 0; !snapshot.isComplete && waited < firstSnapshotMs; waited += 20) await sleep(20)
}
