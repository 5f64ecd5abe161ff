// Who is measured, and with which calls: one row each. A new scheme or feature is a new row here and nothing elsewhere.

import type { CallKind } from './calls.ts'
import { startNginxProxy } from './nginx.ts'
import { type Place, type Running, startNode } from './process.ts'

export interface Peer {
  readonly name: string
  readonly calls: CallKind
  /** Whether it checks calls: then it has to refuse the bad ones as well. */
  readonly checks: boolean
  /** Why it cannot take part on this machine; undefined when it can. */
  missing?(place: Place): string | undefined
  start(place: Place): Promise<Running>
}

const full: CallKind = { security: 'token+sign', scheme: 'hmac-sha256' }

/** The rows that the others are divided by. */
export const direct: Peer = {
  name: 'direct',
  calls: full,
  checks: false,
  start: async ({ upstream }) => ({ ...upstream, [Symbol.asyncDispose]: async () => {} }),
}

export const nginx: Peer = {
  name: 'nginx',
  calls: full,
  checks: false,
  missing: ({ nginx }) => (nginx === undefined ? 'nginx is not installed' : undefined),
  start: startNginxProxy,
}

export const fastify: Peer = {
  name: 'Fastify + http-proxy',
  calls: full,
  checks: false,
  start: (place) => startNode('fastify-process.ts', [place.upstream.url], {}, place),
}

export const peers: readonly Peer[] = [
  direct,
  nginx,
  fastify,
  { name: 'Kaimen, plain', calls: { security: 'none', scheme: 'hmac-sha256' }, checks: false, start: startGateway },
  { name: 'Kaimen, full', calls: full, checks: true, start: startGateway },
  { name: 'Kaimen, full, scheme openapi (AES)', calls: { security: 'token+sign', scheme: 'openapi' }, checks: true, start: startGateway },
]

function startGateway(place: Place): Promise<Running> {
  return startNode('gateway-process.ts', [place.platform.facts.feedSocket!], place.gatewaySettings(), place)
}
