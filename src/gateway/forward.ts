// Passes an admitted call to its service and the answer back, both as they come (contract §6, settled C14, C15, D24, F15).

import type { Dispatcher } from 'undici'
import type { ServiceDocument } from '#core/feed/document.ts'
import { withoutFromJson, withoutFromQuery } from '#schemes/parameters.ts'
import type { Admitted } from './call.ts'
import type { Course } from './conclude.ts'
import { deprecationFields } from './deprecation.ts'
import { limitFields } from './limit-fields.ts'
import { fillPath } from './match.ts'
import { requestFields } from './passed-fields.ts'
import { Relay } from './relay.ts'
import type { Exchange } from './transport/exchange.ts'
import type { Upstreams } from './transport/upstream.ts'

export function forward(
  admitted: Admitted,
  service: ServiceDocument,
  exchange: Exchange,
  requestId: string,
  upstreams: Upstreams,
  course: Course,
  renewedToken?: string,
): void {
  const { found, payload } = admitted
  const body = payload ? bodyOf(admitted) : exchange.hasBody ? exchange.stream() : null
  const options: Dispatcher.DispatchOptions = {
    method: found.method,
    path: pathOf(admitted),
    headers: requestFields(admitted, service, exchange, requestId, payload !== undefined),
    body,
    // A signed request says nothing of the bytes that would follow it.
    upgrade: admitted.claim ? null : (exchange.upgrade ?? null),
  }
  const limits = admitted.left.length > 0 ? limitFields(admitted.left) : []
  const own = ['x-request-id', requestId, ...limits, ...deprecationFields(found.operation)]
  if (renewedToken !== undefined) own.push('x-refreshed-token', renewedToken, 'cache-control', 'no-store')
  new Relay(exchange, found.address, service, upstreams, options, own, course).send()
}

function pathOf({ found, payload, claim }: Admitted): string {
  const path = fillPath(found.operation.upstreamPath, found.operation, found.caught)
  const own = claim?.ownParameters
  const query = payload && own && own.size > 0 ? withoutFromQuery(found.query, payload.query, (name) => own.has(name)) : found.query
  return query === '' ? path : `${path}?${query}`
}

function bodyOf({ payload, claim, opened }: Admitted): string | Buffer | null {
  if (!payload || payload.body === 'none') return null
  const own = claim?.ownParameters
  if (!own || opened || !payload.bodyParameters.some(({ name }) => own.has(name))) return payload.bytes
  const without = payload.body === 'json' ? withoutFromJson : withoutFromQuery
  return without(payload.bodyText, payload.bodyParameters, (name) => own.has(name))
}
