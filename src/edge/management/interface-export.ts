// Interfaces as a file: JSON as source 002 documents it, a workbook that an import takes back unchanged, or an OpenAPI document.

import { z } from 'zod'
import { fault } from '#core/fault.ts'
import { type ListedOperation, listOperations, sizeOfOperations } from '#core/operation/operation.store.ts'
import { endpoint, type ManagementDeps, Raw } from './endpoint.ts'
import { rowsMax } from './interchange/columns.ts'
import { writeInThread } from './interchange/in-thread.ts'
import { exportRow, interfaceAnswer } from './interface-fields.ts'
import { idsText } from './wire.ts'

const charactersMax = 64 * 1024 * 1024
const isExcel = (accept: string) => /spreadsheetml|ms-excel/i.test(accept)

export const exportInterfaces = endpoint({
  summary: { en: 'Export interfaces: JSON, workbook, OpenAPI', zh: '导出接口（JSON、Excel、OpenAPI）' },
  query: z.object({
    ids: z.preprocess((given) => (given === '' ? undefined : given), idsText(rowsMax).optional()).describe('Absent or empty: all'),
    format: z.enum(['json', 'xlsx', 'openapi', 'openapi-yaml']).optional().describe('Absent: json, or xlsx when Accept names Excel'),
  }),
  answer: z.array(interfaceAnswer.extend({ serviceName: z.string().nullable() })),
  async handle({ query, accept }, deps) {
    const { timeZone } = deps.config
    const listed = await listedOf(query.ids, deps)
    const form = query.format ?? (isExcel(accept) ? 'xlsx' : 'json')
    if (form === 'json') return listed.map((one) => exportRow(one, timeZone))
    const [contentType, fileName] = files[form]
    const bytes = await writeInThread(form, listed, { timeZone, server: deps.config.gatewayUrl ?? '/' })
    return new Raw(bytes, { 'content-type': contentType, 'content-disposition': `attachment; filename="${fileName}"` })
  },
})

const files = {
  xlsx: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'interfaces.xlsx'],
  openapi: ['application/json', 'openapi.json'],
  'openapi-yaml': ['application/yaml', 'openapi.yaml'],
} as const

async function listedOf(ids: readonly number[] | undefined, { db }: ManagementDeps): Promise<ListedOperation[]> {
  const { count, characters } = await sizeOfOperations(db, ids)
  if (count > rowsMax || characters > charactersMax) {
    throw fault('invalid_parameters', { reason: 'export_large', count, characters, rowsMax, charactersMax })
  }
  const listed = await listOperations(db, ids)
  const known = new Set(listed.map(({ row }) => row.id))
  const unknown = ids?.find((id) => !known.has(id))
  if (unknown !== undefined) throw fault('invalid_parameters', { reason: 'unknown_id', name: 'ids', value: unknown })
  return listed
}
