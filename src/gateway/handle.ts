// One call's way through the gateway, top to bottom. Each stage has a file of its own beside this one, and takes what the stage
// before it gives. It is synchronous, but for a body that has to be whole (a signed one, or one whose parameters are looked at), and
// for the write that keeps a nonce before its call is forwarded. A refused call is answered at once, and counted like any other that found its interface.

import { randomUUID } from 'node:crypto'
import type { Nonces } from '#core/app/nonces.ts'
import type { FaultName } from '#core/fault.ts'
import type { OperationDocument } from '#core/feed/document.ts'
import { authorize } from './authorize.ts'
import type { Active, Admitted, Bearer, Found, Payload } from './call.ts'
import type { Concurrency } from './concurrency.ts'
import type { Figures } from './figures.ts'
import { forward } from './forward.ts'
import { checkFreshness } from './freshness.ts'
import { identifyBearer, identifySigner, readPayload } from './identify.ts'
import { type LimitDeps, limit, limitOpen } from './limit.ts'
import type { Meter, Outcome } from './meter.ts'
import { answerOwnPath } from './own-path.ts'
import { Refusal, refuse, replyRefusal } from './refusal.ts'
import { checkReplay } from './replay.ts'
import type { Shield } from './shield.ts'
import { verifySignature } from './signature.ts'
import type { Snapshot } from './snapshot.ts'
import { checkState } from './state.ts'
import type { Exchange } from './transport/exchange.ts'
import type { Upstreams } from './transport/upstream.ts'
import type { Trips } from './trips.ts'
import { validate } from './validate.ts'

