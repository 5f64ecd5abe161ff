// People: registration and phones proven by codes, new passwords, what is known of a user, and their end (contract §1; settled A6, B8,
// C8, D14, E6, E10, F3, F5, F24).

import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { permissions } from '#core/role/permission.ts'
import { openDatabase } from '#db/open.ts'
import { sweep } from '#worker/sweep.ts'
import { connect } from '../database.ts'
import { type Answer, captchaAnswer, type House, openHouse, send, signed } from '../house.ts'

const password = 'a long password'
const minuteMs = 60_000

let house: House
let shiftMs = 0
const now = () => new Date(Date.now() + shiftMs)

before(async () => {
  // The clock of this house goes forward by hours.
  house = await openHouse({ settings: { KAIMEN_SESSION_IDLE: '1000000' }, now })
})
after(() => house.close())

let made = 0
const newPhone = () => `1380000${1_000 + ++made}`

interface Person {
  readonly id: number
  readonly username: string
  readonly phoneNumber: string
  readonly token: string
}

async function newUser(more: object = {}): Promise<Person> {
  const person = { username: `user-${++made}`, phoneNumber: newPhone() }
  const { id } = await house.done('POST', '/openapi/user/register', { ...person, password, ...more }, '')
  return { ...person, id, token: await house.login(person.username, password) }
}

/** Somebody with a role of these permissions. */
async function newOperator(...permissions: string[]): Promise<Person> {
  const person = await newUser()
  const { rows } = await house.query(`insert into role (name, title, created_at) values ($1, 'x', now()) returning id`, [`role-${++made}`])
  for (const permission of permissions) await house.query('insert into role_permission values ($1, $2)', [rows[0].id, permission])
  await house.query('insert into user_role values ($1, $2)', [person.id, rows[0].id])
  return person
}

function fails(answer: Answer, status: number, fault: string, why?: string): void {
  assert.deepEqual([answer.status, answer.fault], [status, fault], why ?? answer.text)
  assert.equal(answer.json.data, null)
}

/** With a captcha: other tests failed from here. */
async function signIn(username: string): Promise<Answer> {
  const { captchaId } = await house.done('GET', '/openapi/user/captcha', undefined, '')
  return house.manage('POST', '/openapi/user/login', { username, password, captchaId, verfiyCode: captchaAnswer })
}

