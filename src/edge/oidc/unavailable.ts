// While the database is away. The library knows an error of storage as `server_error`, which reads like a fault of ours that will be there
// again; what is told instead is to come again shortly, as on the other faces (`database_unavailable`).

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { isConnectionError } from '#db/open.ts'
import { answerFault, retryAfterOf } from '#edge/management/serve.ts'

const error = 'temporarily_unavailable'
/** By which `/api/oauth/accessToken` knows it from too many logins at once. */
export const databaseAway = 'the database cannot be reached at the moment'

const retryAfter = String(retryAfterOf('database_unavailable', {}))

/** What fails inside a request. */
export function tellUnavailable(provider: Provider): void {
  const lost = new WeakSet<object>()
  provider.on('server_error', (ctx, error) => {
    if (isConnectionError(error)) lost.add(ctx)
  })
  provider.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      // The library saves the browser's session outside of its own net.
      if (!isConnectionError(error)) throw error
      lost.add(ctx)
    }
    if (lost.has(ctx)) tell(ctx as KoaContextWithOIDC)
  })
}

function tell(ctx: KoaContextWithOIDC): void {
  const location = ctx.response.get('location')
  if (location) {
    // Back to the app with what went wrong (RFC 6749 §4.1.2.1).
    const back = new URL(location)
    back.searchParams.set('error', error)
    back.searchParams.set('error_description', databaseAway)
    ctx.set('Location', back.href)
    return
  }
  ctx.status = 503
  ctx.set('Retry-After', retryAfter)
  // A page was shown already (`page.ts`).
  if (ctx.response.type !== 'text/html') ctx.body = { error, error_description: databaseAway }
}

/** What fails before the library has the request. */
export function answerUnavailable(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (!isConnectionError(thrown)) return answerFault(thrown, request, reply)
  request.log.error({ err: thrown }, 'an OAuth request failed')
  reply.code(503).header('retry-after', retryAfter).send({ error, error_description: databaseAway })
}
