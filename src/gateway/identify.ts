// Who calls: which credentials a call brings, and what they claim. Nothing is believed here but a token of ours.

import type { CallerApp } from '#core/app/app.ts'
import type { Verifier } from '#core/app/signed.ts'
import type { Claims } from '#core/token/token.ts'
import type { Bearer, Claim, Found } from './call.ts'
import { claimByAuthId, isByAuthId } from './claim-auth-id.ts'
import { claimByMessage } from './claim-message.ts'
import { claimByParameters } from './claim-parameters.ts'
import { invalid } from './payload.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Snapshot } from './snapshot.ts'
import type { Exchange } from './transport/exchange.ts'

export interface IdentifyDeps {
  readonly snapshot: Snapshot
  readonly verifier: Verifier
  /** Of every `auth-id` token. */
  readonly authIdPublicKey: string
  /** Lower-case name of the field that carries a member token. */
  readonly memberField: string
}

/** The bearer of an app token (contract §2): `Authorization: Bearer`, or the field `token`. */
export function identifyBearer(found: Found, exchange: Exchange, { snapshot, memberField }: IdentifyDeps, now: number): Bearer | Refusal {
  const isMember = exchange.field(memberField) !== undefined
  const token = bearerToken(found, exchange)
  if (isMember && token !== undefined) return invalid('several_schemes', { schemes: 'bearer, member' })
  if (isMember) return refuseMember(found)
  if (token === undefined) return refuse('missing_credentials')
  const claims = snapshot.verifyAppToken(token, now)
  if (claims === 'expired') return refuse('token_expired').saidBy(subjectOf(token))
  if (claims === 'invalid') return refuse('invalid_token').saidBy(subjectOf(token))
  const app = snapshot.app(claims.sub)
  if (!app || !isLive(claims, app)) return refuse('invalid_token').saidBy(claims.sub)
  return { kind: 'bearer', found, app }
}

/** Whom a token that we do not take says it is of: for its owner's call log, and nothing else. */
function subjectOf(token: string): string | undefined {
  try {
    const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub?: unknown }
    return typeof sub === 'string' ? sub : undefined
  } catch {
    return undefined
  }
}

// A reset without grace begins a new epoch, which ends the tokens of the old one; of permanent tokens only the last one lives.
function isLive(claims: Claims, { document }: CallerApp): boolean {
  return claims.jti === undefined ? claims.epoch === document.tokenEpoch : claims.jti === document.permanentTokenId
}

// The field `token` is an md5 when the query says so.
function bearerToken(found: Found, exchange: Exchange): string | undefined {
  const authorization = exchange.field('authorization')
  if (authorization !== undefined) return /^Bearer +([^\s,]+)$/i.exec(authorization)?.[1]
  const token = exchange.field('token')
  return token && !isByAuthId(found) ? token : undefined
}

// A member's token stands for a person, and signs nothing (settled D21). None was issued yet, so none is good.
function refuseMember({ operation }: Found): Refusal {
  return operation.security === 'token' ? refuse('invalid_token') : refuse('scheme_not_allowed', { scheme: 'member', allowed: 'sign' })
}

/** What a signed call claims, by the one scheme that it uses (settled B3). `bearer` is the app of its token, where the operation wants a token too. */
export function identifySigner(
  found: Found,
  body: Buffer,
  exchange: Exchange,
  bearer: CallerApp | undefined,
  deps: IdentifyDeps,
): Claim | Refusal {
  const { snapshot, verifier, authIdPublicKey, memberField } = deps
  const isMember = exchange.field(memberField) !== undefined
  const isMessage = exchange.field('signature-input') !== undefined
  const isAuthId = isByAuthId(found)
  if (!isMember && !isMessage && !isAuthId) return claimByParameters(found, body, exchange, bearer, snapshot, verifier)

  const present = { member: isMember, rfc9421: isMessage, 'auth-id': isAuthId, openapi: hasSign(found.query) }
  const names = Object.entries(present).flatMap(([name, is]) => (is ? [name] : []))
  if (names.length > 1) return invalid('several_schemes', { schemes: names.join(', ') })
  if (isMember) return refuseMember(found)
  if (isMessage) return claimByMessage(found, body, exchange, bearer, snapshot)
  return claimByAuthId(found, body, exchange, bearer, snapshot, authIdPublicKey)
}

/** Whether the operation takes calls by that scheme. */
export function checkScheme({ scheme, found }: Claim): Refusal | undefined {
  const { schemes } = found.operation
  return schemes === null || schemes.includes(scheme) ? undefined : refuse('scheme_not_allowed', { scheme, allowed: schemes.join(', ') })
}

const hasSign = (query: string) => /(?:^|&)sign=/.test(query) && /(?:^|&)appId=/.test(query)
