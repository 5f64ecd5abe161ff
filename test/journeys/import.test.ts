// Interfaces out of Kaimen and into it as files (contract §1; settled B4, B5, E14, F24, F27).

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { strToU8, zipSync } from 'fflate'
import { readSheet } from 'read-excel-file/universal'
import writeWorkbook from 'write-excel-file/node'
import { parse } from 'yaml'
import { type Answer, type House, openHouse } from '../house.ts'
import { exportFile, hardTexts, importFile, madeUp } from '../interchange.ts'

let house: House
let serviceId: number
before(async () => {
  house = await openHouse()
  serviceId = (await house.done('POST', '/openapi/service/add', { name: '车场 service', targets: [{ url: 'http://127.0.0.1:1' }] })).id
})
after(() => house.close())

const take = (file: Uint8Array | string, options: Parameters<typeof importFile>[2] = {}) => importFile(house, file, options)
const json = (records: unknown) => JSON.stringify(records)
async function taken(file: Uint8Array | string, options: Parameters<typeof importFile>[2] = {}) {
  const answer = await take(file, options)
  assert.equal(answer.status, 200, answer.text)
  return answer.json.data
}
const dry = (file: Uint8Array | string) => taken(file, { query: '?dryRun=true' })
const count = async () => (await house.done('GET', '/openapi/interface/page')).total as number
const only = <One extends { path: string }>(records: One[], prefix: string) => records.filter(({ path }) => path.startsWith(prefix))

function refused(answer: Answer, pattern: RegExp, status = 400) {
  assert.equal(answer.status, status, answer.text)
  assert.match(answer.json.msg, pattern)
  assert.equal(answer.json.data, null)
}

type CellValue = string | number | null

async function workbook(lines: readonly (readonly CellValue[])[]): Promise<Uint8Array> {
  const cell = (value: CellValue) => (value === null ? null : { value, type: typeof value === 'number' ? Number : String })
  return new Uint8Array(
    await writeWorkbook(lines.map((line) => line.map(cell)) as unknown as Parameters<typeof writeWorkbook>[0]).toBuffer(),
  )
}

/** As somebody would fill one in: the fields of the first in the head. */
function workbookOf(records: readonly Record<string, unknown>[]): Promise<Uint8Array> {
  const cell = (value: unknown) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as CellValue))
  const list = ({ schemes, ...rest }: Record<string, unknown>) => ({ ...rest, schemes: schemes ? String(schemes) : null })
  return workbook([Object.keys(list(records[0]!)), ...records.map((record) => Object.values(list(record)).map(cell))])
}

test('200 interfaces go out as JSON and come in again unchanged, byte by byte, whatever their texts', async () => {
  const records = Array.from({ length: 200 }, (_, number) => madeUp(number, number % 2 ? {} : { serviceName: '车场 service' }))
  await taken(json(records))
  const first = await exportFile(house)
  const made = only(first.json.data as { path: string; remark: string; serviceId: number | null }[], '/made/')
  assert.equal(made.length, 200)
  assert.deepEqual(new Set(made.map(({ remark }) => remark)), new Set(hardTexts))
  assert.equal(made[0]!.serviceId, serviceId)
  await taken(first.bytes)
  assert.equal((await exportFile(house)).text, first.text)
})

test('the same as a workbook: nothing in it is a change', async () => {
  const first = await exportFile(house)
  const asWorkbook = await exportFile(house, '?format=xlsx')
  assert.match(asWorkbook.headers.get('content-type')!, /spreadsheetml/)
  assert.deepEqual(await dry(asWorkbook.bytes), { added: [], changed: [], unchanged: 200, errors: [] })
  await taken(asWorkbook.bytes)
  assert.equal((await exportFile(house)).text, first.text)
})

test('a workbook makes anew what was deleted, all but what is of its place only', async () => {
  const first = await exportFile(house)
  const asWorkbook = await exportFile(house, '?format=xlsx')
  const ids = first.json.data.map(({ id }: { id: number }) => id)
  await house.done('DELETE', `/openapi/interface?ids=${ids.join(',')}`)
  await taken(asWorkbook.bytes)
  const second = await exportFile(house)
  const portable = (text: string) =>
    JSON.parse(text).data.map(({ id: _, createTime: __, updateTime: ___, ...rest }: Record<string, unknown>) => rest)
  assert.deepEqual(portable(second.text), portable(first.text))
})

