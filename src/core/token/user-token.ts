// The token of a person through an app (settled F2, D19): whoever holds it learns the person's openid, and not who that is. The real id
// is in it, sealed, so that platform and gateways need nobody to ask.

import assert from 'node:assert'
import type { Sealer } from '#lib/seal.ts'
import type { Tokens } from './token.ts'

/** What a token says; times in epoch milliseconds. */
export interface UserToken {
  /** The app's public id. */
  readonly appId: string
  /** Of our users the text of the id; a member of an external source has another form (`core/member/`). */
  readonly userId: string
  readonly openId: string
  /** OAuth's, separated by spaces; may be empty. */
  readonly scope: string
  readonly jti: string
  /** What all tokens have in common that came from one consent or one login. */
  readonly grantId: string
  /** To the second. */
  readonly expiresAt: number
}

export interface VerifiedUserToken extends UserToken {
  readonly issuedAt: number
}

/** None lives longer, so a revocation may be forgotten after that. */
export const userTokenLifeMsMax = 86_400_000

export interface UserTokens {
  sign(token: UserToken, now: number): string
  /** Says nothing of revocation: a gateway asks its `Revocations`, the platform `isRevoked`. */
  verify(text: string, now: number): VerifiedUserToken | 'invalid' | 'expired'
}

interface UserClaims {
  readonly client_id: string
  readonly scope: string
  readonly gid: string
  readonly who: string
}

export function createUserTokens(tokens: Tokens, sealer: Sealer): UserTokens {
  return {
    sign({ appId, userId, openId, scope, jti, grantId, expiresAt }, now) {
      assert(expiresAt - now <= userTokenLifeMsMax, 'a user token would outlive its revocation')
      // `iat` has whole seconds, and a revocation must not take a token with it that is a moment younger.
      const who = sealer.seal('user-token', `${now} ${userId}`)
      const claims = { sub: openId, client_id: appId, scope, jti, gid: grantId, who, exp: Math.floor(expiresAt / 1000) }
      return tokens.sign('user', claims, now)
    },

    verify(text, now) {
      const claims = tokens.verify('user', text, now)
      if (typeof claims === 'string') return claims
      const { sub, jti, exp, client_id, scope, gid, who } = claims as typeof claims & UserClaims
      const opened = sealer.open('user-token', who)
      const space = opened.indexOf(' ')
      return {
        appId: client_id,
        userId: opened.slice(space + 1),
        openId: sub,
        scope,
        jti: jti!,
        grantId: gid,
        expiresAt: exp! * 1000,
        issuedAt: Number(opened.slice(0, space)),
      }
    },
  }
}
