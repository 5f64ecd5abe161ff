// Tokens of members: a pair for who logs in, and a new one for a refresh token that is taken once (contract §4).

import { randomUUID } from 'node:crypto'
import type { CallerApp } from '#core/app/app.ts'
import { fault } from '#core/fault.ts'
import type { Tokens } from '#core/token/token.ts'
import { createUserTokens } from '#core/token/user-token.ts'
import { guesserOf, noteFailure, noteSuccess, standingOf } from '#core/user/guess.ts'
import { openIdOf, unionIdOf } from '#core/user/openid.store.ts'
import type { Passwords } from '#core/user/password.ts'
import { provePassword, type SignInDeps } from '#core/user/sign-in.ts'
import { findUser } from '#core/user/user.store.ts'
import type { Db } from '#db/open.ts'
import type { Sealer } from '#lib/seal.ts'
import { beginGrant, beginGrantOfUser, findGrant, type MemberGrant, rotateGrant } from './grant.store.ts'
import { type MemberProfile, uidOf } from './member.ts'
import type { MemberRequest } from './request.ts'
import { askSource, type MemberSource } from './source.ts'

export interface MemberDeps extends SignInDeps {
  readonly db: Db
  readonly sealer: Sealer
  readonly tokens: Tokens
  /** undefined: members are our users. */
  readonly source: MemberSource | undefined
  /** The source's own turns, so that a slow one keeps nobody waiting but its members. */
  readonly sourceTurns: Passwords
  readonly tokenTtl: number
  readonly refreshTtl: number
}

/** As it goes over the wire; times in epoch seconds. */
export interface MemberTokens {
  readonly access_token: string
  readonly expires_time: number
  readonly refresh_token: string
  readonly refresh_expires_time: number
  readonly client: { readonly uid: string; readonly unionid: string } & MemberProfile
}

/** Logs the member in. Throws `login_failed`, `rate_limited`, or what keeps anybody from being asked. */
export async function login(app: CallerApp, request: MemberRequest, address: string, deps: MemberDeps): Promise<MemberTokens> {
  const { source } = deps
  return source ? loginAtSource(app, request, address, deps, source) : loginHere(app, request, address, deps)
}

async function loginHere(app: CallerApp, { username, password }: MemberRequest, address: string, deps: MemberDeps): Promise<MemberTokens> {
  // Of before the proof: should the password change meanwhile, these tokens are of the time before it.
  const now = deps.now()
  const credentials = { login: username, password: { text: password, keyId: undefined }, captcha: 'not_offered' } as const
  const proven = await provePassword(deps, credentials, { address, userAgent: '' })
  const grant = await beginGrantOfUser(deps.db, grantOf(String(proven.userId), null, app, deps), proven.passwordHash)
  const profile = grant && (await profileOf(grant, deps))
  if (!grant || !profile) throw fault('login_failed')
  await noteSuccess(deps.db, proven.guesser, proven.userId, now)
  return tokensOf(app, profile, grant, deps, now)
}

// The same counts of failures as of our own users (settled E5). A success forgets none: it is not our user's.
async function loginAtSource(
  app: CallerApp,
  request: MemberRequest,
  address: string,
  deps: MemberDeps,
  source: MemberSource,
): Promise<MemberTokens> {
  const guesser = guesserOf(deps.sealer, undefined, `ext ${request.username}`, address)
  const member = await deps.sourceTurns.inTurn(async () => {
    const { barredSeconds } = await standingOf(deps.db, guesser, deps.now())
    if (barredSeconds > 0) throw fault('rate_limited', { retryAfter: barredSeconds })
    const found = await askSource(source, { ...request, appId: app.document.appId })
    if (found) return found
    await noteFailure(deps.db, guesser, deps.now())
    throw fault('login_failed')
  })
  const grant = await beginGrant(deps.db, grantOf(member.userId, member.profile, app, deps))
  return tokensOf(app, member.profile, grant, deps, deps.now())
}

const grantOf = (userId: string, profile: MemberGrant['profile'], app: CallerApp, { refreshTtl, now }: MemberDeps) => ({
  userId,
  profile,
  appId: app.document.id,
  expiresAt: new Date(now().getTime() + refreshTtl * 1000),
})

/** Whose refresh token it is, and which of theirs. Throws `invalid_token` or `token_expired`. */
export async function readRefresh(refreshToken: string, { db, sealer, now }: MemberDeps): Promise<Refresh> {
  const read = openRefreshToken(refreshToken, sealer)
  const grant = read && (await findGrant(db, read.grantId))
  if (!read || !grant) throw fault('invalid_token')
  if (grant.expiresAt <= now()) throw fault('token_expired')
  return { grant, rotation: read.rotation }
}

export interface Refresh {
  readonly grant: MemberGrant
  readonly rotation: number
}

/** A new pair, once. Throws `invalid_token`. */
export async function refresh({ grant, rotation }: Refresh, app: CallerApp, deps: MemberDeps): Promise<MemberTokens> {
  const now = deps.now()
  const turned = await rotateGrant(deps.db, grant.id, rotation, now)
  const profile = turned && (await profileOf(turned, deps))
  if (!turned || !profile) throw fault('invalid_token')
  return tokensOf(app, profile, turned, deps, now)
}

/** Undefined when the person is not there any more. */
async function profileOf({ userId, profile }: MemberGrant, { db }: MemberDeps): Promise<MemberProfile | undefined> {
  if (profile) return profile
  const user = await findUser(db, Number(userId))
  return user && { username: user.username, nikeName: user.nickname }
}

async function tokensOf(
  app: CallerApp,
  profile: MemberProfile,
  grant: MemberGrant,
  deps: MemberDeps,
  issuedAt: Date,
): Promise<MemberTokens> {
  const { appId, id } = app.document
  const openId = await openIdOf(deps.db, grant.userId, id)
  const now = issuedAt.getTime()
  const expiresAt = Math.min(now + deps.tokenTtl * 1000, grant.expiresAt.getTime())
  const token = { appId, userId: grant.userId, openId, scope: '', jti: randomUUID(), grantId: grant.id, expiresAt }
  return {
    access_token: createUserTokens(deps.tokens, deps.sealer).sign(token, now),
    expires_time: Math.floor(expiresAt / 1000),
    // Sealed, so that nobody can make one up; which one is good, the grant says.
    refresh_token: deps.sealer.seal('member-refresh', `${grant.id} ${grant.rotation}`),
    refresh_expires_time: Math.floor(grant.expiresAt.getTime() / 1000),
    client: { uid: uidOf(token, app.document), unionid: await unionIdOf(deps.db, grant.userId, id), ...profile },
  }
}

function openRefreshToken(text: string, sealer: Sealer): { grantId: string; rotation: number } | undefined {
  try {
    const [grantId, rotation] = sealer.open('member-refresh', text).split(' ') as [string, string]
    return { grantId, rotation: Number(rotation) }
  } catch {
    return undefined
  }
}
