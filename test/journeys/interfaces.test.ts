// Interfaces, their versions and kinds, and the services that they lead to, as HQ edits them (contract §1; settled A17, A18, B6, C19, D8, D10,
// E7, E10, F21, F22, F24, F26).

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, type House, openHouse } from '../house.ts'

let house: House
let partner: string
let insider: string
before(async () => {
  house = await openHouse()
  for (const username of ['partner', 'insider']) {
    await house.done('POST', '/openapi/user/register', { username, password: 'a long password' }, '')
  }
  partner = await house.login('partner', 'a long password')
  insider = await house.login('insider', 'a long password')
  const { id } = await house.done('POST', '/openapi/app/add', { name: 'internal app' }, insider)
  await house.done('PUT', `/openapi/app/edit/${id}`, { internal: true })
})
after(async () => {
  for (const server of opened) {
    server.close()
    server.closeAllConnections()
  }
  await house.close()
})

const opened: Server[] = []

async function openTarget(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  opened.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function fails(answer: Answer, status: number, fault: string, pattern = /./): void {
  assert.deepEqual([answer.status, answer.fault], [status, fault], answer.text)
  assert.match(answer.json.msg, pattern)
}
const hq = (method: string, path: string, body?: unknown) => house.manage(method, path, body, house.admin)
const draft = (path: string, more: object = {}) =>
  house.done('POST', '/openapi/interface/add', { name: path, path, method: 'GET', type: 0, serviceType: 1, version: 'v1', ...more })
const open = (path: string) => house.call({ method: 'GET', path, headers: {} })

test('an answer has every field, on add, on edit and when it is read', async () => {
  const given = {
    name: '车场接口',
    path: '/all/{version}/{id}',
    method: 'POST',
    type: 0,
    serviceType: 1,
    version: 'v1',
    code: 'all',
    visibility: 'internal',
    approval: 'auto',
    deprecationTime: '2026-01-02 03:04:05',
    sunsetTime: '2027-01-02 03:04:05',
    remark: '备注',
    schemes: ['rfc9421'],
    upstreamPath: '/{id}/{version}',
  }
  const added = await house.done('POST', '/openapi/interface/add', given)
  assert.deepEqual({ ...added, ...given }, added)
  assert.deepEqual([added.status, added.enable, added.security, added.limitAction], [0, 0, 'token+sign', 'refuse'])
  assert.deepEqual(await house.done('GET', `/openapi/interface/${added.id}`), added)
  const plain = await draft('/plain')
  assert.deepEqual([plain.code, plain.visibility, plain.approval, plain.deprecationTime], [null, 'public', 'manual', null])
})

test('an edit takes status and enable too; "" and null leave alone, `clear` and 0 empty', async () => {
  const { id } = await draft('/edited', { deprecationTime: '2026-01-02 03:04:05', projectParam: 'park', remark: 'r', schemes: ['openapi'] })
  const edit = (changes: object) => house.done('PUT', `/openapi/interface/edit/${id}`, changes)
  const same = await edit({ remark: '', deprecationTime: '', projectParam: null, schemes: '', path: '' })
  assert.deepEqual([same.remark, same.deprecationTime, same.projectParam, same.path], ['r', '2026-01-02 03:04:05', 'park', '/edited'])
  const cleared = await edit({ clear: ['deprecationTime', 'projectParam'], schemes: [] })
  assert.deepEqual([cleared.deprecationTime, cleared.projectParam, cleared.schemes, cleared.remark], [null, null, null, 'r'])
  assert.equal((await edit({ enable: 1 })).enable, 1)
  fails(await hq('PUT', `/openapi/interface/edit/${id}`, { status: 1 }), 400, 'invalid_parameters', /serviceId/)
  fails(await hq('PUT', `/openapi/interface/edit/${id}`, { clear: ['name'] }), 400, 'invalid_parameters')
  fails(await hq('PUT', `/openapi/interface/edit/${id}`, { sunsetTime: 'tomorrow' }), 400, 'invalid_parameters', /YYYY/)
  fails(await hq('PUT', '/openapi/interface/edit/987654', { name: 'x' }), 404, 'not_found')
})

test('status 0 unpublishes, within a second', async () => {
  const { id } = await house.publish({ path: '/unpublished', security: 'none' })
  assert.equal((await open('/unpublished')).status, 200)
  await house.done('PUT', `/openapi/interface/edit/${id}`, { status: 0 })
  await house.settled()
  assert.equal((await open('/unpublished')).fault, 'interface_not_found')
})

test('a document is set and cleared by its own path', async () => {
  const { id } = await draft('/documented')
  const doc = async () => (await house.done('GET', `/openapi/interface/${id}`)).doc
  await house.done('PUT', `/openapi/interface/doc/${id}`, { doc: '# 文档' })
  assert.equal(await doc(), '# 文档')
  await house.done('PUT', `/openapi/interface/doc/${id}`, { doc: '' })
  assert.equal(await doc(), null)
  fails(await hq('PUT', `/openapi/interface/doc/${id}`, { doc: 'x'.repeat(262_145) }), 400, 'invalid_parameters')
  fails(await hq('PUT', `/openapi/interface/doc/${id}`, {}), 400, 'invalid_parameters')
  fails(await hq('PUT', '/openapi/interface/doc/987654', { doc: 'x' }), 404, 'not_found')
})

test('interfaces are deleted together or not at all; who calls one finds nothing, and its place is free again', async () => {
  const one = await house.publish({ path: '/deleted/1', security: 'none' })
  const two = await house.publish({ path: '/deleted/2', security: 'none' })
  const app = await house.app([one.id, two.id])
  fails(await hq('DELETE', `/openapi/interface?ids=${one.id},987654`), 400, 'invalid_parameters', /987654/)
  assert.equal((await open('/deleted/1')).status, 200)
  for (const ids of ['', 'x', '1,', '1,,2', '0']) fails(await hq('DELETE', `/openapi/interface?ids=${ids}`), 400, 'invalid_parameters')
  fails(await hq('DELETE', '/openapi/interface'), 400, 'invalid_parameters')
  await house.done('DELETE', `/openapi/interface?ids=${one.id},${two.id},${one.id}`)
  await house.settled()
  assert.equal((await open('/deleted/1')).fault, 'interface_not_found')
  fails(await hq('GET', `/openapi/interface/${one.id}`), 404, 'not_found')
  fails(await hq('DELETE', `/openapi/interface?ids=${one.id}`), 400, 'invalid_parameters')
  assert.deepEqual((await house.done('GET', `/openapi/app/${app.id}`)).interfaceIds, [])
  await house.publish({ path: '/deleted/1' })
})

test('two versions stand on one path with {version} in it, and the service gets the path of its own', async () => {
  const v1 = await house.publish({ path: '/multi/{version}/{id}', version: 'v1', security: 'none', upstreamPath: '/{id}/of/{version}' })
  const v2 = await house.done('POST', `/openapi/interface/version/${v1.id}`, { version: '2.0' })
  assert.deepEqual([v2.version, v2.status, v2.path], ['2.0', 0, '/multi/{version}/{id}'])
  assert.equal((await open('/multi/2.0/7')).fault, 'interface_not_found')
  await house.done('PUT', `/openapi/interface/edit/${v2.id}`, { status: 1, upstreamPath: '/new/{id}' })
  await house.settled()
  assert.equal((await open('/multi/v1/7')).json.url, '/7/of/v1')
  assert.equal((await open('/multi/2.0/7')).json.url, '/new/7')
  assert.equal((await open('/multi/v3/7')).fault, 'interface_not_found')
  assert.equal((await open('/multi/%7Bversion%7D/7')).fault, 'interface_not_found')

  const first = await house.done('GET', `/openapi/interface/${v1.id}`)
  assert.match(first.code, /./)
  assert.equal(first.code, v2.code)
  const versions = await house.done('GET', `/openapi/interface/page?code=${first.code}`)
  assert.deepEqual(
    versions.records.map(({ id }: { id: number }) => id),
    [v2.id, v1.id],
  )
  fails(await hq('POST', `/openapi/interface/version/${v1.id}`, { version: '2.0' }), 409, 'conflict')
  fails(await hq('POST', `/openapi/interface/version/${v1.id}`, { version: 'a/b' }), 400, 'invalid_parameters', /a\/b/)
  fails(await hq('POST', '/openapi/interface/version/987654', { version: 'v2' }), 404, 'not_found')
  fails(await hq('PUT', `/openapi/interface/edit/${v2.id}`, { version: 'v1' }), 409, 'conflict')
  // Another path that catches the same calls.
  const same = await draft('/multi/v1/{name}', { serviceId: first.serviceId })
  fails(await hq('PUT', `/openapi/interface/publish/${same.id}`), 409, 'conflict')
})

test('answers of a deprecated version say so, and when it goes; those of the next do not', async () => {
  const times = { deprecationTime: '2026-01-02 03:04:05', sunsetTime: '2027-06-30 23:59:59' }
  const old = await house.publish({ path: '/aging/{version}', version: 'v1', security: 'none', ...times })
  const answer = await open('/aging/v1')
  const at = Date.UTC(2026, 0, 1, 19, 4, 5) / 1000
  assert.equal(answer.headers.get('deprecation'), `@${at}`)
  assert.equal(answer.headers.get('sunset'), 'Wed, 30 Jun 2027 15:59:59 GMT')
  const next = await house.done('POST', `/openapi/interface/version/${old.id}`, { version: 'v2' })
  assert.deepEqual([next.deprecationTime, next.sunsetTime], [null, null])
  await house.done('PUT', `/openapi/interface/publish/${next.id}`)
  await house.settled()
  assert.equal((await open('/aging/v2')).headers.get('deprecation'), null)
  await house.done('PUT', `/openapi/interface/disable/${old.id}`)
  await house.settled()
  const refused = await open('/aging/v1')
  assert.deepEqual([refused.status, refused.headers.get('deprecation')], [403, `@${at}`], 'a refusal says so too')
  assert.equal(refused.headers.get('sunset'), 'Wed, 30 Jun 2027 15:59:59 GMT')
  fails(await hq('PUT', `/openapi/interface/edit/${old.id}`, { sunsetTime: '2026-01-02 03:04:04' }), 400, 'invalid_parameters', /sunset/)
})

test('a service that speaks of its age itself: what we say of the version wins, else its own word passes', async () => {
  const url = await openTarget((_, response) => response.setHeader('Sunset', 'never').setHeader('Deprecation', 'soon').end())
  const { id: serviceId } = await house.done('POST', '/openapi/service/add', { name: 'aging', targets: [{ url }] })
  await house.publish({ path: '/own-age', security: 'none', serviceId, sunsetTime: '2027-06-30 23:59:59' })
  const { headers } = await open('/own-age')
  assert.deepEqual([headers.get('sunset'), headers.get('deprecation')], ['Wed, 30 Jun 2027 15:59:59 GMT', 'soon'])
})

test('developers see what is published and for them, without where it leads', async () => {
  const shown = await house.publish({ path: '/for/all', upstreamPath: '/secret' })
  const inside = await house.publish({ path: '/for/insiders', visibility: 'internal' })
  const hidden = await draft('/for/nobody')
  const seenBy = async (token: string) => {
    const { records } = await house.done('GET', '/openapi/interface/page?path=/for/', undefined, token)
    return records.map(({ id }: { id: number }) => id)
  }
  assert.deepEqual(await seenBy(partner), [shown.id])
  assert.deepEqual(await seenBy(insider), [inside.id, shown.id])
  assert.deepEqual(await seenBy(house.admin), [hidden.id, inside.id, shown.id])
  fails(await house.manage('GET', `/openapi/interface/${inside.id}`, undefined, partner), 404, 'not_found')
  fails(await house.manage('GET', `/openapi/interface/${hidden.id}`, undefined, insider), 404, 'not_found')
  const seen = await house.done('GET', `/openapi/interface/${inside.id}`, undefined, insider)
  for (const field of ['serviceId', 'upstreamPath', 'createUser', 'updateUser']) assert.ok(!(field in seen), field)
  const page = await house.done('GET', '/openapi/interface/page?path=/for/&status=0', undefined, partner)
  assert.equal(page.total, 0)
})

test('pages filter by contained name and path, by service type and status', async () => {
  await draft('/filter/a%20b'.replace('%20', '_'), { name: '50% off', serviceType: 3 })
  await draft('/filter/axb', { name: '50x off', serviceType: 2 })
  const found = async (query: string) =>
    (await house.done('GET', `/openapi/interface/page?${query}`)).records.map(({ name }: { name: string }) => name)
  assert.deepEqual(await found('name=50%25'), ['50% off'])
  assert.deepEqual(await found('path=/filter/a_b'), ['50% off'])
  assert.deepEqual(await found('path=/filter/&serviceType=2'), ['50x off'])
  assert.deepEqual(await found('path=/filter/&status=1'), [])
  fails(await hq('GET', '/openapi/interface/page?serviceType=x'), 400, 'invalid_parameters')
})

test('paths of the gateway itself are taken, also by way of a version', async () => {
  const { id: serviceId } = (await house.done('GET', '/openapi/service/page')).records[0]
  const live = { name: 'x', method: 'POST', type: 0, serviceType: 1, status: 1, serviceId }
  fails(await hq('POST', '/openapi/interface/add', { ...live, path: '/api/{version}/token', version: 'v1' }), 409, 'conflict')
  fails(await hq('POST', '/openapi/interface/add', { ...live, path: '/openapi/{version}/push', version: 'event' }), 409, 'conflict')
})

test('parameter schemas that PostgreSQL or we could not hold are refused, not stumbled over', async () => {
  const deep = JSON.parse(`${'{"not":'.repeat(3_000)}{}${'}'.repeat(3_000)}`)
  for (const paramSchema of [deep, { title: '\0' }, { title: '\ud800' }, { 'a\0': 1 }, { type: 7 }, { $ref: 'https://example.com' }]) {
    const body = { name: 'x', path: '/schema', method: 'GET', type: 0, serviceType: 1, version: 'v1', paramSchema }
    fails(await hq('POST', '/openapi/interface/add', body), 400, 'invalid_parameters', /paramSchema/)
  }
})

test('service types are data: listed, added, named anew, and deleted when nothing is of them', async () => {
  const { records } = await house.done('GET', '/openapi/serviceType/page', undefined, partner)
  assert.deepEqual(records[1], { id: 2, titleZh: '支付', titleEn: 'Payment' })
  const added = await house.done('POST', '/openapi/serviceType/add', { titleZh: '充电', titleEn: 'Charging' })
  assert.equal(added.id, records.at(-1).id + 1)
  assert.equal((await house.done('POST', '/openapi/serviceType/add', { id: 40, titleZh: '洗车', titleEn: 'Wash' })).id, 40)
  fails(await hq('POST', '/openapi/serviceType/add', { id: 40, titleZh: 'x', titleEn: 'x' }), 409, 'conflict')
  fails(await hq('POST', '/openapi/serviceType/add', { titleZh: '', titleEn: 'x' }), 400, 'invalid_parameters')
  const edited = await house.done('PUT', `/openapi/serviceType/edit/${added.id}`, { titleEn: 'Chargers' })
  assert.deepEqual(edited, { id: added.id, titleZh: '充电', titleEn: 'Chargers' })
  assert.equal((await house.done('GET', `/openapi/serviceType/page?title=${encodeURIComponent('充')}`)).total, 1)
  fails(await hq('PUT', '/openapi/serviceType/edit/987', { titleEn: 'x' }), 404, 'not_found')
  const { id } = await draft('/charging', { serviceType: added.id })
  fails(await hq('DELETE', `/openapi/serviceType/delete/${added.id}`), 409, 'conflict', /1 个接口/)
  await house.done('DELETE', `/openapi/interface?ids=${id}`)
  await house.done('DELETE', `/openapi/serviceType/delete/${added.id}`)
  fails(await hq('DELETE', `/openapi/serviceType/delete/${added.id}`), 404, 'not_found')
})

test('a service is edited field by field, found by name and target, and deleted when no interface leads to it', async () => {
  const healthCheck = { path: '/health' }
  const service = await house.done('POST', '/openapi/service/add', {
    name: 'edited',
    targets: [{ url: 'http://10.9.8.7:81' }],
    healthCheck,
    retries: 3,
  })
  const edit = (changes: object) => house.done('PUT', `/openapi/service/edit/${service.id}`, changes)
  const same = await edit({ timeoutMs: 5_000, name: null })
  assert.deepEqual([same.name, same.timeoutMs, same.retries, same.healthCheck.path], ['edited', 5_000, 3, '/health'])
  const other = await edit({ healthCheck: null, targets: [{ url: 'http://10.9.8.7:82', weight: 5 }], balance: 'hash' })
  assert.deepEqual([other.healthCheck, other.targets, other.balance], [null, [{ url: 'http://10.9.8.7:82', weight: 5 }], 'hash'])
  assert.equal((await house.done('GET', '/openapi/service/page?url=9.8.7:82')).total, 1)
  assert.equal((await house.done('GET', '/openapi/service/page?url=9_8')).total, 0)
  assert.equal((await house.done('GET', '/openapi/service/page?name=dite')).records[0].id, service.id)

  const path = `/openapi/service/edit/${service.id}`
  fails(await hq('PUT', path, { targets: [] }), 400, 'invalid_parameters')
  fails(await hq('PUT', path, { targets: [{ url: 'http://169.254.169.254' }] }), 400, 'invalid_parameters')
  fails(await hq('PUT', path, { targets: [{ url: 'http://a', weight: 0 }] }), 400, 'invalid_parameters')
  fails(await hq('PUT', path, { retries: 6 }), 400, 'invalid_parameters')
  fails(await hq('PUT', '/openapi/service/edit/987654', { retries: 1 }), 404, 'not_found')
  await house.done('POST', '/openapi/service/add', { name: 'taken', targets: [{ url: 'http://a' }] })
  fails(await hq('PUT', path, { name: 'taken' }), 409, 'conflict')

  const first = await draft('/leads/1', { serviceId: service.id })
  const second = await draft('/leads/2', { serviceId: service.id })
  fails(await hq('DELETE', `/openapi/service/delete/${service.id}`), 409, 'conflict', /2 个接口/)
  const english = await fetch(`${house.platformUrl}/openapi/service/delete/${service.id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${house.admin}`, 'accept-language': 'en' },
  })
  assert.match(((await english.json()) as { msg: string }).msg, /service "edited" is used by 2 interfaces/)
  await house.done('DELETE', `/openapi/interface?ids=${first.id},${second.id}`)
  await house.done('DELETE', `/openapi/service/delete/${service.id}`)
  fails(await hq('DELETE', `/openapi/service/delete/${service.id}`), 404, 'not_found')
  fails(await hq('PUT', path, { retries: 1 }), 404, 'not_found')
  fails(await hq('PUT', `/openapi/interface/edit/${(await draft('/leads/3')).id}`, { serviceId: service.id }), 400, 'invalid_parameters')
})

