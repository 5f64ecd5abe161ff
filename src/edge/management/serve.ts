// Puts the rows of `routes.ts` on a Fastify server: who may call, parsing, envelope, faults.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Detail, Fault, type FaultName, fault, faults } from '#core/fault.ts'
import { developerRole } from '#core/role/permission.ts'
import { findViewer, type Viewer } from '#core/user/user.store.ts'
import { isConnectionError } from '#db/open.ts'
import { explain, type Language, languageOf, textIn } from '#text/text.ts'
import type { ManagementDeps, Route, Who } from './endpoint.ts'

const success = 1_000_000

export function serveManagement(server: FastifyInstance, routes: readonly Route[], deps: ManagementDeps): void {
  for (const route of routes) {
    server.route({
      method: route.method,
      url: route.path.replace(/\{(\w+)\}/g, ':$1'),
      async handler(request, reply) {
        const viewer = await admit(request, route.who, deps)
        const language = languageOf(request.headers['accept-language'])
        const { endpoint } = route
        const bodyText = (request.body as string | undefined) ?? ''
        const input = {
          params: parse(endpoint.params, request.params, language),
          query: parse(endpoint.query, request.query, language),
          body: endpoint.body === undefined ? undefined : parse(endpoint.body, parseJson(bodyText), language),
          bodyText,
          language,
        }
        const data = await endpoint.handle(input, deps, viewer)
        return reply.send({ code: success, msg: textIn(language).success, data: data ?? null })
      },
    })
  }
}

/** The signed-in person, when the route wants one; throws when it wants another. */
export async function admit(request: FastifyRequest, who: Who, deps: ManagementDeps): Promise<Viewer | undefined> {
  if (who.kind === 'anyone') return undefined
  const token = bearerToken(request)
  const now = deps.now()
  const claims = token === undefined ? 'invalid' : deps.tokens.verify('session', token, now.getTime())
  if (typeof claims === 'string' || claims.jti === undefined) throw fault('unauthorized')
  const viewer = await findViewer(deps.db, claims.jti, now, deps.config.sessionIdle)
  if (!viewer) throw fault('unauthorized')
  if (who.kind === 'signedIn' || viewer.permissions.has(who.permission)) return viewer
  if (who.kind === 'own' && viewer.roles.has(developerRole)) return viewer
  throw fault('forbidden', { permission: who.permission })
}

export function bearerToken(request: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const { token } = request.headers
  return bearer ?? (typeof token === 'string' ? token : undefined)
}

function parseJson(body: string): unknown {
  if (body === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    throw fault('malformed_request')
  }
}

function parse(schema: z.ZodType | undefined, given: unknown, language: Language): unknown {
  if (!schema) return undefined
  const words = language === 'en' ? z.locales.en() : z.locales.zhCN()
  const parsed = schema.safeParse(given, { error: words.localeError })
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  throw fault('invalid_parameters', { reason: 'field', name: issue.path.join('.') || 'body', problem: issue.message })
}

/** Turns everything that can be thrown into the envelope of contract §1. */
export function answerFault(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { name, detail } = named(error)
  const { status, code } = faults[name]
  if (status >= 500) request.log.error({ err: error, fault: name }, 'request failed')
  if (name === 'overloaded') reply.header('retry-after', '1')
  const msg = explain(name, detail, languageOf(request.headers['accept-language']))
  reply.code(status).send({ code, msg, data: null, error: name, requestId: request.id })
}

function named(error: unknown): { name: FaultName; detail: Detail } {
  if (error instanceof Fault) return { name: error.fault, detail: error.detail }
  const code = (error as { code?: string }).code
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { name: 'payload_too_large', detail: { bytesMax: managementBodyMax } }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { name: 'unsupported_media_type', detail: {} }
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_BAD_URL':
      return { name: 'malformed_request', detail: {} }
    case 'FST_ERR_NOT_FOUND':
      return { name: 'not_found', detail: { what: 'path' } }
  }
  if (isConnectionError(error)) return { name: 'database_unavailable', detail: {} }
  const status = (error as { statusCode?: number }).statusCode
  if (status !== undefined && status >= 400 && status < 500) return { name: 'malformed_request', detail: {} }
  return { name: 'internal_error', detail: {} }
}

export const managementBodyMax = 1024 * 1024
