// The grant `password` (source 003 §1.2.3; settled E5): an app of our own sends what a person typed into it. It is a login like any other,
// and counted with them; but nobody can be shown a captcha here, so at the lock-out it has them wait.

import { errors, type Provider, type TokenEndpointGrantContext } from 'oidc-provider'
import { Fault } from '#core/fault.ts'
import { scopeOfNone, scopes } from '#core/oauth/scope.ts'
import { noteSuccess } from '#core/user/guess.ts'
import { type Proven, provePassword, type SignInDeps } from '#core/user/sign-in.ts'
import { isStillProven } from '#core/user/user.store.ts'
import { isStorable } from '#lib/storable.ts'

type Context = TokenEndpointGrantContext<{ username?: string; password?: string; scope?: string }>

export function addPasswordGrant(provider: Provider, deps: SignInDeps): void {
  provider.registerGrantType('password', (ctx: Context) => answer(ctx, deps), ['username', 'password', 'scope'])
}

async function answer(ctx: Context, deps: SignInDeps): Promise<void> {
  const { client, params, provider } = ctx.oidc
  const { username, password } = params
  if (!username || !password || !isStorable(username)) throw new errors.InvalidRequest('missing required parameter(s) username, password')
  const proven = await prove(ctx, username, password, deps)
  const accountId = String(proven.userId)

  const asked = (params.scope ?? scopeOfNone).split(' ')
  const scope = scopes.filter((one) => asked.includes(one)).join(' ')
  const grant = new provider.Grant({ accountId, clientId: client.clientId })
  grant.addOIDCScope(scope)
  const family = { accountId, client, grantId: await grant.save(), gty: 'password', scope }
  // A password that changed meanwhile has ended all families that it found; this one may have come after that.
  if (!(await isStillProven(deps.db, proven.userId, proven.passwordHash))) throw new errors.InvalidGrant('the password is another one now')
  const access = new provider.AccessToken(family)
  const refresh = new provider.RefreshToken({ ...family, rotations: 0 })
  ctx.body = {
    access_token: await access.save(),
    token_type: access.tokenType,
    expires_in: access.expiration,
    refresh_token: await refresh.save(),
    scope,
  }
}

async function prove(ctx: Context, login: string, password: string, deps: SignInDeps): Promise<Proven> {
  try {
    const given = { login, password: { text: password, keyId: undefined }, captcha: 'not_offered' } as const
    const proven = await provePassword(deps, given, { address: ctx.ip, userAgent: '' })
    await noteSuccess(deps.db, proven.guesser, proven.userId, deps.now())
    return proven
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    if (error.fault === 'login_failed') throw new errors.InvalidGrant('user name or password is wrong')
    if (error.fault === 'otp_required') throw new errors.InvalidGrant('two factors are needed')
    const { retryAfter } = error.detail
    if (error.fault === 'rate_limited') throw busy(ctx, 429, 'too many failed logins', Number(retryAfter))
    if (error.fault === 'overloaded') throw busy(ctx, 503, 'too many logins at the moment', 1)
    throw error
  }
}

function busy(ctx: Context, status: number, words: string, retryAfter: number): Error {
  ctx.set('Retry-After', String(retryAfter))
  return Object.assign(new errors.CustomOIDCProviderError('temporarily_unavailable', words), { status, statusCode: status })
}
