// What is published at /oauth/jwks: the keys of ID tokens (RS256), and those of access tokens (EdDSA), which gateways and services verify.

import { createPrivateKey } from 'node:crypto'
import type { JWK } from 'oidc-provider'
import { signingKeyDocuments } from '#core/feed/feed.store.ts'
import { idTokenKeys } from '#core/oauth/id-token-key.ts'
import type { ClientDeps } from './client.ts'

export async function publishedKeys({ db, sealer, now }: ClientDeps): Promise<JWK[]> {
  const forIdTokens = await idTokenKeys(db, sealer, now())
  const forAccessTokens = (await signingKeyDocuments(db)).filter(({ retired }) => !retired)
  const jwk = (kid: string, pem: string, alg: string) =>
    ({ ...createPrivateKey(pem).export({ format: 'jwk' }), kid, use: 'sig', alg }) as JWK
  return [
    ...forIdTokens.map((key) => jwk(key.kid, sealer.open('id-token-key', key.privateKeySealed), 'RS256')),
    ...forAccessTokens.map((key) => jwk(key.kid, sealer.open('signing-key', key.privateKeySealed), 'EdDSA')),
  ]
}
