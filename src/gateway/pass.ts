// Passes a call to the platform, over the feed's listener and under the gateway's own credential, and the answer back (settled F16). The
// only thing here that waits for the platform: with a deadline, so many at once, and `overloaded` when it is away.

import type { IncomingMessage } from 'node:http'
import type { FaultName } from '#core/fault.ts'
import {
  isMemberPath,
  type PassedRefusal,
  passedBytesMax,
  passedFields,
  passedPrefix,
  refusalField,
  stageOfRefusal,
} from '#core/feed/passed.ts'
import { type Arrival, type ConcludeDeps, noteUnfound } from './conclude.ts'
import type { FeedClient } from './feed-client.ts'
import { Refusal, refuse, refuseUnread, replyRefusal } from './refusal.ts'

const deadlineMs = 10_000
const atOnceMax = 64
const answerBytesMax = 1024 * 1024
/** What of the caller's head reaches the platform, besides who it is. */
const fieldsPassed = ['content-type', 'accept-language', 'token']
/** What of the platform's answer reaches the caller. */
const answerFields = ['content-type', 'retry-after', 'cache-control']

export interface PassDeps extends ConcludeDeps {
  /** On the way to the platform. */
  readonly passing: Passing
}

export interface Passing {
  readonly client: FeedClient
  underWay: number
}

export function passOn(arrival: Arrival, deps: PassDeps): void {
  const { exchange, address, path, at } = arrival
  const { method } = exchange
  const turnAway = (refusal: Refusal, stage = stageOfRefusal(refusal.fault)) => {
    const bytes = replyRefusal(exchange, refusal, arrival.requestId, isMemberPath(path))
    noteUnfound(arrival, stage, refusal, bytes, deps)
  }
  if (method !== 'POST') return turnAway(refuse('interface_not_found', { method, path }), 'match')
  const shielded = deps.shield.check(address, at)
  if (shielded) return turnAway(shielded, 'shield')
  exchange.collect(passedBytesMax, (body) => {
    if (typeof body === 'string') return turnAway(refuseUnread(body, passedBytesMax), 'body')
    if (deps.passing.underWay >= atOnceMax) return turnAway(refuse('overloaded', { retryAfter: 1 }), 'forward')
    deps.passing.underWay++
    ask(arrival, body, deps.passing.client)
      .then((answer) => hand(arrival, answer, deps))
      .catch(() => turnAway(refuse('overloaded', { retryAfter: 1 }), 'forward'))
      .finally(() => deps.passing.underWay--)
  })
}

interface PlatformAnswer {
  readonly status: number
  readonly fields: IncomingMessage['headers']
  readonly body: Buffer
}

async function ask({ exchange, address, requestId, path }: Arrival, body: Buffer, client: FeedClient): Promise<PlatformAnswer> {
  const headers: Record<string, string> = { [passedFields.address]: address, [passedFields.requestId]: requestId }
  for (const name of fieldsPassed) {
    const value = exchange.field(name)
    if (value !== undefined) headers[name] = value
  }
  const authorization = exchange.field('authorization')
  if (authorization !== undefined) headers[passedFields.authorization] = authorization
  const signal = AbortSignal.timeout(deadlineMs)
  // Without a query: none of them has one.
  const response = await client.request('POST', passedPrefix + path, { body, headers, signal, timeoutMs: deadlineMs })
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > answerBytesMax) throw new Error('the platform answers too much')
    chunks.push(chunk)
  }
  // The feed itself: it does not know us, or not the path.
  if (response.headers['x-request-id'] !== requestId) throw new Error(`the feed answered ${response.statusCode}`)
  return { status: response.statusCode!, fields: response.headers, body: Buffer.concat(chunks) }
}

function hand(arrival: Arrival, { status, fields, body }: PlatformAnswer, deps: PassDeps): void {
  const told = fields[refusalField]
  const refusal = typeof told === 'string' ? (JSON.parse(Buffer.from(told, 'base64url').toString()) as PassedRefusal) : undefined
  const lines = ['x-request-id', arrival.requestId]
  for (const name of answerFields) if (typeof fields[name] === 'string') lines.push(name, fields[name])
  arrival.exchange.reply(status, lines, body)
  if (!refusal) return
  const { fault, detail, stage, appId } = refusal
  deps.shield.note(arrival.address, budgetedAs(fault), arrival.at)
  noteUnfound(arrival, stage, new Refusal(fault, detail), body.length, deps, { appId })
}

/** A wrong password is a bad credential, as a wrong signature is. */
const budgetedAs = (fault: FaultName): FaultName => (fault === 'login_failed' ? 'signature_invalid' : fault)
