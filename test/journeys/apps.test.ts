// Apps as contract §1 has them, beyond what `management.test.ts` tells: deletion, callback address, logo, and what an app's detail shows.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type House, openHouse, signed } from '../house.ts'

let house: House
let partner: string
let stranger: string

before(async () => {
  house = await openHouse({ settings: { KAIMEN_CALLBACK_ALLOW: '10.20.0.0/16' } })
  for (const username of ['partner', 'stranger']) {
    const person = { username, password: 'a long password', phoneNumber: username === 'partner' ? '13700000001' : '13700000002' }
    await house.done('POST', '/openapi/user/register', person, '')
  }
  partner = await house.login('partner', 'a long password')
  stranger = await house.login('stranger', 'a long password')
})
after(() => house.close())

function fails(answer: Answer, status: number, fault: string): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.fault, fault, answer.text)
}

const newApp = (fields: object = {}, token = partner) => house.done('POST', '/openapi/app/add', { name: 'an app', ...fields }, token)
const edit = (id: number, fields: object, token = partner) => house.manage('PUT', `/openapi/app/edit/${id}`, fields, token)

test('a deleted app is gone everywhere, and the gateway forgets it', async () => {
  const operation = await house.publish({ path: '/deleted' })
  const app = await house.app([operation.id])
  const token = await house.token(app)
  const call = () => house.call(signed(app, 'GET', '/deleted', { token }))
  assert.equal((await call()).status, 200)
  await house.done('DELETE', `/openapi/app/${app.id}`)
  await house.settled()
  fails(await call(), 401, 'invalid_token')
  fails(await house.manage('GET', `/openapi/app/${app.id}`, undefined, house.admin), 404, 'not_found')
  fails(await house.manage('PUT', `/openapi/app/enable/${app.id}`, undefined, house.admin), 404, 'not_found')
  const { records } = await house.done('GET', '/openapi/app/page?size=200')
  assert.ok(!records.some((one: { id: number }) => one.id === app.id))
  // It is as it should be.
  await house.done('DELETE', `/openapi/app/${app.id}`)
})

test('several apps are deleted together or not at all, and by an operator', async () => {
  const [one, two] = [await newApp(), await newApp()]
  const remove = (path: string, token = house.admin) => house.manage('DELETE', path, undefined, token)
  fails(await remove(`/openapi/app?ids=${one.id},999999`), 400, 'invalid_parameters')
  await house.done('GET', `/openapi/app/${one.id}`)
  fails(await remove('/openapi/app/999999'), 404, 'not_found')
  for (const query of ['', '?ids=', '?ids=x', '?ids=1,', '?ids=0', `?ids=${Array.from({ length: 201 }, (_, at) => at + 1)}`]) {
    fails(await remove(`/openapi/app${query}`), 400, 'invalid_parameters')
  }
  fails(await remove(`/openapi/app/${one.id}`, partner), 403, 'forbidden')
  fails(await remove(`/openapi/app?ids=${one.id}`, partner), 403, 'forbidden')
  assert.equal((await remove(`/openapi/app?ids=${one.id},${two.id},${one.id}`)).status, 200)
  for (const { id } of [one, two]) fails(await house.manage('GET', `/openapi/app/${id}`, undefined, house.admin), 404, 'not_found')
})

test('a callback address is set and cleared by its owner; private ones and odd ones are refused by name', async () => {
  const app = await newApp()
  const set = (callbackAddress: unknown, token = partner) =>
    house.manage('PUT', `/openapi/app/callback/${app.id}`, { callbackAddress }, token)
  const kept = async () => (await house.done('GET', `/openapi/app/${app.id}`, undefined, partner)).callbackAddress
  assert.equal(await kept(), null)
  assert.equal((await set('https://8.8.8.8/hooks/')).status, 200)
  assert.equal(await kept(), 'https://8.8.8.8/hooks')
  for (const address of [
    'http://127.0.0.1:9/x',
    'http://localhost',
    'http://0x7f.1',
    'http://[::ffff:10.0.0.1]',
    'http://169.254.169.254',
    'http://0',
  ]) {
    const answer = await set(address)
    fails(answer, 400, 'invalid_parameters')
    assert.match(answer.json.msg, /公网/)
  }
  for (const address of ['ftp://8.8.8.8', 'https://a:b@8.8.8.8', 'https://8.8.8.8/#x', 'x', 7, undefined, 'https://8.8.8.8/\0']) {
    fails(await set(address), 400, 'invalid_parameters')
  }
  fails(await set('https://8.8.8.8', stranger), 404, 'not_found')
  assert.equal(await kept(), 'https://8.8.8.8/hooks')
  assert.equal((await set('http://10.20.30.40')).status, 200)
  fails(await set('http://10.21.0.1'), 400, 'invalid_parameters')
  assert.equal((await set('')).status, 200)
  assert.equal(await kept(), null)
  assert.equal((await set('https://8.8.4.4', house.admin)).status, 200)
  assert.equal((await set(null)).status, 200)
})

