// One call's way through the gateway, top to bottom. Each stage has a file of its own beside this one, and takes what the stage
// before it gives. It is synchronous up to `forward`, but for a signed body, which has to be whole. A refused call is answered
// at once, and counted like any other that found its interface.

import { randomUUID } from 'node:crypto'
import type { Nonces } from '#core/app/nonces.ts'
import { authorize } from './authorize.ts'
import type { Admitted, Bearer, Found } from './call.ts'
import type { Counters } from './counters.ts'
import { forward } from './forward.ts'
import { checkFreshness } from './freshness.ts'
import { identifyBearer, identifySigner } from './identify.ts'
import { limit, limitOpen } from './limit.ts'
import type { Meter, Outcome } from './meter.ts'
import { answerOwnPath } from './own-path.ts'
import { Refusal, refuse, replyRefusal } from './refusal.ts'
import { checkReplay } from './replay.ts'
import { verifySignature } from './signature.ts'
import type { Snapshot } from './snapshot.ts'
import { checkState } from './state.ts'
import type { Exchange } from './transport/exchange.ts'
import type { Upstreams } from './transport/upstream.ts'

export interface GatewayDeps {
  readonly snapshot: Snapshot
  readonly nonces: Nonces
  readonly counters: Counters
  readonly meter: Meter
  readonly upstreams: Upstreams
  /** Largest signed body, in bytes. */
  readonly bodyBytesMax: number
  /** Seconds that an app token lives. */
  readonly tokenTtl: number
  /** For times in messages. */
  readonly timeZone: string
  /** Whether what we know is too old to serve from. */
  isStale(now: number): boolean
  /** Epoch milliseconds. */
  now(): number
  /** Told of what should never happen. */
  onFault(error: unknown, requestId: string): void
}

export function handle(exchange: Exchange, deps: GatewayDeps): void {
  const requestId = randomUUID()
  guard(exchange, requestId, deps, () => {
    const now = deps.now()
    const { path, query } = receive(exchange)
    if (answerOwnPath(path, exchange, requestId, deps, now)) return

    const found = match(exchange.method, path, query, deps, now)
    if (found instanceof Refusal) return replyRefusal(exchange, found, requestId)
    const { operation } = found
    const settle = (appId: number, end: Admitted | Refusal) => conclude(found, appId, end, exchange, requestId, deps, now)

    if (operation.disabled) return settle(0, refuse('interface_disabled'))
    if (operation.security === 'none') return settle(0, limitOpen(found, deps.counters, now))

    const bearer = operation.security === 'sign' ? undefined : identifyBearer(found, exchange, deps.snapshot, now)
    if (bearer instanceof Refusal) return settle(0, bearer)
    if (bearer && operation.security === 'token') return settle(bearer.app.document.id, walkBearer(bearer, deps, now))

    exchange.collect(deps.bodyBytesMax, (body) =>
      guard(exchange, requestId, deps, () => {
        if (body === 'too_large') return settle(bearer?.app.document.id ?? 0, refuse('body_too_large', { bytesMax: deps.bodyBytesMax }))
        const end = walkSigner(found, body, bearer, exchange, deps, now)
        settle(end.appId, end.admitted)
      }),
    )
  })
}

// A fault of ours ends one call, not the process with everybody's.
function guard(exchange: Exchange, requestId: string, deps: GatewayDeps, walk: () => void): void {
  try {
    walk()
  } catch (error) {
    deps.onFault(error, requestId)
    replyRefusal(exchange, refuse('internal_error'), requestId)
  }
}

function receive(exchange: Exchange): { path: string; query: string } {
  const { target } = exchange
  const mark = target.indexOf('?')
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}

function match(method: string, path: string, query: string, deps: GatewayDeps, now: number): Found | Refusal {
  if (!deps.snapshot.isComplete || deps.isStale(now)) return refuse('overloaded', { retryAfter: 1 })
  const match = deps.snapshot.routes.find(method, path)
  if (match === 'bad_path') return refuse('invalid_parameters', { reason: 'path' })
  if (!match) return refuse('interface_not_found', { method, path })
  return { operation: match.operation, caught: match.caught, method, path, query }
}

function walkBearer(bearer: Bearer, deps: GatewayDeps, now: number): Admitted | Refusal {
  const active = checkState(bearer, now, deps.timeZone)
  if (active instanceof Refusal) return active
  const unseen = checkReplay(active, deps.nonces, now)
  if (unseen instanceof Refusal) return unseen
  const granted = authorize(unseen)
  if (granted instanceof Refusal) return granted
  return limit(granted, deps.counters, now)
}

function walkSigner(
  found: Found,
  body: Buffer,
  bearer: Bearer | undefined,
  exchange: Exchange,
  deps: GatewayDeps,
  now: number,
): { appId: number; admitted: Admitted | Refusal } {
  const claim = identifySigner(found, body, bearer?.app, exchange, deps.snapshot)
  const nobody = (refusal: Refusal) => ({ appId: bearer?.app.document.id ?? 0, admitted: refusal })
  if (claim instanceof Refusal) return nobody(claim)
  const fresh = checkFreshness(claim, now)
  if (fresh instanceof Refusal) return nobody(fresh)
  const proven = verifySignature(fresh, now)
  if (proven instanceof Refusal) return nobody(proven)

  const known = (admitted: Admitted | Refusal) => ({ appId: proven.app.document.id, admitted })
  const active = checkState(proven, now, deps.timeZone)
  if (active instanceof Refusal) return known(active)
  const unseen = checkReplay(active, deps.nonces, now)
  if (unseen instanceof Refusal) return known(unseen)
  const granted = authorize(unseen)
  if (granted instanceof Refusal) return known(granted)
  return known(limit(granted, deps.counters, now))
}

function conclude(
  found: Found,
  appId: number,
  end: Admitted | Refusal,
  exchange: Exchange,
  requestId: string,
  deps: GatewayDeps,
  now: number,
): void {
  const meter = (outcome: Outcome) => deps.meter.count(found.operation.id, appId, outcome, now)
  if (end instanceof Refusal) {
    meter('refused')
    return replyRefusal(exchange, end, requestId)
  }
  const service = found.operation.serviceId === null ? undefined : deps.snapshot.service(found.operation.serviceId)
  if (!service) {
    meter('failed')
    return replyRefusal(exchange, refuse('upstream_unreachable'), requestId)
  }
  const go = () =>
    forward(end, service, exchange, requestId, deps.upstreams, (outcome, failure) => {
      meter(outcome)
      if (failure) replyRefusal(exchange, failure, requestId)
    })
  if (!end.payload) return go()
  deps.nonces.afterKept((kept) => {
    if (kept) return go()
    meter('failed')
    replyRefusal(exchange, refuse('overloaded', { retryAfter: 1 }), requestId)
  })
}
