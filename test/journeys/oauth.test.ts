// OAuth 2 over HTTP: how apps get tokens, and what becomes of those who send what they should not (contract §3; settled A3, A4, D18, D19,
// E5, F1, F2).

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { consentsOf, withdrawConsent } from '#core/oauth/consent.store.ts'
import { inOrder } from '#core/oauth/id-token-key.ts'
import { openDatabase } from '#db/open.ts'
import { sweep } from '#worker/sweep.ts'
import { type Answer, adminPassword, type House, openHouse, send, type TestApp } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { memberRequest, refreshRequest } from '../members.ts'
import { authorize, Browser, callback, newClient, pkce, postForm } from '../oauth.ts'

let house: House
before(async () => {
  house = await openHouse({ settings: { KAIMEN_PASSWORD_GRANT: 'true' } })
})
after(() => house.close())

const token = (fields: Record<string, string>, basic?: TestApp) => postForm(house.platformUrl, '/oauth/token', fields, basic)
const code = (client: TestApp, code: string, more: Record<string, string> = {}) =>
  token({ grant_type: 'authorization_code', code, redirect_uri: callback, ...more }, client)
const refresh = (client: TestApp, refreshToken: string) => token({ grant_type: 'refresh_token', refresh_token: refreshToken }, client)
const userinfo = (accessToken: string) =>
  send(house.platformUrl, { method: 'GET', path: '/oauth/userinfo', headers: { authorization: `Bearer ${accessToken}` } })
const introspect = async (client: TestApp, text: string) =>
  (await postForm(house.platformUrl, '/oauth/introspect', { token: text }, client)).json

async function newCode(client: TestApp, parameters: Record<string, string | undefined> = {}): Promise<string> {
  const left = await authorize(new Browser(house.platformUrl), { client, parameters })
  const found = left.searchParams.get('code')
  assert.ok(found, left.href)
  return found
}

async function newTokens(client: TestApp, parameters: Record<string, string | undefined> = {}): Promise<Answer['json']> {
  const answer = await code(client, await newCode(client, parameters))
  assert.equal(answer.status, 200, answer.text)
  return answer.json
}

let made = 0
async function newUser(): Promise<{ username: string; password: string }> {
  const person = { username: `person-${++made}-${randomUUID().slice(0, 6)}`, password: 'a long password' }
  await house.done('POST', '/openapi/user/register', { ...person, phoneNumber: `1390000${1_000 + made}` }, '')
  return person
}

test('an app gets a token for itself, with its secret in the header or in the form', async () => {
  const app = await newClient(house)
  const inHeader = await token({ grant_type: 'client_credentials' }, app)
  const inForm = await token({ grant_type: 'client_credentials', client_id: app.appId, client_secret: app.appSecret })
  for (const answer of [inHeader, inForm]) {
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.json.token_type, 'Bearer')
    assert.equal(answer.json.expires_in, 3600)
    assert.equal(answer.headers.get('cache-control'), 'no-store')
  }
})

test('both secrets of a rotation are good, and the old one no longer than its grace', async () => {
  const app = await newClient(house)
  const { appSecret } = await house.done('PUT', `/openapi/app/resetSignKey/${app.id}`, { graceSeconds: 600 })
  const with_ = (secret: string) => token({ grant_type: 'client_credentials' }, { ...app, appSecret: secret })
  assert.equal((await with_(app.appSecret)).status, 200)
  assert.equal((await with_(appSecret)).status, 200)
  await house.done('PUT', `/openapi/app/resetSignKey/${app.id}`)
  assert.equal((await with_(app.appSecret)).status, 401)
  assert.equal((await with_(appSecret)).status, 401)
})

test('which secret an app used last at OAuth is seen by its owner, and written at most once a minute', async () => {
  const app = await newClient(house)
  const lastUsed = async () => (await house.done('GET', `/openapi/app/${app.id}`)).secrets[0].lastUsedTime
  assert.equal(await lastUsed(), null)
  assert.equal((await token({ grant_type: 'client_credentials' }, { ...app, appSecret: 'A'.repeat(32) })).status, 401)
  const written = async () =>
    (await house.query('select xmin::text, last_used_at as at from app_secret where app_id = $1', [app.id])).rows[0]
  assert.equal((await written()).at, null)
  await token({ grant_type: 'client_credentials' }, app)
  await until(
    async () => (await lastUsed()) !== null,
    15_000,
    () => 'it is not written',
  )
  const first = await written()
  for (let at = 0; at < 3; at++) await token({ grant_type: 'client_credentials' }, app)
  assert.deepEqual(await written(), first)
})

