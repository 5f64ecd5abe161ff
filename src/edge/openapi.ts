// `/openapi.json`: the routes and their schemas as an OpenAPI 3.1 document.

import { z } from 'zod'
import { faults } from '#core/fault.ts'
import type { Route } from './management/endpoint.ts'

const envelope = (data: object) => ({
  type: 'object',
  required: ['code', 'msg', 'data'],
  properties: { code: { const: 1_000_000 }, msg: { type: 'string' }, data },
})

const failure = {
  description: 'A fault, by name; docs/errors.md lists them all',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['code', 'msg', 'data', 'error', 'requestId'],
        properties: {
          code: { type: 'integer' },
          msg: { type: 'string' },
          data: { type: 'null' },
          error: { type: 'string', enum: Object.keys(faults) },
          requestId: { type: 'string', format: 'uuid' },
        },
      },
    },
  },
}

export function openApiDocument(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    paths[route.path] ??= {}
    paths[route.path]![route.method.toLowerCase()] = operationOf(route)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Kaimen management API', version: '1' },
    paths,
    components: { securitySchemes: { session: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  }
}

function operationOf({ who, endpoint }: Route): object {
  const answer = endpoint.answer ? schemaOf(endpoint.answer, 'output') : { type: 'null' }
  return {
    summary: endpoint.summary.en,
    description: endpoint.summary.zh,
    tags: ['management'],
    'x-who': 'permission' in who ? `${who.kind}: ${who.permission}` : who.kind,
    security: who.kind === 'anyone' ? [] : [{ session: [] }],
    parameters: [...parametersOf(endpoint.params, 'path'), ...parametersOf(endpoint.query, 'query')],
    ...(endpoint.body ? { requestBody: { content: { [typeOfBody(endpoint)]: { schema: schemaOf(endpoint.body, 'input') } } } } : {}),
    responses: {
      200: { description: 'Done', content: endpoint.raw ? contentOf(endpoint.raw) : { 'application/json': { schema: envelope(answer) } } },
      default: failure,
    },
  }
}

const typeOfBody = ({ upload }: Route['endpoint']) => (upload === undefined ? 'application/json' : 'multipart/form-data')
const contentOf = (types: readonly string[]) => Object.fromEntries(types.map((type) => [type, {}]))

interface ObjectSchema {
  properties?: Record<string, object>
  required?: string[]
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): object[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as ObjectSchema
  return Object.entries(properties).map(([name, one]) => ({ name, in: place, required: required.includes(name), schema: one }))
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
