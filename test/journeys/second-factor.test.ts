// The second factor (settled F27): set up by the password and a first code, asked for at every sign-in, each code good once.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { type Answer, adminPassword, captchaAnswer, type House, openHouse, send } from '../house.ts'
import { memberRequest } from '../members.ts'
import { Browser, callback, hidden, newClient, postForm } from '../oauth.ts'
import { openPerson, type Person, type Shown } from '../person.ts'

const password = 'a long password'
const stepMs = 30_000

let house: House
let shiftMs = 0
const startedAt = Date.now()
/** It stands still unless a test moves it: a step must not end between making a code and sending it. */
const now = () => startedAt + shiftMs

before(async () => {
  house = await openHouse({ settings: { KAIMEN_TRUSTED_PROXIES: '127.0.0.1/32' }, now: () => new Date(now()) })
})
after(() => house.close())

let made = 0
const somebody = () => openPerson(house, { address: `203.2.${Math.floor(++made / 250)}.${(made % 250) + 1}` })

async function newUser(): Promise<string> {
  const username = `two-steps-${++made}`
  await house.done('POST', '/openapi/user/register', { username, password }, '')
  return username
}

const codeOf = (secret: string, at = now()) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at })
const codesAround = (secret: string, at = now()) => [-1, 0, 1].map((steps) => codeOf(secret, at + steps * stepMs))
/** Any code is right at some time: this one is not around now. */
const wrongCode = (secret: string, at = now()) =>
  ['000000', '000001', '000002', '000003'].find((code) => !codesAround(secret, at).includes(code))!
const secretIn = (qr: Shown | Answer) => /<code>([A-Z2-7 ]+)<\/code>/.exec(qr.text)![1]!.replaceAll(' ', '')

interface Enrolled {
  readonly username: string
  readonly secret: string
  readonly recovery: string[]
  readonly person: Person
}

