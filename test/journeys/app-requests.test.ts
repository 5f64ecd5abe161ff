// Applying for interfaces (contract §1, settled A12, F22, F27): who may ask for what, and that each request is decided once.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../database.ts'
import { type Answer, type House, openHouse, signed, type TestApp } from '../house.ts'

let house: House
let partner: string
let stranger: string
let paths = 0

before(async () => {
  house = await openHouse()
  for (const username of ['partner', 'stranger']) {
    await house.done('POST', '/openapi/user/register', { username, password: 'a long password' }, '')
  }
  partner = await house.login('partner', 'a long password')
  stranger = await house.login('stranger', 'a long password')
})
after(() => house.close())

function fails(answer: Answer, status: number, fault: string): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.fault, fault, answer.text)
}

const newApp = (token = partner): Promise<TestApp> => house.done('POST', '/openapi/app/add', { name: 'an app' }, token)

async function newInterface(columns: { visibility?: string; approval?: string } = {}, published = 1): Promise<number> {
  const { id } = await house.publish({ path: `/asked/${++paths}`, status: published })
  const { visibility = 'public', approval = 'manual' } = columns
  await house.query('update operation set visibility = $1, approval = $2 where id = $3', [visibility, approval, id])
  return id
}

const apply = (app: TestApp, interfaceIds: unknown, token = partner, reason = '为了停车') =>
  house.manage('POST', `/openapi/app/apply/${app.id}`, { interfaceIds, reason }, token)
const applied = async (app: TestApp, interfaceIds: unknown) => (await apply(app, interfaceIds)).json.data
const approve = (id: number, token = house.admin) => house.manage('PUT', `/openapi/app/apply/approve/${id}`, undefined, token)
const refuse = (id: number, reason = '不行', token = house.admin) =>
  house.manage('PUT', `/openapi/app/apply/refuse/${id}`, { reason }, token)
const grantsOf = async (app: TestApp) => (await house.done('GET', `/openapi/app/${app.id}`)).interfaceIds
const page = async (query: string, token = partner) => house.done('GET', `/openapi/app/apply/page?${query}`, undefined, token)

test('what needs no approval is granted at once, the rest waits, and approval lets the app call', async () => {
  const [auto, manual] = [await newInterface({ approval: 'auto' }), await newInterface()]
  const app = await newApp()
  await house.done('PUT', `/openapi/app/enable/${app.id}`)
  const outcome = await applied(app, [manual, auto])
  assert.deepEqual([outcome.granted, outcome.waiting], [[auto], [manual]])
  assert.deepEqual(await grantsOf(app), [auto])
  assert.deepEqual((await approve(outcome.id)).json.data, { granted: [manual] })
  assert.deepEqual(await grantsOf(app), [auto, manual])
  await house.settled()
  const { path } = await house.done('GET', `/openapi/interface/${manual}`)
  const token = await house.token(app)
  assert.equal((await house.call(signed(app, 'GET', path, { token }))).status, 200)
  const other = await newApp()
  assert.deepEqual(await applied(other, [auto]), { id: null, granted: [auto], waiting: [] })
})

test('what is not published, not there, or for internal apps only is unknown, and then nothing happens', async () => {
  const [good, hidden, internal] = [
    await newInterface({ approval: 'auto' }),
    await newInterface({}, 0),
    await newInterface({ visibility: 'internal' }),
  ]
  const app = await newApp()
  for (const id of [hidden, internal, 999_999]) fails(await apply(app, [good, id]), 400, 'invalid_parameters')
  for (const ids of [[], 'x', [0], ['1'], undefined, Array.from({ length: 201 }, (_, at) => at + 1)]) {
    fails(await apply(app, ids), 400, 'invalid_parameters')
  }
  assert.deepEqual(await grantsOf(app), [])
  const config = { interfaceIds: [good, internal] }
  fails(await house.manage('PUT', `/openapi/app/config/${app.id}`, config, house.admin), 400, 'invalid_parameters')
  assert.deepEqual(await grantsOf(app), [])
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { internal: true })
  assert.deepEqual((await applied(app, [internal])).waiting, [internal])
})

