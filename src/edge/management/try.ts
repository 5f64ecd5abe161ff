// Trying an interface from the portal (settled F23): the platform signs as the app and calls the gateway, as the partner's program would.
// What the gateway decides is the answer; nothing is checked here that it checks. Where the call goes is the interface's to say.

import { createSecretKey, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type AppRow, findApp } from '#core/app/app.store.ts'
import { liveSecrets } from '#core/app/secret.store.ts'
import { noteTrial } from '#core/app/trial.store.ts'
import { fault } from '#core/fault.ts'
import { findOperation, type OperationRow } from '#core/operation/operation.store.ts'
import { effectivePath, isFilledIn } from '#core/operation/operation.ts'
import { take } from '#core/user/throttle.ts'
import { isDeeperThan } from '#lib/storable.ts'
import { jsonDepthMax, Malformed } from '#schemes/parameters.ts'
import { Ambiguous } from '#schemes/php.ts'
import { carriesBody, isUnsignable, requestSigners, type SignedRequest, type Unsignable, unsignedRequest } from '#schemes/signed-request.ts'
import { endpoint, type ManagementDeps, ownerOf } from './endpoint.ts'
import { callGateway, gatewayOrigin } from './gateway-caller.ts'
import { byId, id, text } from './wire.ts'

/** By the app's secret; the best first. */
const signable = ['hmac-sha256', 'rfc9421', 'openapi', 'auth-id']

/** Of one person, in a minute. */
const trialsMax = 30

/** As long as the call may take; nobody sees it. */
const tokenSeconds = 60

const field = z.object({ name: z.string(), value: z.string() })

export const tryInterface = endpoint({
  summary: {
    en: 'Try an interface as an app: the platform signs, calls the gateway and answers with both',
    zh: '以应用身份试调接口：由平台签名并调用网关，返回请求与应答',
  },
  params: byId,
  body: z.object({
    interfaceId: id,
    method: text(16).nullish().describe('That of the interface'),
    path: text(2_048).nullish().describe('That of the interface, with its `{name}` filled in'),
    query: z.record(text(256), z.union([text(8_192), z.number(), z.boolean()])).nullish(),
    body: z
      .union([z.record(z.string(), z.unknown()), text(262_144)])
      .nullish()
      .describe('An object, or its JSON text, which is sent as it stands'),
    scheme: text(32).nullish().describe('hmac-sha256, rfc9421, openapi or auth-id; absent: the first that app and interface allow'),
  }),
  answer: z.object({
    scheme: z.string().nullable().describe('null: the interface wants no signature'),
    stringToSign: z.string().nullable(),
    sent: z.object({ method: z.string(), url: z.string(), fields: z.array(field), body: z.string().nullable() }),
    answer: z.object({
      status: z.int(),
      fields: z.array(field),
      body: z.string(),
      truncated: z.boolean().describe('There was more than 256 KB, or it did not end in time'),
      latency: z.int().describe('Milliseconds until it began'),
      requestId: z.string().nullable(),
    }),
  }),
  // It waits for the gateway, and the trial stays on record whatever comes of it.
  ownTransactions: true,
  async handle({ params, body, language }, deps, viewer) {
    const app = await findApp(deps.db, params.id, ownerOf(viewer, 'try-app'))
    if (!app) throw fault('not_found', { what: 'app' })
    const operation = await findOperation(deps.db, body.interfaceId, ownerOf(viewer, 'view-interface'))
    if (!operation) throw fault('not_found', { what: 'interface' })
    const target = targetOf(operation, body)
    const scheme = operation.security.includes('sign') ? schemeFor(body.scheme, app, operation) : null
    const now = deps.now()
    await take(deps.db, [{ key: `try user ${viewer.userId}`, max: trialsMax, forMs: 60_000 }], now)
    await noteTrial(deps.db, { appId: app.id, operationId: operation.id, scheme, triedAt: now })

    const token = operation.security.includes('token') ? tokenOf(app, deps) : undefined
    const { stringToSign, ...signed } = await signedBy(scheme, app, { ...target, token }, deps)
    const request = { ...signed, fields: { 'Accept-Language': language, ...signed.fields } }
    const { latencyMs, ...answer } = await callGateway(request, deps.config)
    const shown = (text: string) => (token === undefined ? text : text.replaceAll(token, '***'))
    return {
      scheme,
      stringToSign: stringToSign === undefined ? null : shown(stringToSign),
      sent: {
        method: request.method,
        url: request.url,
        fields: Object.entries(request.fields).map(([name, value]) => ({ name, value: shown(value) })),
        body: request.body ?? null,
      },
      answer: { ...answer, latency: latencyMs },
    }
  },
})

