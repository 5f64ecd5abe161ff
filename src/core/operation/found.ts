// Where in an interface a text was found, for whoever searches documentation. The same texts are looked through as in `operation_words` of
// the database, in the order in which a reader would want to know.

import type { OperationRow } from './operation.store.ts'
import { effectivePath, numberIn } from './operation.ts'

export const foundPlaces = ['number', 'name', 'path', 'remark', 'parameter', 'doc'] as const

export interface Found {
  readonly place: (typeof foundPlaces)[number]
  /** The line that holds it, cut where it is long. */
  readonly text: string
  /** Of a document: the heading above. */
  readonly heading: string | null
}

type Searched = Pick<OperationRow, 'doc' | 'id' | 'name' | 'paramSchema' | 'path' | 'remark' | 'version'>

export function foundIn(operation: Searched, search: string): Found | null {
  const { name, remark, doc, paramSchema } = operation
  const wanted = search.toLowerCase()
  const lineOf = (text: string) => text.split('\n').find((line) => line.toLowerCase().includes(wanted))
  const candidates: (readonly [Found['place'], string | undefined])[] = [
    ['number', numberIn(search) === operation.id ? `#${operation.id}` : undefined],
    ['name', lineOf(name)],
    ['path', lineOf(`${effectivePath(operation)}\n${operation.path}`)],
    ['remark', lineOf(remark ?? '')],
    ['parameter', lineOf(parameterLines(paramSchema ?? {}).join('\n'))],
    ['doc', lineOf(doc ?? '')],
  ]
  for (const [place, line] of candidates) {
    if (line === undefined) continue
    if (place !== 'doc') return { place, text: cutAround(line, wanted), heading: null }
    const plain = withoutMarks(line)
    const text = cutAround(plain.toLowerCase().includes(wanted) ? plain : line, wanted)
    return { place, text, heading: headingAbove(doc!, line) }
  }
  return null
}

/** `items.name: what its author says`, a line for each parameter at any depth. */
function parameterLines(schema: unknown, above = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([key, value]) => {
    if (key !== 'properties' || typeof value !== 'object' || value === null || Array.isArray(value)) return parameterLines(value, above)
    return Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([name, one]) => {
      const path = above === '' ? name : `${above}.${name}`
      const { title, description } = (one ?? {}) as { title?: unknown; description?: unknown }
      const words = [title, description]
        .filter((word) => typeof word === 'string')
        .join(' ')
        .replace(/\s+/g, ' ')
      return [words === '' ? path : `${path}: ${words}`, ...parameterLines(one, path)]
    })
  })
}

/** A line of Markdown as one reads it. */
function withoutMarks(line: string): string {
  return line
    .replace(/^[\s#>|*-]+|[\s|]+$/g, '')
    .replace(/\*\*|`/g, '')
    .replace(/\s*\|\s*/g, ' · ')
}

const before = 40
const lengthMax = 160

function cutAround(line: string, wanted: string): string {
  const text = line.trim()
  if (text.length <= lengthMax) return text
  const from = Math.max(0, Math.min(text.toLowerCase().indexOf(wanted) - before, text.length - lengthMax))
  return `${from > 0 ? '…' : ''}${text.slice(from, from + lengthMax)}${from + lengthMax < text.length ? '…' : ''}`
}

function headingAbove(doc: string, line: string): string | null {
  const lines = doc.split('\n')
  const heading = lines.slice(0, lines.indexOf(line) + 1).findLast((one) => /^#{1,6}\s/.test(one))
  return heading?.replace(/^#+\s+|\s+#*\s*$/g, '') ?? null
}
