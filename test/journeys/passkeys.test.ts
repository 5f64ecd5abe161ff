// Passkeys: made, used to sign in, renamed and removed; and what is tried with answers that are old, forged or another's.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Authenticator, type Forged, newAuthenticator } from '../authenticator.ts'
import { leave, noBrowser, openBrowser } from '../browser.ts'
import { type House, openHouse } from '../house.ts'
import { formOf, openPerson, type Person, type Shown } from '../person.ts'

const password = 'a long password'
const origin = 'https://open.example'

let house: House
/** How far the house's clock is ahead. */
let shiftMs = 0
before(async () => {
  const settings = { KAIMEN_PUBLIC_URL: origin, KAIMEN_TRUSTED_PROXIES: '127.0.0.1/32' }
  house = await openHouse({ settings, now: () => new Date(Date.now() + shiftMs) })
})
after(() => house.close())

let made = 0
const fromOurs = { origin }
const somebody = () => openPerson(house, { address: `203.5.0.${(++made % 250) + 1}` })
const cookie = '__Host-kaimen'

async function newPerson(): Promise<{ person: Person; username: string }> {
  const username = `holder-${++made}`
  await house.done('POST', '/openapi/user/register', { username, password }, '')
  const person = somebody()
  const page = await person.get('/login')
  await person.post('/login', { ...formOf(page, '/login').fields, username, password }, fromOurs)
  return { person, username }
}

const optionsOf = ({ text }: Shown) =>
  JSON.parse(/data-options="([^"]*)"/.exec(text)![1]!.replaceAll('&quot;', '"').replaceAll('&amp;', '&'))

async function creation(person: Person, name = 'My phone'): Promise<Shown> {
  const page = await person.get('/account/passkeys')
  return person.post('/account/passkeys', { ...formOf(page, '/account/passkeys').fields, name, password }, fromOurs)
}

async function add(person: Person, device: Authenticator, forged: Forged = {}): Promise<Shown> {
  const page = await creation(person)
  const { fields } = formOf(page, '/account/passkeys/add')
  return person.post('/account/passkeys/add', { ...fields, credential: device.create(optionsOf(page), forged) }, fromOurs)
}

async function holder(): Promise<{ person: Person; username: string; device: Authenticator }> {
  const device = newAuthenticator(origin)
  const made = await newPerson()
  const added = await add(made.person, device)
  assert.equal(added.headers.get('location'), '/account/passkeys?done=passkey', added.text)
  return { ...made, device }
}

const answerTo = (person: Person, page: Shown, credential: string) =>
  person.post('/login/passkey', { ...formOf(page, '/login/passkey').fields, credential }, fromOurs)

test('who has a passkey signs in by it alone, and that counts as both factors', async () => {
  const { username, device } = await holder()
  const person = somebody()
  const page = await person.get('/login/passkey?return=/healthz')
  const answer = await answerTo(person, page, device.get(optionsOf(page)))
  assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/healthz'])
  const me = (await person.get('/openapi/user/me')).json.data
  assert.deepEqual([me.username, me.method], [username, 'passkey'])
})

test('the pages with a script allow their own alone', async () => {
  const page = await somebody().get('/login/passkey')
  assert.match(page.headers.get('content-security-policy')!, /default-src 'none'.*script-src 'self'(;|$)/)
  assert.deepEqual([...page.text.matchAll(/<script[^>]*>/g)].length, 1)
  const [, src] = /<script src="(\/pages\/[^"]+)" type="module">/.exec(page.text)!
  assert.match((await somebody().get(src!)).headers.get('content-type')!, /^text\/javascript/)
})

test('an answer is taken once, from the browser that was asked, within five minutes', async () => {
  const { device } = await holder()
  const [person, other] = [somebody(), somebody()]
  const page = await person.get('/login/passkey')
  const challenge = person.cookies.get('__Host-kaimen-challenge')!
  const credential = device.get(optionsOf(page))
  const theirs = await other.get('/login/passkey')
  assert.equal((await answerTo(other, theirs, credential)).status, 401, 'another browser')
  assert.equal((await answerTo(person, page, credential)).status, 303)
  person.cookies.set('__Host-kaimen-challenge', challenge)
  const again = await person.get('/login')
  const { formToken = '' } = formOf(again, '/login').fields
  const replay = await person.post('/login/passkey', { formToken, credential }, fromOurs)
  assert.equal(replay.status, 401, 'a replay')

  const answerAfter = async (ms: number) => {
    const waits = somebody()
    const asked = await waits.get('/login/passkey')
    shiftMs += ms
    return answerTo(waits, asked, device.get(optionsOf(asked)))
  }
  assert.equal((await answerAfter(4 * 60_000)).status, 303)
  assert.equal((await answerAfter(5 * 60_000)).status, 401, 'too late')
})

