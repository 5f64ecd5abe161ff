// What people change of their account is on record, by whom and from where, and no secret with it; and what HQ sees and ends of others.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Secret, TOTP } from 'otpauth'
import { newAuthenticator } from '../authenticator.ts'
import { type House, openHouse } from '../house.ts'
import { authorize, Browser, newClient } from '../oauth.ts'
import { openPerson, type Person, type Shown } from '../person.ts'

const password = 'a long password'
const newPassword = 'another long password'
const address = '203.6.0.1'

let house: House
/** By a name: passkeys want one. */
let origin = ''

before(async () => {
  house = await openHouse({ settings: { KAIMEN_TRUSTED_PROXIES: '127.0.0.1/32,::1/128' } })
  origin = house.platformUrl.replace('127.0.0.1', 'localhost')
})
after(() => house.close())

let made = 0
const somebody = () => openPerson({ platformUrl: origin }, { address })

async function newPerson(): Promise<{ person: Person; username: string; id: number }> {
  const username = `account-${++made}`
  const { id } = await house.done('POST', '/openapi/user/register', { username, password }, '')
  const person = somebody()
  await person.signIn(username, password)
  return { person, username, id }
}

const secrets: string[] = [password, newPassword]
const optionsOf = ({ text }: Shown) =>
  JSON.parse(/data-options="([^"]*)"/.exec(text)![1]!.replaceAll('&quot;', '"').replaceAll('&amp;', '&'))

async function turnOn(person: Person): Promise<Shown> {
  const qr = await person.submit(await person.get('/account/second-factor'), { password }, '/account/second-factor')
  const secret = /<code>([A-Z2-7 ]+)<\/code>/.exec(qr.text)![1]!.replaceAll(' ', '')
  const done = await person.submit(
    qr,
    { otp: new TOTP({ secret: Secret.fromBase32(secret) }).generate() },
    '/account/second-factor/confirm',
  )
  secrets.push(secret, ...[...done.text.matchAll(/<li><code>([a-z0-9-]+)<\/code>/g)].map(([, code]) => code!))
  return done
}

async function addPasskey(person: Person): Promise<Shown> {
  const page = await person.get('/account/passkeys')
  const asked = await person.submit(page, { name: 'Key', password }, '/account/passkeys')
  return person.submit(asked, { credential: newAuthenticator(origin).create(optionsOf(asked)) }, '/account/passkeys/add')
}

interface Change {
  readonly what: string
  /** What has to be there first. */
  first?(person: Person, username: string): Promise<unknown>
  act(person: Person): Promise<Shown>
  readonly kind: string
  readonly action: string
  readonly route: string
}

const changes: readonly Change[] = [
  {
    what: 'about oneself',
    act: async (person) => person.submit(await person.get('/account'), { nikeName: 'Ann' }, '/account/profile'),
    kind: 'user',
    action: 'update',
    route: '/account/profile',
  },
  {
    what: 'a new password',
    act: async (person) => person.submit(await person.get('/account'), { oldPassword: password, newPassword }, '/account/password'),
    kind: 'user',
    action: 'update',
    route: '/account/password',
  },
  {
    what: 'the others’ sessions, by a new password',
    first: (_, username) => somebody().signIn(username, password),
    act: async (person) => person.submit(await person.get('/account'), { oldPassword: password, newPassword }, '/account/password'),
    kind: 'session',
    action: 'delete',
    route: '/account/password',
  },
  {
    what: 'a session that is ended',
    first: (_, username) => somebody().signIn(username, password),
    act: async (person) => person.submit(await person.get('/account'), {}, '/account/sessions/end'),
    kind: 'session',
    action: 'delete',
    route: '/account/sessions/end',
  },
  {
    what: 'signing out',
    act: async (person) => person.submit(await person.get('/account'), {}, '/logout'),
    kind: 'session',
    action: 'delete',
    route: '/logout',
  },
  { what: 'a second factor', act: turnOn, kind: 'second_factor', action: 'update', route: '/account/second-factor/confirm' },
  {
    what: 'no second factor any more',
    first: turnOn,
    act: async (person) => person.submit(await person.get('/account/second-factor'), { password }, '/account/second-factor/remove'),
    kind: 'second_factor',
    action: 'delete',
    route: '/account/second-factor/remove',
  },
  { what: 'a passkey', act: addPasskey, kind: 'passkey', action: 'insert', route: '/account/passkeys/add' },
  {
    what: 'no passkey any more',
    first: addPasskey,
    act: async (person) => person.submit(await person.get('/account/passkeys'), { action: 'remove' }, '/account/passkeys/change'),
    kind: 'passkey',
    action: 'delete',
    route: '/account/passkeys/change',
  },
  {
    what: 'a consent that is withdrawn',
    async first(_, username) {
      await authorize(new Browser(house.platformUrl), { client: await newClient(house), username, password })
    },
    act: async (person) => person.submit(await person.get('/account'), {}, '/account/apps/withdraw'),
    kind: 'consent',
    action: 'delete',
    route: '/account/apps/withdraw',
  },
]

