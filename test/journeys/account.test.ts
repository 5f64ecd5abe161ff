// Registration, a forgotten password and one's own account, by the pages; and the same sessions by the management API.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type House, openHouse } from '../house.ts'
import { formOf, openPerson, type Person } from '../person.ts'

const password = 'a long password'

let house: House
let proving: House

before(async () => {
  const settings = { KAIMEN_TRUSTED_PROXIES: '127.0.0.1/32' }
  house = await openHouse({ settings })
  proving = await openHouse({ settings: { ...settings, KAIMEN_REGISTER_SMS: 'required' } })
})
after(async () => {
  await house.close()
  await proving.close()
})

let made = 0
const somebody = (at = house) => openPerson(at, { address: `203.3.${Math.floor(++made / 250)}.${(made % 250) + 1}` })
const newPhone = () => `1350000${1_000 + ++made}`

async function newPerson(): Promise<{ person: Person; username: string; phoneNumber: string }> {
  const [username, phoneNumber] = [`owner-${++made}`, newPhone()]
  await house.done('POST', '/openapi/user/register', { username, password, phoneNumber }, '')
  const person = somebody()
  await person.signIn(username, password)
  return { person, username, phoneNumber }
}

function lastCode(at: House, phone: string): string | undefined {
  const lines = readFileSync(join(at.dataDir, 'outbox/sms.jsonl'), 'utf8').trim().split('\n')
  const sent = lines.map((line) => JSON.parse(line)).filter(({ to }) => to === phone)
  return sent.at(-1)?.code
}

test('a developer registers and signs in', async () => {
  const person = somebody()
  const page = await person.get('/register?return=/healthz')
  const username = `new-${++made}`
  const done = await person.submit(page, { username, password, nikeName: '', phoneNumber: '' })
  assert.deepEqual([done.status, done.headers.get('location')], [303, '/login?return=%2Fhealthz&done=registered'])
  assert.match((await person.get(done.headers.get('location')!)).text, /role="status">Your account is there/)
  assert.equal((await person.signIn(username, password)).status, 303)
  assert.deepEqual((await person.get('/openapi/user/me')).json.data.roles, ['developer'])
})

test('what is wrong with a registration stands beside its field', async () => {
  const { username, phoneNumber } = await newPerson()
  const person = somebody()
  const page = await person.get('/register')
  const right = { username: 'not-there-yet', password }
  for (const [fields, field, status] of [
    [{ ...right, username }, 'username', 409],
    [{ ...right, phoneNumber }, 'phoneNumber', 409],
    [{ ...right, password: 'short' }, 'password', 400],
    [{ ...right, username: '-x' }, 'username', 400],
    [{ ...right, username: '' }, 'username', 400],
    [{ ...right, phoneNumber: 'abc' }, 'phoneNumber', 400],
    [{ ...right, nikeName: 'x'.repeat(65) }, 'nikeName', 400],
  ] as const) {
    const answer = await person.submit(page, fields)
    assert.equal(answer.status, status, JSON.stringify(fields))
    assert.match(answer.text, new RegExp(`id="${field}"[^>]* aria-invalid="true" aria-describedby="${field}-wrong[^"]*" autofocus`))
    assert.match(answer.text, new RegExp(`<p class="wrong" id="${field}-wrong">`))
  }
  assert.equal((await house.manage('POST', '/openapi/user/login', right)).fault, 'login_failed')
})

test('where the phone has to be proven, that comes first', async () => {
  const person = somebody(proving)
  const phoneNumber = newPhone()
  const asked = await person.submit(await person.get('/register'), { phoneNumber })
  assert.match(asked.text, new RegExp(`We sent six digits to ${phoneNumber}`))
  const fields = { username: `proven-${++made}`, password }
  const wrong = await person.submit(asked, { ...fields, smsCode: '000000' })
  assert.equal(wrong.status, 400)
  assert.match(wrong.text, /id="smsCode-wrong"/)
  assert.equal((await person.submit(wrong, { ...fields, smsCode: lastCode(proving, phoneNumber)! })).status, 303)
  const again = await person.submit(await person.get('/register'), { phoneNumber })
  assert.equal(again.status, 429)
  assert.ok(again.headers.get('retry-after'))
})

