// A person's token at the gateway (settled F2, D19, F15): what it opens, what services learn, how it ends, and that no kind passes for another.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type TokenKind, tokenKinds } from '#core/token/token.ts'
import { type Call, type House, openHouse, sendAlone, signed, type TestApp } from '../house.ts'
import { openPeople, type People } from '../people.ts'

let house: House
let people: People
let app: TestApp
let other: TestApp
let ann: number
before(async () => {
  house = await openHouse({ settings: { KAIMEN_GATEWAY_THREADS: '3' } })
  people = await openPeople(house)
  const me = await house.publish({ path: '/me', security: 'token' })
  const pay = await house.publish({ path: '/pay', method: 'POST', security: 'token+sign' })
  await house.publish({ path: '/private', security: 'token' })
  await house.publish({ path: '/open', security: 'none' })
  app = await house.app([me.id, pay.id])
  other = await house.app([me.id, pay.id])
  ann = await people.user('ann')
})
after(async () => {
  await people.close()
  await house.close()
})

const me = (token: string, headers: Record<string, string> = {}): Call => ({
  method: 'GET',
  path: '/me',
  headers: { authorization: `Bearer ${token}`, ...headers },
})
/** Over a connection of its own: the kernel deals connections out to the threads. */
const onSomeThread = (call: Call) => sendAlone(house.gatewayUrl, call)

/** Until every one of so many calls, on whatever thread, is refused with this. */
async function isRefusedEverywhere(call: () => Call, fault: string): Promise<void> {
  for (const began = performance.now(); ; ) {
    const answers = await Promise.all(Array.from({ length: 12 }, () => onSomeThread(call())))
    if (answers.every((answer) => answer.fault === fault)) return
    assert.ok(performance.now() - began < 15_000, `still ${answers.map((answer) => answer.fault ?? answer.status)}`)
    await sleep(20)
  }
}

test('a person’s token opens what its app was granted; the service learns who it is, whatever the caller claims', async () => {
  const token = await people.token(app, ann)
  const answer = await house.call(me(token, { 'X-User-Id': '1', 'x-open-id': 'forged', x_user_id: '1', 'X_Open-Id': '1' }))
  assert.equal(answer.status, 200, answer.text)
  const { headers } = house.arrived.at(-1)!
  assert.equal(headers['x-user-id'], String(ann))
  assert.equal(headers['x-open-id'], await people.openIdOf(app, ann))
  assert.equal(headers['x-app-id'], app.appId)
  assert.equal(headers.x_user_id, undefined)
  assert.equal(headers['x_open-id'], undefined)
  assert.equal(headers.authorization, undefined)

  assert.equal((await house.call({ ...me(token), path: '/private' })).fault, 'not_granted')
  // The field `token` is the same.
  assert.equal((await house.call({ method: 'GET', path: '/me', headers: { token } })).status, 200)
})

test('without a person’s token nobody is named, and what a caller says of people is dropped', async () => {
  const forged = { 'x-user-id': '1', 'X-OPEN-ID': '1', x_open_id: '1' }
  for (const call of [me(await house.token(app), forged), { method: 'GET', path: '/open', headers: forged }]) {
    assert.equal((await house.call(call)).status, 200)
    const { headers } = house.arrived.at(-1)!
    for (const name of ['x-user-id', 'x-open-id', 'x_open_id']) assert.equal(headers[name], undefined)
  }
})

test('a signed call may come with a token of a person of the app that signs, and of no other', async () => {
  const token = await people.token(app, ann)
  for (const scheme of ['openapi', 'hmac-sha256'] as const) {
    assert.equal((await house.call(signed(app, 'POST', '/pay', { token, scheme }))).status, 200)
    assert.equal(house.arrived.at(-1)!.headers['x-user-id'], String(ann))
    assert.equal((await house.call(signed(other, 'POST', '/pay', { token, scheme }))).fault, 'invalid_token')
  }
  assert.equal((await house.call(signed(app, 'POST', '/pay', { scheme: 'hmac-sha256' }))).fault, 'missing_credentials')
})

test('no kind of token passes for another, at the gateway and at the platform', async () => {
  const expiresAt = Math.floor(Date.now() / 1000) + 600
  const made: Record<TokenKind, string> = {
    session: people.tokens.sign('session', { sub: '1', jti: randomUUID(), exp: expiresAt }, Date.now()),
    app: await house.token(app),
    permanent: (await house.done('PUT', `/openapi/app/resetToken/${app.id}`)).token,
    user: await people.token(app, ann),
    node: people.tokens.sign('node', { sub: app.appId }, Date.now()),
  }
  await house.settled()
  const atGateway: readonly TokenKind[] = ['app', 'permanent', 'user']
  for (const kind of Object.keys(tokenKinds) as TokenKind[]) {
    const gateway = await house.call(me(made[kind]))
    assert.equal(gateway.fault, atGateway.includes(kind) ? undefined : 'invalid_token', `${kind} at the gateway`)
    const platform = await house.manage('GET', '/openapi/app/page', undefined, made[kind])
    // The session is of no row, so not even that one.
    assert.equal(platform.fault, 'unauthorized', `${kind} at the platform`)
  }
})

for (const subject of ['jti', 'grant', 'user'] as const) {
  test(`a token that is revoked by ${subject} is refused on all threads, also after a restart without the platform`, async () => {
    const person = await people.user(`revoked-${subject}`)
    const ids = { jti: randomUUID(), grantId: randomUUID() }
    const [token, bystander] = [await people.token(app, person, ids), await people.token(app, ann)]
    for (let n = 0; n < 12; n++) assert.equal((await onSomeThread(me(token))).status, 200)
    await people.revoke(subject, { jti: ids.jti, grant: ids.grantId, user: String(person) }[subject])
    await isRefusedEverywhere(() => me(token), 'invalid_token')
    for (let n = 0; n < 12; n++) assert.equal((await onSomeThread(me(bystander))).status, 200)
    assert.equal((await house.call(me(await people.token(app, person)))).status, 200, 'what is made later is good')
    if (subject !== 'user') return
    await house.stopPlatform()
    await house.restartGateway()
    assert.equal((await house.call(me(token))).fault, 'invalid_token')
    assert.equal((await house.call(me(bystander))).status, 200)
    await house.startPlatform()
  })
}

test('a new password ends what apps hold of a person, and so does the deletion', async () => {
  const person = await people.user('mover')
  const session = await house.login('mover', 'a long password')
  const before = await people.token(app, person)
  assert.equal((await house.call(me(before))).status, 200)
  await house.done('PUT', '/openapi/user/updatePassword', { oldPassword: 'a long password', newPassword: 'another password' }, session)
  await isRefusedEverywhere(() => me(before), 'invalid_token')
  const later = await people.token(app, person)
  assert.equal((await house.call(me(later))).status, 200)
  await house.done('DELETE', `/openapi/user/delete/${person}`)
  await isRefusedEverywhere(() => me(later), 'invalid_token')
})

test('a token of a person ends with the time, and its app must be good', async () => {
  assert.equal((await house.call(me(await people.token(app, ann, { expiresAt: Date.now() - 1_000 })))).fault, 'token_expired')
  const theirs = await people.token(other, ann)
  assert.equal((await house.call(me(theirs))).status, 200)
  await house.done('PUT', `/openapi/app/disable/${other.id}`)
  await isRefusedEverywhere(() => me(theirs), 'app_disabled')
  await house.done('DELETE', `/openapi/app/${other.id}`)
  await isRefusedEverywhere(() => me(theirs), 'invalid_token')
})
