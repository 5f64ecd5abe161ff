// Every way to sign a call, through a live gateway: what is taken, what arrives at the service, and what is refused.

import assert from 'node:assert/strict'
import { createHmac, createPrivateKey, createSecretKey, generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { openBody } from '#schemes/envelope.ts'
import type { MessageAlg } from '#schemes/message-claim.ts'
import { sealed, signedByAuthId, signedMessage } from '../callers.ts'
import { type Answer, type Call, type House, openHouse, signed, signFields, type TestApp } from '../house.ts'

const methods = ['GET', 'POST', 'DELETE'] as const
const allSchemes = ['openapi', 'hmac-sha256', 'rsa2', 'sm2', 'rfc9421', 'auth-id']

const newPair = {
  'rsa-v1_5-sha256': () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'ecdsa-p256-sha256': () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  ed25519: () => generateKeyPairSync('ed25519'),
  sm2: () => generateKeyPairSync('ec', { namedCurve: 'SM2' }),
}
type Alg = keyof typeof newPair
const algs = Object.keys(newPair) as Alg[]

let house: House
let app: TestApp
let token: string
const privateKeys = {} as Record<Alg, string>

before(async () => {
  house = await openHouse({ settings: { KAIMEN_TRUSTED_PROXIES: '127.0.0.0/8' } })
  const ids: number[] = []
  for (const method of methods) {
    ids.push((await house.publish({ path: '/both', method })).id)
    ids.push((await house.publish({ path: '/sign', method, security: 'sign' })).id)
  }
  ids.push((await house.publish({ path: '/token', security: 'token' })).id)
  ids.push((await house.publish({ path: '/only-messages', security: 'sign', schemes: ['rfc9421'] })).id)
  const paramSchema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false }
  ids.push((await house.publish({ path: '/typed', method: 'POST', security: 'sign', paramSchema })).id)
  app = await house.app(ids)
  const publicKeys = algs.map((alg) => {
    const { publicKey, privateKey } = newPair[alg]()
    privateKeys[alg] = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    return { keyId: alg, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
  })
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { publicKeys, schemes: allSchemes })
  await house.settled()
  token = await house.token(app)
})
after(() => house.close())

function refused(answer: Answer, status: number, fault: string): void {
  assert.deepEqual([answer.status, answer.fault], [status, fault], answer.text)
}
async function taken(call: Call): Promise<(typeof house.arrived)[number]> {
  const answer = await house.call(call)
  assert.equal(answer.status, 200, answer.text)
  return house.arrived.at(-1)!
}
const message = (method: string, path: string, options: Parameters<typeof signedMessage>[4] = {}, of = app) =>
  signedMessage(house.gatewayUrl, of, method, path, options)

const keyOf = (alg: Exclude<Alg, 'sm2'>) => ({ alg, keyId: alg, key: createPrivateKey(privateKeys[alg]) })

test('sm2: taken with a registered key, once; refused when anything of it is changed', async () => {
  const call = signed(app, 'POST', '/sign', { scheme: 'sm2', secret: privateKeys.sm2, fields: { car: '粤B·12345', n: 1.5 } })
  assert.equal((await taken(call)).body, '{"car":"粤B·12345","n":1.5}')
  refused(await house.call(call), 401, 'replayed_request')
  const changed = signed(app, 'POST', '/sign', { scheme: 'sm2', secret: privateKeys.sm2, fields: { car: '粤B·12345' } })
  refused(await house.call({ ...changed, body: changed.body!.replace('12345', '12346') }), 401, 'signature_invalid')
  const stranger = { ...app, appId: 'nobody0000000000' }
  refused(await house.call(signed(stranger, 'POST', '/sign', { scheme: 'sm2', secret: privateKeys.sm2 })), 401, 'signature_invalid')
  const many = await Promise.all(
    Array.from({ length: 60 }, () => house.call(signed(app, 'GET', '/sign', { scheme: 'sm2', secret: privateKeys.sm2 }))),
  )
  assert.ok(many.every(({ status }) => status === 200))
})

