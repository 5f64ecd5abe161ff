// Two libraries that partners use drive every flow: openid-client and oauth4webapi. They check what we answer by the standards themselves.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { adminPassword, type House, openHouse, type TestApp } from '../house.ts'
import { authorize, Browser, callback, newClient } from '../oauth.ts'

let house: House
before(async () => {
  house = await openHouse({ settings: { KAIMEN_PASSWORD_GRANT: 'true' } })
})
after(() => house.close())

const found = (client: TestApp, secret: string | undefined, auth?: openid.ClientAuth) =>
  openid.discovery(new URL(house.platformUrl), client.appId, secret, auth, { execute: [openid.allowInsecureRequests] })

/** The browser's part: to the address that the library made, and back. */
const visit = (client: TestApp, url: URL) =>
  authorize(new Browser(house.platformUrl), { client, parameters: Object.fromEntries(url.searchParams) })

async function byCode(config: openid.Configuration, client: TestApp) {
  const verifier = openid.randomPKCECodeVerifier()
  const [state, nonce] = [openid.randomState(), openid.randomNonce()]
  const parameters = { redirect_uri: callback, scope: 'openid profile', state, nonce, code_challenge_method: 'S256' }
  const url = openid.buildAuthorizationUrl(config, { ...parameters, code_challenge: await openid.calculatePKCECodeChallenge(verifier) })
  return openid.authorizationCodeGrant(config, await visit(client, url), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  })
}

test('openid-client: a code with PKCE, userinfo, refresh, introspection, revocation, sign-out', async () => {
  const client = await newClient(house)
  const config = await found(client, client.appSecret)
  const tokens = await byCode(config, client)
  const { sub } = tokens.claims()!
  assert.equal((await openid.fetchUserInfo(config, tokens.access_token, sub)).preferred_username, 'admin')
  const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token!)
  assert.equal((await openid.tokenIntrospection(config, fresh.access_token)).sub, sub)
  await openid.tokenRevocation(config, fresh.access_token)
  assert.equal((await openid.tokenIntrospection(config, fresh.access_token)).active, false)
  const ends = openid.buildEndSessionUrl(config, { id_token_hint: tokens.id_token!, post_logout_redirect_uri: callback })
  assert.equal((await fetch(ends)).status, 200)
})

test('openid-client: secret in the form; an app for itself; the grant `password`', async () => {
  const client = await newClient(house, { internal: true })
  const config = await found(client, client.appSecret, openid.ClientSecretPost(client.appSecret))
  assert.ok((await openid.clientCredentialsGrant(config)).access_token)
  const tokens = await openid.genericGrantRequest(config, 'password', { username: 'admin', password: adminPassword, scope: 'openid' })
  assert.ok(await openid.fetchUserInfo(config, tokens.access_token, openid.skipSubjectCheck))
})

test('openid-client: a public client', async () => {
  const client = await newClient(house, { clientType: 'public' })
  const config = await found(client, undefined, openid.None())
  const tokens = await byCode(config, client)
  assert.ok((await openid.refreshTokenGrant(config, tokens.refresh_token!)).refresh_token)
})

test('oauth4webapi: a code with PKCE, userinfo, refresh, revocation, and a client of its own', async () => {
  const insecure = { [oauth.allowInsecureRequests]: true }
  const issuer = new URL(house.platformUrl)
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
  const app = await newClient(house)
  const client: oauth.Client = { client_id: app.appId }
  const auth = oauth.ClientSecretBasic(app.appSecret)

  const verifier = oauth.generateRandomCodeVerifier()
  const url = new URL(server.authorization_endpoint!)
  const parameters = { client_id: app.appId, redirect_uri: callback, response_type: 'code', scope: 'openid email', state: 's-2' }
  const challenge = { code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }
  url.search = new URLSearchParams({ ...parameters, ...challenge }).toString()
  const answer = oauth.validateAuthResponse(server, client, await visit(app, url), 's-2')
  const exchanged = await oauth.authorizationCodeGrantRequest(server, client, auth, answer, callback, verifier, insecure)
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, exchanged, { requireIdToken: true })
  await oauth.validateApplicationLevelSignature(server, exchanged, insecure)
  const { sub } = oauth.getValidatedIdTokenClaims(tokens)!
  const userinfo = await oauth.userInfoRequest(server, client, tokens.access_token, insecure)
  assert.equal((await oauth.processUserInfoResponse(server, client, sub, userinfo)).sub, sub)

  const refreshed = await oauth.refreshTokenGrantRequest(server, client, auth, tokens.refresh_token!, insecure)
  const fresh = await oauth.processRefreshTokenResponse(server, client, refreshed)
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, auth, fresh.refresh_token!, insecure))
  const own = await oauth.clientCredentialsGrantRequest(server, client, auth, new URLSearchParams(), insecure)
  assert.equal((await oauth.processClientCredentialsResponse(server, client, own)).token_type, 'bearer')
})

test('an access token is verified by the published keys, as a service of a partner would', async () => {
  const { jwtVerify, createRemoteJWKSet } = await import('jose')
  const client = await newClient(house)
  const tokens = await byCode(await found(client, client.appSecret), client)
  const keys = createRemoteJWKSet(new URL(`${house.platformUrl}/oauth/jwks`))
  const { payload, protectedHeader } = await jwtVerify(tokens.access_token, keys, { typ: 'at+jwt', algorithms: ['EdDSA'] })
  assert.deepEqual([payload.client_id, payload.sub, protectedHeader.alg], [client.appId, tokens.claims()!.sub, 'EdDSA'])
})
