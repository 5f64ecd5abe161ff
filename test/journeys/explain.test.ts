// A partner's call is refused; the partner asks why by its request id, in either language. A whole house: what the gateway decided,
// kept and reported is what the platform explains.

import assert from 'node:assert/strict'
import { createHash, createHmac, createSecretKey, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { toWireTime } from '#lib/time.ts'
import { contentDigest } from '#schemes/content-digest.ts'
import { asParameters, readPasted } from '#schemes/pasted-request.ts'
import { signMessage } from '#schemes/rfc9421.ts'
import { parameterSteps } from '#schemes/steps.ts'
import { stringForms } from '#schemes/string-form.ts'
import { type Answer, burst, type Call, type House, openHouse, send, signed, signFields, type TestApp } from '../house.ts'

let house: House
let app: TestApp
let owner: string
let stranger: string
let ordersId: number

const orders = '/api/v1/orders'
const limited = '/api/v1/limited'
const password = 'Tr0ub4dor&3 京'

before(async () => {
  house = await openHouse()
  const ids: number[] = []
  ordersId = (await house.publish({ path: orders, method: 'POST', security: 'sign' })).id
  ids.push(ordersId)
  ids.push((await house.publish({ path: '/api/v1/list', security: 'sign' })).id)
  ids.push((await house.publish({ path: '/only-hmac', security: 'sign', schemes: ['hmac-sha256'] })).id)
  ids.push((await house.publish({ path: limited, security: 'sign', limitCount: 2 })).id)
  await house.publish({ path: '/not-granted', security: 'sign' })
  owner = await developer('13800000001')
  stranger = await developer('13800000002')
  app = await house.done('POST', '/openapi/app/add', { name: 'partner' }, owner)
  await house.done('PUT', `/openapi/app/enable/${app.id}`)
  await house.done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds: ids })
  await house.settled()
})
after(() => house.close())

async function developer(phoneNumber: string): Promise<string> {
  const account = { username: `dev${phoneNumber.slice(-2)}`, password: 'a long password', phoneNumber }
  await house.done('POST', '/openapi/user/register', account, '')
  return house.login(account.username, account.password)
}

/** A call that is refused, and its explanation for the app's owner, in English; and that it is explained in Chinese as well. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks into it and says what it finds
async function explained(call: Call, fault: string, stage: string): Promise<any> {
  const answer = await house.call(call)
  assert.equal(answer.fault, fault, answer.text)
  const { requestId } = answer.json
  const english = await explain(requestId)
  const { data } = english.json
  assert.deepEqual([data.requestId, data.error, data.status], [requestId, fault, answer.status])
  assert.equal(data.stage, stage)
  assert.equal(data.appId, app.appId)
  assert.ok(data.revision > 0 && data.bytes > 0)
  const chinese = (await explain(requestId, owner, 'zh-CN')).json.data
  for (const words of [data.rule, data.stageText, data.signature?.causeText ?? 'x']) assert.match(words, /^[\x20-\x7e]+$/)
  for (const words of [chinese.rule, chinese.stageText, chinese.signature?.causeText ?? '京']) assert.match(words, /\p{Script=Han}/u)
  for (const text of [english.text, JSON.stringify(chinese)]) assertNoSecret(text)
  return data
}

const secretsEver: string[] = []
function assertNoSecret(text: string): void {
  for (const secret of [...secretsEver, app.appSecret]) assert.ok(!text.includes(secret), text)
}

function ask(requestId: string, session: string, language = 'en'): Promise<Answer> {
  const headers = { authorization: `Bearer ${session}`, 'accept-language': language }
  return send(house.platformUrl, { method: 'GET', path: `/openapi/stats/explain/${requestId}`, headers })
}

async function explain(requestId: string, session = owner, language = 'en'): Promise<Answer> {
  // A busy machine may be late with the report that was asked for.
  for (let tries = 0; ; tries++) {
    const answer = await ask(requestId, session, language)
    if (answer.status !== 404 || tries === 60) return answer
    await sleep(250)
  }
}

type Fields = Record<string, unknown>
const post = (fields: Fields, path = orders): Call => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(fields),
})
const own = (): Fields => ({ appId: app.appId, timestamp: Date.now(), nonce: randomUUID(), signType: 'hmac-sha256' })
const hmac = (text: string, secret = app.appSecret) => createHmac('sha256', secret).update(text).digest('base64')
const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
const pairs = (fields: Fields) => Object.entries(fields).map(([name, value]) => `${name}=${textOf(value)}`)
const sorted = (fields: Fields) => pairs(fields).sort().join('&')
const head = `POST\n${orders}\n`

test('parameters signed in the order of sending: both strings, and where they part', async () => {
  const fields = { plate: '京A12345', ...own(), amount: 5 }
  const text = head + pairs(fields).join('&')
  const { signature } = await explained(post({ ...fields, sign: hmac(text) }), 'signature_invalid', 'signature')
  const { scheme, cause, callers, stringToSign, differsAt, causeText } = signature
  assert.deepEqual({ scheme, cause, callers, stringToSign }, { scheme: 'hmac-sha256', cause: 'not_sorted', callers: text, stringToSign: head + sorted(fields) }) // biome-ignore format: one thought
  assert.equal(stringToSign.slice(0, differsAt), text.slice(0, differsAt))
  assert.notEqual(stringToSign[differsAt], text[differsAt])
  assert.match(causeText, /Sort them by name/)
})

test('a path variable that the setting names is hidden in the path, and in what was signed', async () => {
  const phone = '13912345678'
  const template = '/api/v1/people/{phone}/cars'
  await house.publish({ path: template, method: 'POST', security: 'sign' })
  const path = template.replace('{phone}', phone)
  const { signature, ...told } = await explained(post({ ...own(), sign: hmac('x') }, path), 'signature_invalid', 'signature')
  assert.equal(told.path, '/api/v1/people/***/cars')
  assert.match(signature.stringToSign, /^POST\n\/api\/v1\/people\/\*\*\*\/cars\n/)
  assert.ok(!JSON.stringify({ signature, told }).includes(phone))
})

