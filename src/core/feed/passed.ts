// Calls that only the platform can answer, and that the gateway takes all the same, so that a partner needs one host (settled F16): it
// passes them on over the feed's listener, and says there who calls. What both ends have to agree on.

import type { Detail, FaultName } from '#core/fault.ts'
import type { Stage } from './document.ts'

const memberPath = /^\/api\/v[0-9]+\/token(?:\/refresh)?$/

/** Nothing else is passed; all of them are POST. */
export function isPassedPath(path: string): boolean {
  return isMemberPath(path) || path === '/openapi/event/push'
}

/** Token requests of source 001, and their envelope. */
export function isMemberPath(path: string): boolean {
  // Most calls begin alike, and few end so.
  return (path.endsWith('/token') || path.endsWith('/refresh')) && memberPath.test(path)
}

/** At the feed's listener their paths stand behind this. */
export const passedPrefix = '/pass'
export const passedBytesMax = 1024 * 1024

/** Fields of the request that say what the gateway alone knows; the caller's own `Authorization` is not the gateway's. */
export const passedFields = {
  address: 'x-kaimen-address',
  requestId: 'x-kaimen-request-id',
  authorization: 'x-kaimen-authorization',
} as const

/** Field of the answer with a `PassedRefusal`, Base64url of JSON: for the call log, and not for the caller. */
export const refusalField = 'x-kaimen-refusal'

export interface PassedRefusal {
  readonly fault: FaultName
  readonly detail: Detail
  readonly stage: Stage
  /** The app's row, when it is known which one called, or said that it does. */
  readonly appId: number
}

/** Which stage of the gateway's walk says so. */
export function stageOfRefusal(fault: FaultName): Stage {
  return stages[fault] ?? 'identify'
}

const stages: { readonly [Fault in FaultName]?: Stage } = {
  timestamp_out_of_window: 'freshness',
  signature_invalid: 'signature',
  scheme_not_allowed: 'state',
  app_disabled: 'state',
  app_expired: 'state',
  replayed_request: 'replay',
  overloaded: 'forward',
  database_unavailable: 'forward',
  internal_error: 'forward',
}
