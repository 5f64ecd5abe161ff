// Kinds of business (业务类型): what interfaces are about. Rows, so that a company can have its own.

import { z } from 'zod'
import { fault } from '#core/fault.ts'
import { deleteServiceType, insertServiceType, pageServiceTypes, updateServiceType } from '#core/service-type/service-type.store.ts'
import { brokenConstraint } from '#db/open.ts'
import { endpoint } from './endpoint.ts'
import { byId, given, id, name, pageOnWire, pageSchema, paging, text } from './wire.ts'

const answer = z.object({ id: z.int(), titleZh: z.string(), titleEn: z.string() })

export const pageOfServiceTypes = endpoint({
  summary: { en: 'Service types, by number', zh: '查询业务类型列表（分页）' },
  query: paging.extend({ title: text(64).optional() }),
  answer: pageSchema(answer),
  async handle({ query }, deps) {
    return pageOnWire(await pageServiceTypes(deps.db, query), query, (row) => row)
  },
})

export const addServiceType = endpoint({
  summary: { en: 'Add a service type', zh: '新增业务类型' },
  body: z.object({ id: id.max(1_000_000).nullish().describe('Absent: the next one'), titleZh: name, titleEn: name }),
  answer,
  async handle({ body }, deps) {
    try {
      return await insertServiceType(deps.db, { ...body, id: body.id ?? undefined })
    } catch (error) {
      if (brokenConstraint(error) !== 'service_type_pkey') throw error
      throw fault('conflict', { what: 'serviceType', value: body.id ?? body.titleZh })
    }
  },
})

export const editServiceType = endpoint({
  summary: { en: 'Edit the titles of a service type; what is absent or null stays', zh: '编辑业务类型；未传的字段不修改' },
  params: byId,
  body: z.object({ titleZh: name.nullish(), titleEn: name.nullish() }),
  answer,
  async handle({ params, body }, deps) {
    const row = await updateServiceType(deps.db, params.id, given(body))
    if (!row) throw fault('not_found', { what: 'serviceType' })
    return row
  },
})

export const removeServiceType = endpoint({
  summary: {
    en: 'Delete a service type that no interface is of, deleted ones included',
    zh: '删除业务类型（正被接口使用时不能删除，含已删除的接口）',
  },
  params: byId,
  async handle({ params }, deps) {
    const done = await deleteServiceType(deps.db, params.id)
    if (done === 'absent') throw fault('not_found', { what: 'serviceType' })
    if (done !== 'done') throw fault('conflict', { reason: 'in_use', what: 'serviceType', value: done.row.titleZh, count: done.users })
    return null
  },
})
