// Bad requests for every route of the management API, made from `/openapi.json`: what a route takes is what is sent to it wrongly.

import type { Call } from '../house.ts'

interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: { readonly [name: string]: Schema }
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly minimum?: number
  readonly minLength?: number
}

export interface Operation {
  readonly method: string
  readonly path: string
  /** `anyone`, `signedIn`, `hq: permission`, `own: permission`. */
  readonly who: string
  readonly parameters: readonly {
    readonly name: string
    readonly in: 'path' | 'query'
    readonly required: boolean
    readonly schema: Schema
  }[]
  /** Of a JSON body; undefined: it takes none. */
  readonly body: Schema | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: a document whose shape the checks of `docs` hold
export function operationsOf(document: any): Operation[] {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const paths = Object.entries<any>(document.paths)
  return paths.flatMap(([path, methods]) =>
    // biome-ignore lint/suspicious/noExplicitAny: as above
    Object.entries<any>(methods).map(([method, one]) => ({
      method: method.toUpperCase(),
      path,
      who: one['x-who'],
      parameters: one.parameters,
      body: one.requestBody?.content['application/json']?.schema,
    })),
  )
}

const long = 'x'.repeat(70_000)

/** Nothing that a field takes by accident, and what has broken other products. */
const bad: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  2_147_483_648,
  Number.MAX_SAFE_INTEGER + 2,
  1e308,
  '',
  ' ',
  '0x10',
  '1e3',
  long,
  'nul\u0000\u202ebyte',
  '\ud800',
  '𠮷'.repeat(200),
  "'; drop table app; --",
  '%_\\',
  '=../{{7*7}}<script>alert(1)</script>',
  '0000-01-01 00:00:00',
  '0001-01-01 00:00:00',
  '9999-12-31 23:59:59',
  [],
  [null],
  [[[[]]]],
  {},
  { toString: 1, constructor: { prototype: {} } },
  JSON.parse('{"__proto__":{"admin":true}}'),
]

const badIds = ['0', '-1', 'x', '1.5', '1e3', '2147483648', '99999999999999999999', '%00', '%ff', '1%20or%201=1', '1;2', '%2e%2e', '']

export interface BadRequest {
  readonly why: string
  readonly call: Call
}

/** `id` names nothing that matters to anybody. */
export function badRequestsFor(operation: Operation, token: string | undefined, id: number): BadRequest[] {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const target = targetOf(operation, id)
  const { method } = operation
  const send = (why: string, path: string, body?: string, type = 'application/json'): BadRequest => ({
    why,
    call: {
      method,
      path,
      headers: body === undefined ? headers : { ...headers, 'content-type': type },
      ...(body !== undefined && { body }),
    },
  })
  const requests: BadRequest[] = []
  const good = operation.body && (sampleOf(operation.body) as Record<string, unknown>)
  const text = good === undefined ? undefined : JSON.stringify(good)

  for (const { name, in: place } of operation.parameters) {
    if (place === 'path') {
      for (const given of badIds) requests.push(send(`${name}=${given}`, targetOf(operation, given, name, id), text))
    } else {
      for (const value of bad) {
        const query = encodeURIComponent(typeof value === 'string' ? value.toWellFormed().slice(0, 4_000) : String(JSON.stringify(value)))
        requests.push(send(`?${name}=${query.slice(0, 40)}`, `${target}?${name}=${query}`, text))
      }
      requests.push(send(`?${name} twice`, `${target}?${name}=1&${name}=2`, text), send(`?${name}=%zz`, `${target}?${name}=%zz`, text))
    }
  }
  requests.push(send('query of nobody', `${target}?nobody=1&__proto__=1`, text))

  if (operation.body) {
    const properties = propertiesOf(operation.body)
    for (const name of Object.keys(properties)) {
      for (const value of bad) requests.push(send(`${name}: ${shown(value)}`, target, JSON.stringify({ ...good, [name]: value })))
      const { [name]: _, ...without } = good!
      requests.push(send(`without ${name}`, target, JSON.stringify(without)))
    }
    requests.push(send('more than it knows', target, JSON.stringify({ ...good, nobody: 1, isAdmin: true })))
    for (const whole of ['', 'null', '[]', '1', '"x"', '{', '{"a":1,}', '\ufeff{}', '{"a":"\\ud800"}', `{"a":"${long}"}`]) {
      requests.push(send(`body ${whole.slice(0, 20)}`, target, whole))
    }
    requests.push(send('deep', target, `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`))
    requests.push(send('text/plain', target, text ?? '{}', 'text/plain'), send('form', target, 'a=1', 'application/x-www-form-urlencoded'))
    requests.push(send('no type', target, text ?? '{}', ''), send('utf-16', target, text ?? '{}', 'application/json; charset=utf-16'))
  }
  return requests
}

/** A request that names everything rightly, as far as the schema tells. */
export function sampleRequest(operation: Operation, token: string | undefined, id: number | string): Call {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const path = targetOf(operation, id)
  if (!operation.body) return { method: operation.method, path, headers }
  const body = JSON.stringify(sampleOf(operation.body))
  return { method: operation.method, path, headers: { ...headers, 'content-type': 'application/json' }, body }
}

function targetOf({ path }: Operation, given: number | string, only?: string, other: number | string = given): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => String(only === undefined || name === only ? given : other))
}

function propertiesOf(schema: Schema): { readonly [name: string]: Schema } {
  if (schema.properties) return schema.properties
  for (const one of [...(schema.anyOf ?? []), ...(schema.allOf ?? [])]) if (one.properties) return one.properties
  return {}
}

function sampleOf(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return sampleOf(schema.anyOf[0]!)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, sampleOf(one)]))
    case 'array':
      return schema.items ? [sampleOf(schema.items)] : []
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1)
    case 'boolean':
      return false
    case 'string':
      return 's'.repeat(Math.max(schema.minLength ?? 8, 8))
    default:
      return {}
  }
}

const shown = (value: unknown) => String(JSON.stringify(value)).slice(0, 40)