test('what is no claim yet is its owner’s to see all the same: a missing sign, an unknown signType, a token that has ended', async () => {
  const { detail } = await explained(post(own()), 'signature_missing', 'identify')
  assert.equal(detail.name, 'sign')
  await explained(post({ ...own(), signType: 'md5', sign: 'x' }), 'invalid_parameters', 'identify')
  await house.publish({ path: '/by-token', security: 'token' })
  const token = await house.token(app)
  const [head, body, sign] = token.split('.')
  const forged = `${head}.${body}.${sign!.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`
  await explained({ method: 'GET', path: '/by-token', headers: { authorization: `Bearer ${forged}` } }, 'invalid_token', 'identify')
})

test('an empty value left out of the signature', async () => {
  const fields = own()
  const call = post({ ...fields, remark: '', sign: hmac(head + sorted(fields)) })
  assert.equal((await explained(call, 'signature_invalid', 'signature')).signature.cause, 'empty_values_dropped')
})

test('a body that was written anew before it was sent', async () => {
  const fields = { ...own(), items: { b: 1, a: '/x' } }
  const text = head + sorted({ ...fields, items: '{"b": 1, "a": "/x"}' })
  const { signature } = await explained(post({ ...fields, sign: hmac(text) }), 'signature_invalid', 'signature')
  assert.equal(signature.cause, 'body_reserialised')
  assert.equal(signature.callers, text)
  assert.equal(rebuilt(signature), signature.stringToSign)
})

test('signed by another scheme than signType says', async () => {
  const fields = own()
  const sign = signFields('openapi', 'POST', orders, fields, app.appSecret)
  const { signature } = await explained(post({ ...fields, sign }), 'signature_invalid', 'signature')
  assert.deepEqual([signature.cause, signature.about], ['wrong_scheme', 'openapi'])
})

test('a secret that was reset without grace', async () => {
  const old = app.appSecret
  secretsEver.push(old)
  app = { ...app, ...(await house.done('PUT', `/openapi/app/resetSignKey/${app.id}`, undefined, owner)) }
  await house.settled()
  const call = signed(app, 'GET', '/api/v1/list', { scheme: 'hmac-sha256', secret: old })
  assert.equal((await explained(call, 'signature_invalid', 'signature')).signature.cause, 'old_secret')
  // It explains, and opens nothing.
  assert.equal((await house.call(signed(app, 'GET', '/api/v1/list', { scheme: 'hmac-sha256' }))).status, 200)
})

test('masked values are nowhere, however the caller wrote them', async () => {
  const fields = { ...own(), password, contact: { phone: 13800138000, name: 'x' }, z: 1 }
  const encoded = pairs(fields).sort().map((pair) => pair.replace(/=(.*)/, (_, value) => `=${encodeURIComponent(value)}`)) // biome-ignore format: one thought
  const rows: [text: string, cause: string][] = [
    [head + pairs(fields).join('&'), 'not_sorted'],
    [head + encoded.join('&'), 'url_encoded_values'],
    [`${head}${sorted(fields)}&key=${app.appSecret}`, 'secret_included'],
    [`${JSON.stringify(fields)}!`, 'unknown'],
  ]
  for (const [text, cause] of rows) {
    const data = await explained(post({ ...fields, sign: hmac(text) }), 'signature_invalid', 'signature')
    const shown = JSON.stringify(data)
    for (const hidden of [password, encodeURIComponent(password), '13800138000']) assert.ok(!shown.includes(hidden), shown)
    assert.match(data.signature.stringToSign, /&password=\*\*\*&/)
    assert.equal(readPasted(data.signature.request)?.method, 'POST')
    assert.match(data.advice, /workbench/)
    assert.equal(data.signature.cause, cause)
  }
})

