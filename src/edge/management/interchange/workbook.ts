// Interfaces as a workbook (.xlsx), both ways. All texts are cells of text: what begins like a formula is none, and comes back unchanged.

import { zipSync } from 'fflate'
import { readSheet } from 'read-excel-file/universal'
import writeWorkbook from 'write-excel-file/node'
import type { ExportRow } from '../interface-fields.ts'
import { type Column, type ColumnName, columnOf, columns, rowsMax } from './columns.ts'
import { FileFlaw, type RawFile, type RawFlaw, type RawRow } from './rows.ts'
import { unpack } from './zip.ts'

/** What Excel takes in one cell; a longer text goes on in columns `name.2`, `name.3` and so on. */
const cellMax = 32_767
const columnsMax = 100

type CellValue = string | number | null

export async function writeRows(rows: readonly ExportRow[]): Promise<Uint8Array> {
  const table = columns.map((column) => rows.map((row) => piecesOf(row[column.name], column)))
  const widths = table.map((cells) => Math.max(1, ...cells.map((pieces) => pieces.length)))
  const head = columns.flatMap(({ name }, at) => Array.from({ length: widths[at]! }, (_, piece) => headOf(name, piece)))
  const lines = rows.map((_, row) =>
    table.flatMap((cells, at) => Array.from({ length: widths[at]! }, (_, piece) => cells[row]![piece] ?? null)),
  )
  const sheet = [head, ...lines].map((line) => line.map((value) => (typeof value === 'string' ? escaped(value) : value)))
  return new Uint8Array(await writeWorkbook(sheet, { sheet: 'interfaces', stickyRowsCount: 1 }).toBuffer())
}

const headOf = (name: string, piece: number) => (piece === 0 ? name : `${name}.${piece + 1}`)

function piecesOf(value: unknown, { kind }: Column): CellValue[] {
  if (value == null) return []
  if (kind === 'number') return [value as number]
  const text = kind === 'json' ? JSON.stringify(value) : kind === 'list' ? (value as string[]).join(',') : String(value)
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + cellMax, text.length)
    // Not between the halves of a character.
    if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1]!)) end--
    pieces.push(text.slice(at, end))
    at = end
  }
  return pieces
}

// XML has no place for some characters, and reads a carriage return as a line feed. Workbooks write them as `_x000D_`, and an
// underscore that would begin such a thing as `_x005F_`. The library loses names of `Object.prototype`: so their first letter is written that way.
const unwritable = /[^\t\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffc]|_(?=x[0-9a-fA-F]{4}_)/g

function escaped(text: string): string {
  if (text in {}) return hex(text[0]!) + text.slice(1)
  return text.replace(unwritable, (character, at: number) => (isHalfOfPair(text, at) ? character : hex(character)))
}

const hex = (character: string) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`

function isHalfOfPair(text: string, at: number): boolean {
  const point = text.codePointAt(at)!
  const before = at > 0 ? text.codePointAt(at - 1)! : 0
  const pair = point > 0xffff ? point : before > 0xffff ? before : 0
  // The last two of each plane are no characters, and the library drops them.
  return pair > 0 && (pair & 0xfffe) !== 0xfffe
}

export async function readRows(file: Uint8Array): Promise<RawFile> {
  const entries = unpack(file)
  for (const bytes of Object.values(entries)) requireModestSheet(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString())
  // Packed again without compression, so that what is read is what was bounded.
  const [head = [], ...lines] = await readSheet(zipSync(entries, { level: 0 }).buffer as ArrayBuffer, { trim: false })
  const flaws: RawFlaw[] = []
  const places = placesOf(head as unknown[], flaws)
  const rows = lines.flatMap((line, at): RawRow[] => {
    if (line.every((cell) => cell === null)) return []
    const row = at + 2
    const values = new Map<ColumnName, unknown>()
    for (const [column, at] of places) {
      if (column.isTold) continue
      const cells = at.map((one) => line[one] as unknown).filter((cell) => cell != null)
      const value = cells.length === 0 ? null : valueIn(cells, column)
      if (value === undefined) flaws.push({ row, field: column.name, detail: { reason: 'cell_json' } })
      else values.set(column.name, value)
    }
    return [{ row, values }]
  })
  return { rows, flaws }
}

/** Which cells of a line belong to which column. */
function placesOf(head: readonly unknown[], flaws: RawFlaw[]): Map<Column, number[]> {
  const places = new Map<Column, number[]>()
  const seen = new Set<string>()
  for (const [at, cell] of head.entries()) {
    if (cell === null) continue
    const called = String(cell).trim()
    const [, base = called, piece = '1'] = /^(\w+)\.([2-9]|1\d)$/.exec(called) ?? []
    const column = columnOf.get(base)
    if (!column) flaws.push({ row: 1, field: called, detail: { reason: 'unknown_field' } })
    else if (seen.has(`${column.name} ${piece}`)) flaws.push({ row: 1, field: called, detail: { reason: 'field_repeated' } })
    else {
      seen.add(`${column.name} ${piece}`)
      const cells = places.get(column) ?? []
      cells[Number(piece) - 1] = at
      places.set(column, cells)
    }
  }
  return places
}

/** undefined when it is not what the column holds; other wrong values are told by the check that follows. */
function valueIn(cells: readonly unknown[], { kind }: Column): unknown {
  const [first] = cells
  if (kind === 'number') return typeof first === 'string' && /^\s*\d{1,15}\s*$/.test(first) ? Number(first) : first
  const text = cells.map(textOf).join('')
  if (kind === 'text') return text
  if (kind === 'list') {
    return text
      .split(/[,，]/)
      .map((one) => one.trim())
      .filter((one) => one !== '')
  }
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function textOf(cell: unknown): string {
  // A workbook's dates have no zone; they are meant as they are seen.
  return cell instanceof Date ? cell.toISOString().slice(0, 19).replace('T', ' ') : String(cell)
}

// One cell far away would make a table of everything before it.
function requireModestSheet(xml: string): void {
  for (const [, attributes] of xml.matchAll(/<(?:\w+:)?(?:row|c)\s([^>]*)/g)) {
    const [, place] = /(?:^|\s)r\s*=\s*["']([^"']*)/.exec(attributes!) ?? []
    if (place === undefined) continue
    const [, letters, digits] = /^([A-Z]*)(\d+)$/.exec(place) ?? []
    const isFar = letters === undefined || Number(digits) > rowsMax + 1 || columnNumber(letters) > columnsMax
    if (isFar) throw new FileFlaw({ reason: 'file_rows', rowsMax, columnsMax })
  }
}

function columnNumber(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0)
}
