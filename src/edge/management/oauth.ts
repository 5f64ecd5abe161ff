// Keys of OAuth, by command: when somebody may have seen one, or to see that clients follow.

import { rotateIdTokenKey } from '#core/oauth/id-token-key.ts'
import { endpoint } from './endpoint.ts'

export const rotateKey = endpoint({
  summary: {
    en: 'Make a new key for ID tokens; it signs five minutes later, and the one before it stays published',
    zh: '更换 ID Token 签名密钥；新密钥五分钟后启用，旧密钥继续公布',
  },
  // An RSA key takes its time.
  ownTransactions: true,
  async handle(_, deps) {
    await rotateIdTokenKey(deps.db, deps.sealer, deps.now(), deps.now())
    return null
  },
})