test('RFC 9421: signed for https, while the gateway is called by http', async () => {
  const authority = new URL(house.gatewayUrl).host
  const body = '{"plate":"x"}'
  const digest = contentDigest(Buffer.from(body))
  const fieldLines = ['content-digest', digest]
  const message = { method: 'POST', scheme: 'https', authority, target: orders, fieldLines, body: Buffer.from(body) } as const
  const order = { keyid: app.appId, nonce: randomUUID(), createdAt: Math.floor(Date.now() / 1000) }
  const key = { alg: 'hmac-sha256', key: createSecretKey(Buffer.from(app.appSecret)) } as const
  const { signatureInput, signature } = signMessage(message, order, key)
  const headers = { 'content-type': 'application/json', 'content-digest': digest, 'signature-input': signatureInput, signature }
  const data = await explained({ method: 'POST', path: orders, headers, body }, 'signature_invalid', 'signature')
  assert.deepEqual([data.signature.scheme, data.signature.cause], ['rfc9421', 'target_altered'])
  assert.match(data.signature.stringToSign, /^"@method": POST\n"@target-uri": http:/)
})

test('auth-id: names hashed along with the values', async () => {
  const requestTime = String(Date.now())
  const text = `${house.config.authIdPublicKey}${app.appSecret}${requestTime}a=1&b=2`
  const path = `/api/v1/list?authId=${app.appId}&requestTime=${requestTime}&b=2&a=1`
  const md5 = createHash('md5').update(text).digest('hex')
  const { signature } = await explained({ method: 'GET', path, headers: { token: md5 } }, 'signature_invalid', 'signature')
  assert.deepEqual([signature.scheme, signature.cause], ['auth-id', 'names_included'])
  assert.equal(signature.callers, text.replace(app.appSecret, '***'))
})

test('a wrong clock, a scheme that is not taken there, an interface that was not granted, an address that is not the app’s', async () => {
  const late = await explained(
    signed(app, 'GET', '/api/v1/list', { timestamp: Date.now() - 3_600_000 }),
    'timestamp_out_of_window',
    'freshness',
  )
  assert.match(late.rule, /300 s|600 s/)
  assert.equal(late.signature, undefined)
  const other = await explained(signed(app, 'GET', '/only-hmac'), 'scheme_not_allowed', 'identify')
  assert.match(other.rule, /openapi.*allowed: hmac-sha256/)
  const foreign = await explained(signed(app, 'GET', '/not-granted'), 'not_granted', 'authorize')
  assert.match(foreign.rule, /not been granted/)
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { ipAllowList: ['203.0.113.0/24'] }, owner)
  await house.settled()
  await explained(signed(app, 'GET', '/api/v1/list'), 'ip_denied', 'state')
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { ipAllowList: [] }, owner)
  await house.settled()
})

test('a limit that was reached', async () => {
  const answers = await burst(6, 2, () => house.call(signed(app, 'GET', limited)))
  const refused = answers.find(({ status }) => status === 429)!
  const { data } = (await explain(refused.json.requestId)).json
  assert.deepEqual([data.stage, data.error], ['limit', 'rate_limited'])
})

test('a call that went through is explained as that', async () => {
  const answer = await house.call(signed(app, 'GET', '/api/v1/list'))
  const { data } = (await explain(answer.headers.get('x-request-id')!)).json
  assert.deepEqual([data.status, data.error, data.stage, data.bytes > 0], [200, null, null, true])
  assert.match(data.rule, /answered 200/)
})

test('another developer finds nothing, nor does the owner of something that nobody was identified for; HQ finds both', async () => {
  const { requestId } = (await house.call(signed(app, 'GET', '/not-granted'))).json
  assert.equal((await explain(requestId)).status, 200)
  const theirs = await ask(requestId, stranger)
  assert.equal(theirs.status, 404)
  assert.match(theirs.json.msg, /KAIMEN_CALL_LOG_RATE.*KAIMEN_CALL_LOG_DAYS/)
  assert.equal((await explain(requestId, house.admin)).status, 200)
  const unknown = (await house.call({ method: 'GET', path: '/nowhere', headers: {} })).json.requestId
  const byHq = await explain(unknown, house.admin)
  assert.deepEqual([byHq.status, byHq.json.data.stage, byHq.json.data.appId], [200, 'match', null])
  assert.equal((await ask(unknown, owner)).status, 404)
  assert.equal((await ask(randomUUID(), house.admin)).status, 404)
})

