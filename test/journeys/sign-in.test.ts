// Signing in by the page, and the cookie that a browser holds then (settled A19, E5, F3), with what is tried against them.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { captchaAnswer, type House, openHouse, send } from '../house.ts'
import { formOf, openPerson, type Person, type Shown } from '../person.ts'

const password = 'a long password'

let house: House

before(async () => {
  house = await openHouse({ settings: { KAIMEN_TRUSTED_PROXIES: '127.0.0.1/32' } })
})
after(() => house.close())

let made = 0
const newAddress = () => `203.1.${Math.floor(++made / 250)}.${(made % 250) + 1}`
const somebody = (language = 'en') => openPerson(house, { address: newAddress(), language })

async function newUser(): Promise<string> {
  const username = `person-${++made}`
  await house.done('POST', '/openapi/user/register', { username, password, phoneNumber: `1360000${1_000 + made}` }, '')
  return username
}

/** What does not differ by chance: of a page its text without tokens and pictures, and all fields. */
function withoutChance({ status, headers, text }: Shown, username: string) {
  const fields = [...headers].filter(([name]) => !['date', 'x-request-id', 'set-cookie', 'content-length'].includes(name))
  return {
    status,
    fields,
    text: text.replace(/value="[^"]{20,}"|src="data:[^"]*"|Request [\da-f-]{36}/g, '').replaceAll(username, '<name>'),
  }
}

const isSignedIn = async (person: Person) => (await person.get('/openapi/user/info/0')).status !== 401

test('name and password lead in, and on to where one wanted to go; the cookie is for this browser alone', async () => {
  const person = somebody()
  const username = await newUser()
  const page = await person.get('/login?return=/account%3Fa%3Db%26c')
  assert.equal(page.status, 200)
  assert.match(page.text, /<html lang="en">/)
  assert.equal(await isSignedIn(person), false)

  const answer = await person.submit(page, { username, password })
  assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/account?a=b&c'])
  const [line] = answer.headers.getSetCookie()
  assert.match(line!, /^kaimen=eyJ[\w.-]+; Path=\/; HttpOnly; SameSite=Strict$/)
  assert.equal(await isSignedIn(person), true)
})

test('under TLS the cookie is Secure and bound to the host', async () => {
  await using other = await openHouse({ settings: { KAIMEN_PUBLIC_URL: 'https://open.example' } })
  const person = openPerson(other)
  const form = formOf(await person.get('/login'))
  const origin = { origin: 'https://open.example' }
  const answer = await person.post('/login', { ...form.fields, username: 'admin', password: 'correct horse battery' }, origin)
  assert.equal(answer.status, 303)
  assert.match(answer.headers.getSetCookie()[0]!, /^__Host-kaimen=eyJ[\w.-]+; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
  assert.match(answer.headers.getSetCookie()[1]!, /^__Host-kaimen-form=/)
  const foreign = await person.post('/login', { ...form.fields, username: 'admin', password: 'x' }, { origin: other.platformUrl })
  assert.equal(foreign.status, 403, 'the address listened on is not what people know us by')
})

test('every page forbids what it does not need: scripts, frames, other hosts, caches', async () => {
  const person = somebody()
  const page = await person.get('/login')
  const policy = page.headers.get('content-security-policy')!
  for (const rule of ["default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]) {
    assert.ok(policy.includes(rule), rule)
  }
  assert.doesNotMatch(policy, /script-src|unsafe/)
  assert.equal(page.headers.get('x-frame-options'), 'DENY')
  assert.equal(page.headers.get('cache-control'), 'no-store')
  assert.equal(page.headers.get('referrer-policy'), 'same-origin')
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff')
  assert.doesNotMatch(page.text, /<script|https?:\/\/|style=|\son\w+=/)
  const [, href] = /<link rel="stylesheet" href="([^"]+)">/.exec(page.text)!
  const style = await person.get(href!)
  assert.deepEqual([style.status, style.headers.get('content-type')], [200, 'text/css; charset=utf-8'])
  assert.match(style.headers.get('cache-control')!, /immutable/)
})

test('both languages: as the browser prefers, or as the person chose', async () => {
  const person = somebody('zh-CN,zh;q=0.9')
  const page = await person.get('/login?return=/account')
  assert.match(page.text, /<html lang="zh-CN">[\s\S]*登录开放平台/)
  const [, link] = /href="(\/language\?[^"]+)"/.exec(page.text)!
  const chosen = await person.get(link!.replaceAll('&amp;', '&'))
  assert.deepEqual([chosen.status, chosen.headers.get('location')], [303, '/login?return=/account'])
  assert.match((await person.get('/login')).text, /<html lang="en">[\s\S]*Sign in to Kaimen/)
  assert.equal((await person.get('/language?to=xx&return=//evil.example')).headers.get('location'), '/')
})

