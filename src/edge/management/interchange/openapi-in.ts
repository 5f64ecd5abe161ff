// An OpenAPI 3 document as rows: one for each operation. What a `$ref` names is put in its place; it stays within the document, ends
// where it would go in a circle, and may not grow beyond measure.

import type { Detail } from '#core/fault.ts'
import type { GivenFields } from '../interface-fields.ts'
import type { ColumnName } from './columns.ts'
import { FileFlaw, type RawFile, type RawFlaw, type RawRow } from './rows.ts'

type Json = Readonly<Record<string, unknown>>

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']
/** Settled E14; an interface that is there already keeps its own. */
const standardOfOpenApi: GivenFields = { type: 0, serviceType: 4, status: 0 }
const nodesMax = 10_000
const depthMax = 60

class SchemaFlaw extends Error {
  readonly detail: Detail

  constructor(detail: Detail) {
    super(detail.reason ?? '')
    this.detail = detail
  }
}

export function rowsOfOpenApi(document: Json): RawFile {
  const dialect = /^3\.[0-2](\.|$)/.test(String(document.openapi)) ? String(document.openapi).slice(0, 3) : undefined
  if (!dialect) throw new FileFlaw({ reason: 'file_unreadable', problem: 'OpenAPI 3.0 – 3.2' })
  const rows: RawRow[] = []
  const flaws: RawFlaw[] = []
  let row = 1
  for (const [path, given] of Object.entries(objectOr(document.paths))) {
    const item = objectOr(new Reader(document, dialect === '3.0').follow(given))
    for (const method of Object.keys(item).filter((name) => methods.includes(name))) {
      row++
      // What one operation may be put together from is counted for each alone.
      const reader = new Reader(document, dialect === '3.0')
      try {
        const operation = objectOr(item[method])
        const values = valuesOf(document, path, method, operation)
        const paramSchema = paramSchemaOf(reader, item, operation)
        if (paramSchema) values.set('paramSchema', paramSchema)
        rows.push({ row, values, ifNew: standardOfOpenApi })
      } catch (error) {
        if (!(error instanceof SchemaFlaw)) throw error
        flaws.push({ row, field: `${method.toUpperCase()} ${path}`, detail: error.detail })
      }
    }
  }
  return { rows, flaws }
}

function valuesOf(document: Json, path: string, method: string, operation: Json): Map<ColumnName, unknown> {
  const wanted = method.toUpperCase()
  const name = textOr(operation.summary) ?? textOr(operation.operationId) ?? `${wanted} ${path}`
  const values = new Map<ColumnName, unknown>([
    ['name', [...name].slice(0, 64).join('').slice(0, 64).toWellFormed().trim()],
    ['path', path],
    ['method', wanted],
    ['version', String(operation['x-version'] ?? objectOr(document.info).version ?? '')],
  ])
  if (typeof operation.description === 'string') values.set('doc', operation.description)
  if (operation['x-service-type'] !== undefined) values.set('serviceType', operation['x-service-type'])
  return values
}

/** One object of all parameters: those of path and query, and the properties of the body. */
function paramSchemaOf(reader: Reader, item: Json, operation: Json): Json | undefined {
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

/** Values, not schemas: a `$ref` in them is a text like any other. */
const plain = new Set(['example', 'examples', 'default', 'const', 'enum'])

class Reader {
  readonly #document: Json
  readonly #is30: boolean
  #nodes = 0

  constructor(document: Json, is30: boolean) {
    this.#document = document
    this.#is30 = is30
  }

  /** What stands there, or what its `$ref` names. */
  follow(given: unknown): unknown {
    let found = given
    for (let steps = 0; isObject(found) && typeof found.$ref === 'string'; steps++) {
      if (steps > depthMax) return undefined
      found = this.#named(found.$ref)
    }
    return found
  }

  /** A schema with every `$ref` in it replaced. */
  read(schema: unknown, trail: readonly string[] = [], depth = 0): unknown {
    if (++this.#nodes > nodesMax || depth > depthMax) throw new SchemaFlaw({ reason: 'schema_large' })
    if (Array.isArray(schema)) return schema.map((one) => this.read(one, trail, depth + 1))
    if (!isObject(schema)) return schema
    const { $ref, ...others } = schema
    const own = this.#converted(
      Object.fromEntries(
        Object.entries(typeof $ref === 'string' ? others : schema).map(([name, one]) => [
          name,
          plain.has(name) ? one : this.read(one, trail, depth + 1),
        ]),
      ),
    )
    // A circle ends with anything.
    if (typeof $ref !== 'string' || trail.includes($ref)) return own
    const named = this.read(this.#named($ref), [...trail, $ref], depth + 1)
    return isObject(named) ? { ...named, ...own } : named
  }

  #named(ref: string): unknown {
    if (!ref.startsWith('#/')) throw new SchemaFlaw({ reason: 'ref_outside', value: ref })
    let found: unknown = this.#document
    for (const step of ref.slice(2).split('/')) {
      const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~')
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name))
        throw new SchemaFlaw({ reason: 'ref_unknown', value: ref })
      found = (found as Json)[name]
    }
    return found
  }

  // OpenAPI 3.0 has words of its own for what JSON Schema says otherwise.
  #converted(schema: Json): Json {
    if (!this.#is30) return schema
    const { nullable, exclusiveMinimum, exclusiveMaximum, ...rest } = schema
    const converted: Record<string, unknown> = rest
    if (nullable === true && typeof rest.type === 'string') converted.type = [rest.type, 'null']
    bound(converted, 'minimum', 'exclusiveMinimum', exclusiveMinimum)
    bound(converted, 'maximum', 'exclusiveMaximum', exclusiveMaximum)
    return converted
  }
}

function bound(schema: Record<string, unknown>, name: string, exclusive: string, given: unknown): void {
  if (given !== true || schema[name] === undefined) return
  schema[exclusive] = schema[name]
  delete schema[name]
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const objectOr = (value: unknown): Json => (isObject(value) ? value : {})
const listOr = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const textOr = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value : undefined)
