// What a value is not, that an interface's schema wants, as the facts of a fault: of calls at the gateway, of events at the platform.

import type { ErrorObject } from 'ajv/dist/2020.js'
import { schemaKeywords } from '../fault.ts'

/** Where it is, and the keyword that does not hold, with what it says; of a keyword that we have no words for, those of the library. */
export function wrongBySchema({ instancePath, keyword, params, message }: ErrorObject): { name: string; problem: string; bound?: string } {
  const property = params.missingProperty ?? params.additionalProperty
  const name = [...instancePath.split('/').slice(1), ...(property === undefined ? [] : [property])].join('.')
  if (!(schemaKeywords as readonly string[]).includes(keyword)) return { name, problem: message ?? keyword }
  const bound = params.limit ?? params.allowedValues ?? params.allowedValue ?? params[keyword]
  return { name, problem: keyword, ...(bound !== undefined && { bound: typeof bound === 'string' ? bound : JSON.stringify(bound) }) }
}
