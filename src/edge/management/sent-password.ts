// Passwords in a body: plain, or encrypted under the key of `/openapi/user/publicKey` (settled F6, D14).

import type { Config } from '#config.ts'
import { fault } from '#core/fault.ts'
import { passwordLengthMax, passwordLengthMin } from '#core/user/password.ts'
import { isSentPlain, type SentPassword } from '#core/user/transport-key.ts'
import type { ManagementDeps } from './endpoint.ts'
import { text } from './wire.ts'

export const sentPassword = text(344).min(1).describe('Plain, or Base64 of it encrypted by RSA (OAEP with SHA-256, or PKCS#1 v1.5)')
export const keyId = text(64).nullish().describe('The key that passwords are encrypted under')

/** Throws `invalid_parameters` for a plain one where the platform wants none. */
export function refusePlain(config: Config, name: string, sent: SentPassword): void {
  if (config.passwordTransport === 'rsa' && isSentPlain(sent)) throw fault('invalid_parameters', { reason: 'password_plain', name })
}

/** A password that somebody chooses, opened; throws `invalid_parameters` when it is not one. */
export async function newPasswordOf(deps: ManagementDeps, name: string, sent: SentPassword): Promise<string> {
  refusePlain(deps.config, name, sent)
  const password = await deps.transportKeys.open(sent)
  if (password === undefined) throw fault('invalid_parameters', { reason: 'password_not_decrypted', name })
  if (password.length < passwordLengthMin || password.length > passwordLengthMax) {
    throw fault('invalid_parameters', { reason: 'password_length', name, lengthMin: passwordLengthMin, lengthMax: passwordLengthMax })
  }
  return password
}