test('an app that is disabled, expired or deleted gets none, and what it was given before is refused', async () => {
  const ends: [string, (app: TestApp) => Promise<unknown>][] = [
    ['disabled', (app) => house.done('PUT', `/openapi/app/disable/${app.id}`)],
    ['expired', (app) => house.done('PUT', `/openapi/app/expiration/${app.id}`, { expirationTime: '2020-01-01 00:00:00' })],
    ['deleted', (app) => house.done('DELETE', `/openapi/app/${app.id}`)],
  ]
  for (const [what, end] of ends) {
    const client = await newClient(house)
    const tokens = await newTokens(client)
    await end(client)
    const answers = [await token({ grant_type: 'client_credentials' }, client), await refresh(client, tokens.refresh_token)]
    assert.deepEqual(answers.map(({ status, json }) => [status, json.error]), [[401, 'invalid_client'], [401, 'invalid_client']], what) // biome-ignore format: one thought
    assert.equal((await userinfo(tokens.access_token)).status, 401, what)
  }
})

test('the grant `password` is for internal apps, and answers as source 003 has it', async () => {
  const { username, password } = await newUser()
  const asked = { grant_type: 'password', username, password }
  const partner = await newClient(house)
  assert.equal((await token(asked, partner)).json.error, 'invalid_request')
  const own = await newClient(house, { internal: true })
  const answer = await token(asked, own)
  assert.deepEqual(Object.keys(answer.json).sort(), ['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type'])
  assert.equal(answer.json.scope, 'profile')
  assert.equal((await refresh(own, answer.json.refresh_token)).status, 200)
  assert.equal((await token({ ...asked, password: 'another one' }, own)).json.error, 'invalid_grant')
  assert.equal((await token({ ...asked, username: 'nobody-here' }, own)).json.error, 'invalid_grant')
})

test('failed logins of the grant `password` count with all others, and from the lock-out on it waits', async () => {
  const { username, password } = await newUser()
  const own = await newClient(house, { internal: true })
  const guess = (password: string) => token({ grant_type: 'password', username, password }, own)
  for (let at = 0; at < 9; at++) assert.equal((await guess('wrong')).status, 400)
  // The tenth at the management API: it is one count.
  const { captchaId } = await house.done('GET', '/openapi/user/captcha', undefined, '')
  await house.manage('POST', '/openapi/user/login', { username, password: 'wrong', captchaId, verfiyCode: 'k7MpX' })
  const locked = await guess(password)
  assert.equal(locked.status, 429, locked.text)
  assert.ok(Number(locked.headers.get('retry-after')) > 0)
  const facade = { grant_type: 'password', username, password, client_id: own.appId, client_secret: own.appSecret }
  const told = await house.manage('POST', '/api/oauth/accessToken', facade)
  assert.deepEqual([told.status, told.fault], [429, 'rate_limited'])
  assert.ok(Number(told.headers.get('retry-after')) > 0)
})

test('source 003: one endpoint, parameters in the query, a form or JSON, its envelope', async () => {
  const client = await newClient(house)
  const credentials = { client_id: client.appId, client_secret: client.appSecret }
  const path = '/api/oauth/accessToken'
  const asked = { ...credentials, grant_type: 'client_credentials' }
  const form = { method: 'POST', path, headers: { 'content-type': 'application/x-www-form-urlencoded' } }
  const ways: Promise<Answer>[] = [
    send(house.platformUrl, { method: 'POST', path: `${path}?${new URLSearchParams(asked)}`, headers: {} }),
    send(house.platformUrl, { ...form, body: new URLSearchParams(asked).toString() }),
    house.manage('POST', path, asked),
  ]
  for (const answer of await Promise.all(ways)) {
    assert.deepEqual([answer.status, answer.json.code, answer.json.message], [200, 1, '获取access_token成功'], answer.text)
    assert.deepEqual(Object.keys(answer.json.data).sort(), ['access_token', 'expires_in', 'token_type'])
  }

  const byCode = {
    ...credentials,
    grant_type: 'authorization_code',
    redirect_uri: callback,
    code: await newCode(client, { scope: undefined }),
  }
  const { data } = (await house.manage('POST', path, byCode)).json
  assert.deepEqual(Object.keys(data).sort(), ['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type'])
  assert.equal(data.scope, 'profile')
  const again = await house.manage('POST', path, byCode)
  assert.deepEqual([again.status, again.fault, again.json.data], [400, 'invalid_grant', null])
  assert.notEqual(again.json.code, 1)

  // biome-ignore format: a table
  const wrong: [string, unknown, number, string][] = [
    [path, { ...asked, client_secret: 'x' }, 401, 'invalid_client'],
    [path, { ...asked, grant_type: 'implicit' }, 400, 'grant_type_not_allowed'],
    [path, {}, 400, 'invalid_parameters'],
    [path, [], 400, 'invalid_parameters'],
    [path, { ...asked, grant_type: { a: 1 } }, 400, 'invalid_parameters'],
    [`${path}?client_id=${client.appId}`, asked, 400, 'invalid_parameters'],
  ]
  for (const [at, body, status, fault] of wrong) {
    const answer = await house.manage('POST', at, body)
    assert.deepEqual([answer.status, answer.fault], [status, fault], answer.text)
  }
})

