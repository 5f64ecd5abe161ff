// Puts the rows of `routes.ts` on a Fastify server: who may call, parsing, envelope, faults.

import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { isFrom } from '#core/app/app.ts'
import { type CallerAppRow, findCallerApp } from '#core/app/caller-app.store.ts'
import { type Detail, Fault, type FaultName, fault, faults, RowsFault } from '#core/fault.ts'
import { stageOfRefusal } from '#core/feed/passed.ts'
import { developerRole, type Permission } from '#core/role/permission.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import type { Actor } from '#db/actor.ts'
import { isConnectionError } from '#db/open.ts'
import { addressOf, bearerToken, sessionOf } from '#edge/session.ts'
import { toWireTime } from '#lib/time.ts'
import { explain, type Language, languageOf, textIn } from '#text/text.ts'
import { tellGateway } from '../passed.ts'
import { type CallingApp, type Endpoint, hq, type ManagementDeps, Raw, type Route, type Sender, type Who } from './endpoint.ts'
import { wordsOfZod } from './wire.ts'

const success = 1_000_000

export function serveManagement(server: FastifyInstance, routes: readonly Route[], deps: ManagementDeps): void {
  for (const route of routes) if (route.endpoint.upload === undefined) serve(server, route, deps)
  // Only here is a form taken; elsewhere it is refused before it is read.
  server.register(async (scope) => {
    scope.removeContentTypeParser('application/json')
    scope.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_, body, done) => done(null, body))
    for (const route of routes) if (route.endpoint.upload !== undefined) serve(scope, route, deps)
  })
}

function serve(server: FastifyInstance, route: Route, deps: ManagementDeps): void {
  const { method, path, who, endpoint } = route
  server.route({
    method,
    url: path.replace(/\{(\w+)\}/g, ':$1'),
    ...(endpoint.upload === undefined ? {} : { bodyLimit: endpoint.upload + formBytesMax, config: { accepts: 'multipart/form-data' } }),
    // Before the body is read: a stranger's is not worth its memory.
    async onRequest(request) {
      viewers.set(request, await admitAny(request, who, deps))
    },
    async handler(request, reply) {
      const viewer = viewers.get(request)
      const language = languageOf(request.headers['accept-language'])
      const bodyText = typeof request.body === 'string' ? request.body : ''
      const input = {
        params: parse(endpoint.params, request.params, language),
        query: parse(endpoint.query, request.query, language),
        body: endpoint.body === undefined ? undefined : parse(endpoint.body, await readBody(request, endpoint), language),
        bodyText,
        language,
        address: addressOf(request),
        userAgent: request.headers['user-agent'] ?? '',
        accept: request.headers.accept ?? '',
      }
      const actor = {
        ...(viewer && 'userId' in viewer ? { userId: viewer.userId, username: viewer.username } : {}),
        ip: input.address,
        requestId: request.id,
        route: `${method} ${path}`,
      }
      const data = await perform(route, actor, deps, viewer, async (own) => endpoint.handle(input, own, viewer))
      if (data instanceof Raw)
        return reply
          .headers(data.fields)
          .send(
            data.bytes instanceof Uint8Array || data.bytes instanceof Readable
              ? data.bytes
              : Readable.from(data.bytes, { objectMode: false }),
          )
      return reply.send({ code: success, msg: textIn(language).success, data: data ?? null })
    },
  })
}

/** Hands the handler its database: what may change something says who it is for, and what a person does is done whole or not at all. */
export function perform(
  { method, endpoint }: Pick<Route, 'method' | 'endpoint'>,
  actor: Actor,
  deps: ManagementDeps,
  viewer: Sender | CallingApp | undefined,
  handle: (deps: ManagementDeps) => Promise<unknown>,
): Promise<unknown> {
  if (method === 'GET') return handle(deps)
  const db = deps.dbAs(actor)
  return viewer && !endpoint.ownTransactions ? db.transaction((tx) => handle({ ...deps, db: tx })) : handle({ ...deps, db })
}
const viewers = new WeakMap<FastifyRequest, Sender | CallingApp | undefined>()

/** What a form takes besides its file. */
const formBytesMax = 64 * 1024

/** The signed-in person, when the route wants one; throws when it wants another. */
export async function admit(
  request: FastifyRequest,
  who: Exclude<Who, { kind: 'app' }>,
  deps: ManagementDeps,
): Promise<Viewer | undefined> {
  if (who.kind === 'anyone') return undefined
  const viewer = await sessionOf(request, deps, who.kind === 'enrolling')
  if (!viewer) throw fault('unauthorized')
  if (who.kind === 'signedIn' || who.kind === 'enrolling' || viewer.permissions.has(who.permission)) return viewer
  if (who.kind === 'own' && viewer.roles.has(developerRole)) return viewer
  throw fault('forbidden', { permission: who.permission })
}