test('an import restores what an export said, also what was empty then', async () => {
  await taken(json([madeUp(20_000, { remark: null, limitCount: null, doc: null })]))
  const [{ id }] = (await house.done('GET', '/openapi/interface/page?path=20000')).records
  const [was] = (await exportFile(house, `?ids=${id}`)).json.data
  const { bytes } = await exportFile(house, `?ids=${id}&format=xlsx`)
  await house.done('PUT', `/openapi/interface/edit/${id}`, { remark: 'changed', limitCount: 5, doc: 'x' })
  await taken(bytes)
  const [now] = (await exportFile(house, `?ids=${id}`)).json.data
  assert.deepEqual({ ...now, updateTime: was.updateTime }, was)
})

test('a column that is not there leaves alone what it would say', async () => {
  await taken(json([madeUp(21_000, { remark: 'stays' })]))
  await taken(
    await workbook([
      ['请求方式', '路径', '版本号', '接口名称'],
      [String(madeUp(21_000).method), '/made/{version}/21000/{id}', 'v1', '新名'],
    ]),
  )
  const [record] = (await house.done('GET', '/openapi/interface/page?path=21000')).records
  assert.deepEqual([record.name, record.remark], ['新名', 'stays'])
})

test('one bad row among many changes nothing, and is named with row, column and reason in both languages', async () => {
  const total = await count()
  const records = Array.from({ length: 500 }, (_, number) => madeUp(30_000 + number, { remark: '=1' }))
  records[123] = { ...records[123], method: 'PATCH' }
  for (const [file, language, reason] of [
    [json(records), 'en', /GET/],
    [json(records), 'zh-CN', /无效选项/],
    [await workbookOf(records), 'en', /GET/],
  ] as const) {
    const answer = await take(file, { language })
    refused(answer, language === 'en' ? /1 errors; nothing was changed/ : /1 处错误/)
    assert.equal(answer.fault, 'invalid_parameters')
    assert.equal(answer.json.errors.length, 1)
    assert.deepEqual([answer.json.errors[0].row, answer.json.errors[0].field], [125, 'method'])
    assert.match(answer.json.errors[0].reason, reason)
  }
  assert.equal(await count(), total)
})