test('twenty at once have one code, and one refresh token: one of them gets it', async () => {
  const client = await newClient(house)
  const used = await newCode(client)
  const wins = async (call: () => Promise<Answer>) => {
    const answers = await Promise.all(Array.from({ length: 20 }, call))
    const refused = answers.filter(({ status, json }) => status === 400 && json.error === 'invalid_grant').length
    assert.equal(refused, 19, answers.map(({ status, text }) => `${status} ${text.slice(0, 100)}`).join('\n'))
    return answers.filter(({ status }) => status === 200).length
  }
  assert.equal(await wins(() => code(client, used)), 1)
  const { refresh_token: once } = await newTokens(client)
  assert.equal(await wins(() => refresh(client, once)), 1)
})

test('a code that comes again ends what it was exchanged for', async () => {
  const client = await newClient(house)
  const used = await newCode(client)
  const { json } = await code(client, used)
  assert.equal((await userinfo(json.access_token)).status, 200)
  assert.equal((await code(client, used)).json.error, 'invalid_grant')
  assert.equal((await userinfo(json.access_token)).status, 401)
  assert.equal((await refresh(client, json.refresh_token)).json.error, 'invalid_grant')
})

test('a refresh token is good once; when it comes again, its whole family ends, and no other', async () => {
  const client = await newClient(house)
  const [first, other] = [await newTokens(client), await newTokens(client)]
  const second = (await refresh(client, first.refresh_token)).json
  assert.notEqual(second.refresh_token, first.refresh_token)
  assert.equal((await refresh(client, first.refresh_token)).json.error, 'invalid_grant')
  assert.equal((await refresh(client, second.refresh_token)).json.error, 'invalid_grant')
  assert.equal((await userinfo(second.access_token)).status, 401)
  assert.equal((await refresh(client, other.refresh_token)).status, 200)
})

test('code and refresh token of one client are nothing to another', async () => {
  const [client, thief] = [await newClient(house), await newClient(house)]
  const stolen = await newCode(client)
  assert.equal((await code(thief, stolen)).json.error, 'invalid_grant')
  const tokens = await newTokens(client)
  assert.equal((await refresh(thief, tokens.refresh_token)).json.error, 'invalid_grant')
  assert.equal((await code(client, stolen)).status, 200)
})

test('a person is another one to each app, and an internal id to none', async () => {
  const [one, two] = [await newClient(house), await newClient(house)]
  const of = async (client: TestApp) => (await userinfo((await newTokens(client)).access_token)).json.sub
  const seen = await of(one)
  assert.match(seen, /^[\w-]{22}$/)
  assert.equal(await of(one), seen)
  assert.notEqual(await of(two), seen)
  const tokens = await newTokens(one)
  assert.equal((await introspect(one, tokens.access_token)).sub, seen)
})

test('apps of one owner know a person by one unionid, whichever way they ask; those of another owner by another', async () => {
  const person = await newUser()
  const owner = await newUser()
  const session = await house.login(owner.username, owner.password)
  const theirs = await house.done('POST', '/openapi/app/add', { name: 'of another owner' }, session)
  await house.done('PUT', `/openapi/app/enable/${theirs.id}`)
  const seen: { openid: string; unionid: string }[] = []
  for (const client of [await newClient(house), await newClient(house), theirs as TestApp]) {
    await house.done('PUT', `/openapi/app/edit/${client.id}`, { redirectUris: [callback], schemes: ['openapi', 'member'] })
    const left = await authorize(new Browser(house.platformUrl), { client, ...person, parameters: { scope: 'openid profile' } })
    const { access_token, id_token } = (await code(client, left.searchParams.get('code')!)).json
    const { sub, unionid } = (await userinfo(access_token)).json
    const headers = { authorization: `Bearer ${access_token}` }
    const told = (await send(house.platformUrl, { method: 'GET', path: '/api/user', headers })).json.data
    const member = (await send(house.platformUrl, memberRequest(client, person))).json.data.client
    assert.equal(JSON.parse(Buffer.from(id_token.split('.')[1], 'base64url').toString()).unionid, unionid)
    assert.match(unionid, /^[\w-]{22}$/)
    assert.deepEqual([told.openid, told.unionid, member.uid, member.unionid], [sub, unionid, sub, unionid])
    seen.push({ openid: sub, unionid })
  }
  const [one, two, other] = seen
  assert.equal(one!.unionid, two!.unionid)
  assert.notEqual(one!.unionid, other!.unionid)
  assert.equal(new Set(seen.flatMap(({ openid, unionid }) => [openid, unionid])).size, 5)
})

