// Pictures (settled E15): who may upload which, how they are served, and that nothing else can be had by their path.

import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createDiskStore } from '#core/file/disk.ts'
import { forgetUnused } from '#core/file/keep.ts'
import { openDatabase } from '#db/open.ts'
import { type Answer, type House, openHouse, send } from '../house.ts'

let house: House
let partner: string
let stranger: string

before(async () => {
  house = await openHouse()
  for (const username of ['partner', 'stranger', 'hoarder']) {
    await house.done('POST', '/openapi/user/register', { username, password: 'a long password' }, '')
  }
  partner = await house.login('partner', 'a long password')
  stranger = await house.login('stranger', 'a long password')
})
after(() => house.close())

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, ...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0, 0xff, 0xd9])
const webp = Buffer.concat([Buffer.from('RIFF'), Buffer.from([26, 0, 0, 0]), Buffer.from('WEBPVP8L'), Buffer.alloc(18)])
const svg = Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')

interface Part {
  readonly name?: string
  readonly filename?: string
  readonly type?: string
  readonly bytes: Buffer
}

async function upload(parts: readonly Part[], token: string | undefined = partner): Promise<Answer> {
  const form = new FormData()
  for (const { name = 'file', filename = 'logo.png', type = 'image/png', bytes } of parts) {
    form.append(name, new Blob([new Uint8Array(bytes)], { type }), filename)
  }
  const request = new Request(`${house.platformUrl}/openapi/file`, { method: 'POST', body: form })
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    'content-type': request.headers.get('content-type')!,
  }
  const response = await fetch(request.url, { method: 'POST', headers, body: Buffer.from(await request.arrayBuffer()) })
  const text = await response.text()
  const json = JSON.parse(text)
  return { status: response.status, headers: response.headers, text, json, fault: json.error }
}

async function uploaded(bytes: Buffer, token = partner): Promise<string> {
  const answer = await upload([{ bytes }], token)
  assert.equal(answer.status, 200, answer.text)
  return answer.json.data.key
}

const read = (key: string) => fetch(`${house.platformUrl}/openapi/file/${key}`)

