// Sends one event to a callback address, which a stranger chose. The connection goes to an address that was looked at, whatever the name
// resolves to a moment later; redirects are not followed, certificates are verified, and of an answer no more is read than is kept
// (settled A8, D29, F26). Each app has connections of its own, which are kept for the next event.

import { isIP, type Socket } from 'node:net'
import type { buildConnector as Connectors, Dispatcher } from 'undici'
import { type Attempt, type AttemptError, type Letter, readRetryAfter, verdictOn } from '#core/event/event.ts'
import { getOrMake } from '#lib/get-or-make.ts'
import { resolveHost } from '#lib/public-address.ts'
import { buildConnector, Pool } from '#lib/undici.ts'

export interface PostBounds {
  /** For the whole attempt. */
  readonly timeoutMs: number
  /** At once to one app. */
  readonly connectionsMax: number
  isAllowed(address: string, port: number): boolean
}

export interface Poster {
  /** Never throws: what went wrong is in the attempt. */
  post(letter: Letter, time: Date): Promise<Attempt>
  /** Breaks off what is under way. */
  close(): Promise<void>
}

/** So much of an answer is kept. */
const responseBytesMax = 4_096
/** A longer one is not even read to its end; the connection goes with it. */
const readBytesMax = 64 * 1024
const idleMsMax = 60_000

class ConnectError extends Error {
  readonly why: AttemptError

  constructor(why: AttemptError, options?: ErrorOptions) {
    super(why, options)
    this.why = why
  }
}

export function createPoster({ timeoutMs, connectionsMax, isAllowed }: PostBounds): Poster {
  const connect = connectChecked(isAllowed, timeoutMs)
  const pools = new Map<string, { readonly pool: Dispatcher & { close(): Promise<void>; destroy(): Promise<void> }; usedAt: number }>()
  const tidying = setInterval(closeIdle, idleMsMax)
  tidying.unref()

  function closeIdle(): void {
    for (const [key, { pool, usedAt }] of pools) {
      if (performance.now() - usedAt < idleMsMax + timeoutMs) continue
      pools.delete(key)
      void pool.close()
    }
  }

  function poolOf(appId: number, origin: string): Dispatcher {
    const kept = getOrMake(pools, `${appId} ${origin}`, () => ({
      pool: new Pool(origin, { connect, connections: connectionsMax, headersTimeout: 0, bodyTimeout: 0 }),
      usedAt: 0,
    }))
    kept.usedAt = performance.now()
    return kept.pool
  }

  async function post({ appId, url, fields, body }: Letter, time: Date): Promise<Attempt> {
    const startedAt = performance.now()
    const ending = new AbortController()
    const timer = setTimeout(() => ending.abort(), timeoutMs)
    let head: Dispatcher.ResponseData | undefined
    const ended = (error: AttemptError | null, response: string | null): Attempt => ({
      time,
      latencyMs: Math.round(performance.now() - startedAt),
      status: head?.statusCode ?? null,
      error,
      response,
      retryAfterMs: head && readRetryAfter(fieldOf(head, 'retry-after'), Date.now()),
    })
    const kept = createKeeper()
    try {
      const { origin, pathname } = new URL(url)
      const request = { method: 'POST' as const, path: pathname, headers: { ...fields, 'accept-encoding': 'identity' }, body }
      head = await poolOf(appId, origin).request({ ...request, signal: ending.signal })
      await kept.read(head.body)
      return ended(verdictOn(head.statusCode), kept.text())
    } catch (error) {
      // A receiver that said yes and then goes on and on has said yes.
      if (head && ending.signal.aborted) return ended(verdictOn(head.statusCode), kept.text())
      return ended(ending.signal.aborted ? 'too_slow' : reasonOf(error), head ? kept.text() : null)
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    post,
    async close() {
      clearInterval(tidying)
      await Promise.all([...pools.values()].map(({ pool }) => pool.destroy()))
    },
  }
}

function fieldOf({ headers }: Dispatcher.ResponseData, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** Reads an answer, and keeps its beginning. */
function createKeeper() {
  const chunks: Buffer[] = []
  let keptBytes = 0
  return {
    async read(body: AsyncIterable<Buffer>): Promise<void> {
      let bytes = 0
      for await (const chunk of body) {
        if (keptBytes < responseBytesMax) {
          const part = chunk.subarray(0, responseBytesMax - keptBytes)
          // A copy: the chunk may be a view of much more.
          chunks.push(Buffer.from(part))
          keptBytes += part.length
        }
        bytes += chunk.length
        if (bytes > readBytesMax) break
      }
    },
    // PostgreSQL holds no NUL.
    text: () => Buffer.concat(chunks).toString().replaceAll('\0', '\ufffd'),
  }
}

function reasonOf(error: unknown): AttemptError {
  if (error instanceof ConnectError) return error.why
  const { code = '' } = error as { code?: string }
  if (/^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|EPROTO)/.test(code)) return 'tls_failed'
  return /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT|EACCES)/.test(code) ? 'unreachable' : 'bad_answer'
}

/** Connects to one of the addresses that the name leads to now, when it may be sent to all of them. */
function connectChecked(isAllowed: PostBounds['isAllowed'], timeoutMs: number): Connectors.connector {
  const connect = buildConnector({ timeout: 0, allowH2: false }) as unknown as (...given: Parameters<Connectors.connector>) => Socket
  return (options, callback) => {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
    const fail = (why: AttemptError) => callback(new ConnectError(why), null)
    resolveHost(options.hostname, (address) => isAllowed(address, port), timeoutMs).then(({ allowed, refused }) => {
      if (refused.length > 0) return fail('barred_address')
      const address = allowed.find((one) => isIP(one) === 4) ?? allowed[0]
      if (address === undefined) return fail('unknown_host')
      const socket = connect({ ...options, hostname: address }, (...result) => {
        clearTimeout(timer)
        callback(...result)
      })
      const timer = setTimeout(() => socket.destroy(new ConnectError('too_slow')), timeoutMs)
    })
  }
}
