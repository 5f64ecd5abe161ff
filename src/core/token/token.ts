// Our JWTs. Every kind has its own `typ` and `aud`, so none passes for another; the algorithm is EdDSA and nothing else (settled F2).

import { timingSafeEqual } from 'node:crypto'
import { createDecoder, createSigner, createVerifier } from 'fast-jwt'
import type { SigningKeyDocument } from '#core/feed/document.ts'
import type { Sealer } from '#lib/seal.ts'

export const tokenKinds = {
  /** A signed-in person at the platform. `sub` user id, `jti` session. */
  session: { typ: 'session+jwt', aud: 'kaimen:platform' },
  /** An app at the gateway, from token/generate. `sub` appId, `epoch`. */
  app: { typ: 'app+jwt', aud: 'kaimen:gateway' },
  /** An app at the gateway, for debugging, without an end. `sub` appId, `jti`. */
  permanent: { typ: 'permanent+jwt', aud: 'kaimen:gateway' },
  /** A person through an app (OAuth access token, RFC 9068). */
  user: { typ: 'at+jwt', aud: 'kaimen:user' },
  /** A gateway at the feed. `sub` node name. */
  node: { typ: 'node+jwt', aud: 'kaimen:feed' },
} as const

export type TokenKind = keyof typeof tokenKinds

/**
 * Live until they are taken back, and so longer than the key that signed them. That key may be out by then: such a token bears a MAC besides,
 * under the master key, so that nobody makes one by a signing key alone (ADR 6).
 */
const endless: readonly TokenKind[] = ['permanent', 'node']

export interface Claims {
  readonly sub: string
  readonly jti?: string
  readonly epoch?: number
  /** Epoch seconds, as the next two. */
  readonly exp?: number
  readonly iat?: number
  /** When the first of its family was made; absent: it is the first. */
  readonly fam?: number
  /** Of what never ends; ours to set. */
  readonly mac?: string
}

/** `expired` only for a token that is ours and of the right kind. */
export type Verified = Claims | 'invalid' | 'expired'

export interface Tokens {
  sign(kind: TokenKind, claims: Claims, now: number): string
  verify(kind: TokenKind, token: string, now: number): Verified
}

interface OurHeader {
  typ?: unknown
  kid?: unknown
}

type Verify = (token: string) => unknown

/** Tokens under these keys: of those that are not retired the newest signs that is known everywhere; a retired one verifies what never ends. */
export function createTokens(keys: readonly SigningKeyDocument[], sealer: Sealer): Tokens {
  const decodeWhole = createDecoder({ complete: true })
  const verifiers = new Map<string, Verify>()
  const signers = new Map<string, (claims: object) => string>()
  const newestFirst = keys.filter((key) => !key.retired).toSorted((a, b) => b.createdAt - a.createdAt || b.id - a.id)

  function signerOf(kind: TokenKind, now: number): (claims: object) => string {
    const signing = signingAt(newestFirst, now)
    if (!signing) throw new Error('there is no signing key')
    const name = `${kind} ${signing.kid}`
    let signer = signers.get(name)
    if (!signer) {
      const { typ, aud } = tokenKinds[kind]
      const key = sealer.open('signing-key', signing.privateKeySealed)
      // `iat` comes with the claims, from the caller's clock; `noTimestamp` would take it away.
      signer = createSigner({ key, algorithm: 'EdDSA', aud, header: { alg: 'EdDSA', typ, kid: signing.kid } }) as (claims: object) => string
      signers.set(name, signer)
    }
    return signer
  }

  function verifierOf(kind: TokenKind, kid: unknown): Verify | undefined {
    const key = keys.find((candidate) => candidate.kid === kid)
    if (!key || (key.retired && !endless.includes(kind))) return undefined
    const name = `${kind} ${key.kid}`
    let verifier = verifiers.get(name)
    if (!verifier) {
      verifier = createVerifier({
        key: key.publicKey,
        algorithms: ['EdDSA'],
        allowedAud: tokenKinds[kind].aud,
        requiredClaims: ['sub', 'aud'],
        ignoreExpiration: true,
      })
      verifiers.set(name, verifier)
    }
    return verifier
  }

  return {
    sign(kind, claims, now) {
      const mac = endless.includes(kind) ? { mac: macOf(sealer, kind, claims) } : {}
      return signerOf(kind, now)({ ...claims, ...mac, iat: Math.floor(now / 1000) })
    },

    verify(kind, token, now) {
      let claims: Claims
      try {
        const { header } = decodeWhole(token) as { header: OurHeader }
        if (header.typ !== tokenKinds[kind].typ) return 'invalid'
        const verify = verifierOf(kind, header.kid)
        if (!verify) return 'invalid'
        claims = verify(token) as Claims
      } catch {
        return 'invalid'
      }
      if (typeof claims.sub !== 'string') return 'invalid'
      if (endless.includes(kind) && !isSame(String(claims.mac), macOf(sealer, kind, claims))) return 'invalid'
      if (claims.exp !== undefined && claims.exp * 1000 <= now) return 'expired'
      return claims
    },
  }
}

const macOf = (sealer: Sealer, kind: TokenKind, { sub, jti = '' }: Claims) => sealer.digest('endless-token', `${kind} ${jti} ${sub}`)

function isSame(given: string, ours: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(ours)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** A new key is sent to gateways and published so long before it signs. */
export const publishedAheadMs = 5 * 60_000

/** Of these, newest first, the one that signs at this time: the newest that is known everywhere by then. */
export function signingAt(newestFirst: readonly SigningKeyDocument[], now: number): SigningKeyDocument | undefined {
  return newestFirst.find(({ createdAt }) => createdAt + publishedAheadMs <= now) ?? newestFirst.at(-1)
}
