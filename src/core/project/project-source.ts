// What an external list of projects looks like, and how all of it is read.
//
// The answer is JSON: a list, or one under `data`, `records` or `data.records`, of {code | key | id, name, remark?}. Where it says how many
// `pages` there are, as ours do, the others are asked for by `current` and `size`. A list is taken whole or not at all.

import { askOutward, fieldOf, type OutwardBounds, OutwardError } from '#lib/outward.ts'

export interface ListedProject {
  /** What it is called there, and what callers know it by here. */
  readonly key: string
  readonly name: string
  readonly remark: string | null
}

export type SourceProblem =
  | OutwardError['why']
  | 'status'
  | 'too_many'
  | 'not_json'
  | 'no_list'
  | 'bad_project'
  | 'repeated'
  | 'incomplete'
  | 'empty'
  | 'code_taken'
  | 'overtaken'

/** Why a list could not be taken, and the facts of it. */
export class SourceTrouble extends Error {
  readonly problem: SourceProblem
  readonly facts: Record<string, string | number>

  constructor(problem: SourceProblem, facts: Record<string, string | number> = {}, options?: ErrorOptions) {
    super(problem, options)
    this.problem = problem
    this.facts = facts
  }
}

const bytesMax = 5 * 1024 * 1024
const countMax = 20_000
const pageSize = 200
const nameLengthMax = 255
const remarkLengthMax = 255

/** As a project's code: it travels in a field, separated by commas. */
const codePattern = /^[A-Za-z0-9._:-]{1,64}$/

/** Throws a `SourceTrouble`. `fieldLine` proves us to the source: `Authorization: Bearer x`. */
export async function listProjects(
  url: string,
  fieldLine: string | undefined,
  bounds: Omit<OutwardBounds, 'bytesMax'>,
): Promise<ListedProject[]> {
  const headers = { accept: 'application/json', ...fieldOf(fieldLine) }
  const rows: unknown[] = []
  let bytesLeft = bytesMax
  let pages = 1
  let total: number | undefined
  for (let page = 1; page <= pages; page++) {
    const answer = await ask(pageOf(url, page), headers, { ...bounds, bytesMax: bytesLeft })
    bytesLeft -= Buffer.byteLength(answer)
    const list = listIn(parse(answer))
    if (page === 1) {
      pages = Math.min(list.pages ?? 1, countMax)
      total = list.total
    }
    rows.push(...list.rows)
    if (rows.length > countMax) throw new SourceTrouble('too_many', { countMax })
  }
  if (total !== undefined && total !== rows.length) throw new SourceTrouble('incomplete', { total, count: rows.length })
  return distinct(rows.map(readProject))
}

function pageOf(url: string, page: number): URL {
  const asked = new URL(url)
  if (page > 1 || !asked.searchParams.has('current')) asked.searchParams.set('current', String(page))
  if (!asked.searchParams.has('size')) asked.searchParams.set('size', String(pageSize))
  return asked
}

async function ask(url: URL, headers: Record<string, string>, bounds: OutwardBounds): Promise<string> {
  try {
    const { status, text } = await askOutward(url, headers, bounds)
    if (status !== 200) throw new SourceTrouble('status', { status })
    return text
  } catch (error) {
    if (error instanceof OutwardError) throw new SourceTrouble(error.why, { bytesMax }, { cause: error })
    throw error
  }
}

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer)
  } catch (error) {
    throw new SourceTrouble('not_json', {}, { cause: error })
  }
}

interface List {
  readonly rows: readonly unknown[]
  readonly pages?: number | undefined
  readonly total?: number | undefined
}

function listIn(answer: unknown): List {
  if (Array.isArray(answer)) return { rows: answer }
  const { data, records } = fieldsOf(answer)
  if (Array.isArray(data)) return { rows: data, ...countsOf(answer) }
  if (Array.isArray(records)) return { rows: records, ...countsOf(answer) }
  const inner = fieldsOf(data).records
  if (Array.isArray(inner)) return { rows: inner, ...countsOf(data) }
  throw new SourceTrouble('no_list')
}

function countsOf(holder: unknown) {
  const count = (value: unknown) => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined)
  const { pages, total } = fieldsOf(holder)
  return { pages: count(pages), total: count(total) }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function readProject(row: unknown, at: number): ListedProject {
  const { code, key: given, id, name, remark } = fieldsOf(row)
  const trouble = (field: string) => new SourceTrouble('bad_project', { row: at + 1, field })
  const named = code ?? given ?? id
  const key = Number.isSafeInteger(named) ? String(named) : named
  if (typeof key !== 'string' || !codePattern.test(key)) throw trouble('code')
  if (!isText(name, nameLengthMax) || name.trim() === '') throw trouble('name')
  if (remark != null && !isText(remark, remarkLengthMax)) throw trouble('remark')
  return { key, name: name.trim(), remark: remark ?? null }
}

// PostgreSQL holds neither NUL nor lone surrogates.
function isText(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && value.length <= lengthMax && !value.includes('\0') && value.isWellFormed()
}

function distinct(projects: ListedProject[]): ListedProject[] {
  const seen = new Set<string>()
  for (const { key } of projects) {
    if (seen.has(key)) throw new SourceTrouble('repeated', { key })
    seen.add(key)
  }
  return projects
}
