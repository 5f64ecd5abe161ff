// Interfaces as an OpenAPI 3.1 document, as callers know them: paths with the version in its place, and nothing of the services behind.

import { effectivePath, variablesOf } from '#core/operation/operation.ts'
import type { ExportRow } from '../interface-fields.ts'

type Json = Readonly<Record<string, unknown>>

/** Of versions on one and the same path, OpenAPI holds one: the published, or else the newest. */
export function openApiOf(rows: readonly ExportRow[], server: string): object {
  const places = new Map<string, ExportRow>()
  for (const row of rows) {
    const place = `${row.method} ${pathOf(row)}`
    if (row.status === 1 || places.get(place)?.status !== 1) places.set(place, row)
  }
  const chosen = [...places.values()]
  const versions = new Set(chosen.map(({ version }) => version))
  const paths = Object.fromEntries(
    [...Map.groupBy(chosen, pathOf)].map(([path, some]) => [
      path,
      Object.fromEntries(some.map((row) => [String(row.method).toLowerCase(), operationOf(row)])),
    ]),
  )
  const schemas = chosen
    .filter(({ paramSchema }) => paramSchema)
    .map((row) => [schemaName(row), anchored(row.paramSchema, schemaName(row))])
  return {
    openapi: '3.1.0',
    info: { title: 'Kaimen', version: versions.size === 1 ? [...versions][0] : '1' },
    servers: [{ url: server }],
    paths,
    components: {
      ...(schemas.length > 0 ? { schemas: Object.fromEntries(schemas) } : {}),
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  }
}

const pathOf = (row: ExportRow) => effectivePath({ path: String(row.path), version: String(row.version) })
const schemaName = ({ id }: ExportRow) => `interface-${id}`

function operationOf(row: ExportRow): object {
  const schema = row.paramSchema as Json | null
  const variables = variablesOf(pathOf(row))
  const properties = Object.keys((schema?.properties ?? {}) as Json)
  const inBody = row.method === 'POST' || row.method === 'PUT'
  const names = [...variables, ...(inBody ? [] : properties.filter((name) => !variables.includes(name)))]
  const required = new Set((schema?.required ?? []) as string[])
  const parameters = names.map((name) => ({
    name,
    in: variables.includes(name) ? 'path' : 'query',
    required: variables.includes(name) || required.has(name),
    schema: properties.includes(name)
      ? { $ref: `#/components/schemas/${schemaName(row)}/properties/${pointer(name)}` }
      : { type: 'string' },
  }))
  return {
    operationId: schemaName(row),
    summary: row.name,
    ...(row.doc ? { description: row.doc } : {}),
    ...(row.deprecationTime ? { deprecated: true } : {}),
    'x-service-type': row.serviceType,
    'x-version': row.version,
    'x-security': row.security,
    security: row.security === 'none' || row.security === 'sign' ? [] : [{ token: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(inBody && schema ? { requestBody: { content: { 'application/json': { schema: withoutPath(row, variables) } } } } : {}),
    responses: { 200: { description: 'OK' } },
  }
}

/** The schema of the body: without what the path carries. */
function withoutPath(row: ExportRow, variables: readonly string[]): object {
  const { $defs: _, properties = {}, required = [], ...rest } = anchored(row.paramSchema, schemaName(row)) as Json
  const kept = Object.entries(properties as Json).filter(([name]) => !variables.includes(name))
  const names = (required as string[]).filter((name) => !variables.includes(name))
  return { ...rest, properties: Object.fromEntries(kept), ...(names.length > 0 ? { required: names } : {}) }
}

/** A schema's `$ref` to itself, where it is a part of a document. */
function anchored(schema: unknown, name: string): unknown {
  if (Array.isArray(schema)) return schema.map((one) => anchored(one, name))
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      const isOwn = key === '$ref' && typeof value === 'string' && /^#(\/|$)/.test(value)
      return [key, isOwn ? `#/components/schemas/${name}${value.slice(1)}` : anchored(value, name)]
    }),
  )
}

function pointer(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
}
