// Follows the platform's feed: reads changes as they come, keeps them on disk, applies them. When the platform is away the gateway
// serves on from what it has, and asks again with growing pauses.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { FeedLine } from '#core/feed/document.ts'
import { discard, type FeedClient, type FeedPlace, newFeedClient } from './feed-client.ts'
import type { Snapshot } from './snapshot.ts'
import type { SnapshotFile } from './snapshot-file.ts'

export interface FollowDeps {
  readonly snapshot: Snapshot
  readonly file: SnapshotFile
  readonly log: Logger
  /** Names this start of the gateway, as its usage batches do. */
  readonly source: string
  /** One number: when the platform was last heard, epoch milliseconds. */
  readonly heardAt: Float64Array
  onApplied(lines: readonly FeedLine[]): void
  /** Somebody wants the counts of this moment. */
  onReport(): void
}

export interface Following {
  stop(): Promise<void>
}

const firstPauseMs = 100
const pauseMsMax = 2_000

export function follow(place: FeedPlace, deps: FollowDeps): Following {
  const stopping = new AbortController()
  let client: FeedClient | undefined
  const ended = run()

  async function run(): Promise<void> {
    let pauseMs = firstPauseMs
    let told = ''
    while (!stopping.signal.aborted) {
      client = newFeedClient(place)
      const heardBefore = deps.heardAt[0]!
      const failure = await readFeed(client).then(
        () => 'the platform ended it',
        (error: unknown) => error,
      )
      client.close()
      if (stopping.signal.aborted) break
      const wasHeard = deps.heardAt[0]! > heardBefore
      if (wasHeard) pauseMs = firstPauseMs
      // Told when it goes and when the reason is another; not at every try.
      const reason = String(failure)
      if (wasHeard || reason !== told) deps.log.warn({ err: failure }, 'the feed is away; serving from what is known')
      told = reason
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {})
      pauseMs = Math.min(pauseMs * 2, pauseMsMax)
    }
  }

  async function readFeed(client: FeedClient): Promise<void> {
    const { snapshot, file, source } = deps
    const query = new URLSearchParams({ instance: snapshot.instance, revision: String(snapshot.revision), source })
    const response = await client.request('GET', `/feed?${query}`)
    const { statusCode } = response
    if (statusCode !== 200) {
      await discard(response)
      throw new Error(`the feed answered ${statusCode}${statusCode === 401 ? ': the node credential is not good' : ''}`)
    }
    let lines: FeedLine[] = []
    for await (const text of linesOf(response)) {
      const line = JSON.parse(text) as FeedLine
      deps.heardAt[0] = Date.now()
      if (line.kind === 'alive') continue
      if (line.kind === 'report') {
        deps.onReport()
        continue
      }
      lines.push(line)
      if (line.kind !== 'revision') continue
      snapshot.requireReadable(lines)
      file.append(lines)
      snapshot.apply(lines)
      snapshot.revocations.forgetEnded(Date.now())
      file.compact(snapshot)
      deps.onApplied(lines)
      if (lines.length > 1) deps.log.info({ revision: line.revision, changes: lines.length - 1 }, 'applied changes')
      lines = []
    }
  }

  async function stop(): Promise<void> {
    stopping.abort()
    client?.close()
    await ended
  }

  return { stop }
}

async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop()!
    yield* lines
  }
}