const sent = (at = house) =>
  readFileSync(join(at.dataDir, 'outbox', 'sms.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
const sendCode = (phoneNumber: string, scene = 'reset', at = house) => at.manage('POST', '/openapi/user/smsCode', { phoneNumber, scene })

/** The code that the phone received. */
async function codeFor(phoneNumber: string, scene = 'reset', at = house): Promise<string> {
  const answer = await sendCode(phoneNumber, scene, at)
  assert.equal(answer.status, 200, answer.text)
  return sent(at).findLast(({ to }) => to === phoneNumber).code
}
const reset = (body: object) => house.manage('PUT', '/openapi/user/resetPassword', { newPassword: 'another password', ...body })
const wrongCode = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')
const lives = async (token: string) => (await house.manage('GET', '/openapi/app/page', undefined, token)).status === 200

test('the outbox gets a line for each code, readable by nobody else; the answer and the database do not have the code', async () => {
  const { phoneNumber } = await newUser()
  const answer = await sendCode(phoneNumber)
  assert.deepEqual([answer.status, answer.json.data], [200, null])
  const { code, ...line } = sent().at(-1)
  assert.deepEqual(Object.keys(sent().at(-1)), ['to', 'code', 'scene', 'time'])
  assert.deepEqual([line.to, line.scene], [phoneNumber, 'reset'])
  assert.match(code, /^\d{6}$/)
  // By itself: the digits of a phone hold it now and then.
  const alone = new RegExp(`\\b${code}\\b`)
  assert.doesNotMatch(answer.text, alone)
  const { rows } = await house.query('select * from sms_code')
  assert.doesNotMatch(JSON.stringify(rows), alone)
  assert.equal(statSync(join(house.dataDir, 'outbox', 'sms.jsonl')).mode & 0o777, 0o600)
})

test('a code is sent once a minute, five times an hour, ten times a day; of twenty asked for at once one', async () => {
  const { phoneNumber } = await newUser()
  const count = () => sent().filter(({ to }) => to === phoneNumber).length
  const answers = await Promise.all(Array.from({ length: 20 }, () => sendCode(phoneNumber)))
  assert.equal(count(), 1)
  for (const answer of answers.filter(({ status }) => status !== 200)) {
    fails(answer, 429, 'rate_limited')
    const seconds = Number(answer.headers.get('retry-after'))
    assert.ok(seconds >= 1 && seconds <= 60, `${seconds}`)
  }
  for (let more = 2; more <= 5; more++) {
    shiftMs += minuteMs
    assert.equal((await sendCode(phoneNumber)).status, 200)
  }
  shiftMs += minuteMs
  fails(await sendCode(phoneNumber), 429, 'rate_limited')
  shiftMs += 60 * minuteMs
  for (let more = 6; more <= 10; more++) {
    assert.equal((await sendCode(phoneNumber)).status, 200)
    shiftMs += minuteMs
  }
  shiftMs += 60 * minuteMs
  const last = await sendCode(phoneNumber)
  fails(last, 429, 'rate_limited')
  assert.ok(Number(last.headers.get('retry-after')) > 20 * 3_600)
  assert.equal(count(), 10)
})

test('for a phone that nobody has, asking and guessing look the same, and nothing is sent', async () => {
  const { phoneNumber } = await newUser()
  const plain = ({ status, json }: Answer) => ({ status, ...json, requestId: '' })
  const nobodys = newPhone()
  const seen = []
  for (const phone of [phoneNumber, nobodys]) {
    const answers = [await sendCode(phone), await sendCode(phone)]
    for (let guess = 0; guess < 11; guess++) answers.push(await reset({ phoneNumber: phone, smsCode: 'wrong' }))
    seen.push(answers.map(({ json, ...answer }) => plain({ ...answer, json: { ...json, msg: json.msg.replace(/\d+/g, 'n') } })))
  }
  assert.deepEqual(seen[0], seen[1])
  assert.deepEqual(seen[0]!.map(({ error }) => error).slice(1, 3), ['rate_limited', 'sms_code_invalid'])
  assert.equal(seen[0]!.at(-1)!.error, 'rate_limited')
  assert.equal(sent().filter(({ to }) => to === nobodys).length, 0)
})

test('asking for a code takes as long for a phone that nobody has', async () => {
  const times: number[][] = [[], []]
  // The fastest of each: what else the machine does only adds to it, and where it does much more are needed.
  const fastest = () => times.map((taken) => Math.min(...taken)) as [number, number]
  const areAlike = ([known, unknown]: [number, number]) => Math.abs(known - unknown) < 20 || (known / unknown < 4 && unknown / known < 4)
  for (let round = 0; round < 9 || (round < 60 && !areAlike(fastest())); round++) {
    // One address may ask for so many in an hour.
    shiftMs += 60 * minuteMs
    const { phoneNumber } = await newUser()
    const phones = [phoneNumber, newPhone()]
    for (const at of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const startedAt = performance.now()
      assert.equal((await sendCode(phones[at]!)).status, 200)
      times[at]!.push(performance.now() - startedAt)
    }
  }
  const [known, unknown] = fastest()
  console.log(`# a known phone ${known.toFixed(1)} ms, an unknown one ${unknown.toFixed(1)} ms`)
  assert.ok(areAlike([known, unknown]), `${known} ms and ${unknown} ms`)
})

test('a code resets the password and ends every session; it is good for one of twenty at once', async () => {
  const person = await newUser()
  const smsCode = await codeFor(person.phoneNumber)
  const answers = await Promise.all(Array.from({ length: 9 }, () => reset({ phoneNumber: person.phoneNumber, smsCode })))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  for (const answer of answers.filter(({ status }) => status !== 200)) fails(answer, 400, 'sms_code_invalid')
  assert.equal(await lives(person.token), false)
  fails(await signIn(person.username), 401, 'login_failed')
  assert.ok(await house.login(person.username, 'another password'))

  shiftMs += minuteMs
  const again = await codeFor(person.phoneNumber)
  const byId = { userId: person.id, smsCode: again, ...(await house.encrypted({ newPassword: 'a third password' }, 'pkcs1')) }
  assert.equal((await reset(byId)).status, 200)
  assert.ok(await house.login(person.username, 'a third password'))
  fails(await reset({ userId: 2_000_000_000, smsCode: again }), 400, 'sms_code_invalid')
  fails(await reset({ smsCode: again }), 400, 'invalid_parameters')
  fails(await reset({ phoneNumber: person.phoneNumber, smsCode: again, newPassword: 'short' }), 400, 'invalid_parameters')
})

test('twenty uses of one code at once: just one wins', async () => {
  const person = await newUser()
  const smsCode = await codeFor(person.phoneNumber)
  const answers = await Promise.all(Array.from({ length: 20 }, () => reset({ phoneNumber: person.phoneNumber, smsCode })))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})

test('five wrong guesses end a code, and so do five minutes, another purpose and another phone', async () => {
  const [person, other] = [await newUser(), await newUser()]
  const { phoneNumber } = person
  const registers = await codeFor(phoneNumber, 'register')
  fails(await reset({ phoneNumber, smsCode: registers }), 400, 'sms_code_invalid')
  shiftMs += minuteMs
  const first = await codeFor(phoneNumber)
  fails(await reset({ phoneNumber: other.phoneNumber, smsCode: first }), 400, 'sms_code_invalid')
  fails(await reset({ phoneNumber, userId: other.id, smsCode: wrongCode(first) }), 400, 'sms_code_invalid')
  for (let guess = 0; guess < 4; guess++) fails(await reset({ phoneNumber, smsCode: wrongCode(first) }), 400, 'sms_code_invalid')
  fails(await reset({ phoneNumber, smsCode: first }), 400, 'sms_code_invalid', 'five were wrong')

  shiftMs += 61 * minuteMs
  const second = await codeFor(phoneNumber)
  shiftMs += 5 * minuteMs
  fails(await reset({ phoneNumber, smsCode: second }), 400, 'sms_code_invalid', 'too late')
  const third = await codeFor(phoneNumber)
  const fourth = await (async () => {
    shiftMs += minuteMs
    return codeFor(phoneNumber)
  })()
  if (third !== fourth) fails(await reset({ phoneNumber, smsCode: third }), 400, 'sms_code_invalid', 'the last one counts')
  assert.equal((await reset({ phoneNumber, smsCode: fourth })).status, 200)
})

test('ten wrong guesses an hour end all codes of a phone, also after a restart', async () => {
  const { phoneNumber } = await newUser()
  for (let guess = 0; guess < 10; guess++) {
    if (guess % 5 === 0) shiftMs += minuteMs
    const code = guess % 5 === 0 ? await codeFor(phoneNumber) : sent().at(-1).code
    fails(await reset({ phoneNumber, smsCode: wrongCode(code) }), 400, 'sms_code_invalid')
  }
  shiftMs += minuteMs
  const smsCode = await codeFor(phoneNumber)
  await house.stopPlatform()
  await house.startPlatform()
  const answer = await reset({ phoneNumber, smsCode })
  fails(answer, 429, 'rate_limited')
  assert.ok(Number(answer.headers.get('retry-after')) > 50 * 60)
})

test('KAIMEN_REGISTER_SMS=required: registration and one’s own new phone need a code', async () => {
  await using other = await openHouse({ settings: { KAIMEN_REGISTER_SMS: 'required' } })
  const register = (body: object) => other.manage('POST', '/openapi/user/register', { username: 'proven', password, ...body })
  fails(await register({}), 400, 'invalid_parameters')
  const phoneNumber = newPhone()
  fails(await register({ phoneNumber }), 400, 'sms_code_invalid')
  const smsCode = await codeFor(phoneNumber, 'register', other)
  fails(await register({ phoneNumber, smsCode: wrongCode(smsCode) }), 400, 'sms_code_invalid')
  fails(await register({ phoneNumber: newPhone(), smsCode }), 400, 'sms_code_invalid')
  fails(await register({ phoneNumber, smsCode, username: 'admin' }), 409, 'conflict', 'and the code is still good')
  const { json } = await register({ phoneNumber, smsCode })
  assert.equal(json.data.phoneNumber, phoneNumber)
  fails(await register({ phoneNumber, smsCode, username: 'again' }), 400, 'sms_code_invalid')

  const token = await other.login('proven', password)
  const edit = (body: object, who = token) => other.manage('PUT', `/openapi/user/edit/${json.data.id}`, body, who)
  const next = newPhone()
  assert.equal((await edit({ nikeName: '名', phoneNumber })).status, 200)
  fails(await edit({ phoneNumber: next }), 400, 'sms_code_invalid')
  const proof = await codeFor(next, 'register', other)
  fails(await edit({ phoneNumber: next, smsCode: wrongCode(proof) }), 400, 'sms_code_invalid')
  assert.equal((await edit({ phoneNumber: next, smsCode: proof })).json.data.phoneNumber, next)
  assert.equal((await edit({ phoneNumber: newPhone() }, other.admin)).status, 200, 'HQ knows whom it serves')
})

test('a new password ends the other sessions, and those that begin at that moment by the old one', async () => {
  const person = await newUser()
  const update = (body: object, token = person.token) => house.manage('PUT', '/openapi/user/updatePassword', body, token)
  const another = await house.login(person.username, password)
  fails(await update({ oldPassword: 'wrong', newPassword: 'another password' }), 401, 'login_failed')
  fails(await update({ oldPassword: password, newPassword: 'short' }), 400, 'invalid_parameters')
  assert.ok((await lives(person.token)) && (await lives(another)))

  const logins = Array.from({ length: 8 }, () => signIn(person.username))
  const encrypted = await house.encrypted({ oldPassword: password, newPassword: 'another password' })
  assert.equal((await update(encrypted)).status, 200)
  assert.equal(await lives(person.token), true)
  assert.equal(await lives(another), false)
  for (const { status, json } of await Promise.all(logins)) if (status === 200) assert.equal(await lives(json.data.token), false)
  assert.ok(await house.login(person.username, 'another password'))
  fails(await house.manage('PUT', '/openapi/user/updatePassword', encrypted), 401, 'unauthorized')
})

test('a login under way while the password changes begins no session by the old one', async () => {
  const person = await newUser()
  await using changing = await connect(house.databaseUrl)
  await changing.query('begin')
  await changing.query('update "user" set password_hash = $1 where id = $2', ['changed', person.id])
  const answer = signIn(person.username)
  const waits = async () =>
    (await house.query(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).rowCount
  for (let waited = 0; !(await waits()); waited += 10) {
    assert.ok(waited < 10_000, 'the login does not come to where its session begins')
    await sleep(10)
  }
  await changing.query('commit')
  fails(await answer, 401, 'login_failed')
})

test('whoever took over a session guesses at its password ten times', async () => {
  const person = await newUser()
  const update = (oldPassword: string) =>
    house.manage('PUT', '/openapi/user/updatePassword', { oldPassword, newPassword: 'another password' }, person.token)
  for (let guess = 0; guess < 10; guess++) fails(await update('wrong'), 401, 'login_failed')
  const locked = await update(password)
  fails(locked, 403, 'account_locked')
  assert.ok(Number(locked.headers.get('retry-after')) > 14 * 60)
})

test('a developer sees and edits themselves and nobody else; HQ sees and edits all', async () => {
  const [person, other] = [await newUser({ nikeName: '张三' }), await newUser()]
  const info = await house.done('GET', `/openapi/user/info/${person.id}`, undefined, person.token)
  assert.deepEqual(Object.keys(info), ['id', 'username', 'phoneNumber', 'nikeName', 'createTime', 'updateTime', 'email', 'roles'])
  assert.deepEqual([info.username, info.nikeName, info.email], [person.username, '张三', null])
  for (const id of [other.id, 1, 2_000_000_000]) {
    fails(await house.manage('GET', `/openapi/user/info/${id}`, undefined, person.token), 404, 'not_found')
    fails(await house.manage('PUT', `/openapi/user/edit/${id}`, { nikeName: 'x' }, person.token), 404, 'not_found')
  }
  const edit = (body: object, token = person.token) => house.manage('PUT', `/openapi/user/edit/${person.id}`, body, token)
  const email = `${person.username}@Example.com`
  const edited = await edit({ nickName: '李四', email, phoneNumber: '' })
  assert.deepEqual(
    [edited.json.data.nikeName, edited.json.data.email, edited.json.data.phoneNumber],
    ['李四', email, person.phoneNumber],
    'what is empty stays',
  )
  assert.ok(await house.login(email.toUpperCase(), password))
  assert.equal((await edit({ nikeName: null, email: '' })).json.data.email, email)
  for (const body of [{ phoneNumber: other.phoneNumber }, { phoneNumber: 'x' }, { email: 'x' }, { email: `${'x'.repeat(250)}@a.cn` }]) {
    const answer = await edit(body)
    assert.equal(answer.fault, body.phoneNumber === other.phoneNumber ? 'conflict' : 'invalid_parameters', answer.text)
  }
  fails(
    await house.manage('PUT', `/openapi/user/edit/${other.id}`, { email: email.toLowerCase() }, other.token),
    409,
    'conflict',
    'a mail address is taken once, in any case',
  )
  const operator = await newOperator('view-user', 'edit-user')
  assert.equal((await house.done('GET', `/openapi/user/info/${person.id}`, undefined, operator.token)).nikeName, '李四')
  assert.equal((await edit({ nikeName: '王五' }, operator.token)).json.data.nikeName, '王五')
})

test('no name, phone or mail is another’s of any kind, or it would stand in their way at login', async () => {
  const [person, other] = [await newUser(), await newUser()]
  const email = `${person.username}@example.com`
  await house.done('PUT', `/openapi/user/edit/${person.id}`, { email }, person.token)
  const register = (username: string) => house.manage('POST', '/openapi/user/register', { username, password })
  fails(await register(person.phoneNumber), 409, 'conflict')
  fails(await register(email.toUpperCase()), 409, 'conflict')
  const phone = newPhone()
  assert.equal((await house.manage('POST', '/openapi/user/register', { username: phone, phoneNumber: phone, password })).status, 200)
  await house.done('POST', '/openapi/user/register', { username: 'like@a.mail', password }, '')
  fails(await house.manage('PUT', `/openapi/user/edit/${other.id}`, { email: 'LIKE@a.mail' }, other.token), 409, 'conflict')
})

test('nobody tries out whose phones and mail addresses there are, by giving them as their own', async () => {
  const [person, other] = [await newUser(), await newUser()]
  const edit = (body: object) => house.manage('PUT', `/openapi/user/edit/${person.id}`, body, person.token)
  const faults = new Set<string | undefined>()
  for (let given = 0; given < 32; given++) faults.add((await edit({ phoneNumber: other.phoneNumber })).fault)
  assert.deepEqual([...faults], ['conflict', 'rate_limited'])
  assert.equal((await edit({ nikeName: 'x', phoneNumber: person.phoneNumber })).status, 200, 'what is theirs already tells nothing')
})

test('an operator edits and deletes nobody who may do more than they', async () => {
  const operator = await newOperator('view-user', 'edit-user', 'delete-user')
  const more = await newOperator('edit-user', 'limit-app')
  for (const id of [more.id, 1]) {
    fails(await house.manage('PUT', `/openapi/user/edit/${id}`, { phoneNumber: newPhone() }, operator.token), 403, 'forbidden')
    fails(await house.manage('DELETE', `/openapi/user/delete/${id}`, undefined, operator.token), 403, 'forbidden')
  }
  const less = await newOperator('edit-user')
  await house.done('PUT', `/openapi/user/edit/${less.id}`, { nikeName: 'x' }, operator.token)
  await house.done('DELETE', `/openapi/user/delete/${less.id}`, undefined, operator.token)
})

test('the page of users is HQ’s: names are contained texts, a phone is exact', async () => {
  const person = await newUser({ nikeName: '100%_真' })
  const page = (query: string, token = house.admin) => house.done('GET', `/openapi/user/page?${query}`, undefined, token)
  const one = await page(`username=${person.username.toUpperCase()}&size=1`)
  assert.deepEqual([one.total, one.pages, one.current, one.size], [1, 1, 1, 1])
  assert.equal(one.records[0].id, person.id)
  assert.equal((await page(`nikeName=${encodeURIComponent('0%_')}`)).total, 1)
  assert.equal((await page(`nikeName=${encodeURIComponent('0%真')}`)).total, 0)
  assert.equal((await page(`phoneNumber=${person.phoneNumber}`)).total, 1)
  assert.equal((await page(`phoneNumber=${person.phoneNumber.slice(0, -1)}`)).total, 0)
  assert.ok((await page('size=200')).records.every((record: object) => !('passwordHash' in record) && !('password' in record)))
  fails(await house.manage('GET', '/openapi/user/page', undefined, person.token), 403, 'forbidden')
  assert.ok((await page('', (await newOperator('view-user')).token)).total > 0)
})

test('who is deleted has no sessions and no login, and their apps are gone at the gateway; the name is free again', async () => {
  const person = await newUser()
  const { id: operationId } = await house.publish({ path: '/of-the-deleted', security: 'sign' })
  const { id, ...app } = await house.done('POST', '/openapi/app/add', { name: 'theirs' }, person.token)
  await house.done('PUT', `/openapi/app/enable/${id}`)
  await house.done('PUT', `/openapi/app/config/${id}`, { interfaceIds: [operationId] })
  await house.settled()
  const call = () => house.call(signed({ id, ...app }, 'GET', '/of-the-deleted', { scheme: 'hmac-sha256' }))
  assert.equal((await call()).status, 200)
  await house.query(
    `insert into open_id values ('${person.id}', ${id}, 'theirs'), ('another', ${id}, 'not theirs');
     insert into union_id values ('${person.id}', 1, 'theirs');
     insert into consent values (${person.id}, ${id}, '{profile}', now(), now());
     insert into passkey values ('key', ${person.id}, 'key', '', 0, now());
     insert into passkey_challenge values (gen_random_uuid(), '', ${person.id}, now() + interval '1 minute');
     insert into second_factor values (${person.id}, '');
     insert into recovery_code (user_id, code_hash) values (${person.id}, '')`,
  )

  fails(await house.manage('DELETE', `/openapi/user/delete/${person.id}`, undefined, person.token), 403, 'forbidden')
  const deleted = await house.manage('DELETE', `/openapi/user/delete/${person.id}`, undefined, house.admin)
  assert.deepEqual([deleted.status, deleted.json.data], [200, null])
  assert.deepEqual(
    await tablesNaming(person.id),
    ['app', 'audit', 'user_role'],
    'what others may ask about; nothing that signs in or is known to apps',
  )
  assert.equal((await house.query('select from open_id')).rowCount, 1, 'of another person')
  await house.settled()
  assert.equal((await call()).fault, 'signature_invalid', 'as for an unknown app')
  fails(await house.manage('GET', `/openapi/app/${id}`, undefined, house.admin), 404, 'not_found')
  assert.equal(await lives(person.token), false)
  fails(await signIn(person.username), 401, 'login_failed')
  fails(await house.manage('GET', `/openapi/user/info/${person.id}`, undefined, house.admin), 404, 'not_found')
  fails(await house.manage('DELETE', `/openapi/user/delete/${person.id}`, undefined, house.admin), 404, 'not_found')
  await house.done('POST', '/openapi/user/register', { username: person.username, password, phoneNumber: person.phoneNumber }, '')

  await house.query('update "user" set deleted_at = null, username = $2, phone_number = null where id = $1', [person.id, 'restored'])
  await house.settled()
  assert.equal((await call()).status, 200, 'what psql restores is back')
})

/** Those with a row of this person. */
async function tablesNaming(userId: number): Promise<string[]> {
  const { rows } = await house.query<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'user_id' order by 1`,
  )
  const named = []
  for (const { name } of rows)
    if ((await house.query(`select from ${name} where user_id::text = $1`, [String(userId)])).rowCount !== 0) named.push(name)
  return named
}

test('nobody deletes themselves, or an administrator without being one; of two who delete each other one stays', async () => {
  fails(await house.manage('DELETE', '/openapi/user/delete/1', undefined, house.admin), 409, 'conflict')
  // All of today's permissions are not those to come.
  const almost = await newOperator(...permissions)
  fails(await house.manage('DELETE', '/openapi/user/delete/1', undefined, almost.token), 403, 'forbidden')
  fails(await house.manage('PUT', '/openapi/user/edit/1', { phoneNumber: newPhone() }, almost.token), 403, 'forbidden')

  const second = await newUser()
  const makeAdmin = (id: number) =>
    house.query(`insert into user_role select $1, id from role where name = 'admin' on conflict do nothing`, [id])
  await makeAdmin(second.id)
  const answers = await Promise.all([
    house.manage('DELETE', `/openapi/user/delete/${second.id}`, undefined, house.admin),
    house.manage('DELETE', '/openapi/user/delete/1', undefined, second.token),
  ])
  assert.ok(answers.filter(({ status }) => status === 200).length === 1, answers.map(({ text }) => text).join('\n'))
  const { rows } = await house.query(
    `select u.id from "user" u join user_role on user_id = u.id join role r on r.id = role_id where r.name = 'admin' and deleted_at is null`,
  )
  assert.equal(rows.length, 1)
  await house.query('update "user" set deleted_at = null where id = 1')
})

test('from one network a hundred register an hour, whatever becomes of it, and others go on', async () => {
  await using own = await openHouse({ settings: { KAIMEN_TRUSTED_PROXIES: '127.0.0.1' } })
  const register = (username: string, from: string) =>
    send(own.platformUrl, {
      method: 'POST',
      path: '/openapi/user/register',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
      body: JSON.stringify({ username, password }),
    })
  assert.equal((await register('first', '203.0.113.7')).status, 200)
  // Names that are taken are cheap to try, and tell who is here.
  for (let n = 1; n < 100; n++) fails(await register('admin', '203.0.113.7'), 409, 'conflict')
  const refused = await register('second', '203.0.113.7')
  fails(refused, 429, 'rate_limited')
  assert.ok(Number(refused.headers.get('retry-after')) > 3_000)
  assert.equal((await register('second', '203.0.113.8')).status, 200)
})

test('a sweep forgets captchas, codes and counts that have ended, and no others', async () => {
  await house.done('GET', '/openapi/user/captcha', undefined, '')
  await codeFor((await newUser()).phoneNumber)
  const count = async (table: string) => Number((await house.query(`select count(*) from ${table}`)).rows[0].count)
  const { db, close } = await openDatabase(house.databaseUrl, pino({ level: 'silent' }))
  await sweep({ db, config: house.config, now }, assert.fail)
  const before = [await count('captcha'), await count('sms_code'), await count('attempt')]
  assert.ok(
    before.every((rows) => rows > 0),
    `${before}`,
  )
  await sweep({ db, config: house.config, now: () => new Date(now().getTime() + 25 * 60 * minuteMs) }, assert.fail)
  assert.deepEqual([await count('captcha'), await count('sms_code'), await count('attempt')], [0, 0, 0])
  await close()
})

test('names and passwords are bounded', async () => {
  const login = (body: object) =>
    send(house.platformUrl, {
      method: 'POST',
      path: '/openapi/user/login',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  fails(await login({ username: 'x'.repeat(129), password }), 400, 'invalid_parameters')
  fails(await login({ username: 'x', password: 'x'.repeat(345) }), 400, 'invalid_parameters')
})
