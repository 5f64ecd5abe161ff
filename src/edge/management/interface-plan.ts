// What would become of the rows of a file: interfaces that are added, changed, or stay as they are, and what is wrong.

import type { Refusal, RowError } from '#core/fault.ts'
import {
  holdOperationsOn,
  type NewOperation,
  type OperationRow,
  serviceIdsByName,
  surroundingsOf,
} from '#core/operation/operation.store.ts'
import { effectivePath, type Flaw, flaw, flawOf, keyOf, placeOf, type Surroundings, shapeOf } from '#core/operation/operation.ts'
import type { Db } from '#db/open.ts'
import { explain, explainReason, type Language } from '#text/text.ts'
import type { CheckedFile, CheckedRow } from './interchange/rows.ts'
import { columnsOf, type GivenFields, standard, withShape } from './interface-fields.ts'

/** A row of the file; `given` is all that it says, as another import would take it. */
interface Planned {
  readonly row: number
  readonly given: GivenFields
}

export interface Plan {
  readonly added: (Planned & { readonly after: NewOperation })[]
  readonly changed: (Planned & { readonly before: OperationRow; readonly after: OperationRow })[]
  unchanged: number
  readonly errors: RowError[]
}

/** Who imports, when, and what words and times mean to them. */
export interface Importer {
  readonly username: string
  readonly now: Date
  readonly timeZone: string
  readonly language: Language
}

/** What is there already is held until the transaction ends. */
export async function planOf(tx: Db, { rows, errors }: CheckedFile, importer: Importer): Promise<Plan> {
  const plan: Plan = { added: [], changed: [], unchanged: 0, errors: [...errors] }
  const there = await thereFor(tx, rows)
  const seen = new Map<string, number>()
  for (const one of rows) {
    const key = keyOf(one.given)
    const other = seen.get(key)
    seen.set(key, other ?? one.row)
    const flaws = other === undefined ? planRow(one, there, importer, plan) : [flaw('version', { reason: 'row_repeated', other })]
    for (const { field, refusal } of flaws) plan.errors.push({ row: one.row, field, reason: wordsOf(refusal, importer.language) })
  }
  return plan
}

/** Adds a row to the plan, unless it has flaws. */
function planRow({ row, given, ifNew }: CheckedRow, there: There, importer: Importer, plan: Plan): Flaw[] {
  const { serviceName, ...wire } = given
  const serviceId = serviceName == null ? wire.serviceId : there.serviceIds.get(serviceName)
  if (serviceName != null && serviceId === undefined) {
    return [flaw('serviceName', { reason: 'unknown_id', name: 'serviceName', value: serviceName })]
  }
  const before = there.operations.get(keyOf(given))
  const asked = filled({ ...(before ? {} : { ...standard, ...ifNew }), ...wire, ...(serviceId === undefined ? {} : { serviceId }) })
  const absent = before ? [] : needed.filter((field) => asked[field] === undefined)
  if (absent.length > 0) return absent.map((field) => flaw(field, { reason: 'required' }))

  const columns = columnsOf(asked, importer.timeZone) as NewOperation
  const after = withShape({ ...before, ...columns })
  const wrong = flawOf(after, there.around)
  if (wrong) return [wrong]
  if (!takePlace(there.places, after)) return [flaw('status', { reason: 'published_twice', value: placeOf(after) })]

  const { username, now } = importer
  const update = { updatedAt: now, updateUser: username }
  if (!before) {
    plan.added.push({
      row,
      given: { ...ifNew, ...given },
      after: { ...after, opening: 1, createdAt: now, createUser: username, ...update },
    })
  } else if (isUnchanged(before, columns)) plan.unchanged++
  else plan.changed.push({ row, given, before, after: { ...(after as OperationRow), ...update } })
  return []
}

/** What a new one cannot do without, besides method, path and version. */
const needed = ['name', 'type', 'serviceType'] as const

interface There {
  readonly operations: ReadonlyMap<string, OperationRow>
  readonly serviceIds: ReadonlyMap<string, number>
  readonly around: Surroundings
  /** Where published ones stand that the file does not speak of. */
  readonly places: Set<string>
}

async function thereFor(tx: Db, rows: readonly CheckedRow[]): Promise<There> {
  const given = rows.map((row) => row.given)
  const distinct = (texts: readonly string[]) => [...new Set(texts)]
  const held = await holdOperationsOn(
    tx,
    distinct(given.map(({ path }) => path)),
    distinct(given.map((one) => shapeOf(effectivePath(one)))),
  )
  const serviceIds = await serviceIdsByName(tx, distinct(given.flatMap(({ serviceName }) => serviceName ?? [])))
  const named = [...serviceIds.values()].map((serviceId) => ({ serviceId }))
  const around = await surroundingsOf(tx, [...given, ...named, ...held])
  const inFile = new Set(given.map(keyOf))
  const places = new Set<string>()
  for (const operation of held) if (!inFile.has(keyOf(operation))) takePlace(places, operation)
  return { operations: new Map(held.map((row) => [keyOf(row), row])), serviceIds, around, places }
}

/** False when another published one is there. */
function takePlace(places: Set<string>, { published, method, pathShape }: NewOperation): boolean {
  const place = `${method} ${pathShape}`
  if (published && places.has(place)) return false
  if (published) places.add(place)
  return true
}

/** An empty cell is what an interface has that was given none. */
function filled(given: GivenFields): GivenFields {
  const standards: Readonly<Record<string, unknown>> = standard
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value ?? standards[name]]])),
  )
}

// A workbook cannot tell an empty text from none.
function isUnchanged(before: OperationRow, asked: NewOperation): boolean {
  const had: Readonly<Record<string, unknown>> = { ...before }
  return Object.entries(asked).every(([column, value]) => isSame(had[column] || null, value || null))
}

/** Parameters in another order are others: documentation shows them in theirs. */
export function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after)
}

function wordsOf({ fault, detail }: Refusal, language: Language): string {
  return detail.reason ? explainReason(detail, language) : explain(fault, detail, language)
}