test('a place elsewhere is never gone to after signing in', async () => {
  const username = await newUser()
  for (const elsewhere of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    'javascript:x',
  ]) {
    const person = somebody()
    const page = await person.get(`/login?return=${encodeURIComponent(elsewhere)}`)
    assert.equal(formOf(page).fields.return, '/', elsewhere)
    const answer = await person.submit(page, { username, password, return: elsewhere })
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/'], elsewhere)
  }
})

test('a known name and one that nobody has are answered alike, from the first failure to the lock', async () => {
  const seen = []
  for (const username of [await newUser(), 'nobody-by-this-name']) {
    const person = somebody()
    const pages: Shown[] = []
    let page = await person.get('/login')
    for (let failed = 0; failed < 11; failed++) {
      page = await person.submit(page, { username, password: 'wrong password', verfiyCode: captchaAnswer })
      pages.push(page)
    }
    assert.deepEqual(
      pages.map(({ status }) => status),
      [401, 401, 401, 400, 401, 401, 401, 401, 401, 401, 401],
    )
    seen.push(pages.map((shown) => withoutChance(shown, username)))
    page = await person.submit(page, { username, password, verfiyCode: captchaAnswer })
    assert.equal(page.status, 403, 'by the right password too')
    assert.ok(Number(page.headers.get('retry-after')) > 800)
  }
  assert.deepEqual(seen[0], seen[1])
})

