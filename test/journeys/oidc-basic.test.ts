// What the OpenID Foundation's conformance suite asks of a basic provider, each test by the name that it has there. What it shows on
// screenshots is looked for in the page.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { type Answer, type House, openHouse, send, type TestApp } from '../house.ts'
import { authorize, Browser, callback, newClient, pkce, postForm } from '../oauth.ts'

let house: House
let client: TestApp
before(async () => {
  house = await openHouse()
  client = await newClient(house)
  await house.query(
    `update "user" set email = 'admin@kaimen.example', phone_number = '13900000000', nickname = '管理员' where username = 'admin'`,
  )
})
after(() => house.close())

type Parameters = Record<string, string | undefined>
const newBrowser = () => new Browser(house.platformUrl)
const get = (path: string, authorization = '') =>
  send(house.platformUrl, { method: 'GET', path, headers: authorization ? { authorization } : {} })

async function codeOf(browser: Browser, parameters: Parameters = {}): Promise<URL> {
  const left = await authorize(browser, { client, parameters })
  assert.equal(left.searchParams.get('iss'), house.platformUrl)
  return left
}

const exchange = (code: string, by: TestApp = client): Promise<Answer> =>
  postForm(house.platformUrl, '/oauth/token', { grant_type: 'authorization_code', code, redirect_uri: callback }, by)

/** The whole flow; with the claims of the ID token, which is verified. */
async function flow(parameters: Parameters = {}, browser = newBrowser()) {
  const left = await codeOf(browser, parameters)
  assert.ok(left.searchParams.get('code'), left.href)
  const answer = await exchange(left.searchParams.get('code')!)
  assert.equal(answer.status, 200, answer.text)
  return { tokens: answer.json, claims: await verified(answer.json.id_token), browser }
}

async function verified(idToken: string) {
  const keys = createLocalJWKSet((await get('/oauth/jwks')).json)
  const expected = { issuer: house.platformUrl, audience: client.appId, algorithms: ['RS256'], requiredClaims: ['sub', 'exp', 'iat'] }
  return (await jwtVerify(idToken, keys, expected)).payload
}

const userinfo = async ({ access_token }: { access_token: string }) => (await get('/oauth/userinfo', `Bearer ${access_token}`)).json
const silently = async (browser: Browser, parameters: Parameters = {}) => {
  const all = {
    client_id: client.appId,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid',
    prompt: 'none',
    state: 's-1',
    ...parameters,
  }
  const { left } = await browser.follow(await browser.get(`/oauth/authorize?${new URLSearchParams(all as Record<string, string>)}`))
  return left!.searchParams
}

const asking = (parameters: Record<string, string>) =>
  `/oauth/authorize?${new URLSearchParams({ client_id: client.appId, redirect_uri: callback, response_type: 'code', scope: 'openid', ...parameters })}`

test('oidcc-discovery-endpoint-verification', async () => {
  const { json } = await get('/.well-known/openid-configuration')
  assert.equal(json.issuer, house.platformUrl)
  const endpoints = ['authorization', 'token', 'userinfo', 'introspection', 'revocation', 'end_session'].map(
    (name) => json[`${name}_endpoint`],
  )
  for (const url of [...endpoints, json.jwks_uri]) assert.ok(url.startsWith(`${house.platformUrl}/oauth/`), url)
  assert.deepEqual(json.response_types_supported, ['code'])
  assert.deepEqual(json.subject_types_supported, ['pairwise'])
  assert.deepEqual(json.id_token_signing_alg_values_supported, ['RS256'])
  assert.deepEqual(json.code_challenge_methods_supported, ['S256'])
  assert.deepEqual(json.scopes_supported.filter((scope: string) => ['openid', 'profile', 'email', 'phone'].includes(scope)).length, 4)
  assert.deepEqual([...json.grant_types_supported].sort(), ['authorization_code', 'client_credentials', 'password', 'refresh_token'])
  assert.equal(json.registration_endpoint, undefined)
  assert.equal(json.authorization_response_iss_parameter_supported, true)
})

test('oidcc-server', async () => {
  const { claims, tokens } = await flow({ nonce: 'n-1' })
  assert.equal(claims.nonce, 'n-1')
  assert.equal(claims.sub, (await userinfo(tokens)).sub)
  assert.equal(decodeProtectedHeader(tokens.id_token).alg, 'RS256')
})