test('a new secret without grace ends the tokens of people and of the app, here and at the gateway; one with grace ends none', async () => {
  const parking = await house.publish({ path: '/api/v1/oauth/reset', security: 'token' })
  const [client, bystander] = [await newClient(house), await newClient(house)]
  for (const { id } of [client, bystander]) {
    await house.done('PUT', `/openapi/app/config/${id}`, { interfaceIds: [parking.id] })
    await house.done('PUT', `/openapi/app/edit/${id}`, { schemes: ['openapi', 'member'] })
  }
  await house.settled()
  const person = await newUser()
  const tokens = await newTokens(client)
  const forItself = (await token({ grant_type: 'client_credentials' }, client)).json.access_token
  const member = (await send(house.platformUrl, memberRequest(client, person))).json.data
  const others = await newTokens(bystander)
  const call = async (text: string) =>
    (await house.call({ method: 'GET', path: '/api/v1/oauth/reset', headers: { authorization: `Bearer ${text}` } })).status
  const atPlatform = async (text: string) =>
    (await send(house.platformUrl, { method: 'GET', path: `/api/user?access_token=${encodeURIComponent(text)}`, headers: {} })).status
  const answers = async () => [
    await call(tokens.access_token),
    await call(member.access_token),
    await atPlatform(tokens.access_token),
    (await userinfo(tokens.access_token)).status,
  ]
  const reset = async (graceSeconds?: number) => {
    const { appSecret } = await house.done('PUT', `/openapi/app/resetSignKey/${client.id}`, { graceSeconds })
    await house.settled()
    return { ...client, appSecret }
  }
  await reset(600)
  assert.deepEqual(await answers(), [200, 200, 200, 200])
  // Of nobody, so no person: but it is known.
  assert.equal(await atPlatform(forItself), 403)

  const renewed = await reset()
  assert.deepEqual(await answers(), [401, 401, 401, 401])
  assert.equal(await atPlatform(forItself), 401)
  assert.equal((await introspect(renewed, tokens.access_token)).active, false)
  assert.equal((await send(house.platformUrl, refreshRequest(member.refresh_token))).fault, 'invalid_token', 'it would want no secret')
  assert.deepEqual([await call(others.access_token), (await userinfo(others.access_token)).status], [200, 200])
  const next = await refresh(renewed, tokens.refresh_token)
  assert.equal(next.status, 200, 'by the new secret the person need not sign in again')
  assert.equal(await call(next.json.access_token), 200)
})

test('a client without a secret has nothing left after such a reset', async () => {
  const client = await newClient(house, { clientType: 'public' })
  const { verifier, challenge } = pkce()
  const parameters = { code_challenge: challenge, code_challenge_method: 'S256' }
  const given = { grant_type: 'authorization_code', redirect_uri: callback, client_id: client.appId, code_verifier: verifier }
  const tokens = (await token({ ...given, code: await newCode(client, parameters) })).json
  await house.done('PUT', `/openapi/app/resetSignKey/${client.id}`)
  const again = await token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token, client_id: client.appId })
  assert.equal(again.json.error, 'invalid_grant')
})

test('scopes open their claims and no others', async () => {
  const person = await newUser()
  await house.query(`update "user" set email = $1, nickname = '小明' where username = $2`, [
    `${person.username}@a.example`,
    person.username,
  ])
  const client = await newClient(house)
  const claims = async (scope: string) => {
    const left = await authorize(new Browser(house.platformUrl), { client, ...person, parameters: { scope } })
    const { access_token } = (await code(client, left.searchParams.get('code')!)).json
    return Object.keys((await userinfo(access_token)).json).sort()
  }
  assert.deepEqual(await claims('openid'), ['sub', 'unionid'])
  assert.deepEqual(await claims('openid profile'), ['nickname', 'preferred_username', 'sub', 'unionid', 'updated_at'])
  assert.deepEqual(await claims('openid email'), ['email', 'email_verified', 'sub', 'unionid'])
  assert.deepEqual(await claims('openid phone what'), ['phone_number', 'phone_number_verified', 'sub', 'unionid'])
})

test('introspection and revocation know a token by its owner alone', async () => {
  const [client, stranger] = [await newClient(house), await newClient(house)]
  const tokens = await newTokens(client)
  const own = await introspect(client, tokens.access_token)
  assert.deepEqual([own.active, own.client_id, own.scope], [true, client.appId, 'openid'])
  for (const text of [tokens.access_token, tokens.refresh_token, 'nonsense', 'a.b.c', `${tokens.access_token}x`]) {
    assert.deepEqual(await introspect(stranger, text), { active: false })
  }
  const revoke = (by: TestApp, text: string) => postForm(house.platformUrl, '/oauth/revoke', { token: text }, by)
  assert.equal((await revoke(stranger, tokens.access_token)).status, 200)
  assert.equal((await introspect(client, tokens.access_token)).active, true)
  assert.equal((await revoke(client, tokens.access_token)).status, 200)
  assert.deepEqual(await introspect(client, tokens.access_token), { active: false })
  assert.equal((await userinfo(tokens.access_token)).status, 401)
  assert.equal((await revoke(client, tokens.refresh_token)).status, 200)
  assert.equal((await refresh(client, tokens.refresh_token)).json.error, 'invalid_grant')
})

test('a token opens the interfaces of its app at the gateway, until it is revoked', async () => {
  const parking = await house.publish({ path: '/api/v1/oauth/parking', security: 'token' })
  const client = await newClient(house)
  await house.done('PUT', `/openapi/app/config/${client.id}`, { interfaceIds: [parking.id] })
  await house.settled()
  const tokens = await newTokens(client)
  const call = () =>
    house.call({ method: 'GET', path: '/api/v1/oauth/parking', headers: { authorization: `Bearer ${tokens.access_token}` } })
  const answer = await call()
  assert.equal(answer.status, 200, answer.text)
  const arrived = house.arrived.at(-1)!
  assert.equal(arrived.headers['x-open-id'], (await userinfo(tokens.access_token)).json.sub)
  await postForm(house.platformUrl, '/oauth/revoke', { token: tokens.access_token }, client)
  await house.settled()
  assert.equal((await call()).status, 401)

  const forItself = (await token({ grant_type: 'client_credentials' }, client)).json.access_token
  const headers = { authorization: `Bearer ${forItself}` }
  assert.equal((await house.call({ method: 'GET', path: '/api/v1/oauth/parking', headers })).fault, 'invalid_token')
})