test('each thing that can be wrong with a row is told, by row and field', async () => {
  const fresh = { type: 0, serviceType: 4, version: 'v1', name: 'x', method: 'GET' }
  const live = { status: 1, serviceName: '车场 service' }
  await taken(json([{ ...fresh, ...live, path: '/wrong/taken/{id}', version: 'v0' }]))
  const rows: [field: string | undefined, reason: RegExp, record: unknown][] = [
    [undefined, /must be an object/, 'text'],
    ['name', /missing/, { ...fresh, path: '/wrong/1', name: undefined }],
    ['serviceType', /missing/, { ...fresh, path: '/wrong/2', serviceType: null }],
    ['path', /missing/, { ...fresh }],
    ['path', /segments/, { ...fresh, path: 'no-slash' }],
    ['limitCounts', /no such field/, { ...fresh, path: '/wrong/3', limitCounts: 1 }],
    [
      '__proto__',
      /no such field/,
      JSON.parse('{"name":"x","path":"/wrong/4","method":"GET","type":0,"serviceType":4,"version":"v1","__proto__":1}'),
    ],
    ['serviceType', /there is no 77/, { ...fresh, path: '/wrong/5', serviceType: 77 }],
    ['serviceName', /there is no nobody/, { ...fresh, path: '/wrong/6', serviceName: 'nobody' }],
    ['serviceId', /there is no 987654/, { ...fresh, path: '/wrong/7', serviceId: 987_654 }],
    ['serviceId', /serviceId names/, { ...fresh, path: '/wrong/8', status: 1 }],
    ['method', /POST/, { ...fresh, path: '/wrong/9', type: 1 }],
    ['path', /exists already/, { ...fresh, ...live, path: '/healthz' }],
    ['upstreamPath', /"nobody"/, { ...fresh, path: '/wrong/10', upstreamPath: '/{nobody}' }],
    ['version', /cannot stand there/, { ...fresh, path: '/wrong/{version}', version: 'v 1' }],
    [
      'sunsetTime',
      /must not be before/,
      { ...fresh, path: '/wrong/11', deprecationTime: '2026-01-02 00:00:00', sunsetTime: '2026-01-01 00:00:00' },
    ],
    ['deprecationTime', /YYYY/, { ...fresh, path: '/wrong/12', deprecationTime: '2026-02-30 00:00:00' }],
    ['paramSchema', /./, { ...fresh, path: '/wrong/13', paramSchema: { type: 'nothing' } }],
    ['paramSchema', /NUL/, { ...fresh, path: '/wrong/14', paramSchema: { title: '\0' } }],
    ['remark', /NUL/, { ...fresh, path: '/wrong/15', remark: 'a\0' }],
    ['status', /GET \/wrong\/taken\/\{name\}/, { ...fresh, ...live, path: '/wrong/taken/{name}' }],
    ['version', /row 23/, { ...fresh, path: '/wrong/16', version: 'v1' }],
    ['schemes.0', /./, { ...fresh, path: '/wrong/17', schemes: ['md5'] }],
  ]
  const records = rows.map(([, , record]) => record)
  records.splice(21, 0, { ...fresh, path: '/wrong/16' })
  const { errors, added } = await dry(json(records))
  const expected = rows.map(([field], at) => ({ row: at + (at < 21 ? 2 : 3), field }))
  assert.deepEqual(errors.map(({ row, field }: { row: number; field?: string }) => ({ row, field })), expected) // biome-ignore format: one thought
  for (const [at, { reason }] of errors.entries()) assert.match(reason, rows[at]![1])
  assert.deepEqual(added.map(({ row }: { row: number }) => row), [23]) // biome-ignore format: one thought
  const answer = await take(json(records))
  assert.deepEqual(answer.json.errors, errors)
})

test('dryRun says what would be added and changed, and writes nothing', async () => {
  await taken(json([madeUp(40_001), madeUp(40_003)]))
  const total = await count()
  const told = await dry(json([madeUp(40_001, { remark: 'new', limitCount: null }), madeUp(40_002), madeUp(40_003)]))
  const { method, path, version, name } = madeUp(40_002)
  assert.deepEqual(told.added, [{ row: 3, method, path, version, name }])
  assert.deepEqual(told.changed[0].differences, [
    { field: 'remark', before: madeUp(40_001).remark, after: 'new' },
    { field: 'limitCount', before: 40_001, after: null },
  ])
  assert.deepEqual([told.unchanged, told.changed[0].row, told.errors], [1, 2, []])
  assert.equal(await count(), total)
})

test('two versions change places in one file: what is unpublished makes room first', async () => {
  const fresh = { type: 0, serviceType: 4, name: 'x', method: 'GET', path: '/places', serviceName: '车场 service' }
  await taken(json([{ ...fresh, version: 'v1', status: 1 }, { ...fresh, version: 'v2', status: 0 }])) // biome-ignore format: one thought
  await taken(json([{ ...fresh, version: 'v2', status: 1 }, { ...fresh, version: 'v1', status: 0 }])) // biome-ignore format: one thought
  const { records } = await house.done('GET', '/openapi/interface/page?path=/places')
  assert.deepEqual(records.map(({ version, status }: { version: string; status: number }) => [version, status]), [['v2', 1], ['v1', 0]]) // biome-ignore format: one thought
})

