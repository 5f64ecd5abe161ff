// The gateway's own paths; they always win over interfaces (settled E7, F14, F16).

import type { Verifier } from '#core/app/signed.ts'
import { isPassedPath, stageOfRefusal } from '#core/feed/passed.ts'
import { generateToken } from '#core/token/generate.ts'
import { decodeUtf8 } from '#lib/utf8.ts'
import { Malformed, readJsonObject } from '#schemes/parameters.ts'
import { languageOf, textIn } from '#text/text.ts'
import { type Arrival, concludeUnfound } from './conclude.ts'
import { type PassDeps, passOn } from './pass.ts'
import { invalid, malformed } from './payload.ts'
import { Refusal, refuse, refuseUnread } from './refusal.ts'
import type { Exchange } from './transport/exchange.ts'

const success = 1_000_000
const tokenRequestBytesMax = 64 * 1024
const tokenPath = '/openapi/token/generate'

export interface OwnPathDeps extends PassDeps {
  readonly verifier: Verifier
  /** Seconds that an app token lives. */
  readonly tokenTtl: number
  readonly timeZone: string
}

/** True when the path is one of ours, and the call thereby taken care of. */
export function answerOwnPath(arrival: Arrival, deps: OwnPathDeps): boolean {
  switch (arrival.path) {
    case '/healthz':
      answerHealth(arrival, deps)
      return true
    case tokenPath:
      answerToken(arrival, deps)
      return true
    default:
      if (!isPassedPath(arrival.path)) return false
      passOn(arrival, deps)
      return true
  }
}

function answerHealth({ exchange, requestId }: Arrival, { snapshot }: OwnPathDeps): void {
  const status = snapshot.isComplete ? 'ok' : 'no_snapshot'
  replyJson(exchange, snapshot.isComplete ? 200 : 503, { status, revision: snapshot.revision }, requestId)
}

function answerToken(arrival: Arrival, deps: OwnPathDeps): void {
  const { exchange, requestId, address, path, at } = arrival
  const { method } = exchange
  if (method !== 'POST') return concludeUnfound(arrival, 'match', refuse('interface_not_found', { method, path }), deps)
  if (!deps.snapshot.isComplete) return concludeUnfound(arrival, 'match', refuse('overloaded', { retryAfter: 1 }), deps)
  const shielded = deps.shield.check(address, at)
  if (shielded) return concludeUnfound(arrival, 'shield', shielded, deps)
  exchange.collect(tokenRequestBytesMax, (body) => {
    if (typeof body === 'string') return concludeUnfound(arrival, 'body', refuseUnread(body, tokenRequestBytesMax), deps)
    const bodyText = decodeUtf8(body)
    if (bodyText === undefined) return concludeUnfound(arrival, 'body', invalid('not_utf8'), deps)
    const parameters = readJsonObject(bodyText)
    if (parameters instanceof Malformed) return concludeUnfound(arrival, 'body', malformed(parameters), deps)
    const appId = parameters.find(({ name }) => name === 'appId')?.text
    const app = appId ? deps.snapshot.app(appId) : undefined
    const { tokens } = deps.snapshot
    generateToken({ path, parameters, app }, { ...deps, tokens }, at, (answer) => {
      if (answer instanceof Refusal) {
        deps.shield.note(address, answer.fault, at)
        return concludeUnfound(arrival, answer.fault === 'overloaded' ? 'signature' : stageOfRefusal(answer.fault), answer, deps, {
          appId: app?.document.id ?? 0,
        })
      }
      deps.nonces.afterKept((kept) => {
        if (!kept) return concludeUnfound(arrival, 'replay', refuse('overloaded', { retryAfter: 1 }), deps)
        const msg = textIn(languageOf(exchange.field('accept-language'))).success
        replyJson(exchange, 200, { code: success, msg, data: answer }, requestId)
      })
    })
  })
}

function replyJson(exchange: Exchange, status: number, value: object, requestId: string): void {
  const fields = ['content-type', 'application/json; charset=utf-8', 'x-request-id', requestId, 'cache-control', 'no-store']
  exchange.reply(status, fields, JSON.stringify(value))
}