test('failures on the page and by the API are counted together', async () => {
  const username = await newUser()
  const person = somebody()
  const page = await person.get('/login')
  for (let failed = 0; failed < 3; failed++) await person.submit(page, { username, password: 'wrong password' })
  assert.equal((await house.manage('POST', '/openapi/user/login', { username, password })).fault, 'captcha_required')
  const asked = await person.submit(page, { username, password })
  assert.equal(asked.status, 400)
  assert.match(asked.text, /<img class="captcha" src="data:image\/png;base64,/)
  assert.match(asked.text, /Type the characters that the picture shows/)
  const wrong = await person.submit(asked, { username, password, verfiyCode: 'XXXXX' })
  assert.match(wrong.text, /id="verfiyCode"[^>]* aria-invalid="true" aria-describedby="verfiyCode-wrong" autofocus/)
  assert.equal((await person.submit(wrong, { username, password, verfiyCode: captchaAnswer })).status, 303)
})

test('one password tried on many accounts from one address soon needs a captcha for each', async () => {
  const person = somebody()
  const names = await Promise.all(Array.from({ length: 5 }, newUser))
  const page = await person.get('/login')
  const statuses = []
  for (const username of names) statuses.push((await person.submit(page, { username, password: 'Password1' })).status)
  assert.deepEqual(statuses, [401, 401, 401, 400, 400])
})

test('a form from elsewhere signs nobody in: other browser, no cookie, no token, other site', async () => {
  const username = await newUser()
  const [person, attacker] = [somebody(), somebody()]
  const theirs = formOf(await attacker.get('/login')).fields
  const own = formOf(await person.get('/login')).fields
  const fields = { ...own, username, password }
  const refused = [
    await person.post('/login', { ...fields, formToken: theirs.formToken! }),
    await person.post('/login', { ...fields, formToken: '' }),
    await person.post('/login', { username, password }),
    await openPerson(house).post('/login', fields),
    await person.post('/login', fields, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
    await person.post('/login', fields, { 'sec-fetch-site': 'same-site' }),
    await person.post('/login', fields, { origin: 'null' }),
  ]
  for (const [at, answer] of refused.entries()) {
    assert.equal(answer.status, 403, `${at}`)
    assert.equal(answer.headers.get('x-frame-options'), 'DENY')
    assert.equal(answer.headers.getSetCookie().filter((line) => line.startsWith('kaimen=')).length, 0)
  }
  assert.equal((await person.post('/login', fields)).status, 303)
})

test('the cookie alone changes nothing for another site; a bearer token needs no such proof', async () => {
  const person = somebody()
  const username = await newUser()
  await person.signIn(username, password)
  const { id } = (await house.query('select id from "user" where username = $1', [username])).rows[0]
  const token = person.cookies.get('kaimen')!
  const edit = (headers: Record<string, string>) => {
    const fields = { 'content-type': 'application/json', ...headers }
    return send(house.platformUrl, { method: 'PUT', path: `/openapi/user/edit/${id}`, headers: fields, body: '{"nikeName":"changed"}' })
  }
  const cookie = `kaimen=${token}`
  const own = house.platformUrl
  for (const headers of [
    {},
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: own.replace('http:', 'https:') },
    { origin: `${own}.evil.example` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: own, 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
  ]) {
    const { status, fault } = await edit({ cookie, ...headers })
    assert.deepEqual([status, fault], [403, 'cross_site_request'], JSON.stringify(headers))
  }
  assert.equal((await edit({ cookie, origin: own })).status, 200)
  assert.equal((await edit({ cookie, 'sec-fetch-site': 'same-origin' })).status, 200)
  assert.equal((await edit({ authorization: `Bearer ${token}`, origin: 'https://evil.example' })).status, 200)
  assert.equal((await edit({ cookie, authorization: 'Bearer x', origin: own })).status, 401, 'the one that was meant counts')
})

test('what a browser says of itself is held against all that it says', async () => {
  const person = somebody()
  await person.signIn(await newUser(), password)
  const own = house.platformUrl
  for (const [headers, status] of [
    [{ origin: own, 'sec-fetch-site': 'cross-site' }, 403],
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, 403],
    [{ origin: own, 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: own, 'sec-fetch-site': 'none' }, 303],
  ] as const) {
    assert.equal((await person.post('/logout', formOf(await person.get('/login')).fields, headers)).status, status, JSON.stringify(headers))
  }
})

test('each sign-in is a new session, and the one before it in that browser ends', async () => {
  const person = somebody()
  const attacker = somebody()
  const username = await newUser()
  await attacker.signIn(await newUser(), password)
  const planted = attacker.cookies.get('kaimen')!
  person.cookies.set('kaimen', planted)
  await person.signIn(username, password)
  assert.notEqual(person.cookies.get('kaimen'), planted)
  assert.equal(await isSignedIn(attacker), false, 'who planted it has nothing by it')
  const first = person.cookies.get('kaimen')!
  await person.signIn(username, password)
  assert.notEqual(person.cookies.get('kaimen'), first)
  assert.equal((await house.manage('GET', '/openapi/user/info/1', undefined, first)).status, 401)
})

test('signing out ends the session, not only the cookie', async () => {
  const person = somebody()
  await person.signIn(await newUser(), password)
  const token = person.cookies.get('kaimen')!
  const answer = await person.post('/logout', formOf(await person.get('/login')).fields)
  assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/login'])
  assert.equal(person.cookies.has('kaimen'), false)
  assert.equal((await house.manage('GET', '/openapi/user/info/1', undefined, token)).status, 401)
})

test('whatever is typed is text on the page', async () => {
  const person = somebody()
  const username = `"><script>alert(1)</script>'&lt;`
  const page = await person.submit(await person.get('/login'), { username, password: 'wrong password' })
  assert.equal(page.status, 401)
  assert.doesNotMatch(page.text, /<script/)
  assert.equal(formOf(page).fields.username, username)
  assert.doesNotMatch(page.text, /wrong password/)
})

test('forms that are no forms are refused, and nothing breaks', async () => {
  const person = somebody()
  const { fields } = formOf(await person.get('/login'))
  const sent = (body: string, type = 'application/x-www-form-urlencoded') =>
    fetch(`${house.platformUrl}/login`, {
      method: 'POST',
      headers: { 'content-type': type, cookie: `kaimen-form=${person.cookies.get('kaimen-form')}`, origin: house.platformUrl },
      body,
    })
  const token = `formToken=${encodeURIComponent(fields.formToken!)}`
  const bodies: [body: string, status: number, type?: string][] = [
    ['', 403],
    [token, 400],
    [`${token}&username=&password=`, 400],
    [`${token}&username=a&username=b&password=c`, 400],
    [`${token}&username=${'a'.repeat(500)}&password=c`, 400],
    [`${token}&username=a%00b&password=c`, 400],
    [`${token}&username=%ff%fe&password=%zz`, 401],
    [`${token}&username=a&password=${'b'.repeat(1_000)}`, 400],
    [`${token}&username=a&password=${'b'.repeat(70_000)}`, 413],
    [`${token}&__proto__=x&constructor=y&username=a&password=b`, 401],
    [`{"username":"a"}`, 415, 'application/json'],
    [`${token}&username=a&password=b`, 415, 'text/plain'],
    ['&&&===', 403],
  ]
  for (const [body, status, type] of bodies) {
    const answer = await sent(body, type)
    assert.equal(answer.status, status, body.slice(0, 80))
    assert.match(answer.headers.get('content-type')!, /^text\/html/)
  }
})
