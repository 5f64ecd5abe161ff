// The gateway's own paths; they always win over interfaces (settled E7, F14, F16).

import { generateToken } from '#core/token/generate.ts'
import { decodeUtf8 } from '#lib/utf8.ts'
import { Malformed, readJsonObject } from '#schemes/parameters.ts'
import { languageOf, textIn } from '#text/text.ts'
import type { GatewayDeps } from './handle.ts'
import { Refusal, refuse, replyRefusal } from './refusal.ts'
import type { Exchange } from './transport/exchange.ts'

const success = 1_000_000
const tokenRequestBytesMax = 64 * 1024

/** True when the path is one of ours, and the call thereby taken care of. */
export function answerOwnPath(
  path: string,
  exchange: Exchange,
  requestId: string,
  address: string,
  deps: GatewayDeps,
  now: number,
): boolean {
  switch (path) {
    case '/healthz':
      answerHealth(exchange, requestId, deps)
      return true
    case '/openapi/token/generate':
      answerToken(exchange, requestId, address, deps, now)
      return true
    default:
      return false
  }
}

function answerHealth(exchange: Exchange, requestId: string, { snapshot }: GatewayDeps): void {
  const status = snapshot.isComplete ? 'ok' : 'no_snapshot'
  replyJson(exchange, snapshot.isComplete ? 200 : 503, { status, revision: snapshot.revision }, requestId)
}

function answerToken(exchange: Exchange, requestId: string, address: string, deps: GatewayDeps, now: number): void {
  if (exchange.method !== 'POST')
    return replyRefusal(exchange, refuse('interface_not_found', { method: exchange.method, path: exchange.target }), requestId)
  if (!deps.snapshot.isComplete) return replyRefusal(exchange, refuse('overloaded', { retryAfter: 1 }), requestId)
  const shielded = deps.shield.check(address, now)
  if (shielded) return replyRefusal(exchange, shielded, requestId)
  exchange.collect(tokenRequestBytesMax, (body) => {
    if (body === 'too_large') return replyRefusal(exchange, refuse('body_too_large', { bytesMax: tokenRequestBytesMax }), requestId)
    const answer = tokenFor(body, deps, now)
    if (answer instanceof Refusal) {
      deps.shield.note(address, answer.fault, now)
      return replyRefusal(exchange, answer, requestId)
    }
    deps.nonces.afterKept((kept) => {
      if (!kept) return replyRefusal(exchange, refuse('overloaded', { retryAfter: 1 }), requestId)
      const msg = textIn(languageOf(exchange.field('accept-language'))).success
      replyJson(exchange, 200, { code: success, msg, data: answer }, requestId)
    })
  })
}

function tokenFor(body: Buffer, { snapshot, nonces, tokenTtl, timeZone }: GatewayDeps, now: number): object | Refusal {
  const text = decodeUtf8(body)
  if (text === undefined) return refuse('invalid_parameters', { reason: 'not_utf8' })
  const parameters = readJsonObject(text)
  if (parameters instanceof Malformed) return refuse('invalid_parameters', { reason: parameters.reason, ...parameters.facts })
  const appId = parameters.find(({ name }) => name === 'appId')?.text
  const request = { path: '/openapi/token/generate', parameters, app: appId ? snapshot.app(appId) : undefined }
  return generateToken(request, { tokens: snapshot.tokens, nonces, tokenTtl, timeZone }, now)
}

function replyJson(exchange: Exchange, status: number, value: object, requestId: string): void {
  const fields = ['content-type', 'application/json; charset=utf-8', 'x-request-id', requestId, 'cache-control', 'no-store']
  exchange.reply(status, fields, JSON.stringify(value))
}
