// The routes that source 002 does not have, each called once as it should be and once by who may not: `test/pins.ts` keeps what they answer.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freePort } from '../free-port.ts'
import { type House, openHouse } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { checkAllPinned, openPins } from '../pins.ts'

let house: House
let pins: ReturnType<typeof openPins>
let partner = ''
let stranger = ''

before(async () => {
  const projects = JSON.stringify([{ key: 'p1', name: '一号车场' }])
  const ports = { KAIMEN_GATEWAY_PORT: String(await freePort()), KAIMEN_DEMO_PORT: String(await freePort()) }
  const settings = { ...ports, KAIMEN_ALLOW_PRIVATE_CALLBACKS: 'true' }
  house = await openHouse({
    settings,
    service: (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(projects),
  })
  pins = openPins(house)
  for (const username of ['partner', 'stranger']) {
    await house.done('POST', '/openapi/user/register', { username, password: 'a long password' }, '')
  }
  partner = await house.login('partner', 'a long password')
  stranger = await house.login('stranger', 'a long password')
})
after(() => house.close())

const day = (date: string) => encodeURIComponent(`${date} 00:00:00`)

/** By the administrator, after a developer was refused; or by `who`, after `refused` was. Answers `data`. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks into it and says what it finds
async function pin(method: string, path: string, body?: unknown, who = house.admin, refused: string | undefined = partner): Promise<any> {
  const denied = await pins.call(method, path, body, refused)
  assert.ok([401, 403, 404].includes(denied.status), `${method} ${path}: ${denied.text}`)
  const answer = await pins.call(method, path, body, who)
  assert.equal(answer.status, 200, `${method} ${path}: ${answer.text}`)
  return answer.json?.data
}

test('users and roles', async () => {
  const own = await house.done('GET', '/openapi/user/page?username=partner')
  const { id } = own.records[0]
  await pin('PUT', `/openapi/user/edit/${id}`, { nikeName: '张三', phoneNumber: '13800000000', email: 'a@example.com' }, partner, stranger)

  const operator = await pin('POST', '/openapi/user/add', { username: 'operator', password: 'a long password', roleIds: [] })
  await pin('GET', `/openapi/user/signIn/${operator.id}`)
  await pin('PUT', `/openapi/user/unlock/${operator.id}`)
  await pin('DELETE', `/openapi/user/secondFactor/${operator.id}`)
  await pin('PUT', `/openapi/user/password/${operator.id}`, { newPassword: 'another password' })

  const { records } = await pin('GET', '/openapi/permission/page?size=1')
  const [developer] = (await house.done('GET', '/openapi/role/page?name=developer')).records
  const role = await pin('POST', '/openapi/role/add', { name: 'auditor', title: '审计员', permissionIds: [records[0].id] })
  await pin('PUT', `/openapi/role/edit/${role.id}`, { title: '审计' })
  await pin('GET', '/openapi/role/page?name=auditor')
  await pin('PUT', `/openapi/user/role/${id}`, { roleIds: [role.id] }, house.admin, stranger)
  await house.done('PUT', `/openapi/user/role/${id}`, { roleIds: [developer.id] })
  await pin('DELETE', `/openapi/role/delete/${role.id}`)
})

test('oneself and one’s sessions', async () => {
  await pin('GET', '/openapi/user/me', undefined, partner, '')
  const other = await house.login('partner', 'a long password')
  const own = (await house.done('GET', '/openapi/user/session/page', undefined, other)).records.find(
    (row: { current: boolean }) => row.current,
  )
  await pin('DELETE', `/openapi/user/session/${own.id}`, undefined, partner, stranger)
  await pin('DELETE', '/openapi/user/session', undefined, partner, '')
  await pin('GET', '/openapi/user/session/page?size=1', undefined, partner, '')
})

test('the audit', async () => {
  await house.done('POST', '/openapi/project/add', { name: '审计过的车场', code: 'AUDITED' })
  await pin('GET', '/openapi/audit/page?kind=project&action=insert')
  await pin('GET', '/openapi/audit/export?kind=project&action=insert&format=ndjson')
})

test('apps and their requests', async () => {
  const operation = await house.publish({ path: '/applied-for', security: 'none' })
  const app = await house.done('POST', '/openapi/app/add', { name: '车场应用' }, partner)
  const { id } = app
  await pin('PUT', `/openapi/app/edit/${id}`, { remark: '备注', ipAllowList: ['10.0.0.0/8'] }, partner, stranger)
  const apply = () => pin('POST', `/openapi/app/apply/${id}`, { interfaceIds: [operation.id], reason: '对接' }, partner, stranger)
  const first = await apply()
  await pin('GET', '/openapi/app/apply/page?status=waiting', undefined, partner, '')
  await pin('PUT', `/openapi/app/apply/refuse/${first.id}`, { reason: '理由不足' })
  const second = await apply()
  await pin('PUT', `/openapi/app/apply/approve/${second.id}`)
  await pin('PUT', `/openapi/app/limit/${id}`, { interfaceId: operation.id, limitCount: 10, dayQuota: 1_000 })
  await pin('GET', `/openapi/app/config/${id}`, undefined, partner, stranger)
  const project = await house.done('POST', '/openapi/project/add', { name: '绑定的车场', code: 'BOUND' })
  await house.done('PUT', `/openapi/app/bind/${id}`, { projectIds: [project.id] })
  await pin('GET', `/openapi/app/bind/${id}`, undefined, partner, stranger)

  await house.query(`insert into consent select id, $1, '{openid,profile}', now(), now() from "user" where username = 'stranger'`, [id])
  const { records } = await pin('GET', `/openapi/app/consent/${id}`, undefined, house.admin, stranger)
  await pin('DELETE', `/openapi/app/consent/${id}/${records[0].userId}`)
})

test('documentation, and a call tried from it', async () => {
  const operation = await house.publish({ path: '/documented', security: 'none', doc: '# 查询车位', remark: '备注' })
  await pin('GET', '/openapi/doc/page?search=%E8%BD%A6%E4%BD%8D', undefined, partner, '')
  await pin('GET', `/openapi/doc/${operation.id}`, undefined, partner, '')
  const { id } = await house.done('POST', '/openapi/app/add', { name: '试调应用' }, partner)
  await pin('POST', `/openapi/app/try/${id}`, { interfaceId: operation.id, query: { park: '东门' } }, partner, stranger)
})

test('projects and their sources', async () => {
  const project = await pin('POST', '/openapi/project/add', { name: '二号车场', code: 'P2' })
  await pin('PUT', `/openapi/project/edit/${project.id}`, { remark: '备注' })
  await pin('GET', '/openapi/project/page?code=P2')
  await pin('DELETE', `/openapi/project/delete/${project.id}`)

  const url = `${house.serviceUrl}/projects`
  const source = await pin('POST', '/openapi/projectSource/add', {
    name: 'ERP',
    url,
    credential: 'Authorization: Bearer x',
    enabled: false,
  })
  await pin('PUT', `/openapi/projectSource/edit/${source.id}`, { intervalSeconds: 600 })
  await pin('PUT', `/openapi/projectSource/pull/${source.id}`)
  await pin('GET', '/openapi/projectSource/page')
  await pin('DELETE', `/openapi/projectSource/delete/${source.id}`)
})

test('services', async () => {
  await pin('POST', '/openapi/service/add', { name: '车场服务', targets: [{ url: 'http://parking:8080' }], balance: 'least_conn' })
  await pin('GET', `/openapi/service/page?name=${encodeURIComponent('车场')}`)
  // A gateway tells every five seconds; what it tells is in services.test.ts.
  await until(
    async () => (await house.done('GET', '/openapi/service/health')).gateways === 1,
    15_000,
    () => 'no gateway is heard',
  )
  await pin('GET', '/openapi/service/health')
})

test('changed and deleted services', async () => {
  const { id } = await house.done('POST', '/openapi/service/add', { name: '支付服务', targets: [{ url: 'http://payment:8080' }] })
  await pin('PUT', `/openapi/service/edit/${id}`, { timeoutMs: 5_000 })
  await pin('DELETE', `/openapi/service/delete/${id}`)
  await pin('POST', '/openapi/service/demo')
})

test('service types', async () => {
  const { id } = await pin('POST', '/openapi/serviceType/add', { titleZh: '充电', titleEn: 'Charging' })
  await pin('PUT', `/openapi/serviceType/edit/${id}`, { titleEn: 'Charging points' })
  await pin('GET', '/openapi/serviceType/page?title=Charging', undefined, partner, '')
  await pin('DELETE', `/openapi/serviceType/delete/${id}`)
})

test('versions of an interface', async () => {
  const operation = await house.publish({ path: '/with-versions' })
  await pin('POST', `/openapi/interface/version/${operation.id}`, { version: 'v2' })
})

test('fields of user details', async () => {
  const { id } = await pin('POST', '/openapi/userDetail/add', { name: 'born', title: '生日', type: 'date', order: 9 })
  await pin('PUT', `/openapi/userDetail/edit/${id}`, { title: '出生日期', required: true })
  await pin('GET', '/openapi/userDetail/page')
  await pin('DELETE', `/openapi/userDetail/delete/${id}`)
})

test('what apps recorded', async () => {
  await pin('GET', '/openapi/log/page?type=U&appId=nobody')
})

test('settings', async () => {
  await pin('GET', '/openapi/setting/page?text=callback_timeout')
})

test('mails', async () => {
  await pin('GET', '/openapi/mail/page?status=given_up')
  await house.query(`insert into mail ("to", subject, text, kind, status, tries, next_at, created_at)
    values ('a@example.com', 's', 't', 'app', 'given_up', 9, now(), now())`)
  await pin('PUT', '/openapi/mail/resend/1')
})

test('codes by SMS', async () => {
  await house.done('POST', '/openapi/user/smsCode', { phoneNumber: '13611112222', scene: 'register' }, '')
  await until(
    async () => (await house.done('GET', '/openapi/sms/page?status=sent')).total === 1,
    15_000,
    () => 'it is not on record',
  )
  await pin('GET', '/openapi/sms/page?phoneNumber=13611112222&status=sent')
})

test('pictures', async () => {
  const picture = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
  const upload = async (token: string) => {
    const form = new FormData()
    form.append('file', new Blob([picture]), 'logo.gif')
    const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
    const response = await fetch(`${house.platformUrl}/openapi/file`, { method: 'POST', body: form, headers })
    const text = await response.text()
    const json = JSON.parse(text)
    pins.note('POST', '/openapi/file', token, '<form: file=logo.gif>', { status: response.status, headers: response.headers, text, json, fault: json.error }) // biome-ignore format: one thought
    return json.data
  }
  await upload('')
  const { key } = await upload(partner)
  assert.equal((await pins.call('GET', `/openapi/file/${key}`)).status, 200)
  assert.equal((await pins.call('GET', `/openapi/file/${'0'.repeat(32)}`)).fault, 'not_found')
  await pin('DELETE', `/openapi/file/${key}`, undefined, partner, stranger)
})

test('keys of OAuth', async () => {
  await pin('POST', '/openapi/oauth/rotateKey')
  await pin('GET', '/openapi/oauth/key')
})

test('events', async () => {
  const operation = await house.publish({ path: '/push/parked', method: 'POST', type: 1, serviceId: undefined })
  const app = await house.app([operation.id])
  await house.done('PUT', `/openapi/app/callback/${app.id}`, { callbackAddress: house.serviceUrl })
  await pin('POST', `/openapi/app/callback/verify/${app.id}`)
  const body = { path: '/push/parked', data: { plate: '粤B12345' }, idempotencyKey: 'parked-1' }
  const { eventId, deliveries } = await pin('POST', '/openapi/event/push', body)
  const counts = async () => (await house.done('GET', '/openapi/event/page')).records[0]
  await until(async () => (await counts()).delivered === 1, 15_000, () => 'the event is not delivered') // biome-ignore format: one thought
  await pin('GET', '/openapi/event/page?state=delivered', undefined, house.admin, '')
  await pin('GET', '/openapi/event/waiting', undefined, house.admin, '')
  await pin('GET', '/openapi/event/callback/page', undefined, house.admin, '')
  await pin('GET', `/openapi/event/${eventId}`)
  await pin('POST', `/openapi/event/resend/${deliveries[0].id}`)
  await until(async () => (await counts()).delivered === 1, 15_000, () => 'the event is not delivered again') // biome-ignore format: one thought
  await pin('GET', '/openapi/event/delivery/page?state=delivered&size=1', undefined, house.admin, '')
  await pin('GET', `/openapi/event/delivery/${deliveries[0].id}`)
  await pin('GET', `/openapi/event/resend?state=parked&appId=${app.appId}`)
  await pin('POST', '/openapi/event/resend', { state: 'parked', appId: app.appId })
  await pin('POST', '/openapi/event/resendChosen', { deliveryIds: [999_999_999] }, house.admin, '')
  await pin('GET', `/openapi/event/choice/${app.id}`)
  await pin('PUT', `/openapi/event/choice/${app.id}`, { paused: true })
  await pin('PUT', `/openapi/app/callback/enable/${app.id}`)
  await pin('POST', `/openapi/event/test/${app.id}`)

  // Without a callback address nobody but a listener takes the event.
  const laptop = await house.app()
  const token = await house.token(laptop)
  const listener = '5b1f4d0e-7a70-4a7e-9d4f-0f2c0d7c1f11'
  await house.done('POST', '/openapi/event/listen', { listener }, token)
  await house.done('POST', `/openapi/event/test/${laptop.id}`)
  await pin('POST', '/openapi/event/listen', { listener }, token)
  await pin('POST', '/openapi/event/listen/result', { listener, results: [{ id: 999_999_999, status: 200, latency: 5 }] }, token)
})

test('statistics, the call log and one call explained', async () => {
  const operation = await house.publish({ path: '/explained' })
  const range = `from=${day('2025-01-01')}&to=${day('2025-01-03')}`
  await pin('GET', `/openapi/stats/series?step=day&${range}&interfaceId=${operation.id}`, undefined, house.admin, '')
  await pin('GET', `/openapi/stats/totals?groupBy=app&${range}&compareFrom=${day('2024-12-30')}&interfaceId=${operation.id}`, undefined, house.admin, '') // biome-ignore format: one row
  await pin('GET', `/openapi/stats/errors?${range}`, undefined, house.admin, '')
  const call = await house.call({ method: 'GET', path: '/explained?park=1', headers: {} })
  const calls = `/openapi/stats/calls?from=${day('2025-01-01')}&to=${day('2099-01-01')}&interfaceId=${operation.id}`
  await until(
    async () => (await house.done('GET', calls)).records.length > 0,
    15_000,
    () => 'the gateway does not tell of the call',
  )
  const found = await pin('GET', calls, undefined, house.admin, '')
  assert.equal(found.records[0].requestId, call.headers.get('x-request-id'))
  await pin('GET', '/openapi/stats/gateways')
  await pin('GET', `/openapi/stats/explain/${found.records[0].requestId}`)
})

test('keys that got out; it ends the sessions of all tests above', async () => {
  await pin('POST', '/openapi/oauth/endKeys')
})

test('each request and its answer are as they were pinned', () => pins.check())

test('every route is pinned, with a request, its answer and a refusal', () => checkAllPinned())
