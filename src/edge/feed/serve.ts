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
import { noteSecretUses } from '#core/app/secret.store.ts'
import { type FeedLine, feedFormat, type RunningCount } from '#core/feed/document.ts'
import { changesSince, currentRevision, instanceId } from '#core/feed/feed.store.ts'
import { tripOperations } from '#core/operation/operation.store.ts'
import type { Tokens } from '#core/token/token.ts'
import { type RecordDeps, recordUsage } from '#core/usage/usage.store.ts'
import { unwrapPassed } from '../passed.ts'
import { createLiveGateways, type LiveGateway } from './live-gateways.ts'
import { readUsageBatch } from './usage-batch.ts'

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
   * Asks every connected gateway to report its counts, and waits until they came, or for a second.
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

interface Stream {
  /** One start of a gateway; its usage batches carry it too. */
  readonly source: string
  readonly response: ServerResponse
  revision: number
}

/** Somebody waits for what one gateway counts at this moment. */
interface Question {
  readonly source: string
  answer(running: readonly RunningCount[]): void
}

export async function openFeed(deps: FeedDeps): Promise<Feed> {
  const streams = new Set<Stream>()
  const questions = new Set<Question>()
  const instance = feedFormat + (await instanceId(deps.db))
  const gateways = createLiveGateways()
  const servers: Server[] = []
  let isClosing = false

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
    await sendChanges(stream)
    if (response.destroyed) return
    streams.add(stream)
    deps.log.info({ node, revision: stream.revision }, 'gateway connected')
  }

  async function sendChanges(stream: Stream): Promise<void> {
    const { lines, revision } = await changesSince(deps.db, stream.revision)
    stream.revision = revision
    send(stream, [...lines, { kind: 'revision', revision }])
  }

  function send(stream: Stream, lines: readonly FeedLine[]): void {
    // Its gateway may have gone, or we be closing, since this was begun.
    if (stream.response.writableEnded || stream.response.destroyed) return
    stream.response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  }

  async function takeUsage(node: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const batch = await readUsageBatch(request)
    if (!batch) {
      response.writeHead(400).end()
      return
    }
    const { source, figures, running } = batch
    if (figures) gateways.note({ node, source, figures, heardAt: deps.now().getTime() })
    if (batch.number > 0) {
      await tripOperations(deps.db, batch.tripped, deps.now())
      await recordUsage(deps, node, batch, deps.now())
    }
    if (running) for (const question of questions) if (question.source === source) question.answer(running)
    // Nobody waits for these; they are sent again when this fails.
    await noteSecretUses(deps.db, batch.secretUses, deps.now())
    response.writeHead(204).end()
  }

  // Asking is cheaper than being told: no connection of its own to keep, nothing to lose when it breaks,
  // and it works through poolers that do not pass notifications on.
  async function watch(): Promise<void> {
    let aliveAt = 0
    while (!isClosing) {
      await sleep(pollMs)
      if (streams.size === 0) continue
      try {
        const revision = await currentRevision(deps.db)
        for (const stream of streams) if (stream.revision < revision) await sendChanges(stream)
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
    const question = { source: stream.source, answer: resolve }
    questions.add(question)
    send(stream, [{ kind: 'report' }])
    const running = await Promise.race([promise, sleep(freshUsageWaitMs, [])])
    questions.delete(question)
    return running
  }

  return {
    listen,
    freshUsage,
    gateways: () => gateways.at(deps.now().getTime()),
    async close() {
      isClosing = true
      for (const stream of streams) stream.response.end()
      for (const server of servers) {
        server.close()
        server.closeAllConnections()
      }
      await watching
    },
  }
}
