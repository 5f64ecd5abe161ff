// An app as the library's client (settled A3, A4): what it may do follows from what it is.

import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { AdapterPayload, Provider } from 'oidc-provider'
import type { Config } from '#config.ts'
import type { ClientSecret, OAuthClient } from '#core/oauth/client.store.ts'
import { isNative } from '#core/oauth/redirect-uri.ts'
import { scopesOf } from '#core/oauth/scope.ts'
import type { Db } from '#db/open.ts'
import type { Sealer } from '#lib/seal.ts'

export interface ClientDeps {
  readonly db: Db
  readonly sealer: Sealer
  readonly config: Config
  now(): Date
  /** A client has proved itself by this secret. */
  noteSecretUse(secretId: number): void
}

/** Beside the fields that the library knows, these of ours come along with a client. */
export const ourFields = ['kaimen_app', 'kaimen_internal', 'kaimen_secrets'] as const

export interface OurClient {
  readonly clientId: string
  readonly clientName?: string
  /** The app's row. */
  readonly kaimen_app: number
  readonly kaimen_internal: boolean
  readonly kaimen_secrets: readonly ClientSecret[]
}

// The library wants one, and would compare with it if it ever forgot to ask us (`compareSecrets`); so it is nobody's.
const nobodys = randomBytes(32).toString('base64url')

export function metadataOf(client: OAuthClient, { config }: ClientDeps): AdapterPayload {
  const { appId, name, clientType, redirectUris, internal, secrets } = client
  const isConfidential = clientType === 'confidential'
  const comesBack = redirectUris.length > 0
  const grants = [
    ...(comesBack ? ['authorization_code'] : []),
    'refresh_token',
    ...(isConfidential ? ['client_credentials'] : []),
    ...(isConfidential && internal && config.passwordGrant ? ['password'] : []),
  ]
  return {
    client_id: appId,
    client_name: name,
    ...(isConfidential ? { client_secret: nobodys } : {}),
    token_endpoint_auth_method: isConfidential ? 'client_secret_basic' : 'none',
    application_type: isNative(clientType, redirectUris) ? 'native' : 'web',
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...redirectUris],
    response_types: comesBack ? ['code'] : [],
    grant_types: grants,
    scope: scopesOf(client).join(' '),
    // An openid is an app's own, whatever its hosts. The library asks for a sector only when there are several, and never fetches it.
    subject_type: 'pairwise',
    sector_identifier_uri: 'https://sector.invalid/',
    kaimen_app: client.id,
    kaimen_internal: internal,
    kaimen_secrets: [...secrets],
  }
}

/** Any live secret of the app is good, so that one can be replaced without a moment in which neither is. */
export function compareSecrets(provider: Provider, { sealer, noteSecretUse }: ClientDeps): void {
  provider.Client.prototype.compareClientSecret = function (this: unknown, given: string) {
    const { kaimen_secrets: secrets } = this as OurClient
    const used = secrets.find(({ sealed }) => isSame(sealer.open('app-secret', sealed), given))
    if (used) noteSecretUse(used.id)
    return used !== undefined
  }
}

function isSame(secret: string, given: string): boolean {
  const [ours, theirs] = [Buffer.from(secret), Buffer.from(given)]
  return ours.length === theirs.length && timingSafeEqual(ours, theirs)
}