test('a picture comes back as it was sent, typed by its bytes, and can do nothing but be shown', async () => {
  for (const [bytes, type] of [
    [png, 'image/png'],
    [jpeg, 'image/jpeg'],
    [gif, 'image/gif'],
    [webp, 'image/webp'],
  ] as const) {
    const answer = await upload([{ bytes, type: 'text/html', filename: '../../x.html' }])
    assert.equal(answer.status, 200, answer.text)
    assert.match(answer.json.data.key, /^[0-9a-f]{32}$/)
    const served = await read(answer.json.data.key)
    assert.equal(served.status, 200)
    assert.deepEqual(Buffer.from(await served.arrayBuffer()), bytes)
    assert.equal(served.headers.get('content-type'), type)
    assert.equal(served.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(served.headers.get('content-security-policy'), "default-src 'none'; sandbox")
    assert.equal(served.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  }
})

test('what is no such picture is refused, whatever it is called', async () => {
  for (const bytes of [
    svg,
    Buffer.from('<html><script>alert(1)</script>'),
    Buffer.from('%PDF-1.7\n'),
    Buffer.from('GIFT: <script>alert(1)</script>'),
    Buffer.from('RIFF\0\0\0\0WAVE'),
    Buffer.alloc(0),
  ]) {
    const answer = await upload([{ bytes }])
    assert.equal(answer.status, 415, answer.text)
    assert.equal(answer.fault, 'unsupported_media_type')
    assert.match(answer.json.msg, /image\/png, image\/jpeg, image\/webp, image\/gif/)
  }
})

test('a picture that is a page as well is served as a picture only', async () => {
  const both = Buffer.concat([gif, Buffer.from('<html><body><script>alert(document.domain)</script></body></html>')])
  const served = await read(await uploaded(both))
  assert.equal(served.headers.get('content-type'), 'image/gif')
  assert.equal(served.headers.get('x-content-type-options'), 'nosniff')
  assert.match(served.headers.get('content-security-policy')!, /sandbox/)
})

test('1 MB is taken, one byte more is not, nor a body without end', async () => {
  const mega = 1024 * 1024
  const sized = (size: number) => Buffer.concat([png, Buffer.alloc(size - png.length)])
  assert.equal((await upload([{ bytes: sized(mega) }])).status, 200)
  for (const size of [mega + 1, 3 * mega]) {
    const answer = await upload([{ bytes: sized(size) }])
    assert.equal(answer.status, 413, answer.text)
    assert.equal(answer.fault, 'payload_too_large')
  }
})

test('nobody uploads without a session, or anything but one form with one file', async () => {
  assert.equal((await upload([{ bytes: png }], '')).status, 401)
  assert.equal((await upload([{ bytes: png, name: 'picture' }])).fault, 'invalid_parameters')
  assert.equal((await upload([{ bytes: png }, { bytes: gif }])).fault, 'invalid_parameters')
  assert.equal((await upload([])).status, 400)
  const headers = { authorization: `Bearer ${partner}` }
  const post = (type: string, body: string) =>
    send(house.platformUrl, { method: 'POST', path: '/openapi/file', headers: { ...headers, 'content-type': type }, body })
  const json = await post('application/json', '{"file":"x"}')
  assert.equal(json.fault, 'unsupported_media_type')
  assert.match(json.json.msg, /multipart\/form-data/)
  assert.equal((await post('multipart/form-data', 'x')).fault, 'malformed_request')
  assert.equal((await post('multipart/form-data; boundary=X', '--X\r\nnonsense')).fault, 'malformed_request')
  assert.equal(
    (await post('multipart/form-data; boundary=X', '--X\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--X--')).status,
    400,
  )
  // Elsewhere a form is refused.
  const login = {
    method: 'POST',
    path: '/openapi/user/login',
    headers: { 'content-type': 'multipart/form-data; boundary=X' },
    body: '--X--',
  }
  assert.equal((await send(house.platformUrl, login)).fault, 'unsupported_media_type')
})

test('by the path of files nothing else is read', async () => {
  assert.ok(existsSync(join(house.dataDir, 'master.key')))
  for (const key of [
    '..%2f..%2fmaster.key',
    '../master.key',
    '%2e%2e%2fmaster.key',
    '..%5cmaster.key',
    'master.key',
    '%00',
    'a'.repeat(32),
    'A'.repeat(32),
    `${'a'.repeat(32)}.new`,
    'a'.repeat(250),
  ]) {
    const answer = await send(house.platformUrl, { method: 'GET', path: `/openapi/file/${key}`, headers: {} })
    assert.equal(answer.status, 404, key)
    assert.equal(answer.fault, 'not_found', key)
  }
})

test('a picture goes when its owner deletes it, and nobody else can', async () => {
  const key = await uploaded(png)
  const remove = (token: string) => house.manage('DELETE', `/openapi/file/${key}`, undefined, token)
  assert.equal((await remove(stranger)).fault, 'not_found')
  assert.equal((await read(key)).status, 200)
  assert.equal((await remove(partner)).status, 200)
  assert.equal((await read(key)).status, 404)
  assert.ok(!readdirSync(join(house.dataDir, 'files')).includes(key))
  assert.equal((await remove(partner)).fault, 'not_found')
})

test('a picture that neither a logo nor a document shows any more goes a day later', async () => {
  const [logo, shown, unused, old] = [await uploaded(png), await uploaded(gif), await uploaded(jpeg), await uploaded(webp)]
  const app = await house.done('POST', '/openapi/app/add', { name: 'seen', logo: old }, partner)
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { logo }, partner)
  const linked = await uploaded(gif)
  await house.done('POST', '/openapi/app/add', { name: 'linked', logo: `https://open.example.com/openapi/file/${linked}` }, partner)
  await house.publish({ path: '/seen', status: 0, doc: `![map](/openapi/file/${shown})` })
  const { db, close } = await openDatabase(house.databaseUrl, { error: () => {} })
  const hourMs = 3_600_000
  const forget = (hours: number) =>
    forgetUnused({ db, files: createDiskStore(house.dataDir), now: () => new Date(Date.now() + hours * hourMs) })
  await forget(23)
  assert.deepEqual(await Promise.all([logo, shown, unused, old].map(async (key) => (await read(key)).status)), [200, 200, 200, 200])
  await forget(25)
  assert.deepEqual(await Promise.all([logo, shown, unused, old].map(async (key) => (await read(key)).status)), [200, 200, 404, 404])
  assert.equal((await read(linked)).status, 200)
  assert.ok(!readdirSync(join(house.dataDir, 'files')).includes(unused))
  assert.equal(await forget(25), 0, 'those in use are looked at once a day')
  await house.done('DELETE', `/openapi/app/${app.id}`)
  await forget(50)
  assert.deepEqual([(await read(logo)).status, (await read(shown)).status], [404, 200])
  await close()
})

test('one person’s pictures together stay below 20 MB, also when they come at once', async () => {
  const hoarder = await house.login('hoarder', 'a long password')
  const big = Buffer.concat([png, Buffer.alloc(1024 * 1024 - png.length)])
  for (let at = 0; at < 18; at++) await uploaded(big, hoarder)
  const answers = await Promise.all(Array.from({ length: 5 }, () => upload([{ bytes: big }], hoarder)))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 409, 409, 409])
  assert.equal(answers.find(({ status }) => status === 409)!.fault, 'file_quota_exceeded')
  assert.equal((await upload([{ bytes: png }], stranger)).status, 200)
})