test('oidcc-response-type-missing', async () => {
  const left = await silently(newBrowser(), { response_type: '' })
  assert.deepEqual([left.get('error'), left.get('state')], ['invalid_request', 's-1'])
})

test('oidcc-server-client-secret-post', async () => {
  const code = (await codeOf(newBrowser())).searchParams.get('code')!
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    client_id: client.appId,
    client_secret: client.appSecret,
  }
  assert.equal((await postForm(house.platformUrl, '/oauth/token', fields)).status, 200)
})

test('oidcc-userinfo-get, -post-header, -post-body', async () => {
  const { tokens, claims } = await flow()
  const authorization = `Bearer ${tokens.access_token}`
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams({ access_token: tokens.access_token }).toString()
  const ways = [
    await get('/oauth/userinfo', authorization),
    await send(house.platformUrl, { method: 'POST', path: '/oauth/userinfo', headers: { authorization } }),
    await send(house.platformUrl, { method: 'POST', path: '/oauth/userinfo', headers: form, body }),
  ]
  assert.deepEqual(ways.map(({ status, json }) => [status, json.sub]), Array(3).fill([200, claims.sub])) // biome-ignore format: one thought
  assert.equal((await get(`/oauth/userinfo?${body}`)).status, 400)
})

test('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
  assert.equal((await flow()).claims.nonce, undefined)
})

test('oidcc-scope-profile, -email, -phone, -all', async () => {
  const seen = async (scope: string) => Object.keys(await userinfo((await flow({ scope })).tokens)).sort()
  const profile = ['nickname', 'preferred_username', 'updated_at']
  const email = ['email', 'email_verified']
  const phone = ['phone_number', 'phone_number_verified']
  const always = ['sub', 'unionid']
  assert.deepEqual(await seen('openid profile'), [...profile, ...always].sort())
  assert.deepEqual(await seen('openid email'), [...email, ...always].sort())
  assert.deepEqual(await seen('openid phone'), [...phone, ...always].sort())
  assert.deepEqual(await seen('openid profile email phone'), [...profile, ...email, ...phone, ...always].sort())
})

test('oidcc-ensure-other-scope-order-succeeds', async () => {
  assert.ok((await userinfo((await flow({ scope: 'email openid' })).tokens)).email)
})

test('oidcc-display-page, -popup, -ui-locales, -claims-locales, -acr-values, -ensure-request-with-unknown-parameter-succeeds', async () => {
  for (const extra of [
    { display: 'page' },
    { display: 'popup' },
    { ui_locales: 'se' },
    { claims_locales: 'se' },
    { acr_values: '1 2' },
    { extra: 'foobar' },
  ]) {
    await flow(extra)
  }
})

test('oidcc-login-hint', async () => {
  await flow({ login_hint: 'buffy@kaimen.example' })
})

test('oidcc-prompt-login: who is signed in already signs in once more', async () => {
  const { browser, claims } = await flow({ max_age: '10000' })
  const from = Date.now()
  for (const again of [{ prompt: 'login' }, { max_age: '0' }]) {
    const { answer, at } = await browser.follow(await browser.get(asking(again)))
    assert.match(at, /^\/login/)
    assert.match(answer.text, /name="password"/)
  }
  await sleep(Math.max(0, 1_100 - (Date.now() - from)))
  const again = await flow({ prompt: 'login', max_age: '10000' }, browser)
  assert.equal(again.claims.sub, claims.sub)
  assert.ok((again.claims.auth_time as number) > (claims.auth_time as number))
})

test('who signed in within the second in which an app asks for it has done so before: they sign in once more, and once', async () => {
  const browser = newBrowser()
  for (let times = 0; times < 3; times++) {
    const { at } = await browser.follow(await browser.get(asking({ prompt: 'login' })))
    assert.match(at, /^\/login/)
    assert.ok((await flow({ prompt: 'login' }, browser)).claims.sub)
  }
})

test('a sign-in that is young enough will do for an app that somebody comes to for the first time, and so does a hint that names them', async () => {
  const { browser, tokens } = await flow()
  await house.query(`update session set created_at = created_at - interval '10 s'`)
  browser.forget('kaimen-oauth')
  const enough = { max_age: '10000', id_token_hint: tokens.id_token }
  assert.ok((await browser.follow(await browser.get(asking(enough)))).left?.searchParams.get('code'))
  browser.forget('kaimen-oauth')
  assert.match((await browser.follow(await browser.get(asking({ max_age: '5' })))).at, /^\/login/)
})

