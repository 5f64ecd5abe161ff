// How the gateway talks to the platform's feed: over the private socket beside the data dir, or by URL to another machine.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

export interface FeedPlace {
  /** `http(s)://…` of a platform elsewhere; with a socket only the name is made up. */
  readonly url: string
  readonly socketPath: string | undefined
  /** Read anew for each request: at the very first start the platform may still be writing it. */
  credential(): string | undefined
}

/** What makes a place; it can be told to a thread. */
export interface FeedAddress extends Omit<FeedPlace, 'credential'> {
  /** The credential itself, or else the file that the platform writes it to. */
  readonly given: string | undefined
  readonly file: string
}

export function feedPlace({ url, socketPath, given, file }: FeedAddress): FeedPlace {
  return {
    url,
    socketPath,
    credential() {
      if (given !== undefined) return given
      try {
        return readFileSync(file, 'utf8').trim()
      } catch {
        return undefined
      }
    },
  }
}

export interface FeedRequest {
  /** A text is JSON. */
  readonly body?: string | Buffer
  /** Besides those that every request has; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

export interface FeedClient {
  /** Sends, and answers the response with its body still to be read. */
  request(method: 'GET' | 'POST', path: string, more?: FeedRequest): Promise<IncomingMessage>
  close(): void
}

/** The platform says something every second; five of silence and the connection counts as lost. */
const silenceMsMax = 5_000

export function newFeedClient(place: FeedPlace, socketsMax = 2): FeedClient {
  const url = new URL(place.url)
  const isTls = url.protocol === 'https:'
  const options = { keepAlive: true, maxSockets: socketsMax, timeout: silenceMsMax }
  const agent = isTls ? new HttpsAgent(options) : new HttpAgent(options)
  const where: RequestOptions = place.socketPath === undefined ? { host: url.hostname, port: url.port } : { socketPath: place.socketPath }
  const base = url.pathname.replace(/\/+$/, '')

  return {
    async request(method, path, { body, headers: more, signal, timeoutMs: timeout = silenceMsMax } = {}) {
      const headers: Record<string, string> = { ...more, authorization: `Bearer ${place.credential() ?? ''}` }
      if (typeof body === 'string') headers['content-type'] = 'application/json'
      const options = { ...where, agent, method, path: base + path, headers, timeout, signal }
      const request = (isTls ? httpsRequest : httpRequest)(options)
      request.on('timeout', () => request.destroy(new Error('the platform is silent')))
      request.end(body)
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      // A connection that breaks later tells whoever reads the body.
      request.on('error', () => {})
      return response
    },
    close: () => agent.destroy(),
  }
}

/** Reads a body that is of no interest, so that its connection can serve again. */
export async function discard(response: IncomingMessage): Promise<void> {
  for await (const _ of response) {
  }
}
