// Which of the common mistakes makes somebody's own string out of the request. Pure, without Node; no key is needed to compare strings.

import { candidates, type Mistake } from './mistakes.ts'
import { Malformed, readJsonObject, readQuery } from './parameters.ts'
import type { SentRequest } from './steps.ts'
import type { StringForm } from './string-form.ts'

export interface LikelyMistake {
  readonly mistake: Mistake
  /** A second one, where the two often come together. */
  readonly also?: Mistake
  /** The parameter that it is about. */
  readonly parameter?: string
}

export function likelyMistake(scheme: StringForm, request: SentRequest, own: string): LikelyMistake | undefined {
  const queryParameters = readQuery(request.query)
  const { body, bodyText } = request
  const bodyParameters = body === 'none' ? [] : body === 'json' ? readJsonObject(bodyText) : readQuery(bodyText)
  if (queryParameters instanceof Malformed || bodyParameters instanceof Malformed) return undefined
  for (const { text, mistake, also, parameter } of candidates({ ...request, scheme, queryParameters, bodyParameters, secrets: [] })) {
    if (text === own) return { mistake, ...(also && { also }), ...(parameter !== undefined && { parameter }) }
  }
  return undefined
}