async function enrol(person: Person, given = password, at = now()): Promise<Pick<Enrolled, 'secret' | 'recovery'>> {
  const page = await person.get('/account/second-factor')
  const qr = await person.submit(page, { password: given }, '/account/second-factor')
  assert.match(qr.text, /<img class="qr" src="data:image\/svg\+xml;base64,/)
  const secret = secretIn(qr)
  const done = await person.submit(qr, { otp: codeOf(secret, at) }, '/account/second-factor/confirm')
  assert.equal(done.status, 200, done.text)
  return { secret, recovery: [...done.text.matchAll(/<li><code>([a-z0-9-]+)<\/code>/g)].map(([, code]) => code!) }
}

async function enrolled(): Promise<Enrolled> {
  const username = await newUser()
  const person = somebody()
  await person.signIn(username, password)
  const made = await enrol(person)
  // The code that enrolled is used up.
  shiftMs += stepMs
  return { username, person, ...made }
}

const byApi = async (username: string, more: object = {}): Promise<Answer> => {
  const { captchaId } = await house.done('GET', '/openapi/user/captcha', undefined, '')
  return house.manage('POST', '/openapi/user/login', { username, password, captchaId, verfiyCode: captchaAnswer, ...more })
}
const isIn = (answer: Shown) => answer.status === 303 && answer.headers.getSetCookie().some((line) => line.startsWith('kaimen=eyJ'))

test('who has one signs in by password and code, by the page and by the API', async () => {
  const { username, secret, recovery } = await enrolled()
  assert.equal(new Set(recovery).size, 10)
  const person = somebody()
  const asked = await person.signIn(username, password, '/healthz')
  assert.equal(asked.status, 200)
  assert.equal(person.cookies.has('kaimen'), false, 'what is held in between is no session')
  assert.equal((await person.get('/openapi/user/me')).status, 401)
  const answer = await person.submit(asked, { otp: codeOf(secret) }, '/login/code')
  assert.ok(isIn(answer))
  assert.equal(answer.headers.get('location'), '/healthz')
  const me = (await person.get('/openapi/user/me')).json.data
  assert.deepEqual([me.secondFactor, me.method], [true, 'password+otp'])

  shiftMs += stepMs
  const required = await byApi(username)
  assert.deepEqual([required.status, required.fault], [401, 'otp_required'])
  assert.equal((await byApi(username, { otp: codeOf(secret) })).status, 200)
})

test('a code is good once, however many give it at once; so are those of before', async () => {
  const { username, secret } = await enrolled()
  const otp = codeOf(secret)
  const answers = await Promise.all(Array.from({ length: 6 }, () => byApi(username, { otp })))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  assert.ok(answers.filter(({ fault }) => fault === 'otp_invalid').length >= 3)
  assert.equal((await byApi(username, { otp: codeOf(secret, now() - stepMs) })).fault, 'otp_invalid')
  shiftMs += stepMs
  assert.equal((await byApi(username, { otp: codeOf(secret) })).status, 200)
})

test('a step before and after is taken, and no more', async () => {
  for (const [steps, fault] of [
    [-2, 'otp_invalid'],
    [-1, undefined],
    [1, undefined],
    [2, 'otp_invalid'],
  ] as const) {
    const { username, secret } = await enrolled()
    shiftMs += 2 * stepMs
    // A code may be that of another step, too.
    while (fault && codesAround(secret).includes(codeOf(secret, now() + steps * stepMs))) shiftMs += stepMs
    assert.equal((await byApi(username, { otp: codeOf(secret, now() + steps * stepMs) })).fault, fault, `${steps}`)
  }
})

test('a recovery code is good once, in any case and with or without its dashes', async () => {
  const { username, recovery } = await enrolled()
  assert.equal((await byApi(username, { otp: recovery[0] })).status, 200)
  assert.equal((await byApi(username, { otp: recovery[0] })).fault, 'otp_invalid')
  assert.equal((await byApi(username, { otp: recovery[1]!.toUpperCase().replaceAll('-', ' ') })).status, 200)
  const other = await enrolled()
  assert.equal((await byApi(other.username, { otp: recovery[2] })).fault, 'otp_invalid', 'another’s')
})

test('new recovery codes take the place of all that there were, by the password; the second factor stays', async () => {
  const { username, person, recovery } = await enrolled()
  const url = '/account/second-factor/recovery'
  assert.match((await person.get('/account')).text, /href="\/account\/second-factor\/recovery"/)
  const page = await person.get(url)
  assert.equal((await person.submit(page, { password: 'wrong password' }, url)).status, 401)
  assert.equal((await byApi(username, { otp: recovery[0] })).status, 200, 'they stay until then')
  const done = await person.submit(page, { password }, url)
  const anew = [...done.text.matchAll(/<li><code>([a-z0-9-]+)<\/code>/g)].map(([, code]) => code!)
  assert.deepEqual([done.status, anew.length, anew.filter((code) => recovery.includes(code))], [200, 10, []])
  assert.equal((await byApi(username, { otp: recovery[1] })).fault, 'otp_invalid')
  assert.equal((await byApi(username, { otp: anew[0] })).status, 200)
  assert.match((await person.get(url)).text, /Recovery codes left: 9/)
  const { records } = await house.done('GET', `/openapi/audit/page?kind=second_factor&action=act&username=${username}`)
  assert.deepEqual(records.map(({ route, after }: { route: string; after: object }) => [route, after]), [[`POST ${url}`, { recovery_codes: 'replaced' }]]) // biome-ignore format: one row

  // Who has none has nothing to replace, and says nothing to the page of somebody else's browser.
  const other = somebody()
  await other.signIn(await newUser(), password)
  assert.equal((await other.get(url)).headers.get('location'), '/account/second-factor')
  const { fields } = { fields: { password, formToken: 'forged' } }
  assert.equal((await person.post(url, fields)).status, 403)
})

test('a wrong code is a failure like a wrong password, and a right password alone clears none', async () => {
  const { username, secret } = await enrolled()
  const otp = wrongCode(secret)
  const person = somebody()
  const asked = await person.signIn(username, password)
  for (let failed = 0; failed < 3; failed++) {
    const answer = await person.submit(asked, { otp }, '/login/code')
    assert.deepEqual([answer.status, isIn(answer)], [401, false])
  }
  assert.equal((await person.signIn(username, password)).status, 400, 'a captcha')
  for (let failed = 3; failed < 10; failed++) await person.submit(asked, { otp }, '/login/code')
  assert.equal((await person.submit(asked, { otp }, '/login/code')).status, 403, 'locked')
})

test('guesses are counted for the user, wherever they come from', async () => {
  const { username, secret } = await enrolled()
  const { rows } = await house.query('select id from "user" where username = $1', [username])
  await byApi(username, { otp: wrongCode(secret) })
  await house.query('update attempt set count = 30 where key = $1', [`otp of user ${rows[0].id}`])
  const person = somebody()
  const asked = await person.submit(await person.submit(await person.get('/login'), { username, password }), {}, '/login/code')
  assert.equal(asked.status, 429)
  assert.ok(Number(asked.headers.get('retry-after')) > 3_000)
  shiftMs += 3_600_000
  assert.equal((await byApi(username, { otp: codeOf(secret) })).status, 200)
})

test('the second step belongs to the browser that made the first, for five minutes and this password', async () => {
  const { username, secret, person: owner } = await enrolled()
  const first = somebody()
  const asked = await first.signIn(username, password)
  const other = somebody()
  await other.get('/login')
  const form = { otp: codeOf(secret), return: '/' }
  const elsewhere = await other.submit(await other.get('/login'), form)
  assert.equal(isIn(elsewhere), false)
  other.cookies.set('kaimen-sign-in', `v1.${'A'.repeat(80)}`)
  const page = await other.get('/login')
  const forged = await other.post('/login/code', { formToken: /name="formToken" value="([^"]+)"/.exec(page.text)![1]!, ...form })
  assert.match(forged.headers.get('location')!, /^\/login\?/)

  shiftMs += 5 * 60_000
  const late = await first.submit(asked, { otp: codeOf(secret) }, '/login/code')
  assert.match(late.headers.get('location')!, /done=late/)

  const second = await first.signIn(username, password)
  const changed = await owner.submit(
    await owner.get('/account'),
    { oldPassword: password, newPassword: 'another password' },
    '/account/password',
  )
  assert.equal(changed.headers.get('location'), '/account?done=password')
  const outdated = await first.submit(second, { otp: codeOf(secret) }, '/login/code')
  assert.match(outdated.headers.get('location')!, /done=late/)
})

test('setting up and turning off want the password, and a first code; sessions of one factor end', async () => {
  const username = await newUser()
  const [person, other] = [somebody(), somebody()]
  await other.signIn(username, password)
  await person.signIn(username, password)
  const page = await person.get('/account/second-factor')
  assert.equal((await person.submit(page, { password: 'wrong password' }, '/account/second-factor')).status, 401)
  const qr = await person.submit(page, { password }, '/account/second-factor')
  const wrong = await person.submit(qr, { otp: wrongCode(secretIn(qr)) }, '/account/second-factor/confirm')
  assert.equal(wrong.status, 401)
  assert.match(wrong.text, /<img class="qr"/)
  assert.equal((await byApi(username)).status, 200, 'not asked for before it is confirmed')
  await enrol(person)
  assert.equal((await other.get('/openapi/user/me')).status, 401)
  assert.equal((await person.get('/openapi/user/me')).status, 200)
  const { rows } = await house.query('select * from second_factor f join "user" u on u.id = f.user_id where username = $1', [username])
  assert.match(rows[0].secret_sealed, /^v1\./)

  const removal = await person.get('/account/second-factor')
  assert.match(removal.text, /Recovery codes left: 10/)
  assert.equal((await person.submit(removal, { password: 'wrong password' }, '/account/second-factor/remove')).status, 401)
  assert.equal((await byApi(username)).fault, 'otp_required')
  assert.equal((await person.submit(removal, { password }, '/account/second-factor/remove')).status, 303)
  assert.equal((await byApi(username)).status, 200)
  const audit = await house.done('GET', '/openapi/audit/page?kind=second_factor&action=delete')
  assert.equal(audit.records[0].username, username)
  assert.equal(audit.records[0].before.secret_sealed ?? audit.records[0].before.secretSealed, '***')
})

test('where a program asks with a password alone, who has a second factor is refused', async () => {
  await using other = await openHouse({ settings: { KAIMEN_PASSWORD_GRANT: 'true' } })
  for (const username of ['one-step', 'both-steps']) await other.done('POST', '/openapi/user/register', { username, password }, '')
  const person = openPerson(other)
  await person.signIn('both-steps', password)
  await enrol(person, password, Date.now())
  const app = await newClient(other, { internal: true, schemes: ['member'] })
  await other.settled()

  const grant = (username: string, given: string) =>
    postForm(other.platformUrl, '/oauth/token', { grant_type: 'password', username, password: given }, app)
  const taken = await grant('one-step', password)
  assert.equal(taken.status, 200, taken.text)
  const refused = await grant('both-steps', password)
  assert.deepEqual([refused.status, refused.json.error], [400, 'invalid_grant'], refused.text)

  const member = (username: string) => send(other.platformUrl, memberRequest(app, { username, password }))
  assert.equal((await member('one-step')).status, 200)
  const answer = await member('both-steps')
  assert.deepEqual([answer.status, answer.fault], [401, 'otp_required'])
})

test('an operator helps who is locked out: unlocked, without what they lost, by a new password; not oneself, nor who may do more', async () => {
  const { username, person } = await enrolled()
  const [{ id }] = (await house.done('GET', `/openapi/user/page?username=${username}`)).records
  const state = () => house.done('GET', `/openapi/user/signIn/${id}`)
  await house.query(`insert into passkey (id, user_id, name, public_key, counter, created_at) values ($1, $2, 'x', 'x', 0, now())`, [
    username,
    id,
  ])
  for (let failed = 0; failed < 10; failed++) await byApi(username, { password: 'a wrong password' })
  const shut = await state()
  assert.deepEqual([shut.secondFactor, shut.recoveryCodes, shut.passkeys, shut.failures, shut.codesLockedUntil], [true, 10, 1, 10, null])
  assert.deepEqual(shut.locks.map(({ network }: { network: string }) => network), ['127.0.0.1']) // biome-ignore format: one thought
  assert.equal((await byApi(username)).fault, 'account_locked')
  assert.equal((await person.get('/openapi/user/me')).status, 200)

  const { records: all } = await house.done('GET', '/openapi/permission/page?size=200')
  const named = (...names: string[]) => all.flatMap(({ id, name }: { id: number; name: string }) => (names.includes(name) ? id : []))
  const role = await house.done('POST', '/openapi/role/add', {
    name: 'help',
    title: 'x',
    permissionIds: named('view-user', 'help-sign-in'),
  })
  const helper = await house.done('POST', '/openapi/user/add', { username: 'helper', password, roleIds: [role.id] })
  const more = await house.done('POST', '/openapi/role/add', { name: 'more', title: 'x', permissionIds: named('view-audit') })
  const boss = await house.done('POST', '/openapi/user/add', { username: 'boss', password, roleIds: [more.id] })
  const session = await house.login('helper', password)
  const partner = await house.done('POST', '/openapi/user/add', { username: 'no-helper', password, roleIds: [] })
  const help = (whom: number, by = session) =>
    [
      ['PUT', 'unlock', undefined],
      ['DELETE', 'secondFactor', undefined],
      ['PUT', 'password', { newPassword: 'given by the helper' }],
    ].map(
      ([method, what, body]) =>
        () =>
          house.manage(`${method}`, `/openapi/user/${what}/${whom}`, body, by),
    )
  const faultsOf = async (asked: ReturnType<typeof help>) => {
    const faults = []
    for (const one of asked) faults.push((await one()).fault)
    return faults
  }
  for (const [whom, fault] of [
    [helper.id, 'conflict'],
    [boss.id, 'forbidden'],
    [1, 'forbidden'],
    [987_654, 'not_found'],
  ] as const) {
    assert.deepEqual(await faultsOf(help(whom)), [fault, fault, fault], `${whom}`)
  }
  const stranger = await house.login('no-helper', password)
  assert.deepEqual(await faultsOf(help(partner.id, stranger)), ['forbidden', 'forbidden', 'forbidden'])
  assert.equal((await house.manage('GET', `/openapi/user/signIn/${id}`, undefined, stranger)).fault, 'forbidden')
  assert.equal((await house.manage('PUT', `/openapi/user/password/${id}`, { newPassword: 'short' }, session)).fault, 'invalid_parameters')

  const [unlock, remove, give] = help(id)
  assert.equal((await unlock!()).status, 200)
  const { records: acts } = await house.done('GET', `/openapi/audit/page?kind=user&subject=${id}&action=act`)
  assert.deepEqual(acts[0].after, { sign_in: 'unlocked' })
  assert.deepEqual({ ...(await state()), passkeys: 0 }, { ...shut, failures: 0, locks: [], passkeys: 0 })
  assert.equal((await byApi(username)).fault, 'otp_required')
  assert.equal((await remove!()).status, 200)
  assert.equal((await person.get('/openapi/user/me')).status, 401, 'all sessions end')
  assert.equal((await byApi(username)).status, 200)
  const { token } = (await byApi(username)).json.data
  assert.equal((await give!()).status, 200)
  assert.equal((await house.manage('GET', '/openapi/user/me', undefined, token)).status, 401)
  assert.equal((await byApi(username)).fault, 'login_failed')
  assert.equal((await byApi(username, { password: 'given by the helper' })).status, 200)
  const left = await state()
  assert.deepEqual([left.secondFactor, left.recoveryCodes, left.passkeys], [false, 0, 0])
  const { records } = await house.done('GET', `/openapi/audit/page?username=helper&size=200`)
  const kinds = new Set(records.map(({ kind }: { kind: string }) => kind))
  assert.deepEqual([...kinds].sort(), ['passkey', 'second_factor', 'session', 'user'])
})

test('KAIMEN_REQUIRE_OTP=hq: who has a permission may do nothing else before they have one', async () => {
  await using other = await openHouse({ settings: { KAIMEN_REQUIRE_OTP: 'hq' } })
  const person = openPerson(other)
  const answer = await person.signIn('admin', adminPassword, '/healthz')
  assert.equal(answer.headers.get('location'), '/account/second-factor?return=%2Fhealthz')
  const refused = await person.get('/openapi/user/page')
  assert.deepEqual([refused.status, refused.fault], [403, 'otp_enrolment_required'])
  assert.equal((await person.get('/metrics')).fault, 'otp_enrolment_required')
  assert.equal((await person.get('/account?done=x')).headers.get('location'), '/account/second-factor?return=%2Faccount%3Fdone%3Dx')
  assert.equal((await other.manage('GET', '/openapi/user/page', undefined, other.admin)).fault, 'otp_enrolment_required')
  const { enrolmentRequired } = (await person.get('/openapi/user/me')).json.data
  assert.equal(enrolmentRequired, true)
  const page = await person.get('/account/second-factor?return=/healthz')
  const qr = await person.submit(page, { password: adminPassword }, '/account/second-factor')
  const secret = secretIn(qr)
  const done = await person.submit(qr, { otp: codeOf(secret, Date.now()) }, '/account/second-factor/confirm')
  assert.match(done.text, /href="\/healthz"/)
  assert.equal((await person.get('/openapi/user/page')).status, 200)

  await other.done('POST', '/openapi/user/register', { username: 'developer-1', password }, '')
  const developer = openPerson(other)
  assert.equal((await developer.signIn('developer-1', password, '/healthz')).headers.get('location'), '/healthz')
})

test('KAIMEN_REQUIRE_OTP=hq: who has to set it up on the way to an app goes on to the app', async () => {
  await using other = await openHouse({ settings: { KAIMEN_REQUIRE_OTP: 'hq' } })
  const client = await clientOf(other)
  const browser = new Browser(other.platformUrl)
  const login = await browser.get('/login')
  await browser.post('/login', { formToken: hidden(login, 'formToken'), return: '/', username: 'admin', password: adminPassword })
  const query = new URLSearchParams({ client_id: client.appId, redirect_uri: callback, response_type: 'code', scope: 'openid' })
  const asked = await browser.follow(await browser.get(`/oauth/authorize?${query}`))
  assert.match(asked.at, /^\/account\/second-factor\?return=%2Foauth%2Finteraction%2F/)

  const fieldsOf = (page: Answer) => ({ formToken: hidden(page, 'formToken'), return: hidden(page, 'return') })
  const qr = await browser.post('/account/second-factor', { ...fieldsOf(asked.answer), password: adminPassword })
  const secret = secretIn(qr)
  const wrong = await browser.post('/account/second-factor/confirm', { ...fieldsOf(qr), otp: wrongCode(secret, Date.now()) })
  const done = await browser.post('/account/second-factor/confirm', { ...fieldsOf(wrong), otp: codeOf(secret, Date.now()) })
  const back = /<a class="button main" href="(\/oauth\/interaction\/[^"]+)">/.exec(done.text)?.[1]
  assert.ok(back, done.text)
  const consent = await browser.follow(await browser.get(back))
  const { left } = await browser.follow(
    await browser.post(consent.at, { formToken: hidden(consent.answer, 'formToken'), decision: 'allow' }),
  )
  assert.ok(left?.searchParams.get('code'), left?.href)
})

/** An app made in psql: the administrator may do nothing yet. */
async function clientOf(other: House): Promise<{ appId: string }> {
  await other.query(`insert into app (app_id, name, user_id, enabled, internal, schemes, public_keys, ip_allow_list, redirect_uris, token_epoch, created_at, updated_at)
    values ('0123456789abcdef', 'Shop', 1, true, false, '{}', '[]', '{}', array[$1], 1, now(), now())`, [callback]) // biome-ignore format: one thought
  return { appId: '0123456789abcdef' }
}
