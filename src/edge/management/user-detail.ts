// The fields of `details` that the user centre knows of a person (source 003, settled F27).

import { z } from 'zod'
import { fault, problem } from '#core/fault.ts'
import { type DetailRow, deleteDetail, insertDetail, pageDetails, updateDetail } from '#core/user/detail.store.ts'
import { detailsMax, detailTypes } from '#core/user/detail.ts'
import { brokenConstraint } from '#db/open.ts'
import { isDetailName } from '#lib/detail-name.ts'
import { endpoint } from './endpoint.ts'
import { byId, given, name, pageOnWire, pageSchema, paging, text } from './wire.ts'

const answer = z.object({
  id: z.int(),
  name: z.string(),
  title: z.string(),
  type: z.enum(detailTypes),
  required: z.boolean(),
  order: z.int(),
})

const order = z.int().min(0).max(10_000)

function onWire({ id, name, title, type, required, order }: DetailRow): z.output<typeof answer> {
  return { id, name, title, type, required, order }
}

export const pageOfUserDetails = endpoint({
  summary: { en: 'Fields of user details, in their order', zh: '查询用户资料字段列表（分页）' },
  query: paging,
  answer: pageSchema(answer),
  async handle({ query }, deps) {
    return pageOnWire(await pageDetails(deps.db, query), query, onWire)
  },
})

export const addUserDetail = endpoint({
  summary: { en: `Add a field of user details, of at most ${detailsMax}`, zh: `新增用户资料字段（最多 ${detailsMax} 个）` },
  body: z.object({
    name: text(32)
      .refine(isDetailName, { error: problem('detail_name') })
      .describe('As parameters and answers have it; it stays'),
    title: name,
    type: z.enum(detailTypes).default('text'),
    required: z.boolean().default(false).describe('Once told, it cannot be emptied'),
    order: order.default(100),
  }),
  answer,
  async handle({ body }, deps) {
    const row = await orConflict(body.name, () => deps.db.transaction((tx) => insertDetail(tx, body, deps.now())))
    if (!row) throw fault('invalid_parameters', { reason: 'details_max', countMax: detailsMax })
    return onWire(row)
  },
})

export const editUserDetail = endpoint({
  summary: { en: 'Edit a field of user details; what is absent or null stays', zh: '编辑用户资料字段；未传的字段不修改' },
  params: byId,
  body: z.object({
    title: name.nullish(),
    type: z.enum(detailTypes).nullish(),
    required: z.boolean().nullish(),
    order: order.nullish(),
  }),
  answer,
  async handle({ params, body }, deps) {
    const row = await updateDetail(deps.db, params.id, given(body), deps.now())
    if (!row) throw fault('not_found', { what: 'userDetail' })
    return onWire(row)
  },
})

export const removeUserDetail = endpoint({
  summary: { en: 'Delete a field of user details, with what was told under it', zh: '删除用户资料字段（连同已填写的内容）' },
  params: byId,
  async handle({ params }, deps) {
    if (!(await deleteDetail(deps.db, params.id))) throw fault('not_found', { what: 'userDetail' })
    return null
  },
})

async function orConflict<T>(value: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (brokenConstraint(error) === 'user_detail_name') throw fault('conflict', { what: 'userDetail', value })
    throw error
  }
}
