// The signature must be the app's, under one of its live secrets. An unknown app fails here, after the same work (settled F12).

import { hasSigned } from '#core/app/app.ts'
import type { Fresh, Proven } from './call.ts'
import { type Refusal, refuse } from './refusal.ts'

export function verifySignature(claim: Fresh, now: number): Proven | Refusal {
  const { app, scheme, found, parameters, sign } = claim
  const content = scheme.stringToSign({ method: found.method, path: found.path, parameters })
  if (!hasSigned(app, scheme, content, sign, now) || !app) return refuse('signature_invalid')
  return { kind: 'signed', found, claim, app, content }
}
