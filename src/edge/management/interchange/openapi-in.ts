// An OpenAPI 3 document as rows: one for each operation.

import type { GivenFields } from '../interface-fields.ts'
import type { ColumnName } from './columns.ts'
import { FileFlaw, type RawFile, type RawFlaw, type RawRow } from './rows.ts'
import { isObject, type Json, SchemaFlaw, SchemaReader } from './schema-reader.ts'

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']
/** Settled E14; an interface that is there already keeps its own. */
const standardOfOpenApi: GivenFields = { type: 0, serviceType: 4, status: 0 }

/** Where an operation stands. */
interface Place {
  readonly document: Json
  readonly path: string
  readonly item: Json
  readonly method: string
}

export function rowsOfOpenApi(document: Json): RawFile {
  const dialect = /^3\.[0-2](?=\.|$)/.exec(String(document.openapi))?.[0]
  if (!dialect) throw new FileFlaw({ reason: 'file_unreadable', problem: 'OpenAPI 3.0 – 3.2' })
  const rows: RawRow[] = []
  const flaws: RawFlaw[] = []
  let row = 2

  /** Undefined when it has a flaw. What one may be put together from is counted for each alone. */
  function readable<Read>(field: string, read: (reader: SchemaReader) => Read): Read | undefined {
    try {
      return read(new SchemaReader(document, dialect === '3.0'))
    } catch (error) {
      if (!(error instanceof SchemaFlaw)) throw error
      flaws.push({ row, field, detail: error.detail })
      return undefined
    }
  }

  for (const [path, given] of Object.entries(objectOr(document.paths))) {
    const item = readable(path, (reader) => objectOr(reader.follow(given)))
    if (!item) {
      row++
      continue
    }
    for (const method of Object.keys(item).filter((name) => methods.includes(name))) {
      const values = readable(`${method.toUpperCase()} ${path}`, (reader) => valuesOf({ document, path, item, method }, reader))
      if (values) rows.push({ row, values, ifNew: standardOfOpenApi })
      row++
    }
  }
  return { rows, flaws }
}

function valuesOf({ document, path, item, method }: Place, reader: SchemaReader): Map<ColumnName, unknown> {
  const operation = objectOr(item[method])
  const wanted = method.toUpperCase()
  const name = textOr(operation.summary) ?? textOr(operation.operationId) ?? `${wanted} ${path}`
  const values = new Map<ColumnName, unknown>([
    ['name', name.slice(0, 64).toWellFormed().trim()],
    ['path', path],
    ['method', wanted],
    ['version', String(operation['x-version'] ?? objectOr(document.info).version ?? '')],
  ])
  if (typeof operation.description === 'string') values.set('doc', operation.description)
  if (operation['x-service-type'] !== undefined) values.set('serviceType', operation['x-service-type'])
  const paramSchema = paramSchemaOf(reader, item, operation)
  if (paramSchema) values.set('paramSchema', paramSchema)
  return values
}

/** One object of all parameters: those of path and query, and the properties of the body. */
function paramSchemaOf(reader: SchemaReader, item: Json, operation: Json): Json | undefined {
  const properties = new Map<string, unknown>()
  const required = new Set<string>()
  for (const given of [...listOr(item.parameters), ...listOr(operation.parameters)]) {
    const parameter = objectOr(reader.follow(given))
    if ((parameter.in !== 'path' && parameter.in !== 'query') || typeof parameter.name !== 'string') continue
    const schema = reader.read(parameter.schema ?? contentSchema(parameter.content) ?? {})
    const description = textOr(parameter.description)
    properties.set(parameter.name, description && isObject(schema) ? { description, ...schema } : schema)
    if (parameter.required === true || parameter.in === 'path') required.add(parameter.name)
  }
  const body = reader.read(contentSchema(objectOr(reader.follow(operation.requestBody)).content))
  if (!isObject(body) || (body.type !== undefined && body.type !== 'object')) {
    return properties.size === 0 ? undefined : objectSchema({}, properties, required)
  }
  for (const [name, schema] of Object.entries(objectOr(body.properties))) if (!properties.has(name)) properties.set(name, schema)
  for (const name of listOr(body.required)) if (typeof name === 'string') required.add(name)
  return objectSchema(body, properties, required)
}

function objectSchema(rest: Json, properties: ReadonlyMap<string, unknown>, required: ReadonlySet<string>): Json {
  const { type: _, properties: __, required: ___, ...others } = rest
  const names = required.size > 0 ? { required: [...required] } : {}
  return { type: 'object', properties: Object.fromEntries(properties), ...names, ...others }
}

function contentSchema(content: unknown): unknown {
  const types = Object.entries(objectOr(content))
  const found = types.find(([type]) => /^application\/(json|[\w.+-]*\+json|x-www-form-urlencoded)/i.test(type))
  return found && objectOr(found[1]).schema
}

const objectOr = (value: unknown): Json => (isObject(value) ? value : {})
const listOr = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const textOr = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value : undefined)