test('the call log: a range is needed, filters hold, a developer sees their own', async () => {
  const search = (filter: string, session = owner) => house.manage('GET', `/openapi/stats/calls?${filter}`, undefined, session)
  const range = `from=${encodeURIComponent(wire(-600_000))}&to=${encodeURIComponent(wire(60_000))}`
  for (const filter of ['', `from=${encodeURIComponent(wire(0))}`]) {
    const answer = await house.call({ method: 'GET', path: '/x', headers: {} }).then(() => search(filter))
    assert.equal(answer.status, 400)
    assert.match(answer.json.msg, /from 和 to/)
  }
  assert.equal((await search(`${range}&size=200&current=51`)).status, 400)

  const answer = await house.call(signed(app, 'GET', '/not-granted', { scheme: 'hmac-sha256' }))
  const { requestId } = answer.json
  assert.equal((await explain(requestId)).status, 200)
  const { data } = (await search(`${range}&size=200`)).json
  const times = data.records.map(({ time }: { time: string }) => time)
  assert.deepEqual(times, times.toSorted().reverse())
  assert.equal(data.records[0].requestId, requestId)
  assert.ok(data.records.every(({ appId }: { appId: string }) => appId === app.appId))
  assert.deepEqual([data.total, data.totalCapped, data.leftOut], [data.records.length, false, 0])

  const [record] = data.records
  const filters = [`appId=${app.appId}`, `appId=${app.id}`, 'error=not_granted', 'status=403', `ip=${record.ip}`, `requestId=${requestId}`, `interfaceId=${record.interfaceId}`] // biome-ignore format: one row
  for (const filter of filters) assert.equal((await search(`${range}&${filter}`)).json.data.records[0].requestId, requestId, filter)
  for (const filter of [`interfaceId=${ordersId}`, 'error=ip_denied', 'status=429', 'ip=203.0.113.1']) {
    const found = (await search(`${range}&${filter}`)).json.data.records.map((one: { requestId: string }) => one.requestId)
    assert.ok(!found.includes(requestId), filter)
  }
  assert.equal((await search(`${range}&appId=${app.appId}`, stranger)).status, 404)
  assert.deepEqual((await search(`${range}&requestId=${requestId}`, stranger)).json.data.records, [])
  const all = (await search(`${range}&size=200`, house.admin)).json.data.records
  const nobodys = all.find(({ path }: { path: string }) => path === '/nowhere')
  assert.deepEqual([nobodys.appId, nobodys.app, nobodys.interfaceId, nobodys.interfaceName], [null, null, null, null])

  // App and interface stand there by name; of an interface that is not for developers, only operators read it.
  assert.deepEqual([record.app, record.interfaceName], [{ id: app.id, name: 'partner' }, '/not-granted'])
  await house.done('PUT', `/openapi/interface/edit/${record.interfaceId}`, { visibility: 'internal' })
  const nameFor = async (session: string) => (await search(`${range}&requestId=${requestId}`, session)).json.data.records[0].interfaceName
  assert.deepEqual([await nameFor(owner), await nameFor(house.admin)], [null, '/not-granted'])
  assert.equal((await explain(requestId)).json.data.interfaceName, null)
})

test('a success beyond the rate is counted as left out, and its explanation says why there is none', async () => {
  await using small = await openHouse({ settings: { KAIMEN_CALL_LOG_RATE: '0' } })
  const operation = await small.publish({ path: '/x', security: 'sign' })
  const partner = await small.app([operation.id])
  const answer = await small.call(signed(partner, 'GET', '/x'))
  assert.equal(answer.status, 200)
  const range = `from=${encodeURIComponent(wire(-600_000))}&to=${encodeURIComponent(wire(60_000))}`
  let found = { leftOut: 0, total: 0 }
  for (let tries = 0; found.leftOut === 0 && tries < 150; tries++) {
    found = await small.done('GET', `/openapi/stats/calls?${range}`)
    await sleep(100)
  }
  assert.deepEqual([found.leftOut, found.total], [1, 0])
  const explanation = await small.manage('GET', `/openapi/stats/explain/${answer.headers.get('x-request-id')}`, undefined, small.admin)
  assert.equal(explanation.fault, 'not_found')
})

function wire(fromNowMs: number): string {
  return toWireTime(new Date(Date.now() + fromNowMs), house.config.timeZone)
}

/** What the workbench makes of the request that an explanation shows. */
function rebuilt({ request, scheme }: { request: string; scheme: 'hmac-sha256' }): string {
  const built = parameterSteps(stringForms[scheme], asParameters(readPasted(request)!))
  assert.ok('stringToSign' in built)
  return built.stringToSign
}
