// The provider of OAuth 2 and OpenID Connect: `oidc-provider`, told what is ours (ADR 14). What it remembers is in the database and its
// keys are given to it, so it can be made anew at any time, as when the keys have changed.

import { type Configuration, interactionPolicy, type JWK, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { endSignInOf, isSignedIn } from '#core/oauth/artifact.store.ts'
import { consentedScopes } from '#core/oauth/consent.store.ts'
import { claimsOfScopes, scopes } from '#core/oauth/scope.ts'
import type { UserTokens } from '#core/token/user-token.ts'
import type { SignInDeps } from '#core/user/sign-in.ts'
import { issueUserTokens } from './access-token.ts'
import { accountsOf, openIdFor } from './account.ts'
import { adapterOver } from './adapter.ts'
import { type ClientDeps, compareSecrets, type OurClient, ourFields } from './client.ts'
import { showError, showSignedOut, showSignOut } from './page.ts'
import { addPasswordGrant } from './password-grant.ts'
import { interactionPath, routes } from './routes.ts'
import { tellUnavailable } from './unavailable.ts'

export interface ProviderDeps extends ClientDeps, SignInDeps {
  readonly config: ClientDeps['config']
  readonly userTokens: UserTokens
}

const hour = 3_600
const day = 24 * hour

export function createProvider(issuer: string, keys: JWK[], deps: ProviderDeps): Provider {
  const provider = new Provider(issuer, configuration(issuer, keys, deps))
  // Where we are is what the mount says in the fields of a proxy; it believes nobody else's.
  provider.proxy = true
  tellUnavailable(provider)
  compareSecrets(provider, deps)
  issueUserTokens(provider, deps.userTokens, deps)
  addPasswordGrant(provider, deps)
  endSignInAtSignOut(provider, deps)
  return provider
}

function configuration(issuer: string, keys: JWK[], deps: ProviderDeps): Configuration {
  const cookie = { httpOnly: true, sameSite: 'lax', signed: true } as const
  const prefix = issuer.startsWith('https:') ? '__Secure-' : ''
  return {
    adapter: adapterOver(deps),
    jwks: { keys },
    enabledJWA: { idTokenSigningAlgValues: ['RS256'] },
    routes,
    scopes: [...scopes],
    claims: Object.fromEntries(Object.entries(claimsOfScopes).map(([scope, claims]) => [scope, [...claims]])),
    // What the scopes open stands at userinfo, and in the ID token only if no access token comes with it (OpenID Connect §5.4).
    conformIdTokenClaims: true,
    subjectTypes: ['pairwise'],
    pairwiseIdentifier: (_, accountId, client) => openIdFor(deps.db, accountId, client as unknown as OurClient),
    sectorIdentifierUriValidate: () => false,
    findAccount: accountsOf(deps.db),
    loadExistingGrant: (ctx) => grantOf(ctx, deps),
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    pkce: { required: (_, client) => client.clientAuthMethod === 'none' },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    responseTypes: ['code'],
    extraClientMetadata: { properties: [...ourFields] },
    clientBasedCORS: (ctx, origin, client) =>
      (ctx.oidc.route === 'userinfo' || client.clientAuthMethod === 'none') &&
      (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
    cookies: {
      names: { session: `${prefix}kaimen-oauth`, interaction: `${prefix}kaimen-oauth-asked`, resume: `${prefix}kaimen-oauth-resume` },
      long: cookie,
      short: cookie,
      keys: [deps.sealer.digest('oauth', 'cookies')],
    },
    interactions: {
      policy: policyOf(deps),
      url: (_, { uid }) => `${issuer}${interactionPath}/${uid}`,
    },
    renderError: showError,
    ttl: {
      AccessToken: hour,
      AuthorizationCode: 60,
      ClientCredentials: hour,
      // A family of tokens, however often they were refreshed.
      Grant: 180 * day,
      IdToken: hour,
      Interaction: hour,
      RefreshToken: 30 * day,
      Session: 14 * day,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: false },
      introspection: {
        enabled: true,
        allowedPolicy: (_, client, token) => client.clientAuthMethod !== 'none' && token.clientId === client.clientId,
      },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true, logoutSource: showSignOut, postLogoutSuccessSource: showSignedOut },
      userinfo: { enabled: true },
    },
  }
}

/**
 * Who signed out of the platform, or was signed out, is asked again; whoever it is then. When somebody was asked is noted exactly: by the
 * library's seconds a sign-in of just before would pass for the one that was asked for.
 */
function policyOf({ db, now }: ProviderDeps) {
  const { base, Check } = interactionPolicy
  const policy = base()
  const hasEnded = new Check('sign_in_ended', 'the sign-in has ended', 'login_required', async ({ oidc }) => {
    const { session, result } = oidc
    return session?.accountId !== undefined && !result?.login && !(await isSignedIn(db, session.uid))
  })
  const login = policy.get('login')!
  const { details } = login
  login.checks.add(hasEnded)
  login.details = async (ctx) => ({ ...(await details(ctx)), askedAt: now().getTime() })
  return policy
}

/**
 * The grant that an authorization is given by: the answer to a question of just now; or what the person allowed before, and for an app of
 * our own what it asks for. Each authorization gets a grant of its own, so a stolen token of one ends no other.
 */
async function grantOf(ctx: KoaContextWithOIDC, { db }: ProviderDeps) {
  const { client, account, provider, result, requestParamScopes } = ctx.oidc
  const { Grant } = provider
  if (result?.consent?.grantId) return Grant.find(result.consent.grantId)
  const { kaimen_internal: isOurs, clientId } = client as unknown as OurClient
  const asked = scopes.filter((scope) => requestParamScopes.has(scope))
  const allowed =
    isOurs && client!.applicationType === 'web' ? new Set<string>(scopes) : await consentedScopes(db, Number(account!.accountId), clientId)
  if (!asked.every((scope) => allowed.has(scope))) return undefined
  const grant = new Grant({ accountId: account!.accountId, clientId })
  grant.addOIDCScope(asked.join(' '))
  await grant.save()
  return grant
}

/** Who signs out at an app's wish is signed out of the platform in this browser, or the next authorization would sign them in again. */
function endSignInAtSignOut(provider: Provider, { db }: ProviderDeps): void {
  const model = provider.Session
  const { destroy } = model.prototype
  model.prototype.destroy = async function () {
    await endSignInOf(db, this.jti)
    await destroy.call(this)
  }
}
