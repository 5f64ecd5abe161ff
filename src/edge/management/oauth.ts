// Keys that sign tokens, as they stand, and changed by command: when somebody may have seen one, or to see that clients follow.

import { z } from 'zod'
import { noteAct } from '#core/audit/audit.store.ts'
import { signingKeyDocuments } from '#core/feed/feed.store.ts'
import { findIdTokenKeys, replaceIdTokenKeys } from '#core/oauth/id-token-key.store.ts'
import { inOrder, newIdTokenKey, rotateIdTokenKey } from '#core/oauth/id-token-key.ts'
import { replaceSigningKeys } from '#core/token/signing-key.store.ts'
import { newSigningKey, rotateSigningKey } from '#core/token/signing-key.ts'
import { signingAt } from '#core/token/token.ts'
import { endAllSessions } from '#core/user/session.store.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint } from './endpoint.ts'
import { wireTime } from './wire.ts'

export const rotateKey = endpoint({
  summary: {
    en: 'Make new keys for ID tokens and for all other tokens; they sign five minutes later, and those before them verify until what they signed has ended',
    zh: '更换 ID Token 与其他令牌的签名密钥；新密钥五分钟后启用，旧密钥继续用于验签，直至其签发的令牌全部到期',
  },
  // An RSA key takes its time.
  ownTransactions: true,
  async handle(_, deps) {
    await rotateSigningKey(deps.db, deps.sealer, deps.now(), deps.now())
    await rotateIdTokenKey(deps.db, deps.sealer, deps.now(), deps.now())
    return null
  },
})

const key = z.object({
  kid: z.string(),
  use: z.enum(['token', 'id_token']).describe('token: of sessions, apps and people; id_token: what tells apps who signed in'),
  state: z.enum(['next', 'signs', 'verifies']).describe('next: published already, signs soon; verifies: only what it signed before'),
  createTime: wireTime,
})

export const listKeys = endpoint({
  summary: { en: 'The keys that sign tokens, those of each use newest first', zh: '查询令牌签名密钥，同一用途中最新的在前' },
  answer: z.object({ keys: z.array(key) }),
  async handle(_, deps) {
    const now = deps.now()
    const documents = (await signingKeyDocuments(deps.db)).filter(({ retired }) => !retired).toReversed()
    const ofTokens = documents.map(({ kid, createdAt }) => ({ kid, createdAt: new Date(createdAt) }))
    const ofIdTokens = await findIdTokenKeys(deps.db)
    const onWire = (use: 'token' | 'id_token', keys: typeof ofTokens, signing: string | undefined) => {
      const at = keys.findIndex(({ kid }) => kid === signing)
      return keys.map(({ kid, createdAt }, index) => ({
        kid,
        use,
        state: index < at ? ('next' as const) : index === at ? ('signs' as const) : ('verifies' as const),
        createTime: toWireTime(createdAt, deps.config.timeZone),
      }))
    }
    return {
      keys: [
        ...onWire('token', ofTokens, signingAt(documents, now.getTime())?.kid),
        ...onWire('id_token', ofIdTokens, inOrder(ofIdTokens, now)[0]?.kid),
      ],
    }
  },
})

export const endKeys = endpoint({
  summary: {
    en: 'End all keys that sign tokens at once, because one got out: all sessions, app and user tokens and ID tokens end, also the caller’s; secrets, refresh tokens, permanent tokens and gateways’ credentials stay',
    zh: '立即废止全部令牌签名密钥（密钥泄露时使用）：所有会话（含操作者自己的）、应用令牌、用户令牌与 ID Token 随即失效；应用密钥、刷新令牌、永久令牌与网关凭据不受影响',
  },
  answer: z.object({ keys: z.int().describe('How many ended'), sessions: z.int().describe('How many ended') }),
  // An RSA key takes its time, and what is read again has to be committed.
  ownTransactions: true,
  async handle(_, deps) {
    const now = deps.now()
    const [ofTokens, ofIdTokens] = [newSigningKey(deps.sealer, now), await newIdTokenKey(deps.sealer, now)]
    const ended = await deps.db.transaction(async (tx) => {
      const kids = [...(await replaceSigningKeys(tx, ofTokens, now)), ...(await replaceIdTokenKeys(tx, ofIdTokens))]
      const sessions = await endAllSessions(tx)
      await noteAct(tx, {
        kind: 'signing_key',
        subject: 'all',
        before: { kids },
        after: { kids: [ofTokens.kid, ofIdTokens.kid], sessions },
      })
      return { keys: kids.length, sessions }
    })
    await deps.readKeysAgain()
    return ended
  },
})
