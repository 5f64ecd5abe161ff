// Whether the app may call at all. Told only to one who proved to be the app.

import { isExpired } from '#core/app/app.ts'
import { toWireTime } from '#lib/time.ts'
import type { Active, Bearer, Proven } from './call.ts'
import { type Refusal, refuse } from './refusal.ts'

export function checkState(caller: Proven | Bearer, now: number, timeZone: string): Active | Refusal {
  const { document } = caller.app
  if (!document.enabled) return refuse('app_disabled')
  if (isExpired(document, now)) return refuse('app_expired', { expiredAt: toWireTime(new Date(document.expiresAt!), timeZone) })
  if (!caller.app.isFrom(caller.found.address)) return refuse('ip_denied')
  if (caller.kind === 'signed' && !document.schemes.includes(caller.claim.scheme)) {
    return refuse('scheme_not_allowed', { scheme: caller.claim.scheme, allowed: document.schemes.join(', ') })
  }
  if (caller.user?.scheme && !document.schemes.includes(caller.user.scheme)) {
    return refuse('scheme_not_allowed', { scheme: caller.user.scheme, allowed: document.schemes.join(', ') })
  }
  return caller as Active
}