test('PKCE is what a public client has, by S256 alone, and none of it can be left out on the way', async () => {
  const native = { client: await newClient(house, { clientType: 'public' }) }
  const { verifier, challenge } = pkce()
  const error = async (parameters: Record<string, string | undefined>) =>
    (await authorize(new Browser(house.platformUrl), { ...native, parameters })).searchParams.get('error')
  assert.equal(await error({}), 'invalid_request')
  assert.equal(await error({ code_challenge: verifier, code_challenge_method: 'plain' }), 'invalid_request')
  assert.equal(await error({ code_challenge: challenge }), 'invalid_request')

  const id = { client_id: native.client.appId }
  const exchange = async (more: Record<string, string>) => {
    const asked = { code_challenge: challenge, code_challenge_method: 'S256' }
    const fields = { grant_type: 'authorization_code', redirect_uri: callback, code: await newCode(native.client, asked) }
    return token({ ...fields, ...id, ...more })
  }
  assert.equal((await exchange({})).json.error, 'invalid_grant')
  assert.equal((await exchange({ code_verifier: pkce().verifier })).json.error, 'invalid_grant')
  assert.equal((await exchange({ code_verifier: challenge })).json.error, 'invalid_grant')
  const good = await exchange({ code_verifier: verifier })
  assert.equal(good.status, 200, good.text)
  assert.equal((await token({ grant_type: 'refresh_token', refresh_token: good.json.refresh_token, ...id })).status, 200)
  assert.equal((await token({ grant_type: 'client_credentials', ...id })).json.error, 'invalid_request')

  // A confidential client that began with a challenge cannot be made to do without the verifier, nor the other way round.
  const client = await newClient(house)
  const begun = await newCode(client, { code_challenge: challenge, code_challenge_method: 'S256' })
  assert.equal((await code(client, begun)).json.error, 'invalid_grant')
  assert.equal((await code(client, await newCode(client), { code_verifier: verifier })).json.error, 'invalid_grant')
})

