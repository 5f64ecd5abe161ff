// Parameters must be what the interface's schema says: one object of query, body and path variables together. A schema is compiled when
// it is first needed, once a thread.

import type { ValidateFunction } from 'ajv/dist/2020.js'
import type { OperationDocument } from '#core/feed/document.ts'
import { wrongBySchema } from '#core/operation/wrong-by-schema.ts'
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
  return refuse('invalid_parameters', { reason: 'field', ...wrongBySchema(check.errors![0]!) })
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
