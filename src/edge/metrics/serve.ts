// GET /metrics: for Prometheus, and for operators. Who bears KAIMEN_METRICS_TOKEN may read it, and an operator who may see statistics
// (settled D2). The gateways are asked for their figures of this moment; of one that does not answer within a second it tells the last.

import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Feed } from '#edge/feed/serve.ts'
import { hq, type ManagementDeps } from '#edge/management/endpoint.ts'
import { admit } from '#edge/management/serve.ts'
import { bearerToken } from '#edge/session.ts'
import { contentType, print } from './exposition.ts'
import { familiesOf, type PoolFigures } from './families.ts'

export function serveMetrics(server: FastifyInstance, deps: ManagementDeps, feed: Feed, pool: PoolFigures): void {
  server.get('/metrics', async (request, reply) => {
    if (!bearsToken(request, deps.config.metricsToken)) await admit(request, hq('view-stats'), deps)
    await feed.freshUsage()
    const families = familiesOf(feed.gateways(), pool, deps.now().getTime())
    return reply.type(contentType).header('cache-control', 'no-store').send(print(families))
  })
}

// Of equal length whatever is given, and compared in the same time.
const digest = (text: string) => hash('sha256', text, 'buffer')

function bearsToken(request: FastifyRequest, token: string | undefined): boolean {
  const given = bearerToken(request)
  return token !== undefined && given !== undefined && timingSafeEqual(digest(given), digest(token))
}
