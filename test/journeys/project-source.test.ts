// Projects pulled from an external list: whole or not at all, by schedule and on demand, from nowhere that it should not lead.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, test } from 'node:test'
import { pino } from 'pino'
import { applyList, claimSource, findProjectSource } from '#core/project/project-source.store.ts'
import { SourceTrouble } from '#core/project/project-source.ts'
import { openDatabase } from '#db/open.ts'
import { openMasterKey } from '#lib/master-key.ts'
import { createSealer } from '#lib/seal.ts'
import { pullDue } from '#worker/pulls.ts'
import { freePort } from '../free-port.ts'
import { type Answer, type House, openHouse } from '../house.ts'

let house: House
let gatewayPort: number
let reply: (request: IncomingMessage, response: ServerResponse) => void
const asked: { url: string; headers: IncomingMessage['headers'] }[] = []
const list = createServer((request, response) => {
  asked.push({ url: request.url!, headers: request.headers })
  reply(request, response)
})

before(async () => {
  gatewayPort = await freePort()
  house = await openHouse({ settings: { KAIMEN_GATEWAY_PORT: String(gatewayPort) } })
  list.listen(0, '127.0.0.1')
  await once(list, 'listening')
})
afterEach(() => {
  asked.length = 0
})
after(async () => {
  list.closeAllConnections()
  list.close()
  await house.close()
})

function fails(answer: Answer, status: number, fault: string): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.fault, fault, answer.text)
}

const listUrl = (host = '127.0.0.1') => `http://${host}:${(list.address() as AddressInfo).port}/projects`
const answer = (value: unknown, status = 200) => {
  reply = (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(typeof value === 'string' ? value : JSON.stringify(value))
  }
}
const pull = (id: number) => house.done('PUT', `/openapi/projectSource/pull/${id}`)

async function source(fields: object = {}): Promise<{ id: number }> {
  return house.done('POST', '/openapi/projectSource/add', { name: 'ERP', url: listUrl(), enabled: false, ...fields })
}

interface Project {
  readonly id: number
  readonly name: string
  readonly code: string
  readonly remark: string | null
}

async function projectsOf(id: number): Promise<Project[]> {
  const { records } = await house.done('GET', '/openapi/project/page?size=200')
  return records
    .filter((one: { sourceId: number }) => one.sourceId === id)
    .sort((one: Project, two: Project) => (one.code < two.code ? -1 : 1))
}

const namesOf = async (id: number) => (await projectsOf(id)).map(({ code, name }) => `${code} ${name}`)

test('a source is added, seen, edited and deleted; its credential is never shown', async () => {
  const added = await source({ credential: 'Authorization: Bearer hush', intervalSeconds: 60 })
  assert.deepEqual(Object.keys(added), [
    'id',
    'name',
    'url',
    'hasCredential',
    'intervalSeconds',
    'enabled',
    'pullTime',
    'problem',
    'problemMsg',
    'createTime',
    'updateTime',
    'createUser',
    'updateUser',
  ])
  const { records } = await house.done('GET', '/openapi/projectSource/page')
  assert.deepEqual(records[0], added)
  assert.ok(!JSON.stringify(records).includes('hush'))
  const edited = await house.done('PUT', `/openapi/projectSource/edit/${added.id}`, { name: 'CRM', credential: '' })
  assert.deepEqual([edited.name, edited.hasCredential, edited.intervalSeconds], ['CRM', false, 60])
  await house.done('DELETE', `/openapi/projectSource/delete/${added.id}`)
  for (const [method, path] of [
    ['PUT', 'edit'],
    ['DELETE', 'delete'],
    ['PUT', 'pull'],
  ] as const) {
    fails(
      await house.manage(method, `/openapi/projectSource/${path}/${added.id}`, method === 'PUT' ? {} : undefined, house.admin),
      404,
      'not_found',
    )
  }
})

