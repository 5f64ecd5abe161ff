// What a management route may be sent, and must not fall over: made from `/openapi.json`, so that a new route is here by itself.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { faults } from '#core/fault.ts'
import { managementRoutes } from '#edge/management/routes.ts'
import { openApiDocument } from '#edge/openapi.ts'
import { type Answer, type Call, type House, openHouse, send } from '../house.ts'
import { badRequestsFor, type Operation, operationsOf, sampleRequest } from '../wire/requests.ts'

const operations = operationsOf(openApiDocument(managementRoutes))
/** The sessions of the tests would end with it. */
const isLeftOut = ({ path }: Operation) => path === '/openapi/user/logout' || path === '/openapi/oauth/endKeys'
const atOnce = 8

let house: House
let developer: string
let stranger: string
/** One of each noun that a path may name, of another developer. */
const theirs: Record<string, number> = {}

before(async () => {
  house = await openHouse()
  for (const username of ['developer', 'stranger']) {
    await house.done('POST', '/openapi/user/register', { username, password: 'a long password' }, '')
  }
  developer = await house.login('developer', 'a long password')
  stranger = await house.login('stranger', 'a long password')
  theirs.user = (await house.done('GET', '/openapi/user/page?username=stranger')).records[0].id
  theirs.app = (await house.done('POST', '/openapi/app/add', { name: 'theirs' }, stranger)).id
})
after(() => house.close())

const call = (one: Call) => send(house.platformUrl, one)

function isTruthful(answer: Answer, why: string): void {
  assert.ok(answer.status < 500, `${why}: ${answer.status} ${answer.text.slice(0, 300)}`)
  if (answer.status === 200) return
  assert.ok(answer.fault !== undefined && answer.fault in faults, `${why}: ${answer.status} ${answer.text.slice(0, 300)}`)
  assert.equal(answer.status, faults[answer.fault as keyof typeof faults].status, why)
  assert.equal(answer.json.data, null, why)
  assert.doesNotMatch(answer.text, /node_modules|node:internal|\.ts:\d|syntax error|violates|relation "|\$\d/, why)
}

/** All of them, a few at a time. */
async function each<One>(ones: readonly One[], work: (one: One) => Promise<void>): Promise<void> {
  const waiting = [...ones]
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one)
    }),
  )
}

for (const operation of operations.filter((one) => !isLeftOut(one))) {
  const name = `${operation.method} ${operation.path}`
  test(name, async () => {
    const token = operation.who === 'anyone' ? undefined : house.admin
    await each(badRequestsFor(operation, token, 2_000_000_000), async ({ why, call: one }) => isTruthful(await call(one), why))
  })
}

/** A session of the developer that idled or lasted for too long. */
async function expiredSession(column: 'expires_at' | 'seen_at'): Promise<string> {
  const token = await house.login('developer', 'a long password')
  await house.query(
    `update session set ${column} = now() - interval '1 year' where id = (select id from session order by created_at desc limit 1)`,
  )
  return token
}

test('without a session, or with one that has ended or expired, every route that wants one answers 401', async () => {
  const ended = await house.login('developer', 'a long password')
  await house.done('PUT', '/openapi/user/logout', undefined, ended)
  const expired = [await expiredSession('expires_at'), await expiredSession('seen_at')]
  const closed = operations.filter(({ who }) => who !== 'anyone')
  assert.ok(closed.length > 20)
  await each(closed, async (operation) => {
    for (const token of [undefined, ended, ...expired, 'x.y.z']) {
      const answer = await call(sampleRequest(operation, token, 1))
      assert.deepEqual([answer.status, answer.fault], [401, 'unauthorized'], `${operation.method} ${operation.path}`)
    }
  })
})

test('a developer on a route of HQ is refused by the permission that it needs, whatever is sent', async () => {
  await each(
    operations.filter(({ who }) => who.startsWith('hq: ')),
    async (operation) => {
      const answer = await call(sampleRequest(operation, developer, 1))
      assert.deepEqual([answer.status, answer.fault], [403, 'forbidden'], `${operation.method} ${operation.path} ${answer.text}`)
      assert.match(answer.json.msg, new RegExp(operation.who.slice('hq: '.length)))
    },
  )
})

test('another’s app or person and one that does not exist are the same: 404', async () => {
  const ofApps = operations.filter(({ who, path }) => who.startsWith('own: ') && /^\/openapi\/app\/.*\{id\}/.test(path))
  const ofUsers = operations.filter(({ who, path }) => who === 'signedIn' && /^\/openapi\/user\/.*\{id\}/.test(path))
  assert.ok(ofApps.length >= 4 && ofUsers.length >= 2)
  await each([...ofApps, ...ofUsers], async (operation) => {
    const [one, other] = [
      await call(sampleRequest(operation, developer, ofUsers.includes(operation) ? theirs.user! : theirs.app!)),
      await call(sampleRequest(operation, developer, 2e9)),
    ]
    const plain = ({ status, json }: Answer) => ({ status, ...json, requestId: '' })
    assert.deepEqual(plain(one), plain(other), `${operation.method} ${operation.path}`)
    assert.ok(one.status === 404 || one.status === 400, `${operation.method} ${operation.path} ${one.text}`)
  })
})

test('none of the requests signed the administrator out, so all of them were judged', async () => {
  await house.done('GET', '/openapi/user/me')
})
