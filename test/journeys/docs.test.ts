// A developer reads the documentation: what is published and theirs to see, found by its text, with all that a call needs.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type House, openHouse, send } from '../house.ts'
import { exportFile, importFile } from '../interchange.ts'

let house: House
let reader: string

before(async () => {
  house = await openHouse({ settings: { KAIMEN_GATEWAY_URL: 'https://api.example.com' } })
  await house.done('POST', '/openapi/user/register', { username: 'reader', password: 'a long password' }, '')
  reader = await house.login('reader', 'a long password')
})
after(() => house.close())

const find = async (search: string, session = reader): Promise<string[]> => {
  const page = await house.done('GET', `/openapi/doc/page?search=${encodeURIComponent(search)}`, undefined, session)
  return page.records.map(({ name }: { name: string }) => name)
}

test('interfaces are found by name, path, remark and document; drafts by nobody, internal ones by those who may', async () => {
  await house.publish({ path: '/api/v1/spaces', name: '查询空余车位', doc: '# 车位\n返回每一层的数量。' })
  const pay = await house.publish({ path: '/api/v1/pay', name: '支付', remark: '含退款 100%' })
  await house.publish({ path: '/draft', name: '草稿 每一层', status: 0 })
  await house.publish({ path: '/internal', name: '内部 每一层', visibility: 'internal' })
  for (const [search, found] of [['车位', ['查询空余车位']], ['每一层', ['查询空余车位']], ['v1/pa', ['支付']], ['退款', ['支付']], ['100%', ['支付']], ['_', []]] as const) {
    assert.deepEqual(await find(search), found, search)
  } // biome-ignore format: one row
  for (const search of [`#${pay.id}`, 'GET /api/v1/pay', 'get /v1/pa']) assert.deepEqual(await find(search), ['支付'], search)
  assert.ok((await find(`${pay.id}`)).includes('支付'))
  assert.deepEqual(await find('#987654'), [])
  assert.deepEqual(await find('每一层', house.admin), ['内部 每一层', '查询空余车位'])
})

test('a parameter is found by its name and by what is said of it, at any depth; an answer tells where a text stands', async () => {
  const size = { type: 'object', properties: { axle_count: { type: 'integer', description: '车轴数' } } }
  const paramSchema = { type: 'object', properties: { vehicles: { type: 'array', items: { type: 'object', properties: { size } } } } }
  const doc = `# 登记\n\n说明。\n\n## 返回值\n\n| 字段 | 说明 |\n| --- | --- |\n| axleId | ${'很长的说明'.repeat(50)}登记号${'又很长'.repeat(50)} |\n`
  await house.publish({ path: '/{version}/vehicles', version: 'v7', name: '登记车辆', doc, paramSchema })
  const found = async (search: string) => {
    const page = await house.done('GET', `/openapi/doc/page?search=${encodeURIComponent(search)}`, undefined, reader)
    assert.deepEqual(page.records.map(({ name }: { name: string }) => name), ['登记车辆'], search) // biome-ignore format: one thought
    return page.records[0].found
  }
  assert.deepEqual(await found('AXLE_c'), { place: 'parameter', text: 'vehicles.size.axle_count: 车轴数', heading: null })
  assert.equal((await found('车轴')).place, 'parameter')
  assert.deepEqual(await found('/v7/veh'), { place: 'path', text: '/v7/vehicles', heading: null })
  const { place, text, heading } = await found('登记号')
  assert.deepEqual([place, heading, text.length], ['doc', '返回值', 162])
  assert.match(text, /^….*登记号.*…$/)
  // What a schema says to machines is no word of it.
  for (const word of ['integer', 'properties']) assert.deepEqual(await find(word), [], word)
  const { records } = await house.done('GET', '/openapi/doc/page?size=1', undefined, reader)
  assert.equal(records[0].found, null)
})

test('parameters stand in the order in which their author wrote them, also after an edit and an import', async () => {
  const inOrder = (...names: string[]) => ({
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  })
  const { id } = await house.publish({ path: '/in-order', paramSchema: inOrder('plate', 'a', 'longest_of_all', 'b') })
  const order = async () => Object.keys((await read(id)).paramSchema.properties)
  assert.deepEqual(await order(), ['plate', 'a', 'longest_of_all', 'b'])
  await house.done('PUT', `/openapi/interface/edit/${id}`, { paramSchema: inOrder('b', 'plate', 'a') })
  assert.deepEqual(await order(), ['b', 'plate', 'a'])
  const { json } = await exportFile(house, `?ids=${id}`)
  const [exported] = json.data
  const imported = await importFile(house, JSON.stringify([{ ...exported, paramSchema: inOrder('plate', 'b', 'a') }]))
  assert.equal(imported.status, 200, imported.text)
  assert.deepEqual(await order(), ['plate', 'b', 'a'])
})