test('forged answers are refused: origin, domain, challenge, kind, user not verified, counter that does not grow', async () => {
  const { device } = await holder()
  const forgeries: Forged[] = [
    { origin: 'https://evil.example' },
    { origin: 'http://open.example' },
    { rpId: 'evil.example' },
    { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    { type: 'webauthn.create' },
    { isVerified: false },
    { counter: 1 },
    { counter: 0 },
  ]
  for (const forged of forgeries) {
    const person = somebody()
    const page = await person.get('/login/passkey')
    const answer = await answerTo(person, page, device.get(optionsOf(page), forged))
    assert.deepEqual([answer.status, person.cookies.has(cookie)], [401, false], JSON.stringify(forged))
  }
  const stranger = newAuthenticator(origin)
  const person = somebody()
  const page = await person.get('/login/passkey')
  assert.equal((await answerTo(person, page, stranger.get(optionsOf(page)))).status, 401, 'a key that nobody has')
})

test('a new key wants the password, the own challenge and a verified user; a known one is not added again', async () => {
  const { person } = await newPerson()
  const page = await person.get('/account/passkeys')
  const wrong = await person.post(
    '/account/passkeys',
    { ...formOf(page, '/account/passkeys').fields, password: 'wrong password' },
    fromOurs,
  )
  assert.equal(wrong.status, 401)
  assert.match(wrong.text, /id="password-wrong"/)
  for (const forged of [{ origin: 'https://evil.example' }, { rpId: 'evil.example' }, { isVerified: false }, { challenge: 'AAAA' }]) {
    assert.equal((await add(person, newAuthenticator(origin), forged)).status, 401, JSON.stringify(forged))
  }
  const victim = await newPerson()
  const theirs = await creation(victim.person)
  const own = await creation(person)
  person.cookies.set('__Host-kaimen-challenge', victim.person.cookies.get('__Host-kaimen-challenge')!)
  const credential = newAuthenticator(origin).create(optionsOf(theirs))
  const answer = await person.post('/account/passkeys/add', { ...formOf(own, '/account/passkeys/add').fields, credential }, fromOurs)
  assert.equal(answer.status, 401, 'another’s challenge')
  const { device } = await holder()
  assert.equal((await add(person, device)).status, 401, 'another’s key')
})

test('a passkey is renamed and removed by its owner alone', async () => {
  const { person, device } = await holder()
  const stranger = (await newPerson()).person
  const page = await person.get('/account/passkeys')
  assert.match(page.text, /value="My phone"/)
  const { fields } = formOf(page, '/account/passkeys/change')
  const { formToken = '' } = formOf(await stranger.get('/account/passkeys'), '/account/passkeys').fields
  await stranger.post('/account/passkeys/change', { ...fields, formToken, action: 'remove' }, fromOurs)
  await person.post('/account/passkeys/change', { ...fields, name: '<b>\u0000 key' }, fromOurs)
  assert.match((await person.get('/account/passkeys')).text, /value="&lt;b&gt;\s+key"/)
  await person.post('/account/passkeys/change', { ...fields, action: 'remove' }, fromOurs)
  const other = somebody()
  const asked = await other.get('/login/passkey')
  assert.equal((await answerTo(other, asked, device.get(optionsOf(asked)))).status, 401)
})

test('what is no answer is refused, and nothing breaks', async () => {
  for (const credential of [
    '',
    '{',
    'null',
    '[]',
    '{"response":null}',
    '{"id":1,"response":{}}',
    '{"id":"x","response":{}}',
    `{"id":"${'x'.repeat(5_000)}","response":{}}`,
  ]) {
    const person = somebody()
    const page = await person.get('/login/passkey')
    assert.equal((await answerTo(person, page, credential)).status, 401, credential.slice(0, 40))
  }
})

test('in a real browser: a key is made, and signs in', { skip: noBrowser }, async () => {
  await using here = await openHouse()
  await using browser = await openBrowser()
  const url = here.platformUrl.replace('127.0.0.1', 'localhost')
  await here.done('POST', '/openapi/user/register', { username: 'holder', password }, '')
  const page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
  const devices = await page.context().newCDPSession(page)
  await devices.send('WebAuthn.enable')
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
  } as const
  await devices.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, automaticPresenceSimulation: true } })

  await page.goto(`${url}/login?return=/account/passkeys`)
  await page.getByLabel('User name, phone or mail').fill('holder')
  await page.getByLabel('Password').fill(password)
  const press = (name: string) => leave(page, () => page.getByRole('button', { name }).click())
  await press('Sign in')
  await page.getByLabel('Password').fill(password)
  await press('Add a passkey')
  await press('Add a passkey')
  await page.getByText('The passkey is added.').waitFor()

  await page.context().clearCookies()
  await page.goto(`${url}/login?return=/account`)
  await leave(page, () => page.getByRole('link', { name: 'Sign in with a passkey' }).click())
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.waitForURL(`${url}/account`)
  assert.match((await page.textContent('main'))!, /You are signed in as holder/)
})
