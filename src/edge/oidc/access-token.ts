// The access token of a person is a JWT of ours, which gateways verify without asking anybody (ADR 14). To the library it stays an opaque
// token whose id is the JWT's `jti`: so userinfo, introspection and revocation find it, whatever the text looks like.

import type { AccessToken, Provider } from 'oidc-provider'
import { isRevoked } from '#core/token/revocation.store.ts'
import type { UserTokens } from '#core/token/user-token.ts'
import { openIdFor } from './account.ts'
import type { ClientDeps, OurClient } from './client.ts'

export function issueUserTokens(provider: Provider, userTokens: UserTokens, { db, now }: ClientDeps): void {
  const model = provider.AccessToken
  const { find } = model
  const { save } = model.prototype

  model.prototype.save = async function (this: AccessToken) {
    const issuedAt = now().getTime()
    this.exp ??= Math.floor(issuedAt / 1000) + this.expiration
    await save.call(this)
    const client = this.client as unknown as OurClient
    return userTokens.sign(
      {
        appId: client.clientId,
        userId: this.accountId,
        openId: await openIdFor(db, this.accountId, client),
        scope: this.scope ?? '',
        jti: this.jti,
        grantId: this.grantId,
        expiresAt: this.exp * 1000,
      },
      issuedAt,
    )
  }

  model.find = async function (this: unknown, text: string, ...options: []) {
    // `serve.ts` veils it where the library would stop at the sight of a JWT.
    const token = userTokens.verify(text.replaceAll('~', '.'), now().getTime())
    return typeof token === 'string' || (await isRevoked(db, token)) ? undefined : find.call(this as typeof model, token.jti, ...options)
  } as typeof find
}