test('sm2 on a token request too, at both listeners', async () => {
  const fields = { appId: app.appId, timestamp: Date.now(), nonce: 'sm2-token', signType: 'sm2' }
  const sign = signFields('sm2', 'POST', '/openapi/token/generate', fields, privateKeys.sm2)
  const answer = await house.call({
    method: 'POST',
    path: '/openapi/token/generate',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...fields, sign }),
  })
  assert.equal(answer.status, 200, answer.text)
  assert.equal((await house.manage('POST', '/openapi/token/generate', { ...fields, sign })).status, 200)
})

test('more sm2 signatures than can be looked at in time are refused as overloaded, and nothing else waits for them', async () => {
  const calls = Array.from({ length: 1_500 }, () => signed(app, 'GET', '/sign', { scheme: 'sm2', secret: privateKeys.sm2 }))
  const answers = await Promise.all(calls.map((call) => house.call({ ...call, path: `${call.path}x` })))
  assert.ok(answers.every(({ fault }) => fault === 'signature_invalid' || fault === 'overloaded'))
  assert.equal((await house.call(signed(app, 'GET', '/sign', { scheme: 'sm2', secret: privateKeys.sm2 }))).status, 200)
})

for (const alg of ['hmac-sha256', 'ed25519', 'rsa-v1_5-sha256', 'ecdsa-p256-sha256'] as const satisfies MessageAlg[]) {
  test(`RFC 9421 by ${alg}: any body passes as it is, once, without its signature`, async () => {
    const key = alg === 'hmac-sha256' ? {} : { key: keyOf(alg) }
    const got = await taken(message('GET', '/sign?b=2&a=%E4%BD%A0+%2B&a=again', key))
    assert.equal(got.url, '/sign?b=2&a=%E4%BD%A0+%2B&a=again')
    assert.ok(!('signature' in got.headers) && !('signature-input' in got.headers))
    for (const [contentType, body] of [
      ['application/json', '{"b":[1, 2],"a":"开门"}'],
      ['text/plain; charset=gbk', 'anything'],
      ['application/octet-stream', '\u0000\u0001'],
    ] as const) {
      const call = message('POST', '/sign', { ...key, body, contentType })
      const arrived = await taken(call)
      assert.equal(arrived.body, body)
      assert.equal(arrived.headers['content-type'], contentType)
      assert.equal(arrived.headers['x-app-id'], app.appId)
      refused(await house.call(call), 401, 'replayed_request')
      refused(await house.call({ ...message('POST', '/sign', { ...key, body, contentType }), body: `${body} ` }), 401, 'signature_invalid')
    }
    const moved = message('GET', '/sign?a=1', key)
    refused(await house.call({ ...moved, path: '/sign?a=2' }), 401, 'signature_invalid')
    assert.equal((await taken(message('DELETE', '/sign', { ...key, body: '{}' }))).body, '{}')
  })
}

test('RFC 9421: what is missing, too old, for somebody else or by an unknown key is named', async () => {
  const now = Math.floor(Date.now() / 1000)
  refused(await house.call(message('GET', '/sign', { order: { createdAt: now - 301 } })), 401, 'timestamp_out_of_window')
  refused(await house.call(message('GET', '/sign', { order: { createdAt: now + 400 } })), 401, 'timestamp_out_of_window')
  const over = message('GET', '/sign', { order: { createdAt: now - 20, expiresAt: now - 10 } })
  refused(await house.call(over), 401, 'timestamp_out_of_window')
  refused(await house.call(message('GET', '/sign', { order: { components: ['@method'] } })), 401, 'signature_missing')
  const uncovered = message('POST', '/sign', { body: '{}', order: { components: ['@method', '@target-uri'] } })
  refused(await house.call(uncovered), 401, 'signature_missing')
  const whole = message('GET', '/sign')
  refused(await house.call({ ...whole, headers: { ...whole.headers, signature: 'sig=:!:' } }), 400, 'invalid_parameters')
  const { signature: _, ...unsigned } = whole.headers
  refused(await house.call({ ...whole, headers: unsigned }), 401, 'signature_missing')
  const ofAnother = { ...whole.headers, 'signature-input': whole.headers['signature-input']!.replace('tag="kaimen"', 'tag="other"') }
  refused(await house.call({ ...whole, headers: ofAnother }), 400, 'invalid_parameters')
  refused(await house.call(message('GET', '/sign', { key: { ...keyOf('ed25519'), keyId: 'unknown' } })), 401, 'signature_invalid')
  refused(await house.call(message('GET', '/sign', { key: { ...keyOf('ed25519'), keyId: 'rsa-v1_5-sha256' } })), 401, 'signature_invalid')
  refused(await house.call(message('GET', '/sign', {}, { ...app, appId: 'nobody0000000000' })), 401, 'signature_invalid')
  const withBody = message('GET', '/sign', { body: '{}' })
  refused(await house.call(withBody), 400, 'invalid_parameters')
})