test('nobody asks for what is granted, or twice, also at the same time', async () => {
  const [one, two] = [await newInterface(), await newInterface()]
  const app = await newApp()
  await house.done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds: [one] })
  fails(await apply(app, [one, two]), 400, 'invalid_parameters')
  // All of them get as far as they can before the first may write.
  await using deciding = await connect(house.databaseUrl)
  await deciding.query('begin')
  await deciding.query('select 1 from app where id = $1 for update', [app.id])
  const applying = Promise.all(Array.from({ length: 8 }, () => apply(app, [two])))
  while ((await house.query('select count(*)::int as held from pg_locks where not granted')).rows[0].held < 8) await sleep(20)
  await deciding.query('commit')
  const answers = await applying
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(409)])
  fails(await apply(app, [two]), 409, 'conflict')
  // Refused, it may be asked for again.
  assert.equal((await refuse(answers.find(({ status }) => status === 200)!.json.data.id)).status, 200)
  assert.deepEqual((await applied(app, [two])).waiting, [two])
})

test('of twenty that approve or refuse at the same time just one decides', async () => {
  for (let round = 0; round < 3; round++) {
    const id = await newInterface()
    const app = await newApp()
    const request = await applied(app, [id])
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => (at % 2 ? approve(request.id) : refuse(request.id))))
    const winners = answers.flatMap(({ status }, at) => (status === 200 ? [at] : []))
    assert.equal(winners.length, 1)
    for (const answer of answers) if (answer.status !== 200) fails(answer, 409, 'already_decided')
    const { records } = await page(`appId=${app.appId}`)
    assert.equal(records[0].status, winners[0]! % 2 ? 'approved' : 'refused')
    assert.deepEqual(await grantsOf(app), winners[0]! % 2 ? [id] : [])
  }
})

test('a request for what is gone by then is approved without it; one of an app that is gone is not there', async () => {
  const [stays, goes] = [await newInterface(), await newInterface()]
  const app = await newApp()
  const request = await applied(app, [stays, goes])
  await house.query(`update operation set visibility = 'internal' where id = $1`, [goes])
  assert.deepEqual((await approve(request.id)).json.data, { granted: [stays] })
  const deleted = await newApp()
  const other = await applied(deleted, [stays])
  await house.done('DELETE', `/openapi/app/${deleted.id}`)
  fails(await approve(other.id), 404, 'not_found')
  fails(await refuse(999_999), 404, 'not_found')
  assert.equal((await page(`appId=${deleted.appId}`, house.admin)).total, 0)
})

test('a developer sees the requests of their own apps, HQ all of them, filtered', async () => {
  const id = await newInterface()
  const [app, other] = [await newApp(), await newApp(stranger)]
  const [waiting, refused] = [await applied(app, [id]), await apply(other, [id], stranger)]
  await refuse(refused.json.data.id, '资料不全')
  const [mine] = (await page(`appId=${app.appId}&status=waiting`)).records
  assert.deepEqual(
    { ...mine, interfaces: mine.interfaces.length, createTime: '' },
    {
      id: waiting.id,
      app: { id: app.id, appId: app.appId, name: 'an app' },
      interfaces: 1,
      userId: mine.userId,
      userName: 'partner',
      reason: '为了停车',
      status: 'waiting',
      answer: null,
      createTime: '',
      decideTime: null,
      decideUser: null,
    },
  )
  assert.equal((await page(`appId=${other.appId}`)).total, 0)
  const [theirs] = (await page(`appId=${other.id}`, stranger)).records
  assert.deepEqual([theirs.status, theirs.answer, theirs.decideUser], ['refused', '资料不全', 'admin'])
  assert.equal((await page(`appId=${other.appId}&status=refused`, house.admin)).total, 1)
  assert.equal((await page(`appId=${other.appId}&status=approved`, house.admin)).total, 0)
  fails(await house.manage('GET', '/openapi/app/apply/page?status=1', undefined, partner), 400, 'invalid_parameters')
})

test('only the owner applies, and only HQ decides', async () => {
  const id = await newInterface()
  const app = await newApp()
  fails(await apply(app, [id], stranger), 404, 'not_found')
  fails(await apply(app, [id], ''), 401, 'unauthorized')
  const request = await applied(app, [id])
  fails(await approve(request.id, partner), 403, 'forbidden')
  fails(await refuse(request.id, 'x', partner), 403, 'forbidden')
  fails(await refuse(request.id, 'x'.repeat(501)), 400, 'invalid_parameters')
})
