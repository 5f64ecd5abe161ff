// Scheme `auth-id` (source 004, contract §5): the header `token` is md5(publicKey + authValue + requestTime + values of the business
// parameters in the order of their names). The values stand side by side: text may move from one to the next, names are not signed at all.
// For partners whose code has it; replay is kept off by taking each token once (settled C12).

import { createHash, type KeyObject } from 'node:crypto'
import { isSameSignature } from './same-signature.ts'

/** `publicKey` is the platform's setting, known to all partners; `secret` is the `authValue`. */
export function signAuthId(content: string, publicKey: string, secret: KeyObject): string {
  return createHash('md5').update(publicKey).update(secret.export()).update(content).digest('hex')
}

export function verifyAuthId(content: string, token: string, publicKey: string, secret: KeyObject): boolean {
  return isSameSignature(signAuthId(content, publicKey, secret), token)
}

/** Epoch milliseconds: up to 11 digits are seconds, more are milliseconds (settled B13). */
export function requestTimeMs(requestTime: string): number | undefined {
  if (!/^\d{1,15}$/.test(requestTime)) return undefined
  return requestTime.length <= 11 ? Number(requestTime) * 1000 : Number(requestTime)
}
