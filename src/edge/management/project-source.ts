// Sources of projects: external lists that are pulled over HTTP, by schedule and on demand.

import { z } from 'zod'
import { type Detail, fault, problem } from '#core/fault.ts'
import {
  deleteProjectSource as deleteSourceRow,
  findProjectSource,
  insertProjectSource,
  type ProjectSourceRow,
  pageProjectSources,
  updateProjectSource,
} from '#core/project/project-source.store.ts'
import { SourceTrouble } from '#core/project/project-source.ts'
import { pull } from '#core/project/pull.ts'
import { isBarredAddress } from '#lib/barred-address.ts'
import { toWireTime } from '#lib/time.ts'
import { explainSource, type Language } from '#text/text.ts'
import { endpoint, type ManagementDeps } from './endpoint.ts'
import { byId, given, name, pageOnWire, pageSchema, paging, text, timeOrNull, wireTime } from './wire.ts'

const url = z
  .url({ protocol: /^https?$/ })
  .max(1_024)
  .refine((given) => !/^[^/]+\/\/[^/?#]*@/.test(given), { error: problem('userinfo_in_url') })
  .refine((given) => !isBarredAddress((URL.parse(given)?.hostname ?? '').replace(/^\[|\]$/g, '')), {
    error: problem('barred_address'),
  })

// Those that say how the request itself is read are not the operator's.
const credential = text(4_096)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+: *[\x21-\x7e][\x20-\x7e]*$/)
  .refine((line) => !/^(host|content-length|transfer-encoding|connection|upgrade|expect|te|trailer|accept-encoding):/i.test(line), {
    error: problem('no_credential_field'),
  })

const fields = {
  name,
  url,
  credential: z
    .union([z.literal(''), credential])
    .describe('A whole field line, as `Authorization: Bearer x`; kept sealed, never shown; "" removes it'),
  intervalSeconds: z.int().min(60).max(604_800),
  enabled: z.boolean().describe('Pulled by schedule; on demand it is in any case'),
}

const sourceAnswer = z.object({
  id: z.int(),
  name: z.string(),
  url: z.string(),
  hasCredential: z.boolean(),
  intervalSeconds: z.int(),
  enabled: z.boolean(),
  pullTime: wireTime.nullable().describe('When it was last asked'),
  problem: z.string().nullable().describe('What was wrong then, by name; null: nothing'),
  problemMsg: z.string().nullable().describe('The same as a sentence'),
  createTime: wireTime,
  updateTime: wireTime,
  createUser: z.string().nullable(),
  updateUser: z.string().nullable(),
})

function sourceOnWire(source: ProjectSourceRow, deps: ManagementDeps, language: Language): z.output<typeof sourceAnswer> {
  const detail = source.problem === null ? undefined : (JSON.parse(source.problem) as Detail)
  return {
    id: source.id,
    name: source.name,
    url: source.url,
    hasCredential: source.credentialSealed !== null,
    intervalSeconds: source.intervalSeconds,
    enabled: source.enabled,
    pullTime: timeOrNull(source.pulledAt, deps.config),
    problem: detail?.sourceProblem ?? null,
    problemMsg: detail ? explainSource(detail, language) : null,
    createTime: toWireTime(source.createdAt, deps.config.timeZone),
    updateTime: toWireTime(source.updatedAt, deps.config.timeZone),
    createUser: source.createUser,
    updateUser: source.updateUser,
  }
}

export const addProjectSource = endpoint({
  summary: { en: 'Add a source that projects are pulled from', zh: '新增项目来源' },
  body: z.object({
    name: fields.name,
    url: fields.url,
    credential: fields.credential.nullish(),
    intervalSeconds: fields.intervalSeconds.default(3_600),
    enabled: fields.enabled.default(true),
  }),
  answer: sourceAnswer,
  async handle({ body, language }, deps, viewer) {
    const now = deps.now()
    const source = await insertProjectSource(deps.db, {
      name: body.name,
      url: body.url,
      credentialSealed: sealed(body.credential, deps) ?? null,
      intervalSeconds: body.intervalSeconds,
      enabled: body.enabled,
      createdAt: now,
      updatedAt: now,
      createUser: viewer.username,
      updateUser: viewer.username,
    })
    return sourceOnWire(source, deps, language)
  },
})

export const editProjectSource = endpoint({
  summary: { en: 'Edit a source of projects; what is absent or null stays', zh: '编辑项目来源；未传的字段不修改' },
  params: byId,
  body: z.object({
    name: fields.name.nullish(),
    url: fields.url.nullish().describe('One at another place needs its credential anew'),
    credential: fields.credential.nullish(),
    intervalSeconds: fields.intervalSeconds.nullish(),
    enabled: fields.enabled.nullish(),
  }),
  answer: sourceAnswer,
  async handle({ params, body, language }, deps, viewer) {
    const before = await findProjectSource(deps.db, params.id)
    if (!before) throw fault('not_found', { what: 'projectSource' })
    const { credential, ...rest } = body
    // Or who may edit it could have it sent to a place of their own.
    if (before.credentialSealed !== null && credential == null && body.url != null && originOf(body.url) !== originOf(before.url)) {
      throw fault('invalid_parameters', { reason: 'field', name: 'credential', problem: problem('credential_needed') })
    }
    const credentialSealed = sealed(credential, deps)
    const after = await updateProjectSource(deps.db, params.id, {
      ...given(rest),
      ...(credentialSealed === undefined ? {} : { credentialSealed }),
      // What is being pulled at this moment is of the old place.
      ...(body.url == null && credentialSealed === undefined ? {} : { pulledAt: null }),
      updatedAt: deps.now(),
      updateUser: viewer.username,
    })
    if (!after) throw fault('not_found', { what: 'projectSource' })
    return sourceOnWire(after, deps, language)
  },
})

const originOf = (url: string) => new URL(url).origin

/** Undefined leaves it alone; null is none. */
function sealed(credential: string | null | undefined, deps: ManagementDeps): string | null | undefined {
  if (credential == null) return undefined
  return credential === '' ? null : deps.sealer.seal('project-source', credential)
}

export const deleteProjectSource = endpoint({
  summary: { en: 'Delete a source of projects; its projects stay, as made by hand', zh: '删除项目来源；其项目保留' },
  params: byId,
  async handle({ params }, deps) {
    if (!(await deleteSourceRow(deps.db, params.id))) throw fault('not_found', { what: 'projectSource' })
    return null
  },
})

export const pageOfProjectSources = endpoint({
  summary: { en: 'Sources of projects, newest first', zh: '查询项目来源列表（分页）' },
  query: paging.extend({ name: text(64).optional() }),
  answer: pageSchema(sourceAnswer),
  async handle({ query, language }, deps) {
    return pageOnWire(await pageProjectSources(deps.db, query), query, (source) => sourceOnWire(source, deps, language))
  },
})

export const pullProjects = endpoint({
  summary: { en: 'Pull the projects of a source now', zh: '立即拉取项目' },
  params: byId,
  answer: z.object({ added: z.int(), changed: z.int(), removed: z.int(), unchanged: z.int() }),
  ownTransactions: true,
  async handle({ params }, deps) {
    const outcome = await pull(deps.db, params.id, false, deps)
    if (!outcome) throw fault('not_found', { what: 'projectSource' })
    if (outcome instanceof SourceTrouble) throw fault('source_failed', { sourceProblem: outcome.problem, ...outcome.facts })
    return outcome
  },
})