test('nobody is sent to an address that is not registered, letter by letter', async () => {
  const client = await newClient(house, { redirectUris: [callback, 'https://shop.example/other'] })
  const browser = new Browser(house.platformUrl)
  const elsewhere = [
    'https://evil.example/callback',
    'https://shop.example/callback/',
    'https://shop.example/callback?x=1',
    'https://shop.example/callback#x',
    'https://shop.example:444/callback',
    'https://shop.example.evil.example/callback',
    'https://shop.example@evil.example/callback',
    'http://shop.example/callback',
    'https://SHOP.example/callback',
    'https://shop.example/callback/../other',
    'https://shop.example/%63allback',
    '//evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '',
  ]
  for (const uri of elsewhere) {
    const query = new URLSearchParams({ client_id: client.appId, response_type: 'code', redirect_uri: uri })
    const answer = await browser.get(`/oauth/authorize?${query}`)
    assert.equal(answer.status, 400, uri)
    assert.equal(answer.headers.get('location'), null, uri)
    assert.match(answer.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
  }
  const mixedUp = await code(client, await newCode(client), { redirect_uri: 'https://shop.example/other' })
  assert.equal(mixedUp.json.error, 'invalid_grant')
})

test('only addresses that are safe to send people to are registered', async () => {
  const { id } = await house.app()
  const edit = (redirectUris: string[], clientType: string) =>
    house.manage('PUT', `/openapi/app/edit/${id}`, { redirectUris, clientType }, house.admin)
  // biome-ignore format: a table
  const good: [string, 'confidential' | 'public'][] = [
    ['https://shop.example/callback?x=1', 'confidential'], ['http://localhost:3000/cb', 'confidential'], ['http://127.0.0.1/cb', 'public'],
    ['http://[::1]:80/cb', 'public'], ['com.example.app:/cb', 'public'], ['https://shop.example/cb', 'public'],
  ]
  for (const [uri, type] of good) assert.equal((await edit([uri], type)).status, 200, uri)
  // biome-ignore format: a table
  const bad: [string, 'confidential' | 'public'][] = [
    ['http://shop.example/cb', 'confidential'], ['https://shop.example/cb#x', 'confidential'], ['https://u:p@shop.example/cb', 'confidential'],
    ['https://*.example/cb', 'confidential'], ['com.example.app:/cb', 'confidential'], ['javascript:alert(1)', 'public'], ['myapp:/cb', 'public'],
    ['data:text/html,x', 'public'], ['/cb', 'public'], ['', 'public'], ['https://shop.example/c b', 'public'], ['https:\\\\shop.example', 'confidential'],
    ['http://localhost.evil.example/cb', 'public'],
  ]
  for (const [uri, type] of bad) assert.equal((await edit([uri], type)).fault, 'invalid_parameters', uri)
  // What was good for a public client is not for a confidential one.
  await edit(['com.example.app:/cb'], 'public')
  assert.equal((await house.manage('PUT', `/openapi/app/edit/${id}`, { clientType: 'confidential' }, house.admin)).status, 400)
})

test('who guesses at clients learns nothing from the answers', async () => {
  const client = await newClient(house)
  const ask = async (appId: string) => {
    const { status, json } = await token({ grant_type: 'client_credentials' }, { ...client, appId, appSecret: 'A'.repeat(32) })
    return [status, json]
  }
  assert.deepEqual(await ask(client.appId), await ask('nobodysclient000'))
})

test('what is oversize or malformed is refused, and never breaks us', async () => {
  const client = await newClient(house)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const base = { client_id: client.appId, client_secret: client.appSecret }
  const bodies = [
    '',
    '=&=&&&',
    'grant_type=client_credentials&grant_type=password',
    `grant_type=client_credentials&scope=${'a'.repeat(100_000)}`,
    `${new URLSearchParams({ ...base, grant_type: 'authorization_code', code: '\0'.repeat(10), redirect_uri: callback })}`,
    `${new URLSearchParams({ ...base, grant_type: 'refresh_token', refresh_token: '💥'.repeat(2_000) })}`,
    `${new URLSearchParams({ ...base, grant_type: '__proto__' })}`,
    `${new URLSearchParams({ ...base, grant_type: 'constructor', __proto__: 'x' })}`,
    `${new URLSearchParams({ ...base, grant_type: 'password', username: '\0', password: 'x' })}`,
    `${new URLSearchParams({ client_id: '\0', client_secret: '\0', grant_type: 'client_credentials' })}`,
    `${new URLSearchParams({ client_id: "x' or 1=1 --", client_secret: 'x', grant_type: 'client_credentials' })}`,
    '%ff%fe=%zz',
  ]
  for (const path of ['/oauth/token', '/oauth/introspect', '/oauth/revoke', '/api/oauth/accessToken']) {
    for (const body of bodies) {
      const answer = await send(house.platformUrl, { method: 'POST', path, headers, body })
      assert.ok(answer.status >= 400 && answer.status < 500, `${path} ${body.slice(0, 60)}: ${answer.status} ${answer.text}`)
    }
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
      const answer = await send(house.platformUrl, { method: 'POST', path, headers: { 'content-type': type }, body: '{"a":' })
      assert.ok(answer.status >= 400 && answer.status < 500, `${path} ${type}: ${answer.status}`)
    }
  }
  const good = `?client_id=${client.appId}&response_type=code&redirect_uri=${encodeURIComponent(callback)}`
  const queries = ['', '?', '?client_id=%00', '?client_id=a&client_id=b', `${good}&state=%00`, `${good}&nonce=%C3%28&login_hint=%ED%A0%80`]
  for (const query of [...queries, `${good}&state=${'s'.repeat(7_000)}`, '?client_id[]=1&scope[]=2', '?%ff=%fe']) {
    const answer = await send(house.platformUrl, { method: 'GET', path: `/oauth/authorize${query}`, headers: {} })
    assert.ok(answer.status < 500, `${query.slice(0, 80)}: ${answer.status} ${answer.text}`)
  }
  for (const authorization of ['Basic', 'Basic %%%', 'Basic OnA6', 'Bearer', 'Bearer x y', `Basic ${'A'.repeat(10_000)}`]) {
    for (const path of ['/oauth/token', '/oauth/userinfo']) {
      const answer = await send(house.platformUrl, {
        method: 'POST',
        path,
        headers: { ...headers, authorization },
        body: 'grant_type=client_credentials',
      })
      assert.ok(answer.status >= 400 && answer.status < 500, `${path} ${authorization}: ${answer.status}`)
    }
  }
})

test('of all that opens something the database holds digests alone', async () => {
  const client = await newClient(house)
  const { access_token, refresh_token } = await newTokens(client)
  const open = await newCode(client)
  const { rows } = await house.query(`select oauth_artifact::text as text from oauth_artifact`)
  const all = rows.map(({ text }) => text).join('\n')
  for (const secret of [access_token, refresh_token, open, adminPassword, client.appSecret]) assert.ok(!all.includes(secret))
})

test('a new password ends what apps hold of a person', async () => {
  const person = await newUser()
  const client = await newClient(house)
  const left = await authorize(new Browser(house.platformUrl), { client, ...person })
  const tokens = (await code(client, left.searchParams.get('code')!)).json
  const session = await house.login(person.username, person.password)
  await house.done('PUT', '/openapi/user/updatePassword', { oldPassword: person.password, newPassword: 'quite another one' }, session)
  assert.equal((await userinfo(tokens.access_token)).status, 401)
  assert.equal((await refresh(client, tokens.refresh_token)).json.error, 'invalid_grant')
})

