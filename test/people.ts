// People in tokens, made as the platform makes them: for tests of what a gateway does with them.

import { randomUUID } from 'node:crypto'
import { signingKeyDocuments } from '#core/feed/feed.store.ts'
import { revoke } from '#core/token/revocation.store.ts'
import type { RevocationSubject } from '#core/token/revocation.ts'
import { createTokens } from '#core/token/token.ts'
import { createUserTokens, type UserToken } from '#core/token/user-token.ts'
import { openIdOf } from '#core/user/openid.store.ts'
import { openDatabase } from '#db/open.ts'
import { openMasterKey } from '#lib/master-key.ts'
import { createSealer } from '#lib/seal.ts'
import type { House, TestApp } from './house.ts'

export type People = Awaited<ReturnType<typeof openPeople>>

export async function openPeople(house: House) {
  const database = await openDatabase(house.databaseUrl, { error: () => {} })
  const { db } = database
  const sealer = createSealer(openMasterKey(house.dataDir, house.config.masterKey))
  const tokens = createTokens(await signingKeyDocuments(db), sealer)
  const userTokens = createUserTokens(tokens, sealer)
  return {
    db,
    sealer,
    tokens,
    userTokens,
    openIdOf: (app: TestApp, userId: number) => openIdOf(db, String(userId), app.id),

    /** A token of the person through the app. */
    async token(app: TestApp, userId: number, more: Partial<UserToken> = {}): Promise<string> {
      const openId = await openIdOf(db, String(userId), app.id)
      const ids = { jti: randomUUID(), grantId: randomUUID() }
      const now = Date.now()
      return userTokens.sign(
        { appId: app.appId, userId: String(userId), openId, scope: '', expiresAt: now + 3_600_000, ...ids, ...more },
        now,
      )
    },
    revoke: (subject: RevocationSubject, value: string) => revoke(db, subject, value, new Date()),

    /** A user of the portal, and the id. */
    async user(username: string, password = 'a long password'): Promise<number> {
      const phoneNumber = `139${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`
      return (await house.done('POST', '/openapi/user/register', { username, password, phoneNumber }, '')).id
    },
    close: database.close,
  }
}
