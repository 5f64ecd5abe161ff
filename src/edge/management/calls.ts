// The call log: searching it (contract §1, settled D12 and F19), and explaining one call of it (F20, F27).

import { z } from 'zod'
import { appIdsOf, findApp, findAppByEitherId } from '#core/app/app.store.ts'
import { secretsAt } from '#core/app/secret.store.ts'
import { type CallOfApp, callsCountedMax, findCall, pageCalls } from '#core/call/call.store.ts'
import { diagnoseCall } from '#core/call/diagnosis.ts'
import { findEvidence } from '#core/call/evidence.store.ts'
import { createMask } from '#core/call/mask.ts'
import { requestText } from '#core/call/request-text.ts'
import { fault } from '#core/fault.ts'
import type { Evidence } from '#core/feed/document.ts'
import { pathOfOperation } from '#core/operation/operation.store.ts'
import { valuesIn } from '#core/operation/operation.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import { afterSecond, toWireTime } from '#lib/time.ts'
import { adviseOn, explainCall, explainCause, explainStage, type Language } from '#text/text.ts'
import { endpoint, type ManagementDeps, ownerOf } from './endpoint.ts'
import { idText, pageOnWire, pageSchema, paging, parseTime, text, wireTime } from './wire.ts'

const callOnWire = z.object({
  time: wireTime,
  ip: z.string(),
  appId: z.string().nullable().describe('The public id; null when the call named no app'),
  app: z.object({ id: z.int(), name: z.string() }).nullable().describe('Its row id, and what it is called now'),
  interfaceId: z.int().nullable(),
  interfaceName: z.string().nullable().describe('What it is called now; null also when it is not for who asks'),
  method: z.string(),
  path: z.string(),
  status: z.int(),
  latency: z.int().describe('Milliseconds until the answer began'),
  bytes: z.int().describe('Of the answer’s body'),
  error: z.string().nullable(),
  stage: z.string().nullable(),
  requestId: z.string(),
})

function toWire(call: CallOfApp, { config }: ManagementDeps): z.output<typeof callOnWire> {
  return {
    time: toWireTime(call.time, config.timeZone),
    ip: call.ip,
    appId: call.publicAppId,
    app: call.appName === null ? null : { id: call.appId, name: call.appName },
    interfaceId: call.operationId || null,
    interfaceName: call.operationName,
    method: call.method,
    path: call.path,
    status: call.status,
    latency: call.latencyMs,
    bytes: call.bytes,
    error: call.error,
    stage: call.stage,
    requestId: call.requestId,
  }
}

/** Calls that may still lie at a gateway are asked for when the range reaches so near to now. */
const freshMs = 15_000

export const pageOfCalls = endpoint({
  summary: { en: 'Single calls of a time range, newest first', zh: '按时间范围查询调用记录，最新的在前' },
  query: paging.extend({
    from: wireTime.optional().describe('Needed. YYYY-MM-DD HH:mm:ss in the time zone of the platform'),
    to: wireTime.optional().describe('Needed; that second is part of the range'),
    appId: text(32).min(1).optional().describe('The public id; the row id is taken too'),
    interfaceId: idText.optional(),
    status: z.string().regex(/^\d{3}$/).transform(Number).optional(), // biome-ignore format: one thought
    error: text(64).min(1).optional(),
    ip: text(64).min(1).optional(),
    requestId: z.uuid().optional(),
  }),
  answer: pageSchema(callOnWire).extend({
    totalCapped: z.boolean().describe('There are more than `total`'),
    leftOut: z.int().describe('Calls of this range, of all apps, that the log did not keep'),
  }),
  async handle({ query }, deps, viewer) {
    if (query.from === undefined || query.to === undefined) throw fault('invalid_parameters', { reason: 'range_needed' })
    const from = parseTime('from', query.from, deps.config)
    const to = afterSecond(parseTime('to', query.to, deps.config))
    if (from >= to) throw fault('invalid_parameters', { reason: 'range_reversed' })
    if (query.current * query.size > callsCountedMax) throw fault('invalid_parameters', { reason: 'page_too_far', max: callsCountedMax })
    const appIds = await appsOf(query.appId, deps, viewer)
    if (to.getTime() > deps.now().getTime() - freshMs) await deps.freshUsage()
    const { interfaceId: operationId, ...filter } = query
    const page = await pageCalls(deps.db, { ...filter, from, to, appIds, operationId, developerId: ownerOf(viewer, 'view-stats') })
    return { ...pageOnWire(page, query, (call) => toWire(call, deps)), totalCapped: page.totalCapped, leftOut: page.leftOut }
  },
})