test('one document: where and how to call, by which schemes and what they leave open, what may be refused, which versions', async () => {
  const paramSchema = { type: 'object', properties: { plate: { type: 'string', description: '车牌' } }, required: ['plate'] }
  const fields = {
    path: '/{version}/order',
    name: '下单',
    schemes: ['openapi', 'hmac-sha256'],
    paramSchema,
    projectParam: 'park',
    limitCount: 5,
  }
  const first = await house.publish({ ...fields, code: 'order' })
  const second = await house.done('POST', `/openapi/interface/version/${first.id}`, { version: 'v2' })
  await house.done('PUT', `/openapi/interface/publish/${second.id}`)
  await house.done('PUT', `/openapi/interface/edit/${first.id}`, {
    deprecationTime: '2026-01-01 00:00:00',
    sunsetTime: '2030-01-01 00:00:00',
  })

  const doc = await read(first.id, 'en')
  assert.deepEqual([doc.method, doc.path, doc.gatewayUrl], ['GET', '/v1/order', 'https://api.example.com'])
  assert.deepEqual([doc.paramSchema, doc.projectParam, doc.limitCount], [paramSchema, 'park', 5])
  assert.deepEqual(doc.schemes.map(({ name }: { name: string }) => name), ['hmac-sha256', 'openapi']) // biome-ignore format: one thought
  assert.match(doc.schemes[1].weaknesses.find(({ name }: { name: string }) => name === 'ecb').text, /\w{5}/)
  assert.deepEqual(doc.versions.map(({ path, deprecationTime }: Version) => [path, deprecationTime]), [['/v2/order', null], ['/v1/order', '2026-01-01 00:00:00']]) // biome-ignore format: one thought
  const errors = new Map<string, { status: number; text: string }>(doc.errors.map((one: { error: string }) => [one.error, one]))
  assert.equal(errors.get('interface_not_found')!.text, 'No published interface has the method GET and the path /v1/order.')
  assert.equal(errors.get('project_denied')!.text, 'The app is not bound to the project that park names.')
  assert.match(errors.get('rate_limited')!.text, /again in … s/)
  assert.ok(!errors.has('interface_tripped'))
  for (const { text } of (await read(first.id, 'zh-CN')).errors) assert.match(text, /\p{Script=Han}/u)
})

test('what may be refused follows from what the interface wants', async () => {
  const open = await house.publish({ path: '/open', security: 'none' })
  const names = (await read(open.id)).errors.map(({ error }: { error: string }) => error)
  for (const name of ['missing_credentials', 'signature_invalid', 'not_granted', 'invalid_parameters'])
    assert.ok(!names.includes(name), name)
  assert.deepEqual((await read(open.id)).schemes, [])
  const answer = await house.call({ method: 'GET', path: '/closed', headers: {} })
  assert.ok(names.includes(answer.fault!))
})

test('what a developer may not see is not there, and nothing tells where calls end', async () => {
  const draft = await house.publish({ path: '/draft-2', status: 0 })
  const internal = await house.publish({ path: '/internal-2', visibility: 'internal', upstreamPath: '/secret-place' })
  for (const { id } of [draft, internal]) {
    assert.equal((await house.manage('GET', `/openapi/doc/${id}`, undefined, reader)).fault, 'not_found')
  }
  assert.equal((await house.manage('GET', `/openapi/doc/${draft.id}`, undefined, house.admin)).fault, 'not_found')
  const { text } = await house.manage('GET', `/openapi/doc/${internal.id}`, undefined, house.admin)
  assert.ok(!text.includes('/secret-place') && !text.includes('serviceId'))
})

interface Version {
  readonly path: string
  readonly deprecationTime: string | null
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into it and says what it finds
async function read(id: number, language = 'en'): Promise<any> {
  const headers = { authorization: `Bearer ${reader}`, 'accept-language': language }
  const { json } = await send(house.platformUrl, { method: 'GET', path: `/openapi/doc/${id}`, headers })
  assert.equal(json.code, 1_000_000, JSON.stringify(json))
  return json.data
}