test('a list becomes projects, and what changes there changes here', async () => {
  const { id } = await source({ credential: 'X-Key: hush' })
  answer([
    { id: 7, name: ' 东门 ', remark: 'of the source' },
    { code: 'B.2', id: 8, name: '西门' },
    { key: 'c', name: '南门', more: {} },
  ])
  assert.deepEqual(await pull(id), { added: 3, changed: 0, removed: 0, unchanged: 0 })
  assert.deepEqual([asked[0]!.headers['x-key'], asked[0]!.url], ['hush', '/projects?current=1&size=200'])
  assert.deepEqual(await namesOf(id), ['7 东门', 'B.2 西门', 'c 南门'])
  const [east] = await projectsOf(id)

  await house.done('PUT', `/openapi/project/edit/${east!.id}`, { remark: 'of the operator' })
  answer([
    { id: 7, name: '东门二', remark: 'new' },
    { key: 'c', name: '南门' },
    { key: 'd', name: '北门' },
  ])
  assert.deepEqual(await pull(id), { added: 1, changed: 1, removed: 1, unchanged: 1 })
  assert.deepEqual(await namesOf(id), ['7 东门二', 'c 南门', 'd 北门'])
  assert.equal((await projectsOf(id))[0]!.remark, 'of the operator')
  assert.deepEqual(await pull(id), { added: 0, changed: 0, removed: 0, unchanged: 3 })
  const { records } = await house.done('GET', '/openapi/projectSource/page')
  assert.equal(records[0].problem, null)
  assert.ok(records[0].pullTime)
})

test('what was gone and is listed again is the same project, with its apps', async () => {
  const { id } = await source()
  answer([{ key: 'r1', name: 'one' }, { key: 'r2', name: 'two' }]) // biome-ignore format: one thought
  await pull(id)
  const [first] = await projectsOf(id)
  answer([{ key: 'r2', name: 'two' }])
  await pull(id)
  answer([{ key: 'r1', name: 'one again' }, { key: 'r2', name: 'two' }]) // biome-ignore format: one thought
  assert.deepEqual(await pull(id), { added: 1, changed: 0, removed: 0, unchanged: 1 })
  const [again] = await projectsOf(id)
  assert.deepEqual([again!.id, again!.name], [first!.id, 'one again'])
})

test('a pulled project is the source’s: only its remark is edited by hand', async () => {
  const { id } = await source()
  answer([{ key: 'mine', name: 'mine' }])
  await pull(id)
  const [project] = await projectsOf(id)
  const edit = (body: object) => house.manage('PUT', `/openapi/project/edit/${project!.id}`, body, house.admin)
  fails(await edit({ name: 'x' }), 409, 'project_pulled')
  fails(await edit({ code: 'x' }), 409, 'project_pulled')
  fails(await house.manage('DELETE', `/openapi/project/delete/${project!.id}`, undefined, house.admin), 409, 'project_pulled')
  assert.equal((await edit({ remark: 'x' })).status, 200)
  await house.done('DELETE', `/openapi/projectSource/delete/${id}`)
  assert.equal((await edit({ name: 'free' })).json.data.sourceId, null)
})

test('projects made by hand under a listed code become the source’s; those of another source do not', async () => {
  const byHand = await house.done('POST', '/openapi/project/add', { name: 'by hand', code: 'adopted' })
  const { id } = await source()
  answer([{ key: 'adopted', name: 'listed' }])
  assert.deepEqual(await pull(id), { added: 0, changed: 1, removed: 0, unchanged: 0 })
  assert.deepEqual(
    (await projectsOf(id)).map((one) => one.id),
    [byHand.id],
  )
  const other = await source()
  const refused = await house.manage('PUT', `/openapi/projectSource/pull/${other.id}`, undefined, house.admin)
  fails(refused, 422, 'source_failed')
  assert.deepEqual(await namesOf(other.id), [])
})

