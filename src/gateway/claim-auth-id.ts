// A call signed by scheme `auth-id` (source 004, contract §5): `authId` and `requestTime` in the query, an md5 in the field `token`.

import { type CallerApp, nobodysSecret } from '#core/app/app.ts'
import { fingerprint } from '#core/app/nonces.ts'
import { heldBy } from '#core/app/signed.ts'
import type { Evidence } from '#core/feed/document.ts'
import { requestTimeMs, verifyAuthId } from '#schemes/auth-id.ts'
import { authIdContent } from '#schemes/auth-id-content.ts'
import { Malformed, readQuery } from '#schemes/parameters.ts'
import { Ambiguous } from '#schemes/php.ts'
import type { Claim, Found, Payload } from './call.ts'
import { invalid, readParameters, sentText } from './payload.ts'
import { Refusal, refuse } from './refusal.ts'
import type { Snapshot } from './snapshot.ts'
import type { Exchange } from './transport/exchange.ts'

const ownParameters: ReadonlySet<string> = new Set(['authId', 'requestTime'])
const ownFields: ReadonlySet<string> = new Set(['token'])

/** Whether the query names both, which is what the scheme is known by (settled B3). */
export function isByAuthId({ query }: Pick<Found, 'query'>): boolean {
  // Most calls have no such text anywhere.
  if (!query.includes('authId') || !query.includes('requestTime')) return false
  const parameters = readQuery(query)
  if (parameters instanceof Malformed) return false
  return [...ownParameters].every((own) => parameters.some(({ name }) => name === own))
}

export function claimByAuthId(
  found: Found,
  body: Buffer,
  exchange: Exchange,
  bearer: CallerApp | undefined,
  snapshot: Snapshot,
  publicKey: string,
): Claim | Refusal {
  const read = readParameters(found, body, exchange)
  if (read instanceof Refusal) return read
  const { payload, parameters } = read
  const given = (own: string) => parameters.find(({ name }) => name === own)?.text ?? ''
  const [authId, requestTime] = [given('authId'), given('requestTime')]
  const token = exchange.field('token')
  if (!token) return refuse('signature_missing', { name: 'token' }).saidBy(authId)
  if (bearer && bearer.document.appId !== authId) return refuse('invalid_token')
  const content = authIdContent({ requestTime, parameters })
  if (content instanceof Ambiguous) return invalid('alike_in_php', { names: content.names.join(', ') })
  return new AuthIdClaim(found, bearer ?? snapshot.app(authId), payload, requestTimeMs(requestTime), content, token, publicKey)
}

class AuthIdClaim implements Claim {
  readonly scheme = 'auth-id'
  readonly found: Found
  readonly app: CallerApp | undefined
  readonly payload: Payload
  readonly signedAt: number | undefined
  readonly expiresAt = undefined
  readonly ownParameters = ownParameters
  readonly ownFields = ownFields
  readonly #content: string
  readonly #token: string
  readonly #publicKey: string

  constructor(
    found: Found,
    app: CallerApp | undefined,
    payload: Payload,
    signedAt: number | undefined,
    content: string,
    token: string,
    publicKey: string,
  ) {
    this.found = found
    this.app = app
    this.payload = payload
    this.signedAt = signedAt
    this.#content = content
    this.#token = token
    this.#publicKey = publicKey
  }

  verify(now: number, done: (held: boolean) => void): void {
    const secrets = this.app?.secrets(now) ?? []
    const held = heldBy(secrets, nobodysSecret, (secret) => verifyAuthId(this.#content, this.#token, this.#publicKey, secret))
    if (held) this.app?.noteUse(held, now)
    done(held !== undefined)
  }

  // Values stand side by side, so two requests may have one token; then the second is a replay (settled C12).
  fingerprints(appId: string): bigint[] {
    return [fingerprint(appId, 'content', `auth-id\n${this.#token}`)]
  }

  evidence(): Evidence {
    return { scheme: 'auth-id', ...sentText(this.found, this.payload), token: this.#token }
  }
}
