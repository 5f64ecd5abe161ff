// What every form of a file is read into: rows of values by their names on the wire. Then each value is checked as an edit would.

import { z } from 'zod'
import type { Detail, RowError } from '#core/fault.ts'
import { explainProblem, explainReason, type Language } from '#text/text.ts'
import { fields, type GivenFields, type OptionalField, standard } from '../interface-fields.ts'
import { wordsOfZod } from '../wire.ts'
import { type ColumnName, columnOf } from './columns.ts'

export interface RawRow {
  /** As Excel counts: 1 is the head. Other forms are numbered as if they had one. */
  readonly row: number
  readonly values: ReadonlyMap<ColumnName, unknown>
  /** Holds for an interface that is added; one that is there already keeps its own. */
  readonly ifNew?: GivenFields
}

export interface RawFlaw {
  readonly row: number
  readonly field?: string
  readonly detail: Detail
}

export interface RawFile {
  readonly rows: readonly RawRow[]
  readonly flaws: readonly RawFlaw[]
}

/** A file that cannot be read at all. */
export class FileFlaw extends Error {
  readonly detail: Detail

  constructor(detail: Detail) {
    super(detail.reason ?? '')
    this.detail = detail
  }
}

export type RowFields = GivenFields & {
  readonly method: string
  readonly path: string
  readonly version: string
  readonly serviceName?: string | null
}

export interface CheckedRow {
  readonly row: number
  readonly given: RowFields
  readonly ifNew?: GivenFields
}

export interface CheckedFile {
  readonly rows: readonly CheckedRow[]
  readonly errors: readonly RowError[]
}

const isOptional = (name: string): name is OptionalField => Object.hasOwn(standard, name)
const keys = new Set(['method', 'path', 'version'])

// A column that is not there leaves alone what it would say; an empty cell empties. So a file restores what it was exported from.
const rowSchema = z.object({
  ...Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [
      name,
      isOptional(name) ? schema.nullish() : keys.has(name) ? schema : schema.optional(),
    ]),
  ),
  serviceName: z.string().nullish(),
})

export function checkRows({ rows, flaws }: RawFile, language: Language): CheckedFile {
  const errors: RowError[] = flaws.map(({ row, field, detail }) => errorOf(row, field, explainReason(detail, language)))
  const error = wordsOfZod(language)
  const missing = explainReason({ reason: 'required' }, language)
  const flawed = new Set(flaws.map(({ row }) => row))
  const checked = rows.flatMap(({ row, values, ifNew }): CheckedRow[] => {
    const parsed = rowSchema.safeParse(Object.fromEntries(values), { error })
    if (parsed.success) return flawed.has(row) ? [] : [{ row, given: parsed.data as RowFields, ...(ifNew && { ifNew }) }]
    for (const issue of parsed.error.issues) {
      const field = String(issue.path[0])
      errors.push(
        errorOf(row, issue.path.join('.'), values.get(field as ColumnName) == null ? missing : explainProblem(issue.message, language)),
      )
    }
    return []
  })
  return { rows: checked, errors }
}

function errorOf(row: number, field: string | undefined, reason: string): RowError {
  return { row, ...(field === undefined ? {} : { field }), reason }
}

/** The rows of a list of objects by the wire's names: our own export. */
export function rowsOfRecords(records: readonly unknown[]): RawFile {
  const flaws: RawFlaw[] = []
  const rows = records.flatMap((record, at): RawRow[] => {
    const row = at + 2
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      flaws.push({ row, detail: { reason: 'not_an_object' } })
      return []
    }
    const values = new Map<ColumnName, unknown>()
    for (const [name, value] of Object.entries(record)) {
      const column = columnOf.get(name)
      if (column?.name !== name) flaws.push({ row, field: name, detail: { reason: 'unknown_field' } })
      else if (!column.isTold) values.set(column.name, value)
    }
    return [{ row, values }]
  })
  return { rows, flaws }
}
