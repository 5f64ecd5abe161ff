// Reads a file of interfaces, whatever its form: a workbook, an OpenAPI 3 document, or our own export, as JSON or YAML.

import { isDeeperThan } from '#lib/storable.ts'
import { rowsMax } from './columns.ts'
import { rowsOfOpenApi } from './openapi-in.ts'
import { FileFlaw, type RawFile, rowsOfRecords } from './rows.ts'

const depthMax = 128
/** An alias of YAML stands for what may be long, and may be in another. */
const aliasesMax = 100
/** YAML costs a hundred times what JSON does. */
const yamlBytesMax = 4 * 1024 * 1024

export async function readFile(bytes: Uint8Array): Promise<RawFile> {
  const file = isZip(bytes) ? await (await import('./workbook.ts')).readRows(bytes) : rowsOfDocument(await documentOf(bytes))
  if (file.rows.length > rowsMax) throw new FileFlaw({ reason: 'file_rows', rowsMax, columnsMax: 100 })
  return file
}

const isZip = ([first, second, third]: Uint8Array) => first === 0x50 && second === 0x4b && third === 3

async function documentOf(bytes: Uint8Array): Promise<unknown> {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  if (/^\s*[{[]/.test(text)) {
    const document = orUndefined(() => JSON.parse(text))
    if (document !== undefined) return document
  }
  if (bytes.length > yamlBytesMax) throw new FileFlaw({ reason: 'file_unreadable', problem: `YAML ≤ ${yamlBytesMax} bytes` })
  const { parse } = await import('yaml')
  return parse(text, { maxAliasCount: aliasesMax, logLevel: 'silent' })
}

function rowsOfDocument(document: unknown): RawFile {
  if (isDeeperThan(depthMax, document)) throw new FileFlaw({ reason: 'file_unreadable', problem: `depth > ${depthMax}` })
  if (Array.isArray(document)) return rowsOfRecords(document)
  if (typeof document !== 'object' || document === null) throw new FileFlaw({ reason: 'file_unreadable', problem: typeof document })
  if ('openapi' in document) return rowsOfOpenApi(document as Record<string, unknown>)
  // An export as it was answered, in its envelope.
  if ('data' in document && Array.isArray(document.data)) return rowsOfRecords(document.data)
  throw new FileFlaw({ reason: 'file_unreadable', problem: Object.keys(document).slice(0, 5).join(', ') })
}

function orUndefined(parse: () => unknown): unknown {
  try {
    return parse()
  } catch {
    return undefined
  }
}
