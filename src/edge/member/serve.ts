// Tokens of members on the platform, as source 001 has them (contract §4): two paths, their own envelope, JSON or a form. Gateways pass
// what is sent to theirs to here.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CallerApp } from '#core/app/app.ts'
import { noteSecretUses } from '#core/app/secret.store.ts'
import { SecretUses } from '#core/app/secret-uses.ts'
import { fault, faults, problem } from '#core/fault.ts'
import { appDocument, appDocumentById } from '#core/feed/feed.store.ts'
import { stageOfRefusal } from '#core/feed/passed.ts'
import { proveRequest, requireAllowed } from '#core/member/request.ts'
import { login, type MemberDeps, type MemberTokens, readRefresh, refresh } from '#core/member/token.ts'
import { createPasswords } from '#core/user/password.ts'
import type { ManagementDeps } from '#edge/management/endpoint.ts'
import { refusePlain } from '#edge/management/sent-password.ts'
import { named, retryAfterOf } from '#edge/management/serve.ts'
import { tellGateway } from '#edge/passed.ts'
import { addressOf } from '#edge/session.ts'
import { decodeUtf8 } from '#lib/utf8.ts'
import { memberField, readMemberParameters } from '#schemes/member-content.ts'
import { Malformed } from '#schemes/parameters.ts'
import type { PhpArray } from '#schemes/php.ts'
import { explain, languageOf, textIn } from '#text/text.ts'

const bodyBytesMax = 64 * 1024
const contentTypes = ['application/json', 'application/x-www-form-urlencoded']

export function serveMember(server: FastifyInstance, deps: ManagementDeps): void {
  const member = memberDeps(deps)
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    for (const type of contentTypes) scope.addContentTypeParser(type, { parseAs: 'buffer' }, (_, body, done) => done(null, body))
    scope.setErrorHandler(answerTrouble)
    scope.addHook('onRequest', (_, reply, done) => {
      reply.header('cache-control', 'no-store')
      done()
    })
    const options = { bodyLimit: bodyBytesMax, config: { accepts: contentTypes.join(', ') } }
    scope.post('/api/:version(^v[0-9]+$)/token', options, async (request, reply) =>
      answer(request, reply, await giveToken(request, deps, member), deps),
    )
    scope.post('/api/:version(^v[0-9]+$)/token/refresh', options, async (request, reply) =>
      answer(request, reply, await giveNext(request, deps, member), deps),
    )
  })
}

/** The app that a request turned out to be of, or said that it is: for the gateway's call log. */
const appOf = new WeakMap<FastifyRequest, CallerApp>()

function memberDeps({ db, sealer, tokens, passwords, transportKeys, config, isOwn, now }: ManagementDeps): MemberDeps {
  const { memberSourceUrl: url, memberSourceCredential: credential, memberTokenTtl: tokenTtl, memberRefreshTtl: refreshTtl } = config
  const source = url === undefined ? undefined : { url, credential, isOwn }
  return { db, sealer, tokens, passwords, transportKeys, config, now, source, sourceTurns: createPasswords(), tokenTtl, refreshTtl }
}

async function giveToken(request: FastifyRequest, deps: ManagementDeps, member: MemberDeps): Promise<MemberTokens> {
  const parameters = parametersOf(request)
  const appId = memberField(parameters, 'appid')
  const document = appId ? await appDocument(deps.db, appId) : undefined
  const uses = new SecretUses()
  const app = document && new CallerApp(document, deps.sealer, uses)
  if (app) appOf.set(request, app)
  const now = deps.now()
  const { memberWindow: windowSeconds, timeZone } = deps.config
  const asked = proveRequest(parameters, app, { nonces: deps.nonces, windowSeconds, timeZone }, now.getTime())
  const kept = await new Promise<boolean>((resolve) => deps.nonces.afterKept(resolve))
  if (!kept) throw fault('overloaded')
  await noteSecretUses(deps.db, uses.take(now.getTime()), now)
  if (!member.source) refusePlain(deps.config, 'password', { text: asked.password, keyId: undefined })
  return login(app!, asked, addressOf(request), member)
}

async function giveNext(request: FastifyRequest, deps: ManagementDeps, member: MemberDeps): Promise<MemberTokens> {
  const refreshToken = memberField(parametersOf(request), 'refresh_token')
  if (!refreshToken) throw fault('invalid_parameters', { reason: 'field', name: 'refresh_token', problem: problem('missing') })
  const found = await readRefresh(refreshToken, member)
  const document = await appDocumentById(deps.db, found.grant.appId)
  if (!document) throw fault('invalid_token')
  const app = new CallerApp(document, deps.sealer, new SecretUses())
  appOf.set(request, app)
  requireAllowed(app, deps.config.timeZone, deps.now().getTime())
  return refresh(found, app, member)
}

function parametersOf({ body, headers }: FastifyRequest): PhpArray {
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? '')
  const text = body instanceof Uint8Array ? decodeUtf8(body) : ''
  if (text === undefined) throw fault('invalid_parameters', { reason: 'not_utf8' })
  const parameters = readMemberParameters(text, isForm ? 'form' : 'json')
  if (parameters instanceof Malformed) throw fault('invalid_parameters', { reason: parameters.reason, ...parameters.facts })
  return parameters
}

function answer(request: FastifyRequest, reply: FastifyReply, data: MemberTokens, { now }: ManagementDeps): FastifyReply {
  const msg = textIn(languageOf(request.headers['accept-language'])).success
  return reply.send({ code: 200, msg, time: Math.floor(now().getTime() / 1000), data })
}

function answerTrouble(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { name, detail } = named(error, request)
  const { status } = faults[name]
  if (status >= 500) request.log.error({ err: error, fault: name }, 'request failed')
  const retryAfter = retryAfterOf(name, detail)
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  tellGateway(request, reply, { fault: name, detail, stage: stageOfRefusal(name), appId: appOf.get(request)?.document.id ?? 0 })
  const msg = explain(name, detail, languageOf(request.headers['accept-language']))
  const time = Math.floor(Date.now() / 1000)
  reply.code(status).send({ code: status, msg, time, data: null, error: name, requestId: request.id })
}