test('RFC 9421 beside a token: both are needed where the interface says so, of one app, and the token must be signed too', async () => {
  assert.equal((await taken(message('GET', '/both', { token }))).headers.authorization, undefined)
  refused(await house.call(message('GET', '/both')), 401, 'missing_credentials')
  const later = message('GET', '/both')
  refused(await house.call({ ...later, headers: { ...later.headers, authorization: `Bearer ${token}` } }), 401, 'signature_missing')
  const other = await house.app()
  refused(await house.call(message('GET', '/both', { token: await house.token(other) })), 401, 'invalid_token')
})

test('RFC 9421 behind a proxy that ends TLS: its word on https counts', async () => {
  const call = message('GET', '/sign', { scheme: 'https' })
  refused(await house.call(call), 401, 'signature_invalid')
  const proxied = { ...call, headers: { ...call.headers, 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' } }
  assert.equal((await taken(proxied)).headers['x-forwarded-proto'], 'https')
})

test('RFC 9421 and parameters: a schema is checked against what the body says', async () => {
  assert.equal((await taken(message('POST', '/typed', { body: '{"n":1}' }))).body, '{"n":1}')
  refused(await house.call(message('POST', '/typed', { body: '{"n":"1"}' })), 400, 'invalid_parameters')
  refused(await house.call(message('POST', '/typed', { body: 'n', contentType: 'text/plain' })), 400, 'invalid_parameters')
})

test('auth-id: query and body are signed, taken once, and its own fields do not go on', async () => {
  const call = signedByAuthId(app, 'GET', '/sign?p10=b&p2=a')
  const got = await taken(call)
  assert.equal(got.url, '/sign?p10=b&p2=a')
  assert.equal(got.headers.token, undefined)
  refused(await house.call(call), 401, 'replayed_request')
  // Values stand side by side: this is the same token, and so the same request (settled C12).
  refused(await house.call({ ...call, path: call.path.replace('p10=b&p2=a', 'p10=ba&p2=') }), 401, 'replayed_request')
  const post = signedByAuthId(app, 'POST', '/sign?a=1', { body: '{"z":{"y": 1},"b":"开"}', requestTime: String(Date.now()) })
  assert.equal((await taken(post)).body, '{"z":{"y": 1},"b":"开"}')
  const other = signedByAuthId(app, 'POST', '/sign', { body: '{"b":"2"}' })
  refused(await house.call({ ...other, body: '{"b":"3"}' }), 401, 'signature_invalid')
  refused(await house.call({ ...other, headers: { 'content-type': 'application/json' } }), 401, 'signature_missing')
  const old = signedByAuthId(app, 'GET', '/sign', { requestTime: String(Math.floor(Date.now() / 1000) - 400) })
  refused(await house.call(old), 401, 'timestamp_out_of_window')
  refused(await house.call(signedByAuthId({ ...app, appId: 'nobody0000000000' }, 'GET', '/sign')), 401, 'signature_invalid')
  const alike = await house.call({ ...call, path: `${call.path}&a.b=1&a_b=2` })
  refused(alike, 400, 'invalid_parameters')
  assert.match(alike.json.msg, /a\.b, a_b/)
})

test('auth-id satisfies `sign`, and `token+sign` beside a token in Authorization', async () => {
  const call = signedByAuthId(app, 'GET', '/both')
  refused(await house.call(call), 401, 'missing_credentials')
  await taken({ ...call, headers: { ...call.headers, authorization: `Bearer ${token}` } })
})

test('one signature scheme a call: more are refused, and those that may not be used here too', async () => {
  const both = signedByAuthId(app, 'GET', '/sign')
  const alsoSigned = message('GET', both.path)
  refused(await house.call({ ...both, headers: { ...both.headers, ...alsoSigned.headers } }), 400, 'invalid_parameters')
  const openapi = signed(app, 'GET', '/sign')
  refused(await house.call({ ...openapi, headers: message('GET', openapi.path).headers }), 400, 'invalid_parameters')
  refused(await house.call({ method: 'GET', path: '/sign', headers: { authentication: '1 eA==' } }), 403, 'scheme_not_allowed')
  const member = { authentication: '1 eA==', authorization: `Bearer ${token}` }
  refused(await house.call({ method: 'GET', path: '/token', headers: member }), 400, 'invalid_parameters')
  const alone = await house.call({ method: 'GET', path: '/token', headers: { authentication: '1 eA==' } })
  refused(alone, 401, 'invalid_token')
  assert.equal(alone.json.code, 401, 'in the envelope of members')
  assert.equal(typeof alone.json.time, 'number')

  refused(await house.call(signed(app, 'GET', '/only-messages')), 403, 'scheme_not_allowed')
  await taken(message('GET', '/only-messages'))
  const fresh = await house.app()
  refused(await house.call(signedByAuthId(fresh, 'GET', '/sign')), 403, 'scheme_not_allowed')
})

for (const alg of ['aes-256-gcm', 'sm4-gcm'] as const) {
  test(`a body encrypted by ${alg}: the service gets what was in it, and the answer comes back the same way when it is asked for`, async () => {
    const plain = '{"card":"6222 0202","note":"开门"}'
    const arrived = await taken(sealed(app, '/both', plain, { token, alg, scheme: 'hmac-sha256' }))
    assert.equal(arrived.body, plain)
    assert.equal(arrived.headers['content-length'], String(Buffer.byteLength(plain)))

    for (const scheme of ['openapi', 'hmac-sha256', 'rsa2', 'sm2'] as const) {
      const secret = scheme === 'rsa2' ? privateKeys['rsa-v1_5-sha256'] : scheme === 'sm2' ? privateKeys.sm2 : app.appSecret
      const answer = await house.call(sealed(app, '/both', plain, { token, alg, scheme, secret, answersSealed: true }))
      assert.equal(answer.status, 200, answer.text)
      const { sign, ...fields } = answer.json
      assert.equal(fields.encrypt, alg)
      const opened = openBody(alg, fields.data, createSecretKey(Buffer.from(app.appSecret)))
      assert.ok(Buffer.isBuffer(opened))
      assert.equal(JSON.parse(opened.toString()).body, plain)
      assert.equal(sign, signOfAnswer(scheme === 'openapi' ? 'openapi' : 'hmac-sha256', fields))
    }
  })
}

test('encrypted bodies: what does not open is refused plainly, what is refused after that is sealed too', async () => {
  const wrong = sealed({ ...app, appSecret: 'A'.repeat(32) }, '/both', '{}', { token, secret: app.appSecret, answersSealed: true })
  refused(await house.call(wrong), 400, 'decrypt_failed')
  const call = sealed(app, '/both', '{}', { token, fields: { encrypt: 'rot13' } })
  refused(await house.call(call), 400, 'decrypt_failed')
  refused(await house.call(sealed(app, '/both', '[1]', { token })), 400, 'invalid_parameters')
  const typed = await house.call(sealed(app, '/typed', '{"n":"x"}', { answersSealed: true }))
  assert.equal(typed.status, 400)
  assert.equal(typed.fault, undefined, 'not to be read on the way')
  const opened = openBody('aes-256-gcm', typed.json.data, createSecretKey(Buffer.from(app.appSecret)))
  assert.equal(JSON.parse(String(opened)).error, 'invalid_parameters')
  assert.equal((await taken(sealed(app, '/typed', '{"n":3}', {}))).body, '{"n":3}')
})

/** Over the fields alone, without method and path (settled F10). */
function signOfAnswer(scheme: 'openapi' | 'hmac-sha256', fields: Record<string, unknown>): string {
  if (scheme === 'openapi') return signFields('openapi', '', '', fields, app.appSecret)
  const canonical = Object.keys(fields)
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&')
  return createHmac('sha256', app.appSecret).update(canonical).digest('base64')
}
