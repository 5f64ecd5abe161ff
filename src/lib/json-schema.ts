// JSON Schema (2020-12), compiled once. The compiler is loaded with the first schema: it takes 8 MB in each thread, and many never meet one.

import { createRequire } from 'node:module'
import type { Ajv2020, Options, ValidateFunction } from 'ajv/dist/2020.js'

const load = createRequire(import.meta.url)

/**
 * `coerces`: texts pass for the numbers and booleans that they spell, for values that can only be texts. Only for what `schemaProblem`
 * found to be a schema: without the schema of schemas it takes a millisecond, with it fifteen, in which no other call is served.
 */
export function compileSchema(schema: object, coerces: boolean): ValidateFunction {
  return compiler({ coerceTypes: coerces, meta: false, validateSchema: false }).compile(schema)
}

function compiler(options: Options): Ajv2020 {
  const { Ajv2020: Ajv } = load('ajv/dist/2020.js') as { Ajv2020: typeof Ajv2020 }
  return new Ajv({ strict: false, logger: false, ...options })
}

/** Kept, for making one costs more than all that it is asked. */
let checker: Ajv2020 | undefined

/** Why it is no schema, or undefined when it is one. */
export function schemaProblem(schema: object): string | undefined {
  try {
    checker ??= compiler({})
    if (!checker.validateSchema(schema)) return checker.errorsText(checker.errors, { dataVar: 'schema' }).slice(0, 200)
    // What refers to the schema of schemas is one, but not one that we can check calls by.
    compileSchema(schema, false)
    return undefined
  } catch (error) {
    return (error as Error).message.slice(0, 200)
  }
}