test('the rows that a dry run tells make the same in portions as their file as a whole, whatever its form', async () => {
  const moved = { name: 'moved', path: '/portions/moved', method: 'GET', type: 0, serviceType: 4, serviceName: '车场 service' }
  await taken(json([{ ...moved, version: 'v1', status: 1, remark: 'stays' }, { ...moved, version: 'v2', status: 0 }])) // biome-ignore format: one thought
  const records = Array.from({ length: 40 }, (_, number) => madeUp(45_000 + number, { serviceName: number % 2 ? null : '车场 service' }))
  const swapped = [{ ...moved, version: 'v2', status: 1 }, { ...moved, version: 'v1', status: 0 }] // biome-ignore format: one thought
  const paths = { '/portions/{id}': { get: { summary: 'One', parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] } } } // biome-ignore format: one row
  const openApi = json({ openapi: '3.1.0', info: { title: 'x', version: '1.0' }, paths })
  for (const [file, length] of [
    [json([...swapped, ...records]), 42],
    [await workbookOf(records.map((record) => ({ ...record, remark: '=1', doc: null, paramSchema: null }))), 40],
    [openApi, 1],
  ] as const) {
    const { added, changed, unchanged, errors } = await taken(file, { query: '?dryRun=true&rows=true' })
    const given: { status?: number }[] = [...added, ...changed].map((row: { given: object }) => row.given)
    assert.deepEqual([given.length + unchanged, errors], [length, []])
    const inOrder = given.toSorted((a, b) => Number(a.status === 1) - Number(b.status === 1))
    for (let at = 0; at < inOrder.length; at += 7) await taken(json(inOrder.slice(at, at + 7)))
    assert.deepEqual(await dry(file), { added: [], changed: [], unchanged: length, errors: [] })
  }
  const [v1] = (await house.done('GET', '/openapi/interface/page?path=/portions/moved')).records.filter(({ version }: { version: string }) => version === 'v1') // biome-ignore format: one thought
  assert.deepEqual([v1.status, v1.remark], [0, 'stays'])
})

