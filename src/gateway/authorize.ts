// The app must have been granted the operation.

import type { Granted, Unseen } from './call.ts'
import { type Refusal, refuse } from './refusal.ts'

export function authorize(caller: Unseen): Granted | Refusal {
  const { operation } = caller.kind === 'signed' ? caller.claim.found : caller.found
  return caller.app.grants.has(operation.id) ? (caller as Granted) : refuse('not_granted')
}