for (const { what, first, act, kind, action, route } of changes) {
  test(`on record: ${what}`, async () => {
    const { person, username, id } = await newPerson()
    await first?.(person, username)
    const answer = await act(person)
    assert.ok(answer.status < 400, answer.text)
    const [row] = (await house.done('GET', `/openapi/audit/page?kind=${kind}&action=${action}&username=${username}`)).records
    assert.deepEqual([row?.userId, row?.ip, row?.route, row?.requestId], [id, address, `POST ${route}`, answer.headers.get('x-request-id')])
  })
}

test('a consent that is given is on record, without the question that it answers', async () => {
  const { username } = await newPerson()
  await authorize(new Browser(house.platformUrl), { client: await newClient(house), username, password })
  const [row] = (await house.done('GET', `/openapi/audit/page?kind=consent&action=insert&username=${username}`)).records
  assert.equal(row.route, 'POST /oauth/interaction/{uid}')
})

test('no password, key or code is in any record, and a session that merely runs out leaves none', async () => {
  const { rows } = await house.query('select coalesce(before::text, $1) || coalesce(after::text, $1) as said from audit', [''])
  const all = rows.map(({ said }) => said).join('\n')
  for (const secret of secrets) assert.ok(!all.includes(secret), secret)
  assert.doesNotMatch(all, /\$argon2id|"secret_sealed": "v1/)
  const count = async () => (await house.query(`select count(*)::int as n from audit where kind = 'session'`)).rows[0].n
  const before = await count()
  await house.query(`delete from session where user_id <> 1`)
  assert.equal(await count(), before)
})

test('HQ sees where somebody is signed in, and signs them out; who may not sees and ends nothing of others', async () => {
  const { person, username, id } = await newPerson()
  const stranger = (await newPerson()).username
  const [theirs, operator] = [await house.login(username, password), await house.login(stranger, password)]
  const page = `/openapi/user/session/page?userId=${id}`
  const list = async () => (await house.done('GET', page)).records as { id: string; address: string; current: boolean }[]
  const seen = await list()
  assert.deepEqual([seen.length, seen.some(({ current }) => current)], [2, false])
  const one = seen.find((row) => row.address === address)!

  for (const [method, path, status] of [
    ['GET', page, 403],
    ['DELETE', `/openapi/user/session?userId=${id}`, 403],
    ['DELETE', `/openapi/user/session/${one.id}`, 404],
  ] as const) {
    assert.equal((await house.manage(method, path, undefined, operator)).status, status, path)
  }
  assert.equal((await list()).length, 2)

  await house.done('DELETE', `/openapi/user/session/${one.id}`)
  assert.equal((await person.get('/openapi/user/me')).status, 401)
  assert.equal((await house.manage('GET', '/openapi/user/me', undefined, theirs)).status, 200)
  const [row] = (await house.done('GET', `/openapi/audit/page?kind=session&subject=${one.id}`)).records
  assert.deepEqual([row.username, row.route], ['admin', 'DELETE /openapi/user/session/{sessionId}'])

  await house.done('DELETE', `/openapi/user/session?userId=${id}`)
  assert.deepEqual(await list(), [])
  assert.equal((await house.manage('GET', '/openapi/user/me', undefined, house.admin)).status, 200, 'one’s own goes on')
})

test('HQ sees that a code was sent and to whom, and never the code', async () => {
  const phoneNumber = '13612345678'
  await house.done('POST', '/openapi/user/smsCode', { phoneNumber, scene: 'register' }, '')
  // To nobody's phone nothing is sent, and nothing is on record.
  await house.done('POST', '/openapi/user/smsCode', { phoneNumber: '13612345679', scene: 'reset' }, '')
  const list = async (query: string) => (await house.done('GET', `/openapi/sms/page?${query}`)).records
  // What became of it is noted after the answer, which must not tell whether anything was sent.
  assert.equal((await list(`phoneNumber=${phoneNumber}`)).length, 1)
  for (let waited = 0; (await list(`phoneNumber=${phoneNumber}&status=sent`)).length === 0; waited += 20) {
    assert.ok(waited < 10_000, 'it is not on record')
    await sleep(20)
  }
  const [row] = await list(`phoneNumber=${phoneNumber}&status=sent`)
  const { id: _, createTime: __, ...rest } = row
  assert.deepEqual(rest, { phoneNumber, scene: 'register', appId: null, status: 'sent', problem: null })
  assert.deepEqual(await list('phoneNumber=13612345679'), [])
  assert.deepEqual(await list(`phoneNumber=${phoneNumber}&status=failed`), [])
  const { code } = JSON.parse(readFileSync(join(house.dataDir, 'outbox/sms.jsonl'), 'utf8').trim().split('\n').at(-1)!)
  const { rows } = await house.query('select row_to_json(s)::text as said from sms_send s')
  // By itself: the digits of a phone hold it now and then.
  const alone = new RegExp(`\\b${code}\\b`)
  assert.ok(code && !rows.some(({ said }) => alone.test(said)))
})

test('a code is on record before its provider answered, and as one whose end nobody knows', async () => {
  const asked = Promise.withResolvers<void>()
  const provider = createServer(() => asked.resolve()).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  const url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
  await using other = await openHouse({
    settings: { KAIMEN_SMS_PROVIDER: 'http', KAIMEN_SMS_URL: url, KAIMEN_SMS_BODY: '{"to":"{phone}","code":"{code}"}' },
  })
  await other.done('POST', '/openapi/user/smsCode', { phoneNumber: '13612345678', scene: 'register' }, '')
  await asked.promise
  const { records } = await other.done('GET', '/openapi/sms/page?status=pending')
  assert.deepEqual(records.map(({ phoneNumber, status }: { phoneNumber: string; status: string }) => [phoneNumber, status]), [['13612345678', 'pending']]) // biome-ignore format: one thought
  provider.close()
  provider.closeAllConnections()
})

test('a mail that was given up is sent again; one that waits or was sent is not', async () => {
  const insert = (status: string, text: string | null) =>
    house.query(
      `insert into mail ("to", subject, text, kind, status, tries, next_at, problem, created_at)
       values ('a@example.com', 's', $2, 'app', $1, 9, now() + interval '1 day', 'down', now()) returning id`,
      [status, text],
    )
  const ids: string[] = []
  for (const [status, text] of [['given_up', 'hello'], ['waiting', 'hello'], ['sent', null]] as const) ids.push((await insert(status, text)).rows[0].id) // biome-ignore format: one thought
  const resend = (id: string) => house.manage('PUT', `/openapi/mail/resend/${id}`, undefined, house.admin)
  assert.deepEqual([(await resend(ids[1]!)).status, (await resend(ids[2]!)).status, (await resend('999999')).status], [409, 409, 404])
  assert.equal((await resend(ids[0]!)).status, 200)
  const outbox = () => readFileSync(join(house.dataDir, 'outbox/mail.jsonl'), { encoding: 'utf8', flag: 'a+' })
  for (let waited = 0; !outbox().includes('"hello"'); waited += 50) {
    assert.ok(waited < 15_000, 'it is not sent')
    await sleep(50)
  }
  const [mail] = (await house.query('select tries, status from mail where id = $1', [ids[0]])).rows
  assert.deepEqual(mail.tries, 1)
})