test('all shapes of a list are read, and all pages of one', async () => {
  const { id } = await source()
  const one = [{ id: 's1', name: 'one' }]
  for (const shape of [one, { data: one }, { records: one }, { code: 0, data: { records: one, total: 1, pages: 1 } }]) {
    answer(shape)
    const { added, unchanged } = await pull(id)
    assert.equal(added + unchanged, 1)
  }
  asked.length = 0
  reply = (request, response) => {
    const current = Number(new URL(request.url!, 'http://x').searchParams.get('current'))
    const records = [{ id: `p${current}`, name: `page ${current}` }]
    response.end(JSON.stringify({ data: { records, pages: 3, total: 3, current, size: 1 } }))
  }
  assert.deepEqual(await pull(id), { added: 3, changed: 0, removed: 1, unchanged: 0 })
  assert.deepEqual(
    asked.map(({ url }) => url),
    ['/projects?current=1&size=200', '/projects?current=2&size=200', '/projects?current=3&size=200'],
  )
})

test('whatever is wrong with a source is named, and leaves what is there', async () => {
  const { id } = await source()
  answer([{ key: 'stays', name: 'stays' }])
  await pull(id)
  const many = Array.from({ length: 20_001 }, (_, n) => ({ id: n, name: 'n' }))
  for (const [problem, value, status] of [
    ['status', [], 500],
    ['status', [], 302],
    ['not_json', '<html>'],
    ['no_list', { data: { list: [] } }],
    ['no_list', '"text"'],
    ['too_many', many],
    ['too_large', `["${'x'.repeat(5 * 1024 * 1024)}"]`],
    ['bad_project', [{ id: 'a b', name: 'x' }]],
    ['bad_project', [{ id: 1.5, name: 'x' }]],
    ['bad_project', [{ id: 'a' }]],
    ['bad_project', [{ id: 'a', name: 'x\0' }]],
    ['bad_project', [null]],
    ['repeated', [{ id: 1, name: 'x' }, { key: '1', name: 'y' }]], // biome-ignore format: one thought
    ['incomplete', { records: [{ id: 1, name: 'x' }], total: 2 }],
    ['empty', []],
  ] as const) {
    answer(value, status)
    const refused = await house.manage('PUT', `/openapi/projectSource/pull/${id}`, undefined, house.admin)
    fails(refused, 422, 'source_failed')
    const { records } = await house.done('GET', '/openapi/projectSource/page')
    assert.equal(records[0].problem, problem, refused.text)
    assert.ok(!/\{\w+\}|undefined/.test(records[0].problemMsg), records[0].problemMsg)
    assert.deepEqual(await namesOf(id), ['stays stays'])
  }
  reply = (_, response) => response.destroy()
  await house.manage('PUT', `/openapi/projectSource/pull/${id}`, undefined, house.admin)
  assert.equal((await house.done('GET', '/openapi/projectSource/page')).records[0].problem, 'unreachable')
  answer([{ key: 'stays', name: 'stays' }])
  await pull(id)
  assert.equal((await house.done('GET', '/openapi/projectSource/page')).records[0].problem, null)
})

test('a source may be private, but not link-local, nor where clouds keep secrets, nor Kaimen itself, by number or by name', async () => {
  answer([{ key: 'by-name', name: 'x' }])
  await pull((await source({ url: listUrl('localhost') })).id)
  const add = (url: string) => house.manage('POST', '/openapi/projectSource/add', { name: 'x', url }, house.admin)
  for (const url of [
    'http://169.254.169.254/',
    'http://[fe80::1]/',
    'http://100.100.100.200/x',
    'http://2852039166/',
    'ftp://x/',
    'http://u:p@x/',
    'x',
  ]) {
    fails(await add(url), 400, 'invalid_parameters')
  }
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '127.1.2.3', '[::ffff:127.0.0.1]']) {
    const { id } = await source({ url: `http://${host}:${gatewayPort}/x` })
    fails(await house.manage('PUT', `/openapi/projectSource/pull/${id}`, undefined, house.admin), 422, 'source_failed')
    assert.equal((await house.done('GET', '/openapi/projectSource/page')).records[0].problem, 'barred', host)
  }
})

