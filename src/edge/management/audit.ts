// The audit log: who changed what, from where, and what it was before.

import { z } from 'zod'
import { type AuditFilter, type AuditRow, countedMax, pageAudit, readAudit } from '#core/audit/audit.store.ts'
import { fault } from '#core/fault.ts'
import { csvCell } from '#lib/csv-cell.ts'
import { afterSecond, toWireTime } from '#lib/time.ts'
import { endpoint, type ManagementDeps, Raw } from './endpoint.ts'
import { pageOnWire, pageSchema, paging, parseTime, text, wireTime } from './wire.ts'

const filter = z.object({
  from: z.string().optional().describe('YYYY-MM-DD HH:mm:ss in the time zone of the platform'),
  to: z.string().optional().describe('That second is part of the range'),
  username: text(64).optional(),
  kind: text(64).optional().describe('The table: app, app_secret, operation, grant, user, user_role, role, project, …'),
  subject: text(128).optional().describe('The id of the row; of grant, user_role and the like two of them with a space between'),
  action: z.enum(['insert', 'update', 'delete', 'act']).optional().describe('act: done without a change of such a row, as sending again'),
  route: text(128).optional().describe('As `PUT /openapi/app/enable/{id}`'),
  text: text(128).min(1).optional().describe(`Contained in before or after; needs from and to, at most 31 days apart`),
})

const row = z.object({
  id: z.int(),
  time: wireTime,
  userId: z.int().nullable().describe('null: not by way of the management API, or by nobody who was signed in'),
  username: z.string().nullable(),
  ip: z.string().nullable(),
  requestId: z.string().nullable(),
  route: z.string().nullable(),
  kind: z.string(),
  subject: z.string(),
  action: z.string(),
  before: z.record(z.string(), z.unknown()).nullable().describe('Of an update only the columns that differ; secrets are ***'),
  after: z.record(z.string(), z.unknown()).nullable(),
})

export const pageOfAudit = endpoint({
  summary: { en: 'Changes that people made, newest first', zh: '查询审计日志（分页）' },
  query: paging.extend(filter.shape),
  answer: pageSchema(row).extend({ totalCapped: z.boolean().describe(`There are more than ${countedMax}`) }),
  async handle({ query }, deps) {
    const { current, size, ...asked } = query
    if (current * size > countedMax) throw wrong('current', `current * size <= ${countedMax}`)
    const page = await pageAudit(deps.db, { current, size, ...filterOf(asked, deps) })
    const totalCapped = page.total > countedMax
    const total = Math.min(page.total, countedMax)
    return { ...pageOnWire({ ...page, total }, query, (one) => rowOnWire(one, deps)), totalCapped }
  },
})

export const exportAudit = endpoint({
  summary: { en: 'The same as a file, all of it', zh: '导出审计日志' },
  query: filter.extend({ format: z.enum(['csv', 'ndjson']).default('csv') }),
  raw: ['text/csv', 'application/x-ndjson'],
  handle({ query }, deps) {
    const { format, ...asked } = query
    const rows = readAudit(deps.db, filterOf(asked, deps))
    const fieldsOf = (type: string) => ({ 'content-type': type, 'content-disposition': `attachment; filename="audit.${format}"` })
    if (format === 'csv') return new Raw(asCsv(rows, deps), fieldsOf('text/csv; charset=utf-8'))
    return new Raw(asLines(rows, deps), fieldsOf('application/x-ndjson'))
  },
})

const textDaysMax = 31

function filterOf({ from, to, ...rest }: z.output<typeof filter>, deps: ManagementDeps): AuditFilter {
  const range = {
    from: from === undefined ? undefined : parseTime('from', from, deps.config),
    to: to === undefined ? undefined : afterSecond(parseTime('to', to, deps.config)),
  }
  // No index finds a contained text: the range bounds what has to be read.
  if (rest.text !== undefined) {
    if (!range.from || !range.to || range.to.getTime() - range.from.getTime() > textDaysMax * 86_400_000 + 1_000) {
      throw wrong('text', `from, to: <= ${textDaysMax} d`)
    }
  }
  return { ...range, ...rest }
}

const wrong = (name: string, problem: string) => fault('invalid_parameters', { reason: 'field', name, problem })

function rowOnWire(one: AuditRow, deps: ManagementDeps): z.output<typeof row> {
  return { ...one, time: toWireTime(one.time, deps.config.timeZone) }
}

async function* asLines(rows: AsyncIterable<AuditRow[]>, deps: ManagementDeps): AsyncGenerator<string> {
  for await (const some of rows) yield some.map((one) => `${JSON.stringify(rowOnWire(one, deps))}\n`).join('')
}

const columns = Object.keys(row.shape) as (keyof z.output<typeof row>)[]

/** RFC 4180, with the mark by which Excel knows UTF-8. */
async function* asCsv(rows: AsyncIterable<AuditRow[]>, deps: ManagementDeps): AsyncGenerator<string> {
  yield `\uFEFF${columns.join(',')}\r\n`
  for await (const some of rows) {
    yield some
      .map((one) => {
        const onWire = rowOnWire(one, deps)
        return `${columns.map((column) => cell(onWire[column])).join(',')}\r\n`
      })
      .join('')
  }
}

function cell(value: unknown): string {
  return csvCell(value === null || typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value))
}
