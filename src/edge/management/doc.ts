// The documentation of published interfaces, for whoever may call them: what to send, how to prove it, and what may be refused.

import { z } from 'zod'
import { fault, faults } from '#core/fault.ts'
import { foundIn, foundPlaces } from '#core/operation/found.ts'
import { findOperation, type OperationRow, pageOperations } from '#core/operation/operation.store.ts'
import { effectivePath } from '#core/operation/operation.ts'
import { refusalsOf } from '#core/operation/refusals.ts'
import { weaknessesOf } from '#schemes/weaknesses.ts'
import { adviseOn, describeFault, type Language, textIn } from '#text/text.ts'
import { endpoint, ownerOf } from './endpoint.ts'
import { gatewayOrigin } from './gateway-caller.ts'
import { fields, publicOnWire } from './interface-fields.ts'
import { byId, idText, pageOnWire, pageSchema, paging, text, wireTime } from './wire.ts'

const entry = {
  id: z.int(),
  name: z.string(),
  method: z.string(),
  path: z.string().describe('As callers write it: with the version in the place of `{version}`'),
  version: z.string(),
  type: z.int().describe('0 uplink, 1 downlink'),
  serviceType: z.int(),
  security: fields.security,
  remark: z.string().nullable(),
  deprecationTime: wireTime.nullable(),
  sunsetTime: wireTime.nullable(),
  updateTime: wireTime,
}

function entryOnWire(operation: OperationRow, timeZone: string) {
  const { id, name, method, version, type, serviceType, security, remark, deprecationTime, sunsetTime, updateTime } = publicOnWire(operation, timeZone) // biome-ignore format: one row
  const path = effectivePath(operation)
  return { id, name, method, path, version, type, serviceType, security, remark, deprecationTime, sunsetTime, updateTime }
}

const found = z.object({
  place: z.enum(foundPlaces),
  text: z.string().describe('The line that holds it, cut where it is long'),
  heading: z.string().nullable().describe('Of a document: the heading above'),
})

export const pageOfDocs = endpoint({
  summary: { en: 'The documentation of published interfaces, newest first', zh: '查询已发布接口的文档列表（分页）' },
  query: paging.extend({
    search: text(64)
      .min(1)
      .transform((given) => given.replace(/^[A-Za-z]{3,7} +(?=\/)/, ''))
      .optional()
      .describe(
        'Contained in name, path (a method before it is passed over), remark or document, or in name or description of a parameter; or the number',
      ),
    serviceType: idText.optional(),
  }),
  answer: pageSchema(z.object({ ...entry, found: found.nullable().describe('Where `search` was found first') })),
  async handle({ query }, deps, viewer) {
    const { serviceType: serviceTypeId, ...filter } = query
    const developerId = ownerOf(viewer, 'view-interface')
    const page = await pageOperations(deps.db, { ...filter, serviceTypeId, published: true, developerId })
    return pageOnWire(page, query, (operation) => ({
      ...entryOnWire(operation, deps.config.timeZone),
      found: query.search === undefined ? null : foundIn(operation, query.search),
    }))
  },
})

const words = z.object({ name: z.string(), text: z.string() })

export const getDoc = endpoint({
  summary: { en: 'All that a caller of one interface needs to know', zh: '查询一个接口的完整文档' },
  params: byId,
  answer: z.object({
    ...entry,
    code: z.string().nullable(),
    doc: z.string().nullable().describe('Markdown'),
    paramSchema: z.record(z.string(), z.unknown()).nullable().describe('JSON Schema of one object of all parameters'),
    projectParam: z.string().nullable(),
    limitCount: z.int().nullable().describe('Calls a second, all apps together'),
    gatewayUrl: z.string().describe('Where it is called'),
    schemes: z.array(z.object({ name: z.string(), weaknesses: z.array(words) })).describe('By which it may be signed, the best first'),
    errors: z.array(
      z.object({ error: z.string(), code: z.int(), status: z.int(), text: z.string(), advice: z.string().describe('What to do then') }),
    ),
    versions: z.array(z.object(entry)).describe('All published ones, this one too'),
  }),
  async handle({ params, language }, deps, viewer) {
    const developerId = ownerOf(viewer, 'view-interface')
    const operation = await findOperation(deps.db, params.id, developerId)
    if (!operation?.published) throw fault('not_found', { what: 'interface' })
    const { timeZone } = deps.config
    const { code, doc, paramSchema, projectParam, limitCount } = publicOnWire(operation, timeZone)
    const siblings = code === null ? [] : (await pageOperations(deps.db, { current: 1, size: 200, published: true, code, developerId })).records // biome-ignore format: one row
    return {
      ...entryOnWire(operation, timeZone),
      code,
      doc,
      paramSchema,
      projectParam,
      limitCount,
      gatewayUrl: gatewayOrigin(deps.config),
      schemes: schemesOf(operation, language),
      errors: refusalsOf(operation).map((error) => ({
        error,
        ...faults[error],
        text: wordsFor(error, operation, language),
        advice: adviseOn(error, language)!,
      })),
      versions: (code === null ? [operation] : siblings).map((one) => entryOnWire(one, timeZone)),
    }
  },
})

const bestFirst = ['hmac-sha256', 'rfc9421', 'rsa2', 'sm2', 'openapi', 'auth-id']

function schemesOf({ security, schemes }: OperationRow, language: Language) {
  if (!security.endsWith('sign')) return []
  const text = textIn(language).weaknesses
  return bestFirst
    .filter((name) => schemes?.includes(name) ?? true)
    .map((name) => ({ name, weaknesses: weaknessesOf[name]!.map((weakness) => ({ name: weakness, text: text[weakness] })) }))
}

function wordsFor(error: keyof typeof faults, operation: OperationRow, language: Language): string {
  const known = { method: operation.method, path: effectivePath(operation) }
  return describeFault(error, operation.projectParam === null ? known : { ...known, name: operation.projectParam }, language)
}
