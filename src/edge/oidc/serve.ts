// OAuth 2 and OpenID Connect on the platform's server (contract §3). The library is given each request as it came, but for what it must
// not take from a caller: where we are, and from which address they come.

import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fault } from '#core/fault.ts'
import { scopeOfNone } from '#core/oauth/scope.ts'
import type { PageRoute } from '#edge/pages/serve.ts'
import { addressOf } from '#edge/session.ts'
import type { Oidc } from './oidc.ts'
import { interactionPath, routes } from './routes.ts'
import { answerUnavailable } from './unavailable.ts'

export function serveOidc(server: FastifyInstance, oidc: Oidc): void {
  server.register(async (scope) => {
    // The library reads bodies itself.
    scope.removeAllContentTypeParsers()
    scope.setErrorHandler(answerUnavailable)
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    const pass = (request: FastifyRequest, reply: FastifyReply) => hand(request.raw, request, reply, oidc)
    const passVeiled = async (request: FastifyRequest, reply: FastifyReply) => hand(await veilToken(request.raw), request, reply, oidc)

    for (const url of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', routes.jwks]) {
      scope.route({ method: ['GET', 'OPTIONS'], url, handler: pass })
    }
    scope.get(routes.authorization, (request, reply) => hand(nameScope(request.raw), request, reply, oidc))
    scope.get(`${routes.authorization}/:uid`, pass)
    scope.route({ method: ['POST', 'OPTIONS'], url: routes.token, handler: pass })
    scope.route({ method: ['GET', 'POST', 'OPTIONS'], url: routes.userinfo, handler: pass })
    scope.route({ method: ['POST', 'OPTIONS'], url: routes.introspection, handler: passVeiled })
    scope.route({ method: ['POST', 'OPTIONS'], url: routes.revocation, handler: passVeiled })
    scope.get(routes.end_session, pass)
    scope.get(`${routes.end_session}/success`, pass)
    scope.post(`${routes.end_session}/confirm`, pass)
    // OpenID Connect wants these two by POST as well, for long requests.
    for (const url of [routes.authorization, routes.end_session]) {
      scope.post(url, async (request, reply) => reply.redirect(`${url}?${new URLSearchParams(await bodyOf(request.raw))}`, 303))
    }
  })
}

/** What people are asked, among the other pages. */
export function oidcPages(oidc: Oidc): readonly PageRoute[] {
  const ask = async () => import('./interaction.ts')
  return [
    ['GET', `${interactionPath}/:uid`, async (visit, deps) => (await ask()).showQuestion(visit, deps, await oidc.provider())],
    ['POST', `${interactionPath}/:uid`, async (visit, deps) => (await ask()).takeAnswer(visit, deps, await oidc.provider())],
  ]
}

async function hand(raw: IncomingMessage, request: FastifyRequest, reply: FastifyReply, oidc: Oidc): Promise<void> {
  // The database has no place for it, and nobody a use.
  if (raw.url!.includes('%00')) throw fault('malformed_request')
  const { protocol, host } = new URL(oidc.issuer())
  Object.assign(raw.headers, {
    host,
    'x-forwarded-host': host,
    'x-forwarded-proto': protocol.slice(0, -1),
    'x-forwarded-for': addressOf(request),
  })
  // Before the reply is out of the server's hands, or what fails here would never be answered.
  const handle = await oidc.handler()
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value)
  await handle(raw, reply.raw)
}

/** Who asks for nothing asks for the profile (settled D18). */
function nameScope(raw: IncomingMessage): IncomingMessage {
  const [path, query = ''] = raw.url!.split('?', 2)
  const asked = new URLSearchParams(query)
  if (!asked.get('scope')) raw.url = `${path}?${query}${query === '' ? '' : '&'}scope=${scopeOfNone}`
  return raw
}

/** The library refuses to look for what looks like a JWT; `access-token.ts` knows it without its dots. */
async function veilToken(raw: IncomingMessage): Promise<IncomingMessage> {
  const body = (await bodyOf(raw)).replace(/(^|&)token=[^&]*/g, (parameter) => parameter.replaceAll('.', '~'))
  const { 'transfer-encoding': _, ...headers } = raw.headers
  const { method, url, socket, httpVersion } = raw
  const replayed = Object.assign(Readable.from([Buffer.from(body)], { objectMode: false }), {
    method,
    url,
    socket,
    httpVersion,
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
  })
  return replayed as unknown as IncomingMessage
}

const bodyBytesMax = 32 * 1024

async function bodyOf(raw: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of raw as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) throw fault('payload_too_large', { bytesMax: bodyBytesMax })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
