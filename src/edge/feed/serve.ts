// The config feed, on a listener of its own: gateways read changes from it and report usage to it.
// It answers nobody without a node credential, and speaks NDJSON: one line a document (`core/feed/document.ts`).
//
//   GET  /feed?instance=<id>&revision=<n>&source=<uuid>
//                                           everything after that revision (a `reset` first when it is not ours), then changes as they come
//   POST /usage                             one batch of counts, and the gateway's figures; answers when the batch is kept
//   POST /pass/…                            a call of somebody to a gateway that only the platform can answer

import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ListenOptions } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { z } from 'zod'
import { noteSecretUses } from '#core/app/secret.store.ts'
import { type CallRecord, type FeedLine, feedFormat, type RunningCount, type UsageBatch } from '#core/feed/document.ts'
import { changesSince, currentRevision, instanceId } from '#core/feed/feed.store.ts'
import { latencyBoundsMs } from '#core/feed/figures.ts'
import { tripOperations } from '#core/operation/operation.store.ts'
import type { Tokens } from '#core/token/token.ts'
import { type RecordDeps, recordUsage } from '#core/usage/usage.store.ts'
import { getOrMake } from '#lib/get-or-make.ts'
import { unwrapPassed } from '../passed.ts'
import { createLiveGateways, type LiveGateway } from './live-gateways.ts'

export interface FeedDeps extends RecordDeps {
  readonly tokens: Tokens
  readonly log: Logger
  now(): Date
  /** Answers what a gateway's caller sent. */
  answerPassed(request: IncomingMessage, response: ServerResponse): void
}

export interface Feed {
  listen(at: ListenOptions): Promise<void>
  /**
   * Asks every connected gateway to report its counts, and waits until they came, or for 300 ms.
   * Answers the calls of the second that is running.
   */
  freshUsage(): Promise<RunningCount[]>
  /** Those heard within a minute, with the figures that they told last; after `freshUsage`, those of this moment. */
  gateways(): LiveGateway[]
  close(): Promise<void>
}

const pollMs = 200
const aliveMs = 1_000
const freshUsageWaitMs = 1_000
const usageBytesMax = 32 * 1024 * 1024

interface Stream {
  /** One start of a gateway; its usage batches carry it too. */
  readonly source: string
  readonly response: ServerResponse
  revision: number
}

const count = z.number().min(0)
const whole = z.int().min(0)
const faultName = z.string().regex(/^[a-z_]{1,64}$/)
// Names become labels of `/metrics`.
const countByFault = z.record(faultName, count)
const gatewayFigures = z.object({
  calls: z.object({ answered: count, refused: count, failed: count }),
  refusals: countByFault,
  failures: countByFault,
  latency: z.object({ counts: z.array(count).length(latencyBoundsMs.length + 1), sumMs: count }),
  connections: count,
  latenessMs: count,
  rssBytes: count,
  nonces: z.object({ alive: count, room: count }),
  ailing: z.array(z.object({ serviceId: whole, url: z.url().max(512) })).max(10_000),
  revision: count,
  stalenessMs: count,
})

const int4 = whole.max(2_147_483_647)
/** Callers' own text is in it, and PostgreSQL holds neither NUL nor a lone surrogate. */
const clean = (max: number) => z.string().transform((value) => value.slice(0, max).toWellFormed().replaceAll('\0', '\ufffd'))

const callRecord = z.object({
  time: whole.max(4_102_444_800_000),
  requestId: z.uuid(),
  ip: clean(64),
  method: clean(32),
  path: clean(200),
  operationId: int4,
  appId: int4,
  status: whole.max(999),
  latencyMs: int4,
  bytes: whole,
  error: clean(64).nullable(),
  stage: z.custom<CallRecord['stage']>((value) => value === null || (typeof value === 'string' && /^[a-z]{1,20}$/.test(value))),
  detail: z.record(clean(64), z.union([z.number(), clean(1_000)])).nullable(),
  revision: whole,
  /** 4 KB in another alphabet, and sealed. */
  evidence: z.string().startsWith('v1.').max(32_768).optional(),
})

const usageBatch = z.object({
  source: z.uuid(),
  number: z.int().min(0),
  counts: z.array(
    z.object({
      minute: z.int().min(0).max(4_102_444_800).multipleOf(60),
      operationId: z.int().min(1),
      appId: z.int().min(0),
      calls: z.int().min(0),
      refused: z.int().min(0),
      // A gateway of before, or its spool, does not tell.
      limited: z.int().min(0).default(0),
      failed: z.int().min(0),
      latencyMs: z.int().min(0),
    }),
  ),
  // A gateway of before, or its spool, does not tell.
  errors: z.array(z.object({ minute: whole.max(4_102_444_800).multipleOf(60), appId: int4, error: faultName, calls: whole })).default([]),
  // One that is not right shall not keep the counts from being taken.
  calls: z.array(callRecord.optional().catch(undefined)).default([]),
  leftOut: z.array(z.object({ minute: whole.max(4_102_444_800).multipleOf(60), calls: whole })).default([]),
  tripped: z.array(z.object({ operationId: z.int().min(1), opening: z.int().min(0) })).default([]),
  running: z.array(z.object({ operationId: z.int().min(1), appId: z.int().min(0), calls: z.int().min(0) })).optional(),
  secretUses: z.array(z.tuple([z.int().min(1).max(2_147_483_647), z.int().min(0).max(4_102_444_800_000)])).default([]),
  figures: gatewayFigures.optional(),
})