test('a forgotten password is set anew by a code; a phone that nobody has is answered alike', async () => {
  const { person: elsewhere, username, phoneNumber } = await newPerson()
  const answers = []
  for (const phone of [phoneNumber, newPhone()]) {
    const person = somebody()
    const asked = await person.submit(await person.get('/forgot'), { phoneNumber: phone })
    const wrong = await person.submit(asked, { smsCode: '000000', newPassword: 'another password' })
    const text = (shown: string) => shown.replaceAll(phone, '<phone>').replace(/value="[^"]{20,}"/g, '')
    answers.push([asked, wrong].map((shown) => [shown.status, text(shown.text)]))
  }
  assert.deepEqual(answers[0], answers[1])
  assert.equal(answers[0]![0]![0], 200)

  const person = somebody()
  const form = formOf(await person.get('/forgot'))
  const fields = { formToken: form.fields.formToken!, phoneNumber, newPassword: 'another password', smsCode: lastCode(house, phoneNumber)! }
  const done = await person.post('/forgot', fields)
  assert.deepEqual([done.status, done.headers.get('location')], [303, '/login?done=reset'])
  assert.equal((await elsewhere.get('/openapi/user/me')).status, 401, 'all sessions end')
  assert.equal((await person.signIn(username, 'another password')).status, 303)
})

test('a person edits what is known of them, and nobody else', async () => {
  const { person } = await newPerson()
  const other = await newPerson()
  const page = await person.get('/account')
  const done = await person.submit(page, { nikeName: '<b>张三</b>', email: `a${++made}@example.com` }, '/account/profile')
  assert.equal(done.headers.get('location'), '/account?done=profile')
  const shown = await person.get('/account?done=profile')
  assert.match(shown.text, /role="status">Saved/)
  assert.match(shown.text, /value="&lt;b&gt;张三&lt;\/b&gt;"/)
  const taken = await person.submit(page, { phoneNumber: other.phoneNumber }, '/account/profile')
  assert.equal(taken.status, 409)
  assert.match(taken.text, /id="phoneNumber-wrong"/)
  assert.match(taken.text, /href="\/theme\?to=dark&amp;return=%2Faccount"/, 'a switch leads to where a page is')
  const { id } = (await person.get('/openapi/user/me')).json.data
  const audit = await house.done('GET', `/openapi/audit/page?kind=user&action=update&subject=${id}`)
  assert.equal(audit.records[0].route, 'POST /account/profile')
})

test('a change of the password wants the old one, keeps this session and ends all others', async () => {
  const { person, username } = await newPerson()
  const other = somebody()
  await other.signIn(username, password)
  const page = await person.get('/account')
  const change = (fields: Record<string, string>) => person.submit(page, fields, '/account/password')
  const wrong = await change({ oldPassword: 'wrong password', newPassword: 'another password' })
  assert.equal(wrong.status, 401)
  assert.match(wrong.text, /id="oldPassword-wrong"/)
  assert.match((await change({ oldPassword: password, newPassword: 'short' })).text, /id="newPassword-wrong"/)
  assert.equal((await other.get('/openapi/user/me')).status, 200)
  assert.equal((await change({ oldPassword: password, newPassword: 'another password' })).status, 303)
  assert.equal((await person.get('/openapi/user/me')).status, 200)
  assert.equal((await other.get('/openapi/user/me')).status, 401)
})

test('sessions are seen with place and browser, and ended one by one or all at once, one’s own only', async () => {
  const { person, username } = await newPerson()
  const [phone, tablet] = [somebody(), somebody()]
  await phone.signIn(username, password)
  await tablet.signIn(username, password)
  const page = await person.get('/account')
  assert.equal([...page.text.matchAll(/<li><div><strong>person\/1<\/strong>/g)].length, 3)
  const list = (await person.get('/openapi/user/session/page?size=2')).json.data
  assert.equal(list.total, 3)
  assert.deepEqual(Object.keys(list.records[0]), ['id', 'createTime', 'seenTime', 'address', 'device', 'userAgent', 'method', 'current'])

  const ids = async (of: Person) =>
    (await of.get('/openapi/user/session/page')).json.data.records.filter((row: { current: boolean }) => row.current)
  const [{ id }] = await ids(phone)
  const stranger = (await newPerson()).person
  const strangers = await stranger.get('/account')
  await stranger.submit(strangers, { sessionId: id }, '/account/password')
  await stranger.post('/account/sessions/end', { formToken: formOf(strangers).fields.formToken!, sessionId: id })
  const cookie = { authorization: `Bearer ${stranger.cookies.get('kaimen')}` }
  const refused = await fetch(`${house.platformUrl}/openapi/user/session/${id}`, { method: 'DELETE', headers: cookie })
  assert.equal(refused.status, 404)
  assert.equal((await phone.get('/openapi/user/me')).status, 200)

  await person.post('/account/sessions/end', { formToken: formOf(page).fields.formToken!, sessionId: id })
  assert.equal((await phone.get('/openapi/user/me')).status, 401)
  await person.post('/account/sessions/end', { formToken: formOf(page).fields.formToken! })
  assert.equal((await tablet.get('/openapi/user/me')).status, 401)
  assert.equal((await person.get('/openapi/user/me')).status, 200)
})

