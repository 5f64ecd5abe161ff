// A person as OpenID Connect tells of them. To an app they are the openid that they have there (settled D19).

import type { FindAccount } from 'oidc-provider'
import { unionIdOf } from '#core/user/openid.store.ts'
import { findUser } from '#core/user/user.store.ts'
import type { Db } from '#db/open.ts'
import type { OurClient } from './client.ts'

export function accountsOf(db: Db): FindAccount {
  return async ({ oidc }, accountId) => {
    const user = await findUser(db, Number(accountId))
    return (
      user && {
        accountId,
        // All that we know; the library picks what the scopes of the token open. `sub` it replaces by the openid.
        claims: async () => ({
          sub: accountId,
          unionid: await unionIdOf(db, accountId, (oidc.client as unknown as OurClient).kaimen_app),
          nickname: user.nickname ?? user.username,
          preferred_username: user.username,
          updated_at: Math.floor(user.updatedAt.getTime() / 1000),
          ...(user.email === null ? {} : { email: user.email, email_verified: false }),
          ...(user.phoneNumber === null ? {} : { phone_number: user.phoneNumber, phone_number_verified: false }),
        }),
      }
    )
  }
}