interface Given {
  readonly method?: string | null | undefined
  readonly path?: string | null | undefined
  readonly query?: { readonly [name: string]: string | number | boolean } | null | undefined
  readonly body?: { readonly [name: string]: unknown } | string | null | undefined
}

type Target = ReturnType<typeof targetOf>

/** What the caller fills in is checked against the interface; nothing of it decides on the host. */
function targetOf(operation: OperationRow, { method, path, query, body }: Given) {
  const template = effectivePath(operation)
  const filled = path ?? template
  if (operation.direction === 'downlink') throw fault('invalid_parameters', { reason: 'downlink_called' })
  if ((method ?? operation.method) !== operation.method || !isFilledIn(template, filled)) {
    throw fault('invalid_parameters', { reason: 'other_call', value: `${operation.method} ${template}` })
  }
  if (body != null && !carriesBody(operation.method)) throw fault('invalid_parameters', { reason: 'body_on_get' })
  if (isDeeperThan(jsonDepthMax, body)) throw fault('invalid_parameters', { reason: 'too_deep', depthMax: jsonDepthMax })
  const data = body == null || typeof body === 'string' ? (body ?? undefined) : JSON.stringify(body)
  const pairs = Object.entries(query ?? {}).map(([name, value]): [string, string] => [name, String(value)])
  return { method: operation.method, path: filled, query: new URLSearchParams(pairs).toString(), data }
}

function schemeFor(asked: string | null | undefined, app: AppRow, operation: OperationRow): string {
  const allowed = app.schemes.filter((scheme) => operation.schemes?.includes(scheme) ?? true)
  const cannot = (value: string) => fault('invalid_parameters', { reason: 'cannot_sign', value, known: signable.join(', ') })
  if (asked == null) {
    const best = signable.find((scheme) => allowed.includes(scheme))
    if (best === undefined) throw cannot(allowed.join(', '))
    return best
  }
  if (!signable.includes(asked)) throw cannot(asked)
  if (!allowed.includes(asked)) throw fault('scheme_not_allowed', { scheme: asked, allowed: allowed.join(', ') })
  return asked
}

function tokenOf(app: AppRow, { tokens, now }: ManagementDeps): string {
  const ms = now().getTime()
  return tokens.sign('app', { sub: app.appId, epoch: app.tokenEpoch, exp: Math.floor(ms / 1000) + tokenSeconds }, ms)
}

type Signed = Omit<SignedRequest, 'stringToSign'> & { readonly stringToSign?: string }

async function signedBy(
  scheme: string | null,
  app: AppRow,
  { path, query, ...target }: Target & { readonly token: string | undefined },
  { db, sealer, config, now }: ManagementDeps,
): Promise<Signed> {
  const order = { ...target, url: new URL(`${gatewayOrigin(config)}${path}${query === '' ? '' : `?${query}`}`) }
  if (scheme === null) return unsignedRequest(order)
  const [secret] = await liveSecrets(db, app.id, now())
  if (!secret) throw new Error(`app ${app.id} has no live secret`)
  const key = { alg: 'secret', key: createSecretKey(Buffer.from(sealer.open('app-secret', secret.sealed))), keyId: undefined } as const
  const { authIdPublicKey: platformKey } = config
  const signed = requestSigners[scheme]!.sign({ ...order, appId: app.appId, key, platformKey, now: now().getTime(), nonce: randomUUID() })
  if (isUnsignable(signed)) throw unsignable(signed)
  // What the digest begins with: the key that all partners know, and the secret.
  return scheme === 'auth-id' ? { ...signed, stringToSign: `${platformKey}***${signed.stringToSign}` } : signed
}

function unsignable(why: Unsignable): Error {
  if (why instanceof Malformed) return fault('invalid_parameters', { reason: why.reason, ...why.facts })
  if (why instanceof Ambiguous) return fault('invalid_parameters', { reason: 'alike_in_php', names: why.names.join(', ') })
  return new Error(`a request of ours cannot be signed: ${why.reason} ${why.name}`)
}
