// User tokens that ended before their time. One row ends a token, all of a grant, or all that a person or an app had by then, so what gateways
// hold grows with logouts and stolen tokens of the last day, not with people (settled F2).

import type { RevocationDocument } from '#core/feed/document.ts'
import { userTokenLifeMsMax, type VerifiedUserToken } from './user-token.ts'

export type RevocationSubject = RevocationDocument['subject']

/** How long a revocation is needed: what it is about may have been made a moment after it. */
export const revocationLifeMs = userTokenLifeMsMax + 60_000

/** The names under which a token may have been revoked. */
export function subjectsOf({ jti, grantId, userId, appId }: VerifiedUserToken): readonly (readonly [RevocationSubject, string])[] {
  return [
    ['jti', jti],
    ['grant', grantId],
    ['user', userId],
    ['app', appId],
  ]
}

/** What a gateway knows of. */
export class Revocations {
  readonly #known = new Map<string, RevocationDocument>()

  add(document: RevocationDocument): void {
    this.#known.set(keyOf(document.subject, document.value), document)
  }

  has(token: VerifiedUserToken): boolean {
    if (this.#known.size === 0) return false
    return subjectsOf(token).some(([subject, value]) => {
      const known = this.#known.get(keyOf(subject, value))
      return known !== undefined && (isForGood(subject) || token.issuedAt <= known.revokedAt)
    })
  }

  forgetEnded(now: number): void {
    for (const [key, { until }] of this.#known) if (until <= now) this.#known.delete(key)
  }

  clear(): void {
    this.#known.clear()
  }

  values(): Iterable<RevocationDocument> {
    return this.#known.values()
  }
}

/** A person and an app get tokens again; one token, or a grant, is never good again. */
const isForGood = (subject: RevocationSubject) => subject === 'jti' || subject === 'grant'

const keyOf = (subject: RevocationSubject, value: string) => `${subject} ${value}`
