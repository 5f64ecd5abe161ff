// POST /api/oauth/accessToken (source 003 §1): the token endpoint in the form that the source gives it. Parameters in the query, a form or
// JSON; the answer in its envelope. What it means is the standard endpoint's business alone: this one asks that, inside the process.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Fault, type FaultName, fault } from '#core/fault.ts'
import { routes } from '#edge/oidc/routes.ts'
import { databaseAway } from '#edge/oidc/unavailable.ts'
import { addressOf } from '#edge/session.ts'
import { languageOf, textIn } from '#text/text.ts'
import { fieldsOf } from './fields.ts'
import { refuse } from './refuse.ts'

export function serveAccessToken(server: FastifyInstance): void {
  server.register(async (scope) => {
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) => done(null, body))
    scope.setErrorHandler(refuse)
    scope.post('/api/oauth/accessToken', { bodyLimit: bodyBytesMax, config: { accepts } }, async (request, reply) => {
      const { statusCode, body, headers } = await ask(server, request)
      reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
      if (statusCode !== 200) throw faultOf(statusCode, JSON.parse(body), headers['retry-after'])
      return { code: 1, message: textIn(languageOf(request.headers['accept-language'])).tokenGiven, data: JSON.parse(body) }
    })
  })
}

const bodyBytesMax = 32 * 1024
const accepts = 'application/json, application/x-www-form-urlencoded'

function ask(server: FastifyInstance, request: FastifyRequest) {
  const { authorization, 'content-type': contentType = '' } = request.headers
  return server.inject({
    method: 'POST',
    url: routes.token,
    remoteAddress: addressOf(request),
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization === undefined ? {} : { authorization }),
    },
    payload: new URLSearchParams(fieldsOf(request.url, contentType, request.body)).toString(),
  })
}

/** What OAuth calls a refusal, and what we do. */
const names: Record<string, FaultName> = {
  invalid_client: 'invalid_client',
  invalid_grant: 'invalid_grant',
  unsupported_grant_type: 'grant_type_not_allowed',
  unauthorized_client: 'grant_type_not_allowed',
}

function faultOf(status: number, { error, error_description }: { error: string; error_description?: string }, retryAfter: unknown): Fault {
  if (status === 429) return fault('rate_limited', { retryAfter: Number(retryAfter) })
  if (error_description === databaseAway) return fault('database_unavailable')
  if (status >= 500) return fault(status === 503 ? 'overloaded' : 'internal_error')
  const name = names[error]
  return name ? fault(name) : fault('invalid_parameters', { reason: 'field', name: error, problem: error_description ?? '' })
}
