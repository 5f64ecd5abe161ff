// With what the gateway may refuse a call of an operation, in the order in which it looks (contract §6): for the documentation.

import type { FaultName } from '#core/fault.ts'
import type { OperationRow } from './operation.store.ts'

type Documented = Pick<OperationRow, 'security' | 'limitAction' | 'limitCount' | 'projectParam' | 'paramSchema'>

const always = () => true
const byToken = ({ security }: Documented) => security.startsWith('token')
const bySign = ({ security }: Documented) => security.endsWith('sign')
const byApp = ({ security }: Documented) => security !== 'none'

const rows = [
  ['interface_not_found', always],
  ['interface_disabled', always],
  ['interface_tripped', ({ limitAction, limitCount }) => limitCount !== null && limitAction === 'disable'],
  ['ip_denied', always],
  ['missing_credentials', byToken],
  ['invalid_token', byToken],
  ['token_expired', byToken],
  ['signature_missing', bySign],
  ['timestamp_out_of_window', bySign],
  ['signature_invalid', bySign],
  ['app_disabled', byApp],
  ['app_expired', byApp],
  ['scheme_not_allowed', bySign],
  ['replayed_request', bySign],
  ['decrypt_failed', bySign],
  ['not_granted', byApp],
  ['project_denied', ({ projectParam }) => projectParam !== null],
  ['rate_limited', always],
  ['quota_exceeded', byApp],
  ['invalid_parameters', (operation) => operation.paramSchema !== null || bySign(operation)],
  ['body_too_large', (operation) => operation.paramSchema !== null || operation.projectParam !== null || bySign(operation)],
  ['overloaded', always],
  ['upstream_unreachable', always],
  ['upstream_timeout', always],
] as const satisfies readonly (readonly [FaultName, (operation: Documented) => boolean])[]

export type CallFault = (typeof rows)[number][0]

export function refusalsOf(operation: Documented): CallFault[] {
  return rows.filter(([, applies]) => applies(operation)).map(([name]) => name)
}