test('an OpenAPI document becomes drafts, with the parameters that it describes (settled E14)', async () => {
  const document = {
    openapi: '3.0.3',
    info: { title: 'Car park', version: '2.1' },
    paths: {
      '/oa/{park}/spaces': {
        parameters: [{ $ref: '#/components/parameters/park' }],
        get: {
          summary: '车位',
          description: '# Spaces',
          'x-service-type': 1,
          parameters: [
            { name: 'floor', in: 'query', required: true, schema: { type: 'integer', minimum: 0, exclusiveMinimum: true, nullable: true } },
            { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
          ],
        },
        post: {
          operationId: 'addSpace',
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Space' } } } },
        },
      },
    },
    components: {
      parameters: { park: { name: 'park', in: 'path', required: true, schema: { type: 'string' } } },
      schemas: {
        Space: {
          type: 'object',
          required: ['no'],
          properties: {
            no: { type: 'integer' },
            next: { $ref: '#/components/schemas/Space' },
            // Names that are words of JSON Schema or OpenAPI elsewhere.
            default: { $ref: '#/components/schemas/Size' },
            nullable: { type: 'boolean' },
          },
        },
        Size: { enum: ['small', 'large'] },
      },
    },
  }
  await taken(json(document))
  const [post, get] = (await house.done('GET', '/openapi/interface/page?path=/oa/')).records
  assert.deepEqual(
    [get.name, get.method, get.type, get.serviceType, get.version, get.status, get.doc],
    ['车位', 'GET', 0, 1, '2.1', 0, '# Spaces'],
  )
  assert.deepEqual(get.paramSchema, {
    type: 'object',
    properties: { park: { type: 'string' }, floor: { type: ['integer', 'null'], exclusiveMinimum: 0 } },
    required: ['park', 'floor'],
  })
  assert.deepEqual([post.name, post.serviceType], ['addSpace', 4])
  assert.deepEqual(post.paramSchema.properties, {
    park: { type: 'string' },
    no: { type: 'integer' },
    next: {},
    default: { enum: ['small', 'large'] },
    nullable: { type: 'boolean' },
  })

  // Again, as YAML, when one is published meanwhile: it stays so.
  await house.done('PUT', `/openapi/interface/edit/${get.id}`, { serviceId, status: 1, serviceType: 2 })
  const yaml = (await import('yaml')).stringify({ ...document, paths: { '/oa/{park}/spaces': { get: { summary: 'new' } } } })
  assert.deepEqual(
    (await dry(yaml)).changed[0].differences.map(({ field }: { field: string }) => field),
    ['name'],
  )
  await taken(yaml)
  const now = await house.done('GET', `/openapi/interface/${get.id}`)
  assert.deepEqual([now.name, now.status, now.serviceType, now.doc], ['new', 1, 2, '# Spaces'])
})

test('what an OpenAPI document cannot have here is told by operation', async () => {
  const wide = (depth: number): object =>
    depth === 0 ? { type: 'string' } : { anyOf: Array(10).fill({ $ref: `#/components/schemas/S${depth - 1}` }) }
  const schemas = Object.fromEntries(Array.from({ length: 8 }, (_, depth) => [`S${depth}`, wide(depth)]))
  const get = (schema: object) => ({ get: { parameters: [{ name: 'a', in: 'query', schema }] } })
  const document = {
    openapi: '3.1.0',
    info: { version: 'v1' },
    components: { schemas },
    paths: {
      '/not/a': get({ $ref: 'https://example.com/a.json' }),
      '/not/b': get({ $ref: '#/components/schemas/None' }),
      '/not/c': get({ $ref: '#/components/schemas/S7' }),
      '/not/{d-e}': get({}),
      '/not/f': { patch: {} },
      '/not/g': { $ref: 'https://example.com/items.json#/g' },
      '/not/h': get({ $ref: '#/components/schemas/None' }),
    },
  }
  const { errors } = await dry(json(document))
  const told = errors.map(({ row, field, reason }: { row: number; field: string; reason: string }) => `${row} ${field} ${reason}`)
  for (const [at, pattern] of [
    /^2 GET \/not\/a .*out of the document/,
    /^3 .*leads nowhere/,
    /^4 .*too large/,
    /^5 path /,
    /^6 method /,
    /^7 \/not\/g .*out of the document/,
    /^8 GET \/not\/h /,
  ].entries()) {
    assert.match(told[at], pattern)
  }
  assert.equal(told.length, 7)
})

test('an export as OpenAPI says what callers may know, and is taken back', async () => {
  const schema = {
    type: 'object',
    required: ['id', 'plate'],
    properties: { id: { type: 'string' }, plate: { $ref: '#/$defs/plate' } },
    $defs: { plate: { type: 'string', maxLength: 8 } },
  }
  const fresh = {
    type: 0,
    serviceType: 4,
    version: 'v3',
    serviceName: '车场 service',
    upstreamPath: '/secret/{id}',
    paramSchema: schema,
    doc: '# Doc',
  }
  await taken(json([{ ...fresh, name: 'out', method: 'GET', path: '/out/{version}/{id}' }, { ...fresh, name: 'in', method: 'POST', path: '/out/{version}/{id}' }])) // biome-ignore format: one thought
  const { records } = await house.done('GET', '/openapi/interface/page?path=/out/')
  const ids = records.map(({ id }: { id: number }) => id).join(',')
  const { text, json: document } = await exportFile(house, `?ids=${ids}&format=openapi`)
  assert.deepEqual([document.openapi, document.info.version, Object.keys(document.paths)], ['3.1.0', 'v3', ['/out/v3/{id}']])
  assert.doesNotMatch(text, /secret|127\.0\.0\.1|车场 service/)
  assert.deepEqual(parse((await exportFile(house, `?ids=${ids}&format=openapi-yaml`)).text), document)
  const { added, errors } = await dry(text)
  assert.deepEqual([added.length, errors], [2, []])
  await taken(text)
  const again = (await house.done('GET', '/openapi/interface/page?path=/out/v3')).records
  assert.deepEqual(again.map(({ name }: { name: string }) => name).sort(), ['in', 'out'])
  for (const { paramSchema } of again) assert.deepEqual(paramSchema.properties.plate, { type: 'string', maxLength: 8 })
})

test('texts that begin like formulas are texts, also in the workbook', async () => {
  const records = hardTexts.slice(0, 6).map((remark, at) => madeUp(50_000 + at, { remark }))
  await taken(json(records))
  const { records: found } = await house.done('GET', '/openapi/interface/page?path=/5000')
  const { bytes } = await exportFile(house, `?format=xlsx&ids=${found.map(({ id }: { id: number }) => id).join(',')}`)
  const { unzipSync, strFromU8 } = await import('fflate')
  const sheet = strFromU8(unzipSync(bytes)['xl/worksheets/sheet1.xml']!)
  assert.doesNotMatch(sheet, /<f[ >]/)
  const lines = await readSheet(bytes.buffer as ArrayBuffer, { trim: false })
  const at = lines[0]!.indexOf('remark')
  assert.deepEqual(lines.slice(1).map((line) => line[at]), hardTexts.slice(0, 6)) // biome-ignore format: one thought
})

test('a text longer than a cell goes on in the next column', async () => {
  const doc = `${'车位😀'.repeat(20_000)}end`
  await taken(json([madeUp(51_000, { doc })]))
  const [{ id }] = (await house.done('GET', '/openapi/interface/page?path=51000')).records
  const { bytes } = await exportFile(house, `?ids=${id}&format=xlsx`, {})
  const [head] = await readSheet(bytes.buffer as ArrayBuffer, { trim: false })
  assert.ok(head!.includes('doc.2'))
  assert.deepEqual((await dry(bytes)).unchanged, 1)
})

test('an Excel Accept gets a workbook, all others JSON; unknown ids are refused', async () => {
  const accept = { accept: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' }
  const { headers } = await exportFile(house, '', accept)
  assert.match(headers.get('content-disposition')!, /interfaces\.xlsx/)
  assert.equal((await exportFile(house, '?ids=')).json.code, 1_000_000)
  assert.equal((await exportFile(house, '?ids=987654')).fault, 'invalid_parameters')
  assert.equal((await exportFile(house, '?ids=1,x')).fault, 'invalid_parameters')
  assert.equal((await exportFile(house, '?format=pdf')).fault, 'invalid_parameters')
})

async function refuses(files: readonly (readonly [what: string, file: Uint8Array | string, why: RegExp])[]): Promise<void> {
  for (const [what, file, why] of files) {
    const answer = await take(file)
    assert.deepEqual([what, answer.status, answer.fault], [what, 400, 'invalid_parameters'], answer.text)
    assert.match(answer.json.msg, why, what)
  }
}

test('workbooks that are none, or would unpack to more than they may, are refused by name', async () => {
  // Larger than the 100 MB that a workbook may be once it is unpacked.
  const bomb = sheetOf('', { 'xl/media/a.xml': new Uint8Array(102_000_000) })
  await refuses([
    ['a zip cut off', (await workbook([['name']])).subarray(0, 300), /no workbook/],
    ['a zip of nothing', zipSync({}), /no workbook/],
    ['another zip', zipSync({ 'a.txt': strToU8('a') }), /no workbook/],
    ['a zip bomb', bomb, /unpacked/],
    ['a zip bomb that lies', lying(bomb), /unpacked|no workbook/],
    [
      'many entries',
      sheetOf('', Object.fromEntries(Array.from({ length: 1_100 }, (_, at) => [`a${at}.xml`, strToU8('')]))),
      /1000 entries/,
    ],
    ['a cell far away', sheetOf('<row r="1"><c r="XFD1048576" t="str"><v>x</v></c></row>'), /100 columns/],
    ['a column far away', sheetOf('<row r="1"><c r="ZZZ1" t="str"><v>x</v></c></row>'), /100 columns/],
    ['a row far away', sheetOf('<row r="1048576"></row>'), /100 columns/],
  ])
})

test('documents that are none, or would cost too much, are refused by name', async () => {
  const aliases = `a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 8 }, (_, at) => `a${at + 1}: &a${at + 1} [${Array(10).fill(`*a${at}`).join(',')}]`).join('\n')}`
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  await refuses([
    ['nothing', '', /no workbook/],
    ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 255]), /no workbook/],
    ['JSON that is deep', deep, /depth|no workbook/],
    ['YAML that is deep', `a: ${deep}`, /no workbook|too much/],
    ['YAML that multiplies', aliases, /no workbook/],
    ['YAML that contains itself', 'openapi: &a\n  b: *a\n', /no workbook/],
    ['another object', '{"a":1}', /no workbook/],
    ['a number', '7', /no workbook/],
    ['Swagger 2', '{"swagger":"2.0","openapi":"2.0"}', /OpenAPI 3/],
    ['text that is no UTF-8', new Uint8Array([0x5b, 0xff, 0x5d]), /no workbook/],
  ])
})

