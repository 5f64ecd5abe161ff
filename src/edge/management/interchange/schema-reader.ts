// Schemas of an OpenAPI document. What a `$ref` names is put in its place; it stays within the document, ends where it would go in a circle,
// and may not grow beyond measure.

import type { Detail } from '#core/fault.ts'
import { percentDecoded } from '#schemes/percent-decoded.ts'

export type Json = Readonly<Record<string, unknown>>

const nodesMax = 10_000
const depthMax = 60
/** Values, not schemas: a `$ref` in them is a text like any other. */
const plain = new Set(['example', 'examples', 'default', 'const', 'enum'])
/** Schemas by names that anybody chose: none of them is a word of JSON Schema. */
const byName = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'])

export class SchemaFlaw extends Error {
  readonly detail: Detail

  constructor(detail: Detail) {
    super(detail.reason ?? '')
    this.detail = detail
  }
}

export class SchemaReader {
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
    const words = Object.entries(typeof $ref === 'string' ? others : schema)
    const own = this.#converted(Object.fromEntries(words.map(([word, value]) => [word, this.#readWord(word, value, trail, depth + 1)])))
    // A circle ends with anything.
    if (typeof $ref !== 'string' || trail.includes($ref)) return own
    const named = this.read(this.#named($ref), [...trail, $ref], depth + 1)
    return isObject(named) ? { ...named, ...own } : named
  }

  #readWord(word: string, value: unknown, trail: readonly string[], depth: number): unknown {
    if (plain.has(word)) return value
    if (!byName.has(word) || !isObject(value)) return this.read(value, trail, depth)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.read(one, trail, depth + 1)]))
  }

  #named(ref: string): unknown {
    if (!ref.startsWith('#/')) throw new SchemaFlaw({ reason: 'ref_outside', value: ref })
    let found: unknown = this.#document
    for (const step of ref.slice(2).split('/')) {
      const name = percentDecoded(step).replaceAll('~1', '/').replaceAll('~0', '~')
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

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