test('a credential is a field line of its own, and does not follow the source to another place', async () => {
  const add = (credential: string) =>
    house.manage('POST', '/openapi/projectSource/add', { name: 'x', url: listUrl(), credential }, house.admin)
  for (const line of ['Bearer x', 'X: a\r\nY: b', 'Host: x', 'Content-Length: 5', 'X: 中', ': x'])
    fails(await add(line), 400, 'invalid_parameters')
  const { id } = await source({ credential: 'X-Key: hush' })
  const edit = (body: object) => house.manage('PUT', `/openapi/projectSource/edit/${id}`, body, house.admin)
  fails(await edit({ url: 'http://elsewhere.invalid/' }), 400, 'invalid_parameters')
  assert.equal((await edit({ url: `${listUrl()}/more` })).json.data.hasCredential, true)
  assert.equal((await edit({ url: 'http://elsewhere.invalid/', credential: 'X-Key: other' })).status, 200)
})

test('by schedule a source is pulled when it is due, by one platform only, and audited as that', async () => {
  const { id } = await source({ enabled: true, intervalSeconds: 3_600 })
  answer([{ key: 'scheduled', name: 'x' }])
  const database = await openDatabase(house.databaseUrl, { error: () => {} })
  const sealer = createSealer(openMasterKey(house.dataDir, undefined))
  const count = () => asked.length
  const tick = async (at: number) => {
    const deps = { db: database.db, dbAs: database.as, sealer, isOwn: () => false, log: pino({ level: 'silent' }), now: () => new Date(at) }
    await Promise.all([pullDue(deps, new AbortController().signal), pullDue(deps, new AbortController().signal)])
  }
  try {
    // The house has a platform that may be first; what counts is that nobody is second.
    const start = Date.now()
    await tick(start)
    while ((await namesOf(id)).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal(count(), 1)
    await tick(start + 1_800_000)
    assert.equal(count(), 1)
    await tick(start + 7_200_000)
    assert.equal(count(), 2)
    await house.done('PUT', `/openapi/projectSource/edit/${id}`, { enabled: false })
    await tick(start + 100_000_000)
    assert.equal(count(), 2)
    const { records } = await house.done('GET', '/openapi/audit/page?kind=project&action=insert')
    assert.equal(records[0].route, `pull of project source ${id}`)
  } finally {
    await database.close()
  }
})

test('a list that arrives after another pull began, or after the source was edited, is not written', async () => {
  const { id } = await source()
  const database = await openDatabase(house.databaseUrl, { error: () => {} })
  try {
    const now = new Date()
    const first = await claimSource(database.db, id, now, false)
    const second = await claimSource(database.db, id, now, false)
    const overtaken = (error: unknown) => error instanceof SourceTrouble && error.problem === 'overtaken'
    await assert.rejects(applyList(database.db, first!, [{ key: 'late', name: 'late', remark: null }], now), overtaken)
    await house.done('PUT', `/openapi/projectSource/edit/${id}`, { url: `${listUrl()}/other` })
    await assert.rejects(applyList(database.db, second!, [{ key: 'late', name: 'late', remark: null }], now), overtaken)
    assert.equal((await findProjectSource(database.db, id))!.pulledAt, null)
  } finally {
    await database.close()
  }
})

test('twenty thousand projects are taken, and taken again, in one go', async () => {
  const { id } = await source()
  answer(Array.from({ length: 20_000 }, (_, n) => ({ id: `big-${n}`, name: `project ${n}` })))
  assert.deepEqual(await pull(id), { added: 20_000, changed: 0, removed: 0, unchanged: 0 })
  assert.deepEqual(await pull(id), { added: 0, changed: 0, removed: 0, unchanged: 20_000 })
})

test('developers do not reach sources', async () => {
  await house.done('POST', '/openapi/user/register', { username: 'developer1', password: 'a long password' }, '')
  const token = await house.login('developer1', 'a long password')
  for (const [method, path] of [
    ['GET', 'page'],
    ['POST', 'add'],
    ['PUT', 'edit/1'],
    ['DELETE', 'delete/1'],
    ['PUT', 'pull/1'],
  ] as const) {
    const body = method === 'POST' || method === 'PUT' ? {} : undefined
    fails(await house.manage(method, `/openapi/projectSource/${path}`, body, token), 403, 'forbidden')
  }
})
