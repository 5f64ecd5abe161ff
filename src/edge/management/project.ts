// Projects: what an app's data is bounded by.

import { z } from 'zod'
import { fault } from '#core/fault.ts'
import { findProject, insertProject, type ProjectRow, pageProjects, updateProject } from '#core/project/project.store.ts'
import { brokenConstraint } from '#db/open.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint, type ManagementDeps } from './endpoint.ts'
import { byId, given, name, optionalText, pageOnWire, pageSchema, paging, sorting, text, wireTime } from './wire.ts'

// It travels in a field, separated by commas, and must not look like an array or object of JSON.
const code = text(64).regex(/^[A-Za-z0-9._:-]+$/)

const projectAnswer = z.object({
  id: z.int(),
  name: z.string(),
  code: z.string().nullable(),
  remark: z.string().nullable(),
  sourceId: z.int().nullable().describe('The source that it is pulled from; only its remark can be edited then'),
  createTime: wireTime,
  updateTime: wireTime,
})

function projectOnWire(project: ProjectRow, deps: ManagementDeps): z.output<typeof projectAnswer> {
  return {
    id: project.id,
    name: project.name,
    code: project.code,
    remark: project.remark,
    sourceId: project.sourceId,
    createTime: toWireTime(project.createdAt, deps.config.timeZone),
    updateTime: toWireTime(project.updatedAt, deps.config.timeZone),
  }
}

export const addProject = endpoint({
  summary: { en: 'Add a project', zh: '新增项目' },
  body: z.object({ name, code: code.nullish().describe('What callers know it by; absent: the id'), remark: optionalText(255) }),
  answer: projectAnswer,
  async handle({ body }, deps, viewer) {
    const now = deps.now()
    const author = { createdAt: now, updatedAt: now, createUser: viewer.username, updateUser: viewer.username }
    const row = { name: body.name, code: body.code ?? null, remark: body.remark ?? null, ...author }
    return projectOnWire(await orConflict(body.code, () => insertProject(deps.db, row)), deps)
  },
})

export const editProject = endpoint({
  summary: { en: 'Edit a project; what is absent or null stays', zh: '编辑项目；未传的字段不修改' },
  params: byId,
  body: z.object({ name: name.nullish(), code: code.nullish(), remark: optionalText(255) }),
  answer: projectAnswer,
  async handle({ params, body }, deps, viewer) {
    const before = await findProject(deps.db, params.id)
    if (before?.sourceId != null && (body.name != null || body.code != null)) throw fault('project_pulled')
    const change = { ...given(body), updatedAt: deps.now(), updateUser: viewer.username }
    const project = await orConflict(body.code, () => updateProject(deps.db, params.id, change))
    if (!project) throw fault('not_found', { what: 'project' })
    return projectOnWire(project, deps)
  },
})

export const deleteProject = endpoint({
  summary: { en: 'Delete a project; apps lose it', zh: '删除项目' },
  params: byId,
  async handle({ params }, deps, viewer) {
    const now = deps.now()
    const before = await findProject(deps.db, params.id)
    if (before?.sourceId != null) throw fault('project_pulled')
    const deleted = await updateProject(deps.db, params.id, { deletedAt: now, updatedAt: now, updateUser: viewer.username })
    if (!deleted) throw fault('not_found', { what: 'project' })
    return null
  },
})

export const pageOfProjects = endpoint({
  summary: { en: 'Projects, newest first', zh: '查询项目列表（分页）' },
  query: paging.extend({
    name: text(64).optional(),
    code: text(64).optional(),
    sort: sorting({ name: 'name', createTime: 'createdAt' }),
  }),
  answer: pageSchema(projectAnswer),
  async handle({ query }, deps) {
    const page = await pageProjects(deps.db, query)
    return pageOnWire(page, query, (project) => projectOnWire(project, deps))
  },
})

async function orConflict<T>(value: string | null | undefined, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (brokenConstraint(error) === 'project_code') throw fault('conflict', { what: 'project', value: value ?? '' })
    throw error
  }
}
