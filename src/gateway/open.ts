// An interface may be disabled by HQ, or have shut itself when its limit was reached.

import type { OperationDocument } from '#core/feed/document.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Trips } from './trips.ts'

export function checkOpen(operation: OperationDocument, trips: Trips): Refusal | undefined {
  if (operation.disabled) return refuse('interface_disabled')
  const isTripped = operation.tripped || (operation.limitAction === 'disable' && trips.has(operation.id, operation.opening))
  return isTripped ? refuse('interface_tripped') : undefined
}
