// Who calls: which credentials a call brings, and what they claim. Nothing is believed here but a token of ours.

import type { CallerApp } from '#core/app/app.ts'
import type { Nonces } from '#core/app/nonces.ts'
import type { Verifier } from '#core/app/signed.ts'
import { renew, renewalMs } from '#core/token/renewal.ts'
import type { Claims } from '#core/token/token.ts'
import type { VerifiedUserToken } from '#core/token/user-token.ts'
import { readMemberHeader } from '#schemes/member.ts'
import type { Bearer, Claim, Found } from './call.ts'
import { claimByAuthId, isByAuthId } from './claim-auth-id.ts'
import { claimByMessage } from './claim-message.ts'
import { claimByParameters } from './claim-parameters.ts'
import { invalid } from './payload.ts'
import { Refusal, refuse } from './refusal.ts'
import type { Snapshot } from './snapshot.ts'
import type { Exchange } from './transport/exchange.ts'

export interface IdentifyDeps {
  readonly snapshot: Snapshot
  readonly verifier: Verifier
  /** Of every `auth-id` token. */
  readonly authIdPublicKey: string
  /** Lower-case name of the field that carries a member token. */
  readonly memberField: string
  readonly nonces: Nonces
  /** Seconds that an app token lives. */
  readonly tokenTtl: number
}

/** The bearer of a token of an app, or of a person through one (contract §2, settled F2): `Authorization: Bearer`, or the field `token`. */
export function identifyBearer(found: Found, exchange: Exchange, deps: IdentifyDeps, now: number): Bearer | Refusal {
  const member = exchange.field(deps.memberField)
  const token = bearerToken(found, exchange)
  if (member !== undefined && token !== undefined) return invalid('several_schemes', { schemes: 'bearer, member' })
  if (member !== undefined) return identifyMember(found, member, deps.snapshot, now)
  if (token === undefined) return refuse('missing_credentials')
  const bearer = bearerOf(token, found, deps.snapshot, now)
  return bearer instanceof Refusal && bearer.fault === 'token_expired' ? (renewed(token, found, deps, now) ?? bearer) : bearer
}

function bearerOf(text: string, found: Found, snapshot: Snapshot, now: number): Bearer | Refusal {
  const token = snapshot.verifyToken(text, now)
  if (token === 'expired') return refuse('token_expired').saidBy(appOf(text))
  if (token === 'invalid') return refuse('invalid_token').saidBy(appOf(text))
  const appId = token.kind === 'user' ? token.appId : token.claims.sub
  const app = snapshot.app(appId)
  const isGood = app && (token.kind === 'user' ? !snapshot.revocations.has(token) : isLive(token.claims, app))
  if (!isGood) return refuse('invalid_token').saidBy(appId)
  return { kind: 'bearer', found, app, user: token.kind === 'user' ? { token, scheme: undefined } : undefined, renewal: undefined }
}

/**
 * Who brings a token that has just ended, where its app may have it exchanged: until the answer with the next one has begun. All that
 * come at the same time are taken, and get the same one.
 */
function renewed(text: string, found: Found, { snapshot, nonces, tokenTtl }: IdentifyDeps, now: number): Bearer | undefined {
  if (found.operation.security !== 'token+sign') return undefined
  const claims = snapshot.endedAppToken(text, renewalMs, now)
  const app = claims && snapshot.app(claims.sub)
  if (!claims || !app?.document.seamlessRefresh || !isLive(claims, app)) return undefined
  const renewal = renew(text, claims, snapshot.tokens, tokenTtl, now)
  if (!renewal || nonces.has(renewal.print, now)) return undefined
  return { kind: 'bearer', found, app, user: undefined, renewal }
}

/** The app that a token that we do not take says it is of: for its owner's call log, and nothing else. */
function appOf(token: string): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub?: unknown; client_id?: unknown }
    const appId = claims.client_id ?? claims.sub
    return typeof appId === 'string' ? appId : undefined
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

/** A person's token as source 001 sends it (contract §4): beside the app and the person that it is of, who both have to be right. */
function identifyMember(found: Found, value: string, snapshot: Snapshot, now: number): Bearer | Refusal {
  const { security, schemes } = found.operation
  if (security !== 'token') return refuseMember()
  if (schemes !== null && !schemes.includes('member'))
    return refuse('scheme_not_allowed', { scheme: 'member', allowed: schemes.join(', ') })
  const header = readMemberHeader(value)
  if (!header) return refuse('invalid_token')
  const bearer = bearerOf(header.token, found, snapshot, now)
  if (bearer instanceof Refusal) return bearer
  const { app, user } = bearer
  if (!user || app.document.appId !== header.appId || header.uid !== uidOf(user.token, app))
    return refuse('invalid_token').saidBy(header.appId)
  return { ...bearer, user: { ...user, scheme: 'member' } }
}

/** What the app knows the person by (settled B9). */
const uidOf = ({ userId, openId }: VerifiedUserToken, { document }: CallerApp) => (document.internal ? userId : openId)

// It stands for a person, and signs nothing (settled D21).
const refuseMember = () => refuse('scheme_not_allowed', { scheme: 'member', allowed: 'sign' })

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
  if (isMember) return refuseMember()
  if (isMessage) return claimByMessage(found, body, exchange, bearer, snapshot)
  return claimByAuthId(found, body, exchange, bearer, snapshot, authIdPublicKey)
}

/** Whether the operation takes calls by that scheme. */
export function checkScheme({ scheme, found }: Claim): Refusal | undefined {
  const { schemes } = found.operation
  return schemes === null || schemes.includes(scheme) ? undefined : refuse('scheme_not_allowed', { scheme, allowed: schemes.join(', ') })
}

const hasSign = (query: string) => /(?:^|&)sign=/.test(query) && /(?:^|&)appId=/.test(query)