test('a logo is a picture of ours, an https address, or none', async () => {
  const app = await newApp({ logo: 'https://example.com/logo.png' })
  assert.equal(app.logo, 'https://example.com/logo.png')
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
  const body = new FormData()
  body.append('file', new Blob([png]), 'logo.png')
  const headers = { authorization: `Bearer ${partner}` }
  const uploaded = (await (await fetch(`${house.platformUrl}/openapi/file`, { method: 'POST', body, headers })).json()) as {
    data: { key: string }
  }
  assert.equal((await edit(app.id, { logo: uploaded.data.key })).json.data.logo, uploaded.data.key)
  for (const logo of [
    'http://example.com/logo.png',
    'javascript:alert(1)',
    'data:image/png;base64,AA',
    '../master.key',
    'a'.repeat(32),
    'https://',
  ]) {
    fails(await edit(app.id, { logo }), 400, 'invalid_parameters')
    fails(await house.manage('POST', '/openapi/app/add', { name: 'x', logo }, partner), 400, 'invalid_parameters')
  }
  assert.equal((await edit(app.id, { name: 'renamed', logo: null })).json.data.logo, uploaded.data.key)
  assert.equal((await edit(app.id, { logo: '' })).json.data.logo, null)
  assert.equal((await newApp({ logo: '' })).logo, null)
})

test('what only HQ may set is forbidden to a developer, and nothing of that edit happens', async () => {
  const app = await newApp()
  for (const fields of [
    { internal: true },
    { schemes: ['member'] },
    { schemes: ['openapi', 'auth-id'] },
    { limitCount: 1 },
    { dayQuota: 0 },
  ]) {
    fails(await edit(app.id, { name: 'other', ...fields }), 403, 'forbidden')
  }
  assert.equal((await house.done('GET', `/openapi/app/${app.id}`)).name, 'an app')
  assert.deepEqual((await edit(app.id, { schemes: ['auth-id'], internal: true }, house.admin)).json.data.schemes, ['auth-id'])
  // What HQ has turned on may stay.
  assert.equal((await edit(app.id, { schemes: ['auth-id', 'openapi'] })).status, 200)
})

test('pages filter by owner’s phone, kind of service and state, newest first', async () => {
  const first = await newApp({ name: '筛选一', serviceType: '停车' }, stranger)
  const second = await newApp({ name: '筛选二', serviceType: '支付' }, stranger)
  await house.done('PUT', `/openapi/app/enable/${first.id}`)
  const ids = async (query: string) =>
    (await house.done('GET', `/openapi/app/page?size=200&${query}`)).records.map(({ id }: { id: number }) => id)
  assert.deepEqual(await ids('phoneNumber=13700000002'), [second.id, first.id])
  assert.deepEqual(await ids('phoneNumber=1370000000'), [])
  assert.deepEqual(await ids(`phoneNumber=13700000002&serviceType=${encodeURIComponent('停车')}`), [first.id])
  assert.deepEqual(await ids('phoneNumber=13700000002&status=1'), [second.id])
  assert.deepEqual(await ids(`name=${encodeURIComponent('筛选')}`), [second.id, first.id])
})

test('a setting enables new apps at once', async () => {
  await using open = await openHouse({ settings: { KAIMEN_NEW_APPS: 'enabled' } })
  assert.equal((await open.done('POST', '/openapi/app/add', { name: 'at once' })).status, 0)
})

test('how many days are left is shown, and extension begins its warnings anew', async () => {
  const app = await newApp()
  const days = async (expirationTime: string | null) => {
    await house.done('PUT', `/openapi/app/expiration/${app.id}`, { expirationTime })
    const detail = await house.done('GET', `/openapi/app/${app.id}`, undefined, partner)
    const [record] = (await house.done('GET', '/openapi/app/page', undefined, partner)).records
    assert.equal(record.expiresInDays, detail.expiresInDays)
    return detail.expiresInDays
  }
  const wireTime = (at: number) => new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
  assert.equal(app.expiresInDays, null)
  assert.equal(await days(wireTime(Date.now() + 5.5 * 86_400_000)), 6)
  assert.equal(await days('2020-01-01 00:00:00'), 0)
  assert.equal(await days(null), null)
  await house.query('update app set expiry_warned_days = 7 where id = $1', [app.id])
  await days(wireTime(Date.now() + 90 * 86_400_000))
  const { rows } = await house.query('select expiry_warned_days from app where id = $1', [app.id])
  assert.equal(rows[0].expiry_warned_days, null)
})
