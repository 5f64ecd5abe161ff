// Parameters must be what the interface's schema says: one object of query, body and path variables together. A schema is compiled when
// it is first needed, once a thread.

import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import { schemaKeywords } from '#core/fault.ts'
import type { OperationDocument } from '#core/feed/document.ts'
import { getOrMake } from '#lib/get-or-make.ts'
import { compileSchema } from '#lib/json-schema.ts'
import type { Admitted } from './call.ts'
import { variablesOfMatch } from './match.ts'
import { type Refusal, refuse } from './refusal.ts'

interface Validators {
  /** For JSON, where a number is a number. */
  readonly exact: ValidateFunction
  /** For query, form and path, where everything is text. */
  readonly lenient: ValidateFunction
}

const compiled = new WeakMap<OperationDocument, Validators>()

export function validate(admitted: Admitted): Admitted | Refusal {
  const { operation } = admitted.found
  if (!operation.paramSchema) return admitted
  const { exact, lenient } = getOrMake(compiled, operation, () => compile(operation.paramSchema!))
  const { parameters, isText } = parametersOf(admitted)
  const check = isText ? lenient : exact
  if (check(parameters)) return admitted
  return refuse('invalid_parameters', { reason: 'field', ...wrong(check.errors![0]!) })
}

/** Where it is, and the keyword that does not hold, with what it says; of a keyword that we have no words for, those of the library. */
function wrong({ instancePath, keyword, params, message }: ErrorObject): { name: string; problem: string; bound?: string } {
  const property = params.missingProperty ?? params.additionalProperty
  const name = [...instancePath.split('/').slice(1), ...(property === undefined ? [] : [property])].join('.')
  if (!(schemaKeywords as readonly string[]).includes(keyword)) return { name, problem: message ?? keyword }
  const bound = params.limit ?? params.allowedValues ?? params.allowedValue ?? params[keyword]
  return { name, problem: keyword, ...(bound !== undefined && { bound: typeof bound === 'string' ? bound : JSON.stringify(bound) }) }
}

function compile(schema: object): Validators {
  return { exact: compileSchema(schema, false), lenient: compileSchema(schema, true) }
}

function parametersOf({ found, payload, claim, opened }: Admitted): { parameters: Record<string, unknown>; isText: boolean } {
  const parameters: Record<string, unknown> = Object.create(null)
  const isBusiness = (name: string) => !claim?.ownParameters.has(name)
  const isJson = payload?.body === 'json'
  const body = isJson ? (JSON.parse(payload.bodyText) as Record<string, unknown>) : {}
  for (const { name, text } of payload?.query ?? []) if (isBusiness(name)) parameters[name] = text
  // What was encrypted holds nothing of ours.
  for (const { name, text } of payload?.bodyParameters ?? []) if (opened || isBusiness(name)) parameters[name] = isJson ? body[name] : text
  for (const [name, text] of variablesOfMatch(found)) parameters[name] = text
  return { parameters, isText: !isJson }
}
