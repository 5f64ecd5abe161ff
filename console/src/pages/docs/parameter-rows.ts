// A JSON Schema of parameters as rows of a table, one for each name at any depth, and as values to begin with.

export interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: { readonly [name: string]: Schema }
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly description?: string
  readonly title?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly example?: unknown
  readonly examples?: readonly unknown[]
  readonly format?: string
  readonly pattern?: string
  readonly $ref?: string
  readonly $defs?: { readonly [name: string]: Schema }
  readonly definitions?: { readonly [name: string]: Schema }
  readonly allOf?: readonly Schema[]
  readonly additionalProperties?: Schema | boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly multipleOf?: number
  readonly uniqueItems?: boolean
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

interface ParameterRow {
  readonly name: string
  /** How deep it stands; 0 is a parameter itself. */
  readonly depth: number
  readonly type: string
  readonly isRequired: boolean
  readonly description: string
  /** What a value has to be besides. */
  readonly bounds: readonly Bound[]
  readonly example: string | undefined
}

interface Bound {
  /** Of what; absent: the value itself, and the text says all. */
  readonly of?: 'length' | 'items' | 'unique' | 'default'
  readonly text: string
}

// Deeper ones are told by their names alone; nobody reads further.
const depthMax = 8

export function parameterRows(schema: Schema, depth = 0): ParameterRow[] {
  if (depth > depthMax) return []
  const { properties = {}, required, additionalProperties } = schema
  const own = Object.entries(properties).flatMap(([name, one]) => rowsOf(name, one, required?.includes(name) ?? false, depth))
  // Of any name.
  const others = typeof additionalProperties === 'object' ? rowsOf('*', additionalProperties, false, depth) : []
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((choice) => parameterRows(choice, depth))
  return [...own, ...others, ...choices, ...(schema.items ? parameterRows(schema.items, depth) : [])]
}

function rowsOf(name: string, one: Schema, isRequired: boolean, depth: number): ParameterRow[] {
  const example = one.example ?? one.examples?.[0]
  const row = {
    name,
    depth,
    type: typeOf(one),
    isRequired,
    description: one.description ?? one.title ?? '',
    bounds: boundsOf(one),
    example: example === undefined ? undefined : typeof example === 'string' ? example : JSON.stringify(example),
  }
  return [row, ...parameterRows(one, depth + 1)]
}

/** A schema with what its `$ref` and `allOf` stand for in their places; what contains itself ends at the second time. */
export function wholeSchema(root: Schema): Schema {
  let left = nodesMax
  return whole(root, [])

  function whole(schema: Schema, above: readonly string[]): Schema {
    if (--left < 0) return {}
    const { $ref, allOf, $defs: _, definitions: __, ...own } = schema
    if ($ref !== undefined && above.includes($ref)) return own
    const path = $ref === undefined ? above : [...above, $ref]
    const parts = [...($ref === undefined ? [] : [at(root, $ref)]), ...(allOf ?? [])].map((part) => whole(part, path))
    const inside = (one: Schema) => whole(one, path)
    const self: Schema = {
      ...own,
      ...(own.properties && { properties: Object.fromEntries(Object.entries(own.properties).map(([name, one]) => [name, inside(one)])) }),
      ...(own.items && { items: inside(own.items) }),
      ...(own.anyOf && { anyOf: own.anyOf.map(inside) }),
      ...(own.oneOf && { oneOf: own.oneOf.map(inside) }),
      ...(typeof own.additionalProperties === 'object' && { additionalProperties: inside(own.additionalProperties) }),
    }
    return [...parts, self].reduce(merged)
  }
}

const nodesMax = 5_000

function merged(one: Schema, other: Schema): Schema {
  const properties = one.properties || other.properties ? { properties: { ...one.properties, ...other.properties } } : {}
  const required = one.required || other.required ? { required: [...(one.required ?? []), ...(other.required ?? [])] } : {}
  return { ...one, ...other, ...properties, ...required }
}

/** `#/$defs/car`; anything else is not here. */
function at(root: Schema, ref: string): Schema {
  const steps = ref.startsWith('#/') ? ref.slice(2).split('/') : []
  const step = (node: unknown, name: string) =>
    (node as Readonly<Record<string, unknown>> | undefined)?.[decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')]
  const found = ref === '#' ? root : steps.length === 0 ? undefined : steps.reduce(step, root as unknown)
  return typeof found === 'object' && found !== null ? (found as Schema) : {}
}

export function typeOf(schema: Schema): string {
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return choices.map(typeOf).join(' | ')
  const named = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  if (named.includes('array')) return `${typeOf(schema.items ?? {})}[]`
  if (named.length === 0) return schema.properties ? 'object' : (kindOf(schema.enum) ?? 'any')
  return named.join(' | ')
}

/** What all of these are, where no type says it. */
function kindOf(values: readonly unknown[] = []): string | undefined {
  const kinds = new Set(values.map((value) => typeof value))
  return kinds.size === 1 ? [...kinds][0] : undefined
}

function boundsOf(schema: Schema): Bound[] {
  const { format, pattern, minimum, maximum, minLength, maxLength, minItems, maxItems } = schema
  const own = [
    ...(schema.items?.enum ? [`[${schema.items.enum.map((one) => JSON.stringify(one)).join(' | ')}]`] : []),
    ...(schema.enum ? [schema.enum.map((one) => JSON.stringify(one)).join(' | ')] : []),
    ...(schema.const === undefined ? [] : [`= ${JSON.stringify(schema.const)}`]),
    ...(format ? [format] : []),
    ...(pattern ? [`/${pattern}/`] : []),
    ...range(minimum, maximum),
    ...(schema.exclusiveMinimum === undefined ? [] : [`> ${schema.exclusiveMinimum}`]),
    ...(schema.exclusiveMaximum === undefined ? [] : [`< ${schema.exclusiveMaximum}`]),
    ...(schema.multipleOf === undefined ? [] : [`× ${schema.multipleOf}`]),
  ]
  return [
    ...own.map((text) => ({ text })),
    ...(schema.uniqueItems ? [{ of: 'unique', text: '' } as const] : []),
    ...range(minLength, maxLength).map((text) => ({ of: 'length', text }) as const),
    ...range(minItems, maxItems).map((text) => ({ of: 'items', text }) as const),
    ...(schema.default === undefined ? [] : [{ of: 'default', text: JSON.stringify(schema.default) } as const]),
  ]
}

function range(low: number | undefined, high: number | undefined): string[] {
  if (low === undefined) return high === undefined ? [] : [`≤ ${high}`]
  return [high === undefined ? `≥ ${low}` : `${low}…${high}`]
}

/** A value that shows what belongs there: the schema's own example, else one of its kind. */
export function exampleOf(schema: Schema, depth = 0): unknown {
  const given = schema.example ?? schema.examples?.[0] ?? schema.default ?? schema.const ?? schema.enum?.[0]
  if (given !== undefined) return given
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0]
  if (choice) return exampleOf(choice, depth)
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type
  switch (type) {
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    case 'array':
      return depth > depthMax || !schema.items ? [] : [exampleOf(schema.items, depth + 1)]
    case 'object':
    case undefined:
      if (depth > depthMax) return {}
      if (schema.properties)
        return Object.fromEntries(Object.entries(schema.properties).map(([name, one]) => [name, exampleOf(one, depth + 1)]))
      return type === 'object' ? {} : 'text'
    default:
      return 'text'
  }
}
