// `/openapi.json`: the routes and their schemas as an OpenAPI 3.1 document.

import { z } from 'zod'
import { faults } from '#core/fault.ts'
import type { Route } from './management/endpoint.ts'
import type { UcenterRoute } from './ucenter/endpoint.ts'

/** The words stand under `msg` in the management API, and under `message` in the user centre. */
type Words = 'msg' | 'message'

const envelope = (success: number, words: Words, data: object) => ({
  type: 'object',
  required: ['code', words, 'data'],
  properties: { code: { const: success }, [words]: { type: 'string' }, data },
})

const failure = (words: Words) => ({
  description: 'A fault, by name; docs/errors.md lists them all',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['code', words, 'data', 'error', 'requestId'],
        properties: {
          code: { type: 'integer' },
          [words]: { type: 'string' },
          data: { type: 'null' },
          error: { type: 'string', enum: Object.keys(faults) },
          requestId: { type: 'string', format: 'uuid' },
        },
      },
    },
  },
})

export function openApiDocument(routes: readonly Route[], ofUcenter: readonly UcenterRoute[] = []): object {
  const paths: Record<string, Record<string, object>> = {}
  const put = (path: string, method: string, operation: object) => {
    paths[path] ??= {}
    paths[path][method.toLowerCase()] = operation
  }
  for (const route of routes) put(route.path, route.method, operationOf(route))
  for (const route of ofUcenter) put(route.path, route.method, operationOfUcenter(route))
  return {
    openapi: '3.1.0',
    info: { title: 'Kaimen management API and user centre', version: '1' },
    paths,
    components: {
      securitySchemes: {
        session: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        accessToken: { type: 'http', scheme: 'bearer', description: 'From /api/oauth/accessToken; or the parameter access_token' },
      },
    },
  }
}

/** Parameters may stand in the query, in a form or in JSON, so they are shown where they are most at home. */
function operationOfUcenter({ method, who, endpoint }: UcenterRoute): object {
  const schema = schemaOf(endpoint.fields, 'input')
  return {
    summary: endpoint.summary.en,
    description: endpoint.summary.zh,
    tags: ['user centre'],
    'x-who': 'scope' in who && who.scope !== undefined ? `${who.kind}: ${who.scope}` : who.kind,
    security: [{ accessToken: [] }],
    parameters: method === 'GET' ? parametersOf(endpoint.fields, 'query') : [],
    ...(method === 'GET'
      ? {}
      : { requestBody: { content: { 'application/x-www-form-urlencoded': { schema }, 'application/json': { schema } } } }),
    responses: {
      200: {
        description: 'Done',
        content: { 'application/json': { schema: envelope(1, 'message', schemaOf(endpoint.answer, 'output')) } },
      },
      default: failure('message'),
    },
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
      200: {
        description: 'Done',
        content: endpoint.raw ? contentOf(endpoint.raw) : { 'application/json': { schema: envelope(1_000_000, 'msg', answer) } },
      },
      default: failure('msg'),
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