export interface GatewayDeps extends LimitDeps {
  readonly snapshot: Snapshot
  readonly shield: Shield
  readonly trips: Trips
  readonly concurrency: Concurrency
  readonly nonces: Nonces
  readonly meter: Meter
  readonly figures: Figures
  readonly upstreams: Upstreams
  /** Largest body that is read whole, in bytes. */
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

/** How a call that found its operation ends, and for which app (0: nobody was identified). */
interface End {
  readonly appId: number
  readonly result: Admitted | Refusal
}

export function handle(exchange: Exchange, deps: GatewayDeps): void {
  const requestId = randomUUID()
  guard(exchange, requestId, deps, () => {
    const now = deps.now()
    const { path, query } = receive(exchange)
    const address = deps.shield.addressOf(exchange)
    if (answerOwnPath(path, exchange, requestId, address, deps, now)) return

    const found = match(exchange.method, path, query, address, deps, now)
    if (found instanceof Refusal) return replyRefusal(exchange, found, requestId)
    const settle = (end: End) => conclude(found, end, exchange, requestId, deps, now)

    const closed = checkOpen(found.operation, deps) ?? deps.shield.check(address, now)
    if (closed) return settle({ appId: 0, result: closed })
    const bearer = found.operation.security.startsWith('token') ? identifyBearer(found, exchange, deps.snapshot, now) : undefined
    if (bearer instanceof Refusal) return settle({ appId: 0, result: bearer })

    if (!isReadWhole(found.operation)) return settle(walkUnsigned(found, undefined, bearer, deps, now))
    exchange.collect(deps.bodyBytesMax, (body) =>
      guard(exchange, requestId, deps, () => {
        if (body === 'too_large') return settle(endOf(bearer, refuse('body_too_large', { bytesMax: deps.bodyBytesMax })))
        const payload = readPayload(found, body, exchange)
        if (payload instanceof Refusal) return settle(endOf(bearer, payload))
        const walk = isSigned(found.operation) ? walkSigned : walkUnsigned
        settle(walk(found, payload, bearer, deps, now))
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

function match(method: string, path: string, query: string, address: string, deps: GatewayDeps, now: number): Found | Refusal {
  if (!deps.snapshot.isComplete || deps.isStale(now)) return refuse('overloaded', { retryAfter: 1 })
  const match = deps.snapshot.routes.find(method, path)
  if (match === 'bad_path') return refuse('invalid_parameters', { reason: 'path' })
  if (!match) return refuse('interface_not_found', { method, path })
  return { operation: match.operation, caught: match.caught, method, path, query, address }
}

function checkOpen(operation: OperationDocument, { trips }: GatewayDeps): Refusal | undefined {
  if (operation.disabled) return refuse('interface_disabled')
  const isTripped = operation.tripped || (operation.limitAction === 'disable' && trips.has(operation.id, operation.opening))
  return isTripped ? refuse('interface_tripped') : undefined
}

const isSigned = ({ security }: OperationDocument) => security === 'token+sign' || security === 'sign'
const isReadWhole = (operation: OperationDocument) =>
  isSigned(operation) || operation.paramSchema !== null || operation.projectParam !== null
const endOf = (caller: { app: Bearer['app'] } | undefined, result: Admitted | Refusal): End => ({
  appId: caller?.app.document.id ?? 0,
  result,
})

/** A call that only a token has to speak for, or nothing at all. */
function walkUnsigned(found: Found, payload: Payload | undefined, bearer: Bearer | undefined, deps: GatewayDeps, now: number): End {
  if (!bearer) {
    const admitted = limitOpen(found, payload, deps, now)
    return endOf(undefined, admitted instanceof Refusal ? admitted : validate(admitted))
  }
  const active = checkState(bearer, now, deps.timeZone)
  return endOf(bearer, active instanceof Refusal ? active : admit(active, payload, deps, now))
}

function walkSigned(found: Found, payload: Payload, bearer: Bearer | undefined, deps: GatewayDeps, now: number): End {
  const claim = identifySigner(found, payload, bearer?.app, deps.snapshot)
  if (claim instanceof Refusal) return endOf(bearer, claim)
  const fresh = checkFreshness(claim, now)
  if (fresh instanceof Refusal) return endOf(bearer, fresh)
  const proven = verifySignature(fresh, now)
  if (proven instanceof Refusal) return endOf(bearer, proven)
  const active = checkState(proven, now, deps.timeZone)
  return endOf(proven, active instanceof Refusal ? active : admit(active, payload, deps, now))
}

/** From here on all callers go the same way: replay, permission, limits, parameters. */
function admit(active: Active, payload: Payload | undefined, deps: GatewayDeps, now: number): Admitted | Refusal {
  const unseen = checkReplay(active, deps.nonces, now)
  if (unseen instanceof Refusal) return unseen
  const granted = authorize(unseen, payload)
  if (granted instanceof Refusal) return granted
  const admitted = limit(granted, payload, deps, now)
  return admitted instanceof Refusal ? admitted : validate(admitted)
}

function conclude(found: Found, { appId, result }: End, exchange: Exchange, requestId: string, deps: GatewayDeps, now: number): void {
  const meter = (outcome: Outcome, fault?: FaultName) => {
    const latencyMs = outcome === 'refused' ? 0 : deps.now() - now
    deps.meter.count(found.operation.id, appId, outcome, now, latencyMs)
    deps.figures.note(outcome, fault, latencyMs)
  }
  if (result instanceof Refusal) {
    meter('refused', result.fault)
    deps.shield.note(found.address, result.fault, now)
    return replyRefusal(exchange, result, requestId)
  }
  const service = found.operation.serviceId === null ? undefined : deps.snapshot.service(found.operation.serviceId)
  if (!service) {
    meter('failed', 'upstream_unreachable')
    return replyRefusal(exchange, refuse('upstream_unreachable'), requestId)
  }
  const go = () =>
    forward(result, service, exchange, requestId, deps.upstreams, (outcome, failure) => {
      meter(outcome, failure?.fault)
      if (failure) replyRefusal(exchange, failure, requestId)
    })
  if (!result.isSigned) return go()
  // A nonce is on disk before the call that it guards goes on.
  deps.nonces.afterKept((kept) => {
    if (kept) return go()
    meter('failed', 'overloaded')
    replyRefusal(exchange, refuse('overloaded', { retryAfter: 1 }), requestId)
  })
}
