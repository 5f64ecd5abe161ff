// JSON Schema (2020-12), compiled once. The compiler is loaded with the first schema: it takes 8 MB in each thread, and many never meet one.

import { createRequire } from 'node:module'
import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js'

const load = createRequire(import.meta.url)

/** `coerces`: texts pass for the numbers and booleans that they spell, for values that can only be texts. Throws for what is no schema. */
export function compileSchema(schema: object, coerces: boolean): ValidateFunction {
  const { Ajv2020: Ajv } = load('ajv/dist/2020.js') as { Ajv2020: typeof Ajv2020 }
  return new Ajv({ strict: false, coerceTypes: coerces, logger: false }).compile(schema)
}

/** Why it is no schema, or undefined when it is one. */
export function schemaProblem(schema: object): string | undefined {
  try {
    compileSchema(schema, false)
    return undefined
  } catch (error) {
    return (error as Error).message.slice(0, 200)
  }
}
