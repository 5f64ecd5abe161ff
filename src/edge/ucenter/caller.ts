// Who calls the user centre: by the token of a person through an app, or of an app for itself (contract §3). The state of the app and of
// the person is looked at with each request, so nothing that ended goes on.

import { findCallerApp } from '#core/app/caller-app.store.ts'
import { fault } from '#core/fault.ts'
import { scopesOf } from '#core/oauth/scope.ts'
import { isRevoked } from '#core/token/revocation.store.ts'
import { findUser } from '#core/user/user.store.ts'
import { compileRanges } from '#lib/address.ts'
import { appOfToken } from './app-token.ts'
import type { Caller, CallerWithPerson, Person, UcenterDeps, Who } from './endpoint.ts'

interface Token {
  readonly appId: string
  readonly scopes: ReadonlySet<string>
  readonly person: Person | undefined
}

/** Throws when there is nobody, or somebody who may not. */
export async function admit(text: string | undefined, who: Who, address: string, deps: UcenterDeps): Promise<Caller> {
  if (!text) throw fault('access_token_missing')
  const caller = await callerOf(await read(text, deps), address, deps)
  if (who.kind === 'app') return caller
  if (!isPerson(caller)) throw fault('person_needed')
  if (who.scope !== undefined && !caller.may(who.scope)) throw fault('scope_missing', { scope: who.scope })
  return caller
}

const isPerson = (caller: Caller): caller is CallerWithPerson => caller.person !== undefined

async function read(text: string, deps: UcenterDeps): Promise<Token> {
  const now = deps.now()
  const token = deps.userTokens.verify(text, now.getTime())
  if (token === 'expired') throw fault('access_token_expired')
  if (token === 'invalid') {
    const appId = await appOfToken(deps.db, text, now)
    if (appId === undefined) throw fault('access_token_invalid')
    return { appId, scopes: new Set(), person: undefined }
  }
  // People of another directory than ours have ids of another form, and nothing here is about them.
  const user = /^\d{1,9}$/.test(token.userId) ? await findUser(deps.db, Number(token.userId)) : undefined
  if (!user || (await isRevoked(deps.db, token))) throw fault('access_token_invalid')
  return { appId: token.appId, scopes: new Set(token.scope.split(' ')), person: { user, openId: token.openId } }
}

async function callerOf({ appId, scopes, person }: Token, address: string, deps: UcenterDeps): Promise<Caller> {
  const app = await findCallerApp(deps.db, appId)
  if (!app) throw fault('access_token_invalid')
  if (!app.enabled) throw fault('app_disabled')
  if (app.expiresAt && app.expiresAt <= deps.now()) throw fault('app_expired', { expiredAt: app.expiresAt.toISOString() })
  if (app.ipAllowList.length > 0 && !compileRanges(app.ipAllowList)(address)) throw fault('ip_denied')
  // What HQ took back is closed at once, whatever older tokens say.
  const granted: readonly string[] = scopesOf(app)
  return { app, person, may: (scope) => app.internal || (scopes.has(scope) && granted.includes(scope)) }
}