test('who adds an interface to a service that is being deleted waits, and then finds it gone', async () => {
  for (let round = 0; round < 5; round++) {
    const { id: serviceId } = await house.done('POST', '/openapi/service/add', { name: `race ${round}`, targets: [{ url: 'http://a' }] })
    const body = { name: 'x', path: `/race/${round}`, method: 'GET', type: 0, serviceType: 1, version: 'v1', serviceId }
    const [added, deleted] = await Promise.all([
      hq('POST', '/openapi/interface/add', body),
      hq('DELETE', `/openapi/service/delete/${serviceId}`),
    ])
    assert.deepEqual([added.status, deleted.status].sort(), added.status === 200 ? [200, 409] : [200, 400])
  }
})

test('what is HQ’s is forbidden to developers, before anything is looked up', async () => {
  for (const [method, path] of [
    ['PUT', '/openapi/service/edit/987654'],
    ['DELETE', '/openapi/service/delete/987654'],
    ['POST', '/openapi/serviceType/add'],
    ['PUT', '/openapi/serviceType/edit/987654'],
    ['DELETE', '/openapi/serviceType/delete/987654'],
    ['DELETE', '/openapi/interface?ids=987654'],
    ['PUT', '/openapi/interface/doc/987654'],
    ['PUT', '/openapi/interface/edit/987654'],
    ['POST', '/openapi/interface/version/987654'],
  ] as const) {
    fails(await house.manage(method, path, undefined, partner), 403, 'forbidden')
    fails(await house.manage(method, path), 401, 'unauthorized')
  }
})

test('a service’s targets are swapped under load, within a second and without a failed call', async () => {
  const [old, next] = [await openTarget((_, response) => response.end('old')), await openTarget((_, response) => response.end('next'))]
  const { id: serviceId } = await house.done('POST', '/openapi/service/add', { name: 'swapped', targets: [{ url: old }] })
  await house.publish({ path: '/swapped', security: 'none', serviceId })
  const answers: string[] = []
  let isOver = false
  const callers = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      const { status, text } = await open('/swapped')
      answers.push(`${status} ${text}`)
    }
  })
  while (answers.length < 50) await sleep(5)
  await house.done('PUT', `/openapi/service/edit/${serviceId}`, { targets: [{ url: next }] })
  await house.settled()
  const settledAt = answers.length
  while (answers.length < settledAt + 100) await sleep(5)
  isOver = true
  await Promise.all(callers)
  assert.deepEqual(new Set(answers), new Set(['200 old', '200 next']))
  // What was under way when the gateway had it may still end at the old one.
  assert.deepEqual(new Set(answers.slice(settledAt + 20)), new Set(['200 next']))
})
