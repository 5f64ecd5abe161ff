// Who is measured, and with which calls: one row each. A new scheme or feature is a new row here and nothing elsewhere, unless its calls
// differ: then it has a row in `signers.ts` or `interfaces.ts` too.

import type { CallKind } from './calls.ts'
import { startNginxProxy } from './nginx.ts'
import { type Place, type Running, startNode } from './process.ts'

export interface Peer {
  readonly name: string
  readonly calls: CallKind
  /** What it refuses: then it has to refuse the bad ones by the right name. `grant` is what a token is good for, `all` a signature. */
  readonly checks: 'nothing' | 'grant' | 'all'
  /** Measured with `--all` or by its name only. */
  readonly isExtra?: boolean
  /** Fewer than of the others, because signing them takes so long. */
  readonly callsMax?: number
  /** Why it cannot take part on this machine; undefined when it can. */
  missing?(place: Place): string | undefined
  start(place: Place): Promise<Running>
}

const full: CallKind = { interfaces: 'full', scheme: 'hmac-sha256', callers: 'unlimited', body: 'none' }

/** The rows that the others are divided by. */
export const direct: Peer = {
  name: 'direct',
  calls: full,
  checks: 'nothing',
  start: async ({ upstream }) => ({ ...upstream, [Symbol.asyncDispose]: async () => {} }),
}

export const nginx: Peer = {
  name: 'nginx',
  calls: full,
  checks: 'nothing',
  missing: ({ nginx }) => (nginx === undefined ? 'nginx is not installed' : undefined),
  start: startNginxProxy,
}

export const fastify: Peer = {
  name: 'Fastify + http-proxy',
  calls: full,
  checks: 'nothing',
  start: (place) => startNode('fastify-process.ts', [place.upstream.url], {}, place),
}

export const peers: readonly Peer[] = [
  direct,
  nginx,
  fastify,
  { name: 'Kaimen, plain', calls: { ...full, interfaces: 'none' }, checks: 'nothing', start: startGateway },
  { name: 'Kaimen, full', calls: full, checks: 'all', start: startGateway },
  { name: 'Kaimen, full, scheme openapi (AES)', calls: { ...full, scheme: 'openapi' }, checks: 'all', start: startGateway },
  extra('scheme rfc9421, hmac-sha256', { scheme: 'rfc9421 hmac-sha256' }),
  extra('scheme rfc9421, ed25519', { scheme: 'rfc9421 ed25519' }),
  extra('scheme rsa2', { scheme: 'rsa2' }, { callsMax: 10_000 }),
  extra('scheme sm2', { scheme: 'sm2' }, { callsMax: 5_000 }),
  extra('scheme auth-id', { scheme: 'auth-id' }),
  extra('token only', { interfaces: 'token' }, { checks: 'grant' }),
  extra('paramSchema', { interfaces: 'schema' }),
  extra('projectParam', { interfaces: 'project' }),
  extra('limit and quotas of the app too', { callers: 'limited' }),
  extra('POST with a JSON body', { interfaces: 'post', body: 'json' }),
  extra('POST, encrypted both ways (aes-256-gcm)', { interfaces: 'post', body: 'sealed' }),
  extra('call log off', {}, { start: (place) => startGateway(place, { settings: { KAIMEN_CALL_LOG_RATE: '0' } }) }),
  extra('nonces not kept on disk', {}, { start: (place) => startGateway(place, { preload: 'without-journal.ts' }) }),
]

function extra(what: string, kind: Partial<CallKind>, more: Partial<Peer> = {}): Peer {
  return { name: `Kaimen, full, ${what}`, calls: { ...full, ...kind }, checks: 'all', isExtra: true, start: startGateway, ...more }
}

function startGateway(
  place: Place,
  { settings = {}, preload }: { settings?: Record<string, string>; preload?: string } = {},
): Promise<Running> {
  const { profiles } = place
  return startNode(
    'gateway-process.ts',
    [place.platform.facts.feedSocket!],
    { ...place.gatewaySettings(), ...settings },
    { profiles, preload },
  )
}