test('a head that is not understood is told; a formula is what it last came to', async () => {
  const { errors } = (
    await take(
      await workbook([
        ['name', 'nonsense', 'name'],
        ['a', 'b', 'c'],
      ]),
    )
  ).json
  assert.deepEqual(errors.filter(({ row }: { row: number }) => row === 1).map(({ field }: { field: string }) => field), ['nonsense', 'name']) // biome-ignore format: one thought
  const cells = ['method', 'path', 'version', 'name', 'type', 'serviceType']
  const letter = (at: number) => String.fromCharCode(65 + at)
  const formula = sheetOf(
    `<row r="1">${cells.map((cell, at) => `<c r="${letter(at)}1" t="str"><v>${cell}</v></c>`).join('')}</row>` +
      `<row r="2">${['GET', '/formula', 'v1', 'came to', '0', '4'].map((cell, at) => `<c r="${letter(at)}2" t="str"><f>1+1</f><v>${cell}</v></c>`).join('')}</row>`,
  )
  assert.equal((await dry(formula)).added[0].name, 'came to')
})

test('only who may import does, by multipart, up to 20 MB', async () => {
  await house.done('POST', '/openapi/user/register', { username: 'partner', password: 'a long password' }, '')
  const partner = await house.login('partner', 'a long password')
  assert.equal((await take('[]', { token: partner })).fault, 'forbidden')
  assert.equal((await take('[]', { token: 'x' })).fault, 'unauthorized')
  assert.equal((await house.manage('GET', '/openapi/interface/export', undefined, partner)).fault, 'forbidden')
  assert.equal((await house.manage('POST', '/openapi/interface/import', [], house.admin)).fault, 'unsupported_media_type')
  const large = await take(new Uint8Array(20 * 1024 * 1024 + 1))
  assert.deepEqual([large.status, large.fault], [413, 'payload_too_large'])
  const post = (body: string | FormData, type?: string) =>
    fetch(`${house.platformUrl}/openapi/interface/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${house.admin}`, ...(type ? { 'content-type': type } : {}) },
      body,
    })
  const fault = async (answer: Response) => [answer.status, ((await answer.json()) as { error: string }).error]
  assert.deepEqual(await fault(await post('x', 'multipart/form-data')), [400, 'malformed_request'])
  assert.deepEqual(await fault(await post('x', 'multipart/form-data; boundary=a')), [400, 'malformed_request'])
  assert.deepEqual(await fault(await post('--a\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx', 'multipart/form-data; boundary=a')), [400, 'malformed_request']) // biome-ignore format: one thought
  const form = new FormData()
  form.set('a', 'b')
  assert.deepEqual(await fault(await post(form)), [400, 'invalid_parameters'])
  const { status } = await fetch(`${house.platformUrl}/openapi/user/login`, { method: 'POST', body: form })
  assert.equal(status, 415)
})

/** A workbook of this one sheet, and of what else is given. */
function sheetOf(cells: string, more: Record<string, Uint8Array> = {}): Uint8Array {
  const relations =
    '<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
  const entries = {
    'xl/workbook.xml': strToU8('<workbook><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'),
    'xl/_rels/workbook.xml.rels': strToU8(relations),
    'xl/worksheets/sheet1.xml': strToU8(`<worksheet><sheetData>${cells}</sheetData></worksheet>`),
    ...more,
  }
  return zipSync(entries, { level: 1 })
}

/** Its directory and heads say that every entry is small. */
function lying(zip: Uint8Array): Uint8Array {
  const bytes = Buffer.from(zip)
  for (const [mark, at] of [
    ['PK\x01\x02', 24],
    ['PK\x03\x04', 22],
  ] as const) {
    // biome-ignore format: one thought
    for (let found = bytes.indexOf(mark); found >= 0; found = bytes.indexOf(mark, found + 4)) bytes.writeUInt32LE(10, found + at)
  }
  return new Uint8Array(bytes)
}