test('an app that was let in is seen, and its leave withdrawn by its person alone', async () => {
  const { person } = await newPerson()
  const stranger = (await newPerson()).person
  const app = await house.app()
  const { id } = (await person.get('/openapi/user/me')).json.data
  await house.query(`insert into consent values ($1, $2, '{profile}', now(), now())`, [id, app.id])
  const page = await person.get('/account')
  const form = formOf(page, '/account/apps/withdraw')
  assert.equal(form.fields.appId, app.appId)
  const { formToken = '' } = formOf(await stranger.get('/account')).fields
  await stranger.post(form.action, { ...form.fields, formToken })
  assert.match((await person.get('/account')).text, /apps\/withdraw/)
  assert.equal((await person.post(form.action, form.fields)).headers.get('location'), '/account?done=withdrawn')
  assert.doesNotMatch((await person.get('/account')).text, /apps\/withdraw/)
})

test('without a session, or from another site, nothing of the account is shown or changed', async () => {
  const stranger = somebody()
  assert.equal((await stranger.get('/account')).headers.get('location'), '/login?return=%2Faccount')
  const { person } = await newPerson()
  const { formToken = '' } = formOf(await person.get('/account')).fields
  for (const path of ['/account/profile', '/account/password', '/account/sessions/end', '/account/second-factor', '/logout']) {
    for (const headers of [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      assert.equal((await person.post(path, { formToken }, headers)).status, 403, path)
    }
    const expired = await person.post(path, { formToken: 'x' })
    assert.equal(expired.status, 403, path)
    const [, back = ''] = /<p><a href="([^"]+)">/.exec(expired.text)!
    assert.notEqual((await person.get(back)).status, 404, `${path} leads on to ${back}`)
  }
  assert.equal((await person.get('/openapi/user/me')).status, 200)
})

test('while 150 people sign in at once others are answered; passwords are looked at off the event loop, and only so many wait', async () => {
  const page = await somebody().get('/login')
  const person = somebody()
  const { fields } = formOf(await person.get('/login'))
  let answered = 0
  const [processCpu, threadCpu] = [process.cpuUsage(), process.threadCpuUsage()]
  const flood = Array.from({ length: 150 }, async (_, at) => {
    const answer = await person.post('/login', { ...fields, username: `flood-${at}`, password }, { 'x-forwarded-for': `203.4.0.${at + 1}` })
    answered++
    return answer.status
  })
  assert.equal((await somebody().get('/login')).status, page.status)
  assert.equal((await house.manage('GET', '/openapi/user/page', undefined, house.admin)).status, 200)
  const answeredBefore = answered
  const statuses = await Promise.all(flood)
  const [all, ours] = [process.cpuUsage(processCpu), process.threadCpuUsage(threadCpu)]
  const share = (ours.user + ours.system) / (all.user + all.system)
  assert.ok(answeredBefore < statuses.length, `the page came after ${answeredBefore} of ${statuses.length}`)
  // Platform and callers are on this thread; the work of the passwords, which is by far the most, must not be.
  assert.ok(share < 0.6, `${share} of all work was done on the event loop`)
  const looked = statuses.filter((status) => status === 401).length
  assert.ok(looked >= 66 && looked < statuses.length, `two at once and 64 that wait: ${looked} were looked at`)
  assert.deepEqual([...new Set(statuses)].sort(), [401, 503], 'those beyond the queue are told so')
})
