// Puts the user centre on the platform's server: parameters from wherever they stand, who calls, the envelope of source 003.

import type { FastifyInstance } from 'fastify'
import { parse } from '#edge/management/serve.ts'
import { addressOf } from '#edge/session.ts'
import { languageOf } from '#text/text.ts'
import { actorOf, answerOf } from './answer.ts'
import { admit } from './caller.ts'
import type { UcenterDeps, UcenterRoute } from './endpoint.ts'
import { fieldsOf, takeToken } from './fields.ts'
import { serveFiles } from './file.ts'
import { refuse } from './refuse.ts'
import { ucenterRoutes } from './routes.ts'

/** Text and SQL of a log, escaped as a form. */
const bodyBytesMax = 1024 * 1024

export function serveUcenter(server: FastifyInstance, deps: UcenterDeps): void {
  server.register(async (scope) => {
    scope.setErrorHandler(refuse)
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) => done(null, body))
    for (const route of ucenterRoutes) serve(scope, route, deps)
  })
  server.register(async (scope) => {
    scope.setErrorHandler(refuse)
    serveFiles(scope, deps)
  })
}

function serve(server: FastifyInstance, { method, path, who, endpoint }: UcenterRoute, deps: UcenterDeps): void {
  server.route({
    method,
    url: path,
    bodyLimit: bodyBytesMax,
    config: { accepts: 'application/json, application/x-www-form-urlencoded' },
    async handler(request, reply) {
      const language = languageOf(request.headers['accept-language'])
      const address = addressOf(request)
      const { authorization, 'content-type': type = '' } = request.headers
      const { token, rest } = takeToken(authorization, fieldsOf(request.url, type, request.body))
      const caller = await admit(token, who, address, deps)
      const fields = parse(endpoint.fields, rest, language)
      const own = method === 'GET' ? deps : { ...deps, db: deps.dbAs(actorOf(request, `${method} ${path}`, caller)) }
      const data = await endpoint.handle({ fields, language, address }, own, caller)
      reply.header('cache-control', 'no-store')
      return answerOf(endpoint.done, data, request)
    },
  })
}
