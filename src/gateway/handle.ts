// One call's way through the gateway, top to bottom. Each stage has a file of its own beside this one, and takes what the stage
// before it gives. It is synchronous, but for a body that has to be whole (a signed one, or one whose parameters are looked at), for an
// `sm2` signature, and for the write that keeps a nonce before its call is forwarded. A refused call is answered at once, and counted
// like any other that found its interface (`conclude.ts`).

import { randomUUID } from 'node:crypto'
import type { Stage } from '#core/feed/document.ts'
import { authorize } from './authorize.ts'
import type { Admitted, Bearer, Found, Payload, Proven } from './call.ts'
import { type Arrival, type ConcludeDeps, concludeUnfound, type End, Ending } from './conclude.ts'
import { decrypt, type Opened } from './decrypt.ts'
import { forward } from './forward.ts'
import { checkFreshness } from './freshness.ts'
import { checkScheme, type IdentifyDeps, identifyBearer, identifySigner } from './identify.ts'
import { type LimitDeps, limit, limitOpen } from './limit.ts'
import { checkOpen } from './open.ts'
import { answerOwnPath, type OwnPathDeps } from './own-path.ts'
import { readPayload } from './payload.ts'
import { Refusal, refuse, refuseUnread, replyRefusal } from './refusal.ts'
import { checkReplay } from './replay.ts'
import type { Shed } from './shed.ts'
import { verifySignature } from './signature.ts'
import { checkState } from './state.ts'
import type { Exchange } from './transport/exchange.ts'
import type { Upstreams } from './transport/upstream.ts'
import type { Trips } from './trips.ts'
import { validate } from './validate.ts'

export interface GatewayDeps extends IdentifyDeps, LimitDeps, ConcludeDeps, OwnPathDeps {
  readonly trips: Trips
  readonly shed: Shed
  readonly upstreams: Upstreams
  /** For times in messages. */
  readonly timeZone: string
  /** Whether what we know is too old to serve from. */
  isStale(now: number): boolean
  /** Told of what should never happen. */
  onFault(error: unknown, requestId: string): void
}

export function handle(exchange: Exchange, deps: GatewayDeps): void {
  const requestId = randomUUID()
  guard(exchange, requestId, deps, () => {
    const { path, query } = readTarget(exchange)
    const arrival: Arrival = { exchange, requestId, address: deps.shield.addressOf(exchange), path, at: deps.now() }
    if (path !== '/healthz' && deps.shed.refuses()) return turnAway(arrival, deps)
    if (answerOwnPath(arrival, deps)) return

    const found = match(arrival, query, deps)
    if (found instanceof Refusal) return concludeUnfound(arrival, 'match', found, deps)
    walk(found, arrival, deps)
  })
}

// As cheaply as can be, so not in the call log: there is no time, and its room is for refusals that say something of the call.
function turnAway({ exchange, requestId, at }: Arrival, { figures, meter }: GatewayDeps): void {
  figures.note('refused', 'overloaded', 0)
  meter.countError('overloaded', 0, at)
  replyRefusal(exchange, refuse('overloaded', { retryAfter: 1 }), requestId)
}

// A fault of ours ends one call, not the process with everybody's.
function guard(exchange: Exchange, requestId: string, deps: GatewayDeps, step: () => void): void {
  try {
    step()
  } catch (error) {
    deps.onFault(error, requestId)
    replyRefusal(exchange, refuse('internal_error'), requestId)
  }
}

function readTarget({ target }: Exchange): { path: string; query: string } {
  const mark = target.indexOf('?')
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}

function match({ exchange, path, address, at }: Arrival, query: string, deps: GatewayDeps): Found | Refusal {
  if (!deps.snapshot.isComplete || deps.isStale(at)) return refuse('overloaded', { retryAfter: 1 })
  const { method } = exchange
  const route = deps.snapshot.routes.find(method, path)
  if (route === 'bad_path') return refuse('invalid_parameters', { reason: 'path' })
  if (!route) return refuse('interface_not_found', { method, path })
  const { operation, caught } = route
  return { operation, caught, method, path, query, address, protocol: deps.shield.protocolOf(exchange) }
}

