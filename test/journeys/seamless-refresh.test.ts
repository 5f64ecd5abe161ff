// Seamless refresh (source 000, contract §6, settled F8): a signed call with an app token that has just ended gets the next one.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Call, type House, openHouse, sendAlone, signed, type TestApp } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { openPeople, type People } from '../people.ts'

let house: House
let people: People
let app: TestApp
let strict: TestApp
/** The service answers when this is over. */
let held: Promise<void> | undefined
before(async () => {
  house = await openHouse({
    settings: { KAIMEN_GATEWAY_THREADS: '3' },
    service: async (_, response) => {
      await held
      response.writeHead(200, { 'cache-control': 'public' }).end('{}')
    },
  })
  people = await openPeople(house)
  const signedOne = await house.publish({ path: '/signed', security: 'token+sign' })
  const open = await house.publish({ path: '/bearer', security: 'token' })
  app = await house.app([signedOne.id, open.id])
  strict = await house.app([signedOne.id])
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { seamlessRefresh: true })
  await house.settled()
})
after(async () => {
  await people.close()
  await house.close()
})

let made = 0
/** A token of the app that ended so long ago; no two are alike. */
function ended(agoSeconds: number, of = app, more: object = {}): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = { sub: of.appId, epoch: 1, exp: now - agoSeconds, ...more }
  return people.tokens.sign('app', claims, (now - agoSeconds - 3_600 - made++) * 1000)
}

const call = (token: string, more: object = {}) => signed(app, 'GET', '/signed', { token, scheme: 'hmac-sha256', ...more })
/** Over a connection of its own: the kernel deals connections out to the threads. */
const onSomeThread = (one: Call) => sendAlone(house.gatewayUrl, one)
const refreshed = (answer: Answer) => answer.headers.get('x-refreshed-token')

test('a token that has just ended is taken once, and the next one comes with the answer', async () => {
  const token = ended(30)
  const answer = await house.call(call(token))
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  for (let n = 0; n < 12; n++) assert.equal((await onSomeThread(call(token))).fault, 'token_expired')

  const next = await onSomeThread(call(refreshed(answer)!))
  assert.equal(next.status, 200)
  assert.equal(refreshed(next), null)
  await house.restartGateway()
  assert.equal((await house.call(call(token))).fault, 'token_expired', 'also after a restart')
})

test('all that come at the same time are taken, on whatever thread, and get the same token', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  held = promise
  const before = house.arrived.length
  const token = ended(5)
  const calls = Promise.all(Array.from({ length: 24 }, () => onSomeThread(call(token))))
  await until(() => house.arrived.length === before + 24, 60_000, () => 'not all are taken').finally(resolve) // biome-ignore format: one thought
  const answers = await calls
  assert.ok(answers.every(({ status }) => status === 200))
  assert.equal(new Set(answers.map(refreshed)).size, 1)
  assert.equal((await house.call(call(token))).fault, 'token_expired')
})

test('not without a signature that holds, not for long, not for every app, not for ever, and not for another kind of token', async () => {
  const monthAgo = Math.floor(Date.now() / 1000) - 31 * 86_400
  const bearer = (token: string) => ({ method: 'GET', path: '/bearer', headers: { authorization: `Bearer ${token}` } })
  const person = await people.user('nobody')
  const userToken = await people.token(app, person, { expiresAt: Date.now() - 5_000 })
  // biome-ignore format: a table
  const refused: [why: string, call: Call, fault: string][] = [
    ['no signature',         bearer(ended(5)),                                                                                   'token_expired'],
    ['a wrong signature',    call(ended(5), { secret: '0'.repeat(32) }),                                                         'signature_invalid'],
    ['eleven minutes',       call(ended(660)),                                                                                   'token_expired'],
    ['an app without it',    signed(strict, 'GET', '/signed', { token: ended(5, strict), scheme: 'hmac-sha256' }),               'token_expired'],
    ['another app signs',    signed(strict, 'GET', '/signed', { token: ended(5), scheme: 'hmac-sha256' }),                       'invalid_token'],
    ['a family of a month',  call(ended(5, app, { fam: monthAgo })),                                                             'token_expired'],
    ['a token of before a new secret', call(ended(5, app, { epoch: 0 })),                                                        'token_expired'],
    ['a person’s token',     call(userToken),                                                                                    'token_expired'],
  ]
  for (const [why, one, fault] of refused) {
    const answer = await house.call(one)
    assert.equal(answer.fault, fault, why)
    assert.equal(refreshed(answer), null)
  }
})

test('what is refused later uses nothing up', async () => {
  const token = ended(5)
  const replayed = call(token, { nonce: 'twice' })
  assert.equal((await house.call(call(token, { path: '/nowhere', secret: 'x' }))).fault, 'signature_invalid')
  assert.equal((await house.call(signed(app, 'GET', '/nowhere', { token }))).fault, 'interface_not_found')
  assert.equal((await house.call(replayed)).status, 200)
})

test('HQ alone turns it on, and token requests say when to come again', async () => {
  await people.user('developer')
  const developer = await house.login('developer', 'a long password')
  const own = await house.done('POST', '/openapi/app/add', { name: 'own' }, developer)
  assert.equal(own.seamlessRefresh, false)
  assert.equal((await house.manage('PUT', `/openapi/app/edit/${own.id}`, { seamlessRefresh: true }, developer)).fault, 'forbidden')
  const { expiresIn, refresh_in } = await tokenAnswer()
  assert.ok(refresh_in > 0 && refresh_in < expiresIn)
})

async function tokenAnswer(): Promise<{ expiresIn: number; refresh_in: number }> {
  const { tokenRequest } = await import('../house.ts')
  return (await house.call(tokenRequest(app, Date.now()))).json.data
}
