// Keys of OAuth, by command: when somebody may have seen one, or to see that clients follow.

import { rotateIdTokenKey } from '#core/oauth/id-token-key.ts'
import { rotateSigningKey } from '#core/token/signing-key.ts'
import { endpoint } from './endpoint.ts'

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
