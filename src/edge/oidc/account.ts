// A person as OpenID Connect tells of them. To an app they are the openid that they have there (settled D19).

import { type Account, type FindAccount, Provider } from 'oidc-provider'
import { findPersonFor, openIdOf, unionIdOf } from '#core/user/openid.store.ts'
import type { Db } from '#db/open.ts'
import type { OurClient } from './client.ts'

interface OurAccount extends Account {
  /** To the app that asks; null when it has none for them yet. */
  readonly openId: string | null
}

export function accountsOf(db: Db): FindAccount {
  return async ({ oidc }, accountId) => {
    const { kaimen_app: app } = oidc.client as unknown as OurClient
    const person = await findPersonFor(db, accountId, app)
    return (
      person &&
      ({
        accountId,
        openId: person.openId,
        // All that we know; the library picks what the scopes of the token open. `sub` it replaces by the openid.
        claims: async () => ({
          sub: accountId,
          unionid: await unionIdOf(db, accountId, app),
          nickname: person.nickname ?? person.username,
          preferred_username: person.username,
          updated_at: person.updatedAt,
          ...(person.email === null ? {} : { email: person.email, email_verified: false }),
          ...(person.phoneNumber === null ? {} : { phone_number: person.phoneNumber, phone_number_verified: false }),
        }),
      } satisfies OurAccount)
    )
  }
}

/** Who the person is to this app; mostly the account of this request has brought it along. */
export async function openIdFor(db: Db, accountId: string, { kaimen_app: app }: OurClient): Promise<string> {
  const { account, client } = Provider.ctx?.oidc ?? {}
  const isIt = account?.accountId === accountId && (client as OurClient | undefined)?.kaimen_app === app
  return (isIt ? (account as OurAccount).openId : null) ?? openIdOf(db, accountId, app)
}
