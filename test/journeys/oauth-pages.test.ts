// What people see on the way to an app, and what others try with it (settled A19, F3, F25).

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { noBrowser, openBrowser } from '../browser.ts'
import { type Answer, adminPassword, type House, openHouse, send, type TestApp } from '../house.ts'
import { authorize, Browser, callback, hidden, newClient, pkce, postForm } from '../oauth.ts'

let house: House
before(async () => {
  house = await openHouse()
})
after(() => house.close())

const queryOf = (client: TestApp, more: Record<string, string> = {}) =>
  new URLSearchParams({
    client_id: client.appId,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid profile',
    state: 's',
    ...more,
  })

async function signIn(browser: Browser): Promise<void> {
  const page = await browser.get('/login')
  const fields = { formToken: hidden(page, 'formToken'), return: '/', username: 'admin', password: adminPassword }
  assert.equal((await browser.post('/login', fields)).status, 303)
}

/** A browser that is signed in, and the page of consent that it sees for an app. */
async function consentPage(
  client: TestApp,
  browser = new Browser(house.platformUrl),
): Promise<{ browser: Browser; page: Answer; at: string }> {
  await signIn(browser)
  const { answer, at } = await browser.follow(await browser.get(`/oauth/authorize?${queryOf(client)}`))
  assert.match(at, /^\/oauth\/interaction\//)
  return { browser, page: answer, at }
}

test('who is signed in is not asked who they are, and is asked what the app may do, in plain words', async () => {
  const client = await newClient(house, { name: '<b>商店</b>' })
  const { page } = await consentPage(client)
  assert.match(page.text, /&lt;b&gt;商店&lt;\/b&gt; 请求您的授权/)
  assert.match(page.text, /查看您的名称/)
  assert.match(page.text, /shop\.example/)
  assert.doesNotMatch(page.text, /<script|<img/i)
})

test('an app is known by its logo as well, if that is a picture of ours: pages show nothing from elsewhere', async () => {
  const form = new FormData()
  form.append('file', new Blob([Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')]), 'logo.gif')
  const sent = { method: 'POST', body: form, headers: { authorization: `Bearer ${house.admin}` } }
  const { data } = (await (await fetch(`${house.platformUrl}/openapi/file`, sent)).json()) as { data: { key: string } }
  const { page, browser, at } = await consentPage(await newClient(house, { logo: data.key }))
  assert.match(page.text, new RegExp(`<img class="logo" src="/openapi/file/${data.key}" alt=""`))
  await browser.post(new URL(at, house.platformUrl).pathname, { formToken: hidden(page, 'formToken'), decision: 'allow' })
  assert.match((await browser.get('/account')).text, new RegExp(`<img class="logo" src="/openapi/file/${data.key}"`))
  const elsewhere = await consentPage(await newClient(house, { logo: 'https://elsewhere.example/logo.png' }))
  assert.doesNotMatch(elsewhere.page.text, /<img/)
})

test('no other site can frame the page, read it from a cache, or run anything on it', async () => {
  const { page } = await consentPage(await newClient(house))
  const policy = page.headers.get('content-security-policy') ?? ''
  for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) assert.ok(policy.includes(part), policy)
  assert.equal(page.headers.get('x-frame-options'), 'DENY')
  assert.equal(page.headers.get('cache-control'), 'no-store')
})

test('an app may have people sign in in a window that it opens: no page on the way cuts the two apart', async () => {
  const { page } = await consentPage(await newClient(house))
  const login = await new Browser(house.platformUrl).get('/login')
  for (const { headers, status } of [page, login]) {
    assert.equal(status, 200)
    assert.equal(headers.get('cross-origin-opener-policy'), null)
  }
})

test('a consent is remembered, and more is asked for when an app wants more', async () => {
  const client = await newClient(house)
  const browser = new Browser(house.platformUrl)
  await authorize(browser, { client, parameters: { scope: 'openid profile' } })
  const second = await browser.follow(await browser.get(`/oauth/authorize?${queryOf(client)}`))
  assert.ok(second.left?.searchParams.get('code'))
  const other = new Browser(house.platformUrl)
  await signIn(other)
  assert.ok((await other.follow(await other.get(`/oauth/authorize?${queryOf(client)}`))).left?.searchParams.get('code'))
  const more = await browser.follow(await browser.get(`/oauth/authorize?${queryOf(client, { scope: 'openid profile email' })}`))
  assert.match(more.at, /^\/oauth\/interaction\//)
})

test('an app of the company itself needs no consent; one on a person’s machine always does, for it may be another one', async () => {
  const own = await newClient(house, { internal: true })
  const browser = new Browser(house.platformUrl)
  await signIn(browser)
  assert.ok((await browser.follow(await browser.get(`/oauth/authorize?${queryOf(own)}`))).left?.searchParams.get('code'))

  const native = { redirect_uri: 'com.example.app:/cb', code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' }
  const onPhone = await newClient(house, { clientType: 'public', redirectUris: ['com.example.app:/cb'], internal: true })
  for (let times = 0; times < 2; times++) {
    const { answer, at } = await browser.follow(await browser.get(`/oauth/authorize?${queryOf(onPhone, native)}`))
    assert.match(at, /^\/oauth\/interaction\//)
    const { left } = await browser.follow(await browser.post(at, { formToken: hidden(answer, 'formToken'), decision: 'allow' }))
    assert.equal(left?.protocol, 'com.example.app:')
  }
})

test('who does not allow it is taken back with access_denied, and nothing is remembered', async () => {
  const client = await newClient(house)
  const browser = new Browser(house.platformUrl)
  const left = await authorize(browser, { client, decision: 'deny' })
  assert.deepEqual([left.searchParams.get('error'), left.searchParams.get('state')], ['access_denied', 's-1'])
  assert.match((await browser.follow(await browser.get(`/oauth/authorize?${queryOf(client)}`))).at, /^\/oauth\/interaction\//)
})

test('a consent that another site sends, or that lacks the page’s token, is none', async () => {
  const { browser, page, at } = await consentPage(await newClient(house))
  const fields = { formToken: hidden(page, 'formToken'), decision: 'allow' }
  assert.equal((await browser.post(at, fields, { origin: 'https://evil.example' })).status, 403)
  assert.equal((await browser.post(at, fields, { 'sec-fetch-site': 'cross-site' })).status, 403)
  for (const wrong of [{ decision: 'allow' }, { ...fields, formToken: 'x' }]) {
    const answer = await browser.post(at, wrong)
    assert.ok(answer.status >= 400 && answer.headers.get('location') === null, answer.text)
  }
  // Neither `allow` nor `deny`: the question is put again.
  assert.equal((await browser.post(at, { ...fields, decision: 'maybe' })).status, 200)
  assert.equal((await browser.post(at, fields)).status, 303)
})

test('a question belongs to the browser that it was put to', async () => {
  const { at } = await consentPage(await newClient(house))
  const thief = new Browser(house.platformUrl)
  await signIn(thief)
  const seen = await thief.get(at)
  assert.equal(seen.status, 400)
  assert.match(seen.text, /其他浏览器/)
  const own = await consentPage(await newClient(house), thief)
  const taken = await thief.post(at, { formToken: hidden(own.page, 'formToken'), decision: 'allow' })
  assert.equal(taken.status, 400)
})

test('a session that somebody else planted in a browser is worth nothing after signing in', async () => {
  const client = await newClient(house)
  const browser = new Browser(house.platformUrl)
  const first = await browser.get(`/oauth/authorize?${queryOf(client)}`)
  const planted = first.headers.getSetCookie().find((line) => line.startsWith('kaimen-oauth='))
  await authorize(browser, { client })
  const session = (line: string | undefined) => line?.split(';')[0] ?? ''
  const stolen = await send(house.platformUrl, {
    method: 'GET',
    path: `/oauth/authorize?${queryOf(client, { prompt: 'none' })}`,
    headers: { cookie: session(planted) },
  })
  assert.match(stolen.headers.get('location') ?? '', /error=login_required/)
})

test('who signs out of the platform is signed out towards apps as well', async () => {
  const client = await newClient(house)
  const browser = new Browser(house.platformUrl)
  await authorize(browser, { client })
  const silently = async () =>
    (await browser.follow(await browser.get(`/oauth/authorize?${queryOf(client, { prompt: 'none', scope: 'openid' })}`))).left
  assert.ok((await silently())?.searchParams.get('code'))
  const page = await browser.get('/login')
  assert.equal((await browser.post('/logout', { formToken: hidden(page, 'formToken') })).status, 303)
  assert.equal((await silently())?.searchParams.get('error'), 'login_required')
})

test('signing out at an app’s wish is asked, ends the sign-in, and leads back only to a registered address', async () => {
  const client = await newClient(house)
  const browser = new Browser(house.platformUrl)
  const left = await authorize(browser, { client })
  const fields = { grant_type: 'authorization_code', code: left.searchParams.get('code')!, redirect_uri: callback }
  const { id_token: hint } = (await postForm(house.platformUrl, '/oauth/token', fields, client)).json
  const ask = (to: string) =>
    browser.get(`/oauth/end-session?${new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: to, state: 'bye' })}`)
  assert.equal((await ask('https://evil.example/')).status, 400)

  const page = await ask(callback)
  assert.match(page.text, /是否退出开放平台/)
  assert.match(page.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
  assert.equal((await browser.post('/oauth/end-session/confirm', { logout: 'yes' })).status, 400)
  const { left: back } = await browser.follow(
    await browser.post('/oauth/end-session/confirm', { xsrf: hidden(page, 'xsrf'), logout: 'yes' }),
  )
  assert.equal(back?.href, `${callback}?state=bye`)
  const { at } = await browser.follow(await browser.get(`/oauth/authorize?${queryOf(client)}`))
  assert.match(at, /^\/login/)
})

test('who signs in as somebody else in the same browser is that person to the app', async () => {
  const client = await newClient(house)
  const browser = new Browser(house.platformUrl)
  await authorize(browser, { client })
  const other = { username: 'somebody-else', password: 'a long password' }
  await house.done('POST', '/openapi/user/register', { ...other, phoneNumber: '13911112222' }, '')
  const asked = await browser.follow(await browser.get(`/oauth/authorize?${queryOf(client, { prompt: 'login' })}`))
  const fields = { formToken: hidden(asked.answer, 'formToken'), return: hidden(asked.answer, 'return'), ...other }
  // The library clears the old session by a form that sends itself, or by its button.
  const cleared = await browser.follow(await browser.post('/login', fields))
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(cleared.answer.text)?.[1]
  assert.ok(xsrf, cleared.answer.text)
  const { answer, at } = await browser.follow(await browser.post('/oauth/end-session/confirm', { xsrf, logout: 'yes' }))
  assert.match(at, /^\/oauth\/interaction\//)
  assert.match(answer.text, /somebody-else/)
})

test('an address is made from KAIMEN_PUBLIC_URL and never from what a caller says', async () => {
  await using elsewhere = await openHouse({ settings: { KAIMEN_PUBLIC_URL: 'https://open.example' } })
  const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' }
  const { json } = await send(elsewhere.platformUrl, { method: 'GET', path: '/.well-known/openid-configuration', headers })
  assert.equal(json.issuer, 'https://open.example')
  assert.equal(json.token_endpoint, 'https://open.example/oauth/token')
  const client = await newClient(elsewhere)
  const answer = await send(elsewhere.platformUrl, { method: 'GET', path: `/oauth/authorize?${queryOf(client)}`, headers })
  assert.match(answer.headers.get('location') ?? '', /^https:\/\/open\.example\/oauth\/interaction\//)
  for (const line of answer.headers.getSetCookie()) {
    assert.match(line, /^__(Host|Secure)-kaimen-/)
    assert.match(line, /; secure/i)
    assert.match(line, /; httponly/i)
    assert.match(line, /; samesite=(lax|strict)/i)
  }
})

test('what is wrong before an app is known is said in the person’s language', async () => {
  const at = '/oauth/authorize?client_id=nobodysclient000&response_type=code'
  const said = async (language: string) =>
    (await send(house.platformUrl, { method: 'GET', path: at, headers: { 'accept-language': language } })).text
  assert.match(await said('zh-CN'), /发起请求的应用不存在/)
  assert.match(await said('en'), /is unknown, or may not be used/)
  const late = await send(house.platformUrl, { method: 'GET', path: '/oauth/authorize/some-uid', headers: { accept: 'text/html' } })
  assert.ok(late.status >= 400 && late.status < 500)
  assert.match(late.text, /<!doctype html>/)
})

test('in a real browser: an app of another site sends somebody here, and they come back signed in', { skip: noBrowser }, async () => {
  const verifier = pkce()
  await using shop = await openShop()
  const client = await newClient(house, { clientType: 'public', redirectUris: [shop.callback] })
  const asked = { redirect_uri: shop.callback, code_challenge: verifier.challenge, code_challenge_method: 'S256' }
  await using browser = await openBrowser()
  const page = await (await browser.newContext({ locale: 'zh-CN', javaScriptEnabled: false })).newPage()

  shop.leadTo(`${house.platformUrl}/oauth/authorize?${queryOf(client, asked)}`)
  await page.goto(shop.url)
  await page.click('a')
  await page.fill('input[name=username]', 'admin')
  await page.fill('input[name=password]', adminPassword)
  await page.click('button.main')
  await page.click('button[value=allow]')
  await page.waitForURL(`${shop.callback}?*`)
  const back = new URL(page.url())
  const fields = {
    grant_type: 'authorization_code',
    client_id: client.appId,
    redirect_uri: shop.callback,
    code_verifier: verifier.verifier,
  }
  const answer = await postForm(house.platformUrl, '/oauth/token', { ...fields, code: back.searchParams.get('code')! })
  assert.equal(answer.status, 200, answer.text)

  // Again, from the other site: the session's cookie does not come along with that link, and still nobody types a password.
  await page.goto(shop.url)
  await page.click('a')
  await page.click('button[value=allow]')
  await page.waitForURL(`${shop.callback}?*`)
})

/** A site of somebody else with a link, and the place where people come back to. */
async function openShop() {
  let link = ''
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(request.url === '/' ? `<a href="${link.replaceAll('&', '&amp;')}">Sign in</a>` : 'back')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // Another host than the platform's, so another site to the browser.
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  return {
    url,
    callback: `${url}/callback`,
    leadTo(to: string) {
      link = to
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