/** Row ids of the apps whose calls are asked for; undefined is all, and those that nobody was identified for. */
async function appsOf(given: string | undefined, { db }: ManagementDeps, viewer: Viewer): Promise<number[] | undefined> {
  const ownerId = ownerOf(viewer, 'view-stats')
  if (given === undefined) return ownerId === undefined ? undefined : appIdsOf(db, ownerId)
  const appId = await findAppByEitherId(db, given, ownerId)
  if (appId === undefined) throw fault('not_found', { what: 'app' })
  return [appId]
}

export const explainOneCall = endpoint({
  summary: {
    en: 'Why a call ended as it did: stage, rule, and what is wrong with its signature',
    zh: '解释一次调用的结果：阶段、规则，以及签名错在哪里',
  },
  params: z.object({ requestId: z.uuid() }),
  answer: callOnWire.extend({
    stageText: z.string().nullable(),
    rule: z.string().describe('Why, in the language of the caller'),
    advice: z.string().nullable().describe('What to do about it'),
    detail: z.record(z.string(), z.union([z.string(), z.number()])).nullable(),
    revision: z.int().describe('Of the configuration that decided'),
    signature: z
      .object({
        scheme: z.string(),
        cause: z.string(),
        causeText: z.string(),
        also: z.string().optional().describe('A second cause'),
        alsoText: z.string().optional(),
        about: z.string().optional().describe('The parameter, scheme, algorithm or key that it is about'),
        stringToSign: z.string(),
        callers: z.string().optional().describe('What the caller signed, as far as it is known'),
        request: z.string().optional().describe('What was sent, as an HTTP message; not of rfc9421'),
        differsAt: z.int().optional().describe('The first place where the two differ'),
      })
      .optional(),
  }),
  async handle({ params: { requestId }, language }, deps, viewer) {
    const ownerId = ownerOf(viewer, 'view-stats')
    let call = await findCall(deps.db, requestId, ownerId)
    if (!call) {
      await deps.freshUsage()
      call = await findCall(deps.db, requestId, ownerId)
    }
    const app = call && (await findApp(deps.db, call.appId, ownerId))
    if (!call || (!app && ownerId !== undefined)) throw fault('not_found', { what: 'call' })

    const evidence = call.error === 'signature_invalid' ? await findEvidence(deps.db, requestId, deps.sealer) : undefined
    const secrets = (await secretsAt(deps.db, call.appId, call.time)).map(({ sealed, isLive }) => ({
      text: deps.sealer.open('app-secret', sealed),
      isLive,
    }))
    const template = await pathOfOperation(deps.db, call.operationId)
    const caught = template === undefined ? [] : valuesIn(template, call.path)
    const mask = createMask(deps.config.explainMask, evidence, secrets.map(({ text }) => text), caught) // biome-ignore format: one thought
    const keys = { secrets, publicKeys: app?.publicKeys ?? [], authIdPublicKey: deps.config.authIdPublicKey }
    const diagnosis = evidence && diagnoseCall(call, evidence, keys, mask)
    const detail = call.detail && masked(call.detail, mask)
    return {
      ...toWire(call, deps),
      path: mask(call.path),
      stageText: explainStage(call.stage, language),
      rule: explainCall({ ...call, detail }, language),
      advice: call.error === null ? null : adviseOn(call.error, language),
      detail,
      revision: call.revision,
      ...(diagnosis && { signature: { ...signatureOnWire(evidence.scheme, diagnosis, language), ...maskedRequest(call, evidence, mask) } }),
    }
  },
})

function masked(detail: NonNullable<CallOfApp['detail']>, mask: (text: string) => string): Record<string, string | number> {
  return Object.fromEntries(Object.entries(detail).map(([name, fact]) => [name, typeof fact === 'string' ? mask(fact) : fact]))
}

function maskedRequest(call: CallOfApp, evidence: Evidence, mask: (text: string) => string) {
  const request = requestText(call, evidence)
  // What is hidden stays a value, or the body would be no JSON any more.
  return request === undefined ? {} : { request: mask(request).replace(/("\s*:\s*)\*{3}/g, '$1"***"') }
}

function signatureOnWire(scheme: Evidence['scheme'], diagnosis: NonNullable<ReturnType<typeof diagnoseCall>>, language: Language) {
  const { cause, also, about } = diagnosis
  return {
    scheme,
    ...diagnosis,
    causeText: explainCause(cause, about, language),
    ...(also && { alsoText: explainCause(also, about, language) }),
  }
}