function walk(found: Found, arrival: Arrival, deps: GatewayDeps): void {
  const { exchange, requestId, address, at } = arrival
  const { security, paramSchema, projectParam } = found.operation
  const settle = (end: End) => goOn(end, found, arrival, deps)

  const closed = checkOpen(found.operation, deps.trips)
  if (closed) return settle(endOf('open', closed))
  const shielded = deps.shield.check(address, at)
  if (shielded) return settle(endOf('shield', shielded))
  const bearer = security.startsWith('token') ? identifyBearer(found, exchange, deps, at) : undefined
  if (bearer instanceof Refusal) return settle(endOf('identify', bearer))

  const isSigned = security.endsWith('sign')
  if (!isSigned && paramSchema === null && projectParam === null) return settle(walkUnsigned(found, undefined, bearer, deps, at))
  exchange.collect(deps.bodyBytesMax, (body) =>
    guard(exchange, requestId, deps, () => {
      if (typeof body === 'string') return settle(endOf('body', refuseUnread(body, deps.bodyBytesMax), bearer))
      if (isSigned) return walkSigned(found, body, arrival, bearer, deps, settle)
      const payload = readPayload(found, body, exchange)
      settle(payload instanceof Refusal ? endOf('body', payload, bearer) : walkUnsigned(found, payload, bearer, deps, at))
    }),
  )
}

/** Who is known by then: by a token, or by a signature. */
function endOf(stage: Stage, result: Admitted | Refusal, caller?: Bearer | Proven, opened?: Opened): End {
  return { stage, result, app: caller?.app, claim: caller?.kind === 'signed' ? caller.claim : undefined, opened }
}

/** A call that only a token has to speak for, or nothing at all. */
function walkUnsigned(found: Found, payload: Payload | undefined, bearer: Bearer | undefined, deps: GatewayDeps, now: number): End {
  if (bearer) return admit(bearer, payload, deps, now)
  const admitted = limitOpen(found, payload, deps, now)
  return admitted instanceof Refusal ? endOf('limit', admitted) : endOf('validate', validate(admitted))
}

function walkSigned(
  found: Found,
  body: Buffer,
  { exchange, requestId, at }: Arrival,
  bearer: Bearer | undefined,
  deps: GatewayDeps,
  settle: (end: End) => void,
): void {
  const claim = identifySigner(found, body, exchange, bearer?.app, deps)
  if (claim instanceof Refusal) return settle(endOf('identify', claim, bearer))
  const barred = checkScheme(claim)
  if (barred) return settle({ ...endOf('identify', barred, bearer), claim })
  const fresh = checkFreshness(claim, at)
  if (fresh instanceof Refusal) return settle({ ...endOf('freshness', fresh, bearer), claim })
  verifySignature(fresh, bearer?.user, at, (proven) =>
    guard(exchange, requestId, deps, () =>
      settle(
        proven instanceof Refusal
          ? { ...endOf('signature', proven, bearer), claim }
          : { ...admit(proven, claim.payload, deps, at), renewal: bearer?.renewal },
      ),
    ),
  )
}

/** From here on all callers go the same way: state, replay, decryption, permission, limits, parameters. */
function admit(caller: Proven | Bearer, payload: Payload | undefined, deps: GatewayDeps, now: number): End {
  const active = checkState(caller, now, deps.timeZone)
  if (active instanceof Refusal) return endOf('state', active, caller)
  const unseen = checkReplay(active, deps.nonces, now)
  if (unseen instanceof Refusal) return endOf('replay', unseen, caller)
  const readable = decrypt(unseen, payload, now)
  if (readable instanceof Refusal) return endOf('decrypt', readable, caller)
  const { opened } = readable
  const granted = authorize(readable)
  if (granted instanceof Refusal) return endOf('authorize', granted, caller, opened)
  const admitted = limit(granted, deps, now)
  if (admitted instanceof Refusal) return endOf('limit', admitted, caller, opened)
  return endOf('validate', validate(admitted), caller, opened)
}

/** Where all these ways lead: a refused call is answered, any other is passed on to its service. */
function goOn(end: End, found: Found, arrival: Arrival, deps: GatewayDeps): void {
  const ending = new Ending(arrival, found, end, deps)
  const { operation } = found
  const { stage, result, renewal } = end
  if (result instanceof Refusal) return ending.refused(stage, result)
  const service = operation.serviceId === null ? undefined : deps.snapshot.service(operation.serviceId)
  if (!service) return ending.failed(refuse('upstream_unreachable'))
  if (!ending.enter()) {
    return ending.refused(
      'limit',
      refuse('rate_limited', { retryAfter: 1, limit: 'concurrency', quota: operation.concurrency!, window: 1 }),
    )
  }
  const go = () => forward(result, service, ending.exchange, arrival.requestId, deps.upstreams, ending, renewal?.token)
  if (!result.claim) return go()
  // A nonce is on disk before the call that it guards goes on.
  deps.nonces.afterKept((kept) => (kept ? go() : ending.failed(refuse('overloaded', { retryAfter: 1 }))))
}
