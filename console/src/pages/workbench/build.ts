// From what was pasted to the steps, by the functions of src/schemes.

import { readMessageClaim } from '#schemes/message-claim.ts'
import type { Malformed } from '#schemes/parameters.ts'
import { asMessage, asParameters, type GuessedScheme, guessScheme, type PastedRequest, readPasted } from '#schemes/pasted-request.ts'
import type { Ambiguous } from '#schemes/php.ts'
import { Flaw } from '#schemes/signature-base.ts'
import { authIdSteps, type Build, memberSteps, messageSteps, parameterSteps } from '#schemes/steps.ts'
import { stringForms } from '#schemes/string-form.ts'

export const schemes = ['hmac-sha256', 'rfc9421', 'rsa2', 'sm2', 'openapi', 'auth-id', 'member'] as const satisfies GuessedScheme[]

/** The platform's `publicKey` of the scheme `auth-id`, where nobody set another. */
export const usualKey = '58Ajk2015HoppingYear'

export interface Draft {
  readonly text: string
  /** undefined: as it seems. */
  readonly scheme: GuessedScheme | undefined
  readonly platformKey: string
}

export type Why = Malformed | Ambiguous | Flaw

export function schemeOf({ text, scheme }: Draft): GuessedScheme | undefined {
  const request = readPasted(text)
  return scheme ?? (request && guessScheme(request))
}

export function buildFrom(draft: Draft): { readonly build: Build } | { readonly why: Why } | 'not_a_request' | undefined {
  if (draft.text.trim() === '') return undefined
  const request = readPasted(draft.text)
  const scheme = schemeOf(draft)
  if (!request || !scheme) return 'not_a_request'
  const built = stepsFor(scheme, request, draft.platformKey)
  return 'steps' in built ? { build: built } : { why: built }
}

/** The signature that the request carries, where it is one that can be made here. */
export function signatureIn(draft: Draft): string | undefined {
  const request = readPasted(draft.text)
  const scheme = schemeOf(draft)
  if (!request || !scheme) return undefined
  if (scheme === 'rfc9421') {
    const claim = readMessageClaim(asMessage(request))
    return claim instanceof Flaw ? undefined : btoa(String.fromCharCode(...claim.signature))
  }
  const built = stepsFor(scheme, request, draft.platformKey)
  const read = 'steps' in built ? built.steps.find((step) => step.kind === 'read') : undefined
  return read?.kind === 'read' ? [...read.query, ...read.body].find(({ name }) => name === 'sign')?.text?.trim() : undefined
}

function stepsFor(scheme: GuessedScheme, request: PastedRequest, platformKey: string): Build | Why {
  const sent = asParameters(request)
  switch (scheme) {
    case 'rfc9421':
      return messageSteps(asMessage(request))
    case 'auth-id':
      return authIdSteps(sent, platformKey)
    case 'member':
      return memberSteps(request.bodyText, sent.body === 'form' ? 'form' : 'json')
    default:
      return parameterSteps(stringForms[scheme], sent)
  }
}