test('withdrawing a consent ends the tokens that it gave, at gateways too, and the next time it is asked for again', async () => {
  const client = await newClient(house)
  const browser = new Browser(house.platformUrl)
  const left = await authorize(browser, { client })
  const { access_token, refresh_token } = (await code(client, left.searchParams.get('code')!)).json
  const platform = await openDatabase(house.databaseUrl, { error: () => {} })
  const [admin] = (await platform.pool.query(`select id from "user" where username = 'admin'`)).rows
  assert.deepEqual((await consentsOf(platform.db, admin.id)).find(({ appId }) => appId === client.appId)?.scopes, ['openid'])
  assert.equal(await withdrawConsent(platform.db, admin.id, client.appId, new Date()), true)
  const { gid } = JSON.parse(Buffer.from(access_token.split('.')[1], 'base64url').toString())
  const { rowCount } = await platform.pool.query(`select 1 from revocation where subject = 'grant' and value = $1`, [gid])
  await platform.close()
  assert.equal(rowCount, 1)
  assert.equal((await userinfo(access_token)).status, 401)
  assert.equal((await refresh(client, refresh_token)).json.error, 'invalid_grant')
  const query = new URLSearchParams({
    client_id: client.appId,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid',
    prompt: 'none',
  })
  const { left: silent } = await browser.follow(await browser.get(`/oauth/authorize?${query}`))
  assert.equal(silent?.searchParams.get('error'), 'consent_required')
})

test('an app’s owner sees by which openids it was let in, an operator also who they are, and withdraws it in their place', async () => {
  const person = await newUser()
  const owner = await newUser()
  const session = await house.login(owner.username, owner.password)
  const client = await newClient(house)
  await house.query(`update app set user_id = (select id from "user" where username = $1) where id = $2`, [owner.username, client.id])
  const parameters = { scope: 'openid email' }
  const left = await authorize(new Browser(house.platformUrl), { client, ...person, parameters })
  const tokens = (await code(client, left.searchParams.get('code')!)).json
  const { sub } = (await userinfo(tokens.access_token)).json
  const seenBy = async (by: string) => (await house.done('GET', `/openapi/app/consent/${client.id}`, undefined, by)).records

  const [theirs, ...others] = await seenBy(session)
  assert.deepEqual([theirs.userId, theirs.username, theirs.openid, theirs.scopes], [null, null, sub, ['openid', 'email']])
  assert.deepEqual(others, [])
  const [{ userId, username }] = await seenBy(house.admin)
  assert.equal(username, person.username)
  const stranger = await newUser()
  const by = await house.login(stranger.username, stranger.password)
  assert.equal((await house.manage('GET', `/openapi/app/consent/${client.id}`, undefined, by)).fault, 'not_found')

  const withdraw = (token: string) => house.manage('DELETE', `/openapi/app/consent/${client.id}/${userId}`, undefined, token)
  assert.equal((await withdraw(session)).fault, 'forbidden')
  assert.equal((await withdraw(house.admin)).status, 200)
  assert.deepEqual(await seenBy(session), [])
  assert.equal((await userinfo(tokens.access_token)).status, 401)
  assert.equal((await withdraw(house.admin)).fault, 'not_found')
})

test('people with a second factor sign in on the page alone; that their password was right is not told', async () => {
  const person = await newUser()
  const own = await newClient(house, { internal: true })
  const asked = { grant_type: 'password', ...person }
  assert.equal((await token(asked, own)).status, 200)
  await house.query(
    `insert into second_factor (user_id, secret_sealed, confirmed_at) select id, 'x', now() from "user" where username = $1`,
    [person.username],
  )
  const [right, wrong] = [await token(asked, own), await token({ ...asked, password: 'wrong' }, own)]
  assert.deepEqual([right.status, right.json], [400, wrong.json])
})

test('what has ended is forgotten, and what lives stays', async () => {
  const client = await newClient(house)
  const { refresh_token } = await newTokens(client)
  await house.query(
    `insert into oauth_artifact (kind, digest, payload, expires_at)
     select 'AccessToken', 'ended ' || n, '{}', now() - interval '1 s' from generate_series(1, 12000) as n`,
  )
  const platform = await openDatabase(house.databaseUrl, { error: () => {} })
  await sweep({ db: platform.db, config: house.config, now: () => new Date() }, assert.fail)
  await platform.close()
  const { rows } = await house.query(`select count(*)::int as left from oauth_artifact where expires_at < now() - interval '1 s'`)
  assert.equal(rows[0].left, 0)
  assert.equal((await refresh(client, refresh_token)).status, 200)
})

test('a key is published before it signs, and the one before it as long as what it signed is shown', async () => {
  const { json: before } = await send(house.platformUrl, { method: 'GET', path: '/oauth/jwks', headers: {} })
  assert.ok(before.keys.every((key: { d?: string; p?: string }) => key.d === undefined && key.p === undefined))
  const now = new Date()
  const key = (kid: string, minutes: number) => ({ kid, privateKeySealed: '', createdAt: new Date(now.getTime() - minutes * 60_000) })
  assert.deepEqual(inOrder([key('new', 4), key('old', 1_000)], now).map(({ kid }) => kid), ['old', 'new']) // biome-ignore format: one thought
  assert.deepEqual(inOrder([key('new', 6), key('old', 1_000)], now).map(({ kid }) => kid), ['new', 'old']) // biome-ignore format: one thought
  await house.done('POST', '/openapi/oauth/rotateKey')
  const { rows } = await house.query('select private_key_sealed as sealed from id_token_key')
  assert.equal(rows.length, 2)
  assert.match(rows[0].sealed, /^v1\./)
})