test('oidcc-prompt-none-not-logged-in', async () => {
  const left = await silently(newBrowser())
  assert.deepEqual([left.get('error'), left.get('state')], ['login_required', 's-1'])
})

test('oidcc-prompt-none-logged-in', async () => {
  const { browser, claims } = await flow({ max_age: '10000' })
  const left = await silently(browser, { max_age: '10000' })
  const again = await verified((await exchange(left.get('code')!)).json.id_token)
  assert.deepEqual([again.sub, again.auth_time], [claims.sub, claims.auth_time])
})

test('oidcc-max-age-1: what is older is not enough', async () => {
  const { browser, claims } = await flow({ max_age: '10000' })
  await sleep(2_100)
  assert.equal((await silently(browser, { max_age: '1' })).get('error'), 'login_required')
  const again = await flow({ max_age: '1' }, browser)
  assert.ok((again.claims.auth_time as number) > (claims.auth_time as number))
})

test('oidcc-max-age-10000: what is younger is', async () => {
  const { browser, claims } = await flow({ max_age: '10000' })
  const again = await flow({ max_age: '10000' }, browser)
  assert.equal(again.claims.auth_time, claims.auth_time)
})

test('oidcc-id-token-hint', async () => {
  const { browser, tokens, claims } = await flow()
  const left = await silently(browser, { id_token_hint: tokens.id_token })
  const again = await verified((await exchange(left.get('code')!)).json.id_token)
  assert.equal(again.sub, claims.sub)
})

test('oidcc-codereuse, oidcc-codereuse-30seconds', async () => {
  const code = (await codeOf(newBrowser())).searchParams.get('code')!
  const { json } = await exchange(code)
  const again = await exchange(code)
  assert.deepEqual([again.status, again.json.error], [400, 'invalid_grant'])
  assert.equal((await get('/oauth/userinfo', `Bearer ${json.access_token}`)).status, 401)
})

test('oidcc-ensure-registered-redirect-uri', async () => {
  const query = new URLSearchParams({ client_id: client.appId, redirect_uri: `${callback}/x`, response_type: 'code', scope: 'openid' })
  const answer = await send(house.platformUrl, { method: 'GET', path: `/oauth/authorize?${query}`, headers: { 'accept-language': 'en' } })
  assert.deepEqual([answer.status, answer.headers.get('location')], [400, null])
  assert.match(answer.text, /address that is not registered/)
})

test('oidcc-ensure-post-request-succeeds', async () => {
  const browser = newBrowser()
  const fields = { client_id: client.appId, redirect_uri: callback, response_type: 'code', scope: 'openid' }
  const { at } = await browser.follow(await browser.post('/oauth/authorize', fields))
  assert.match(at, /^\/login/)
})

test('oidcc-refresh-token', async () => {
  const { tokens, claims } = await flow()
  const answer = await postForm(
    house.platformUrl,
    '/oauth/token',
    { grant_type: 'refresh_token', refresh_token: tokens.refresh_token },
    client,
  )
  const again = await verified(answer.json.id_token)
  assert.deepEqual([again.sub, again.aud, again.iss], [claims.sub, claims.aud, claims.iss])
  const other = await newClient(house)
  const stolen = await postForm(
    house.platformUrl,
    '/oauth/token',
    { grant_type: 'refresh_token', refresh_token: answer.json.refresh_token },
    other,
  )
  assert.equal(stolen.json.error, 'invalid_grant')
})

test('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported', async () => {
  const left = await silently(newBrowser(), { request: 'eyJhbGciOiJub25lIn0.e30.' })
  assert.equal(left.get('error'), 'request_not_supported')
  const byUri = await silently(newBrowser(), { request_uri: 'https://shop.example/request.jwt' })
  assert.equal(byUri.get('error'), 'request_uri_not_supported')
})

test('oidcc-ensure-request-with-valid-pkce-succeeds', async () => {
  const { verifier, challenge } = pkce()
  const code = (await codeOf(newBrowser(), { code_challenge: challenge, code_challenge_method: 'S256' })).searchParams.get('code')!
  const fields = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }
  assert.equal((await postForm(house.platformUrl, '/oauth/token', fields, client)).status, 200)
})