export async function openFeed(deps: FeedDeps): Promise<Feed> {
  const streams = new Set<Stream>()
  const awaited = new Map<string, Set<(running: readonly RunningCount[]) => void>>()
  const instance = feedFormat + (await instanceId(deps.db))
  const gateways = createLiveGateways()
  let closing = false

  const servers: Server[] = []

  async function listen(at: ListenOptions): Promise<void> {
    const server = createServer((request, response) => {
      answer(request, response).catch((error: unknown) => {
        deps.log.error({ err: error }, 'feed request failed')
        if (!response.headersSent) response.writeHead(503)
        response.end()
      })
    })
    // A stream stays open for as long as the gateway does.
    server.requestTimeout = 0
    server.listen(at)
    await once(server, 'listening')
    servers.push(server)
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const claims = deps.tokens.verify('node', bearer, deps.now().getTime())
    if (typeof claims === 'string') {
      response.writeHead(401).end()
      return
    }
    const url = new URL(request.url ?? '/', 'http://feed')
    if (request.method === 'GET' && url.pathname === '/feed') return openStream(claims.sub, url.searchParams, response)
    if (request.method === 'POST' && url.pathname === '/usage') return takeUsage(claims.sub, request, response)
    if (unwrapPassed(request)) return deps.answerPassed(request, response)
    response.writeHead(404).end()
  }

  async function openStream(node: string, query: URLSearchParams, response: ServerResponse): Promise<void> {
    const given = Number(query.get('revision'))
    const isOurs =
      query.get('instance') === instance && Number.isSafeInteger(given) && given >= 0 && given <= (await currentRevision(deps.db))
    const stream: Stream = { source: query.get('source') ?? '', response, revision: isOurs ? given : 0 }
    response.on('close', () => streams.delete(stream))
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    if (!isOurs) send(stream, [{ kind: 'reset', instance }])
    await sendChanges(stream, true)
    if (response.destroyed) return
    streams.add(stream)
    deps.log.info({ node, revision: stream.revision }, 'gateway connected')
  }

  async function sendChanges(stream: Stream, always: boolean): Promise<void> {
    const { lines, revision } = await changesSince(deps.db, stream.revision)
    if (lines.length === 0 && !always) return
    stream.revision = revision
    send(stream, [...lines, { kind: 'revision', revision }])
  }

  function send(stream: Stream, lines: readonly FeedLine[]): void {
    // Its gateway may have gone, or we be closing, since this was begun.
    if (stream.response.writableEnded || stream.response.destroyed) return
    stream.response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  }

  async function takeUsage(node: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    const parsed = body === undefined ? undefined : usageBatch.safeParse(JSON.parse(body))
    if (!parsed?.success) {
      response.writeHead(400).end()
      return
    }
    const { running, figures, calls, secretUses, ...rest } = parsed.data
    const batch = { ...rest, calls: calls.filter((call) => call !== undefined) } satisfies UsageBatch
    if (figures) gateways.note({ node, source: batch.source, figures, heardAt: deps.now().getTime() })
    if (batch.number > 0) {
      await tripOperations(deps.db, batch.tripped, deps.now())
      await recordUsage(deps, node, batch, deps.now())
    }
    if (running) for (const done of awaited.get(batch.source) ?? []) done(running)
    // Nobody waits for these; they are sent again when this fails.
    await noteSecretUses(deps.db, secretUses, deps.now())
    response.writeHead(204).end()
  }

  // Asking is cheaper than being told: no connection of its own to keep, nothing to lose when it breaks,
  // and it works through poolers that do not pass notifications on.
  async function watch(): Promise<void> {
    let aliveAt = 0
    while (!closing) {
      await sleep(pollMs)
      if (streams.size === 0) continue
      try {
        const revision = await currentRevision(deps.db)
        for (const stream of streams) if (stream.revision < revision) await sendChanges(stream, false)
        // Said only when the database answered: a gateway shall not take our word for fresher than it is.
        if (Date.now() - aliveAt >= aliveMs) {
          aliveAt = Date.now()
          for (const stream of streams) send(stream, [{ kind: 'alive' }])
        }
      } catch (error) {
        deps.log.warn({ err: error }, 'the feed cannot read the database; it tries again')
        await sleep(aliveMs)
      }
    }
  }
  const watching = watch()

  async function freshUsage(): Promise<RunningCount[]> {
    const answers = await Promise.all([...streams].map(askForUsage))
    return answers.flat()
  }

  async function askForUsage(stream: Stream): Promise<readonly RunningCount[]> {
    const { promise, resolve } = Promise.withResolvers<readonly RunningCount[]>()
    const waiting = getOrMake(awaited, stream.source, () => new Set()).add(resolve)
    send(stream, [{ kind: 'report' }])
    const running = await Promise.race([promise, sleep(freshUsageWaitMs, [])])
    waiting.delete(resolve)
    if (waiting.size === 0) awaited.delete(stream.source)
    return running
  }

  return {
    listen,
    freshUsage,
    gateways: () => gateways.at(deps.now().getTime()),
    async close() {
      closing = true
      for (const stream of streams) stream.response.end()
      for (const server of servers) {
        server.close()
        server.closeAllConnections()
      }
      await watching
    },
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > usageBytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
