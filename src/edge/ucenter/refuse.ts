// A refusal in the envelope of source 003 (contract §3): the status tells the truth, `code` is not 1, and `error` names it for programs.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { faults } from '#core/fault.ts'
import { named, retryAfterOf } from '#edge/management/serve.ts'
import { explain, languageOf } from '#text/text.ts'

export function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { name, detail } = named(error, request)
  const { status, code } = faults[name]
  if (status >= 500) request.log.error({ err: error, fault: name }, 'request failed')
  const retryAfter = retryAfterOf(name, detail)
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  const message = explain(name, detail, languageOf(request.headers['accept-language']))
  reply.code(status).send({ code, message, data: null, error: name, requestId: request.id })
}