function admitAny(request: FastifyRequest, who: Who, deps: ManagementDeps): Promise<Sender | CallingApp | undefined> {
  if (who.kind === 'sender') return admitSender(request, who.permission, deps)
  return who.kind === 'app' ? admitApp(request, deps) : admit(request, who, deps)
}

/** A person of HQ, or an internal app that may call from here. */
async function admitSender(request: FastifyRequest, permission: Permission, deps: ManagementDeps): Promise<Sender> {
  const app = await appOf(request, deps)
  if (!app) return (await admit(request, hq(permission), deps))!
  if (!app.internal) throw fault('forbidden', { permission })
  return { internalAppId: app.id }
}

async function admitApp(request: FastifyRequest, deps: ManagementDeps): Promise<CallingApp> {
  const app = await appOf(request, deps)
  if (!app) throw fault('unauthorized')
  return { appId: app.id }
}

/** The app that came with its token, and may call from here; undefined when there is no token of an app. */
async function appOf(request: FastifyRequest, deps: ManagementDeps): Promise<CallerAppRow | undefined> {
  const token = bearerToken(request)
  const now = deps.now()
  const claims = token === undefined ? 'invalid' : deps.tokens.verify('app', token, now.getTime())
  if (claims === 'invalid') return undefined
  if (claims === 'expired') throw fault('token_expired')
  const app = await findCallerApp(deps.db, claims.sub)
  if (!app || app.tokenEpoch !== claims.epoch) throw fault('invalid_token')
  if (!app.enabled) throw fault('app_disabled')
  if (app.expiresAt && app.expiresAt <= now) throw fault('app_expired', { expiredAt: toWireTime(app.expiresAt, deps.config.timeZone) })
  if (!isFrom(app, addressOf(request))) throw fault('ip_denied')
  return app
}

function readBody({ body, headers }: FastifyRequest, { upload }: Pick<Endpoint, 'upload'>): unknown {
  return upload === undefined ? parseJson((body as string | undefined) ?? '') : parseForm(body, headers['content-type'] ?? '', upload)
}

async function parseForm(body: unknown, contentType: string, fileBytesMax: number): Promise<unknown> {
  if (!(body instanceof Uint8Array)) throw fault('unsupported_media_type', { accepts: 'multipart/form-data' })
  let form: FormData
  try {
    form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData()
  } catch {
    throw fault('malformed_request')
  }
  const fields: Record<string, string | File> = Object.create(null)
  for (const [name, value] of form) {
    if (name in fields) throw fault('invalid_parameters', { reason: 'repeated', name })
    if (value instanceof File && value.size > fileBytesMax) throw fault('payload_too_large', { bytesMax: fileBytesMax })
    fields[name] = value
  }
  return { ...fields }
}

function parseJson(body: string): unknown {
  if (body === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    throw fault('malformed_request')
  }
}

export function parse(schema: z.ZodType | undefined, given: unknown, language: Language): unknown {
  if (!schema) return undefined
  const parsed = schema.safeParse(given, { error: wordsOfZod(language) })
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  throw fault('invalid_parameters', { reason: 'field', name: issue.path.join('.') || 'body', problem: issue.message })
}

/** Turns everything that can be thrown into the envelope of contract §1. */
export function answerFault(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { name, detail } = named(error, request)
  const { status, code } = faults[name]
  if (status >= 500) request.log.error({ err: error, fault: name }, 'request failed')
  const retryAfter = retryAfterOf(name, detail)
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  const msg = explain(name, detail, languageOf(request.headers['accept-language']))
  tellGateway(request, reply, { fault: name, detail, stage: stageOfRefusal(name), appId: 0 })
  const errors = error instanceof RowsFault ? { errors: error.errors } : {}
  reply.code(status).send({ code, msg, data: null, error: name, requestId: request.id, ...errors })
}

/** Seconds after which to try again, where that may help. */
export function retryAfterOf(name: FaultName, detail: Detail): number | undefined {
  if (detail.retryAfter !== undefined) return Number(detail.retryAfter)
  return name === 'overloaded' || name === 'database_unavailable' ? 1 : undefined
}

export function named(error: unknown, request: FastifyRequest): { name: FaultName; detail: Detail } {
  if (error instanceof Fault) return { name: error.fault, detail: error.detail }
  const code = (error as { code?: string }).code
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { name: 'payload_too_large', detail: { bytesMax: request.routeOptions.bodyLimit ?? managementBodyMax } }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { name: 'unsupported_media_type', detail: { accepts: request.routeOptions.config?.accepts ?? 'application/json' } }
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

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The type of body that the route takes, when it is not JSON. */
    accepts?: string
  }
}

export const managementBodyMax = 1024 * 1024
