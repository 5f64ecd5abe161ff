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
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

export interface ParameterRow {
  readonly name: string
  /** How deep it stands; 0 is a parameter itself. */
  readonly depth: number
  readonly type: string
  readonly isRequired: boolean
  readonly description: string
  /** What a value has to be besides, in the schema's own words. */
  readonly bounds: readonly string[]
}

// Deeper ones are told by their names alone; nobody reads further.
const depthMax = 8

export function parameterRows(schema: Schema, depth = 0): ParameterRow[] {
  const properties = schema.properties ?? schema.items?.properties
  const required = schema.properties ? schema.required : schema.items?.required
  if (!properties || depth > depthMax) return []
  return Object.entries(properties).flatMap(([name, one]) => [
    {
      name,
      depth,
      type: typeOf(one),
      isRequired: required?.includes(name) ?? false,
      description: one.description ?? one.title ?? '',
      bounds: boundsOf(one),
    },
    ...parameterRows(one, depth + 1),
  ])
}

export function typeOf(schema: Schema): string {
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return choices.map(typeOf).join(' | ')
  const named = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  if (named.includes('array')) return `${typeOf(schema.items ?? {})}[]`
  if (named.length === 0) return schema.properties ? 'object' : 'any'
  return named.join(' | ')
}

function boundsOf(schema: Schema): string[] {
  const { format, pattern, minimum, maximum, minLength, maxLength, minItems, maxItems } = schema
  const range = (name: string, low: number | undefined, high: number | undefined) =>
    low === undefined && high === undefined ? [] : [`${name} ${low ?? ''}…${high ?? ''}`]
  return [
    ...(schema.enum ? [schema.enum.map((one) => JSON.stringify(one)).join(' | ')] : []),
    ...(schema.const === undefined ? [] : [`= ${JSON.stringify(schema.const)}`]),
    ...(format ? [format] : []),
    ...(pattern ? [`/${pattern}/`] : []),
    ...range('', minimum, maximum),
    ...range('length', minLength, maxLength),
    ...range('items', minItems, maxItems),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
  ].map((bound) => bound.trim())
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