test('the keys of all other tokens change by the same command: a gateway makes tokens by the new one, and takes those of the old one', async () => {
  const operation = await house.publish({ path: '/by-token-too', security: 'token' })
  const app = await house.app([operation.id])
  const kidOf = (text: string): string => JSON.parse(Buffer.from(text.split('.')[0]!, 'base64url').toString()).kid
  const call = async (text: string) =>
    (await house.call({ method: 'GET', path: '/by-token-too', headers: { authorization: `Bearer ${text}` } })).status
  const before = await house.token(app)
  await house.done('POST', '/openapi/oauth/rotateKey')
  await house.settled()
  assert.equal(kidOf(await house.token(app)), kidOf(before))
  // Both are older by the five minutes for which a new one is only published.
  await house.query(`update signing_key set created_at = created_at - interval '5 minutes'`)
  await house.settled()
  const anew = await house.token(app)
  assert.notEqual(kidOf(anew), kidOf(before))
  assert.deepEqual([await call(before), await call(anew)], [200, 200])
})

test('keys that got out end at once: no token by them is taken, new ones are, and what hangs on no key stays', async () => {
  const operation = await house.publish({ path: '/by-new-keys', security: 'token' })
  const app = await house.app([operation.id])
  const client = await newClient(house)
  const kidOf = (text: string): string => JSON.parse(Buffer.from(text.split('.')[0]!, 'base64url').toString()).kid
  const call = async (text: string) => {
    const { status, fault } = await house.call({ method: 'GET', path: '/by-new-keys', headers: { authorization: `Bearer ${text}` } })
    return `${status} ${fault ?? ''}`
  }
  const published = async (): Promise<string[]> =>
    (await send(house.platformUrl, { method: 'GET', path: '/oauth/jwks', headers: {} })).json.keys.map(({ kid }: { kid: string }) => kid)
  const permanent = (await house.done('PUT', `/openapi/app/resetToken/${app.id}`)).token
  const [before, person] = [await house.token(app), await newTokens(client)]
  await house.settled()
  assert.deepEqual([await call(before), await call(permanent)], ['200 ', '200 '])
  const { keys } = await house.done('GET', '/openapi/oauth/key')
  const kidsBefore: string[] = keys.map(({ kid }: { kid: string }) => kid)
  // What other tests have turned just now may not be published yet.
  for (const kid of await published()) assert.ok(kidsBefore.includes(kid), kid)
  const signs = (use: string) => keys.filter((key: { use: string; state: string }) => key.use === use && key.state === 'signs')
  assert.deepEqual([signs('token')[0].kid, signs('token').length, signs('id_token').length], [kidOf(before), 1, 1])
  await house.done('POST', '/openapi/user/register', { username: 'no-operator', password: 'a long password' }, '')
  const stranger = await house.login('no-operator', 'a long password')
  for (const [method, path] of [['GET', 'key'], ['POST', 'endKeys']] as const) // biome-ignore format: one thought
    assert.equal((await house.manage(method, `/openapi/oauth/${path}`, undefined, stranger)).fault, 'forbidden')

  const ended = await house.done('POST', '/openapi/oauth/endKeys')
  assert.equal(ended.keys, kidsBefore.length)
  assert.ok(ended.sessions >= 2)
  // The platform knows at once, gateways as soon as the change is there.
  assert.equal((await published()).filter((kid) => kidsBefore.includes(kid)).length, 0)
  for (const session of [house.admin, stranger])
    assert.equal((await house.manage('GET', '/openapi/user/me', undefined, session)).status, 401)
  assert.equal((await userinfo(person.access_token)).status, 401)
  await house.settled()
  assert.equal(await call(before), '401 invalid_token')
  assert.equal(await call(permanent), '200 ')
  const anew = await house.token(app)
  assert.equal(await call(anew), '200 ')
  const renewed = await refresh(client, person.refresh_token)
  assert.equal((await userinfo(renewed.json.access_token)).status, 200)
  for (const token of [anew, renewed.json.access_token, renewed.json.id_token]) assert.ok((await published()).includes(kidOf(token)))

  const session = await house.login('admin', adminPassword)
  const { records } = await house.done('GET', '/openapi/audit/page?kind=signing_key&action=act', undefined, session)
  assert.deepEqual([records[0].username, records[0].before.kids.toSorted()], ['admin', kidsBefore.toSorted()])
  assert.equal(records[0].after.sessions, ended.sessions)
  const { rows } = await house.query(`select from signing_key where retired_at is not null and private_key_sealed <> ''`)
  assert.equal(rows.length, 0, 'the private halves are gone')
})
