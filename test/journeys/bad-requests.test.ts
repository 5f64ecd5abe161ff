// What a management route may be sent, and must not fall over: made from `/openapi.json`, so that a new route is here by itself.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { faults } from '#core/fault.ts'
import { managementRoutes } from '#edge/management/routes.ts'
import { openApiDocument } from '#edge/openapi.ts'
import { type Answer, type Call, type House, openHouse, send } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { badRequestsFor, type Operation, operationsOf, sampleRequest } from '../wire/requests.ts'

const operations = operationsOf(openApiDocument(managementRoutes))
/** The sessions of the tests would end with it. */
const isLeftOut = ({ path }: Operation) => path === '/openapi/user/logout' || path === '/openapi/oauth/endKeys'
const atOnce = 8

let house: House
let developer: string
let stranger: string
let ownApp: number

before(async () => {
  house = await openHouse({ settings: { KAIMEN_ALLOW_PRIVATE_CALLBACKS: 'true' } })
  // An id that can be told from every other number in an answer.
  for (const table of ['"user"', 'app', 'operation', 'event', 'delivery']) {
    await house.query(`select setval(pg_get_serial_sequence('${table}', 'id'), 1000000)`)
  }
  for (const username of ['developer', 'stranger']) {
    await house.done('POST', '/openapi/user/register', { username, password: 'a long password' }, '')
  }
  developer = await house.login('developer', 'a long password')
  stranger = await house.login('stranger', 'a long password')
  ownApp = (await house.done('POST', '/openapi/app/add', { name: 'own' }, developer)).id
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

/** What a name in a path, a query or a body stands for. */
function nounOf(path: string, name: string): string {
  if (name !== 'id') return name.replace(/Ids?$/, '')
  if (/^\/openapi\/(app|event\/(test|choice))\//.test(path)) return 'app'
  return /^\/openapi\/(interface|doc)\//.test(path) ? 'interface' : path.split('/')[2]!
}

/** Requests that name this one and no other, each good but for that. */
function namings(operation: Operation, of: Readonly<Record<string, number | string>>): { why: string; call: Call; given: string }[] {
  const { method, path, parameters, body } = operation
  const good: Record<string, string> = { state: 'parked', from: '2026-01-01 00:00:00', to: '2026-01-01 01:00:00' }
  const properties = Object.keys(body?.properties ?? body?.anyOf?.[0]?.properties ?? {})
  const named = [...parameters.map(({ name, in: place }) => [name, place] as const), ...properties.map((name) => [name, 'body'] as const)]
  return named.flatMap(([name, place]) => {
    const given = of[nounOf(path, name)]
    if (given === undefined) return []
    const sample = sampleRequest(operation, developer, place === 'path' ? given : ownApp)
    const fields =
      place === 'body' ? { ...JSON.parse(sample.body!), state: 'parked', [name]: name.endsWith('Ids') ? [given] : given } : undefined
    const asked = new URLSearchParams(place === 'query' ? { [name]: String(given) } : {})
    for (const { name, in: at } of parameters) if (at === 'query' && good[name] !== undefined) asked.set(name, good[name])
    const call = { ...sample, path: `${sample.path}?${asked}`, ...(fields && { body: JSON.stringify(fields) }) }
    return [{ why: `${method} ${path} ${name}`, call, given: String(given) }]
  })
}

test('what is another’s, and what is not there, are the same to a developer wherever it can be named', async () => {
  const down = await house.publish({ path: '/down', method: 'POST', type: 1 })
  const draft = await house.publish({ path: '/draft', status: 0 })
  const open = await house.publish({ path: '/open', security: 'token' })
  const owned = await house.done('POST', '/openapi/app/add', { name: 'theirs' }, stranger)
  await house.done('PUT', `/openapi/app/enable/${owned.id}`)
  await house.done('PUT', `/openapi/app/config/${owned.id}`, { interfaceIds: [down.id, open.id] })
  await house.done('PUT', `/openapi/app/callback/${owned.id}`, { callbackAddress: 'http://127.0.0.1:9/' }, stranger)
  await house.settled()
  const pushed = await house.done('POST', '/openapi/event/push', { interfaceId: down.id, data: 1 })
  const headers = { authorization: `Bearer ${await house.token(owned)}` }
  const request = (await house.call({ method: 'GET', path: '/open', headers })).headers.get('x-request-id')!
  const explained = () => house.manage('GET', `/openapi/stats/explain/${request}`, undefined, stranger)
  await until(async () => (await explained()).status === 200, 10_000, () => 'the call is not in the log') // biome-ignore format: one thought
  const { id: user } = await house.done('GET', '/openapi/user/me', undefined, stranger)
  const [session] = (await house.done('GET', '/openapi/user/session/page', undefined, stranger)).records
  const there = { user, app: owned.id, interface: draft.id, event: pushed.eventId, delivery: pushed.deliveries[0].id, request, session: session.id } // biome-ignore format: one thought
  const nowhere = { user: 2e9, app: 2e9, interface: 2e9, event: 2e9, delivery: 2e9, request: randomUUID(), session: randomUUID() }

  const judged = new Set<string>()
  await each(
    operations.filter(({ who }) => who.startsWith('own: ') || who === 'signedIn'),
    async (operation) => {
      const others = namings(operation, nowhere)
      for (const [at, { why, call: one, given }] of namings(operation, there).entries()) {
        const plain = ({ status, text }: Answer, it: string) =>
          `${status} ${text.replaceAll(it, '<it>')}`.replace(/"requestId":"[^"]*"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '')
        const answer = await call(one)
        assert.equal(plain(answer, given), plain(await call(others[at]!.call), others[at]!.given), why)
        assert.ok(answer.status < 500, why)
        if (answer.status !== 400) judged.add(why)
      }
    },
  )
  assert.ok(judged.size >= 40, [...judged].join('\n'))
  // The public id tells no more than the row’s.
  for (const path of ['/openapi/stats/current', '/openapi/stats/errors', '/openapi/event/page']) {
    const fault = async (appId: string) => (await house.manage('GET', `${path}?appId=${appId}`, undefined, developer)).fault
    assert.deepEqual([await fault(owned.appId), await fault('nobody')], ['not_found', 'not_found'])
  }
})

test('an operator is refused by just the permission that is missing, on every route that wants one', async () => {
  const ids: Record<string, number> = Object.fromEntries(
    (await house.done('GET', '/openapi/permission/page?size=200')).records.map((one: { name: string; id: number }) => [one.name, one.id]),
  )
  const role = await house.done('POST', '/openapi/role/add', { name: 'tried', title: 'x' })
  await house.done('POST', '/openapi/user/add', { username: 'operator', password: 'a long password', roleIds: [role.id] })
  const operator = await house.login('operator', 'a long password')
  const permissionOf = ({ who }: Operation) => /^(?:hq|own|sender): (.*)$/.exec(who)?.[1]
  const judge = async (some: readonly Operation[]) =>
    each(some, async (operation) => {
      const answer = await call(sampleRequest(operation, operator, 2e9))
      assert.deepEqual([answer.status, answer.fault], [403, 'forbidden'], `${operation.method} ${operation.path} ${answer.text}`)
      assert.ok(answer.json.msg.includes(permissionOf(operation)!), answer.text)
    })
  const asking = operations.filter((one) => permissionOf(one) !== undefined)
  await judge(asking)
  for (const [permission, some] of Map.groupBy(asking, permissionOf)) {
    const permissionIds = Object.entries(ids).flatMap(([name, id]) => (name === permission ? [] : [id]))
    await house.done('PUT', `/openapi/role/edit/${role.id}`, { permissionIds })
    await judge(some)
  }
})

test('none of the requests signed the administrator out, so all of them were judged', async () => {
  await house.done('GET', '/openapi/user/me')
})
