import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { requestTimeMs, signAuthId, verifyAuthId } from './auth-id.ts'
import { authIdContent } from './auth-id-content.ts'
import { readMemberHeader, signMemberRequest, verifyMemberRequest, writeMemberHeader } from './member.ts'
import { memberField, memberString, readMemberParameters } from './member-content.ts'
import { Malformed, type Parameter, readQuery } from './parameters.ts'
import { Ambiguous, byBytes, phpOrder, phpText, readPhpJson } from './php.ts'

function vectorsOf<Vector>(file: string): Vector[] {
  return (JSON.parse(readFileSync(new URL(`../../test/vectors/${file}.json`, import.meta.url), 'utf8')) as { vectors: Vector[] }).vectors
}
const key = (secret: string) => createSecretKey(Buffer.from(secret))
const changedAt = (text: string, at: number) => text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1)

interface ConcatVector {
  id: string
  publicKey: string
  authValue: string
  query: string
  canonical: string
  token: string
}
for (const { id, publicKey, authValue, query, canonical, token } of vectorsOf<ConcatVector>('md5-concat-token')) {
  test(`auth-id digests what PHP does: ${id}`, () => {
    const read = readQuery(query)
    assert.ok(!(read instanceof Malformed))
    let parameters: readonly Parameter[] = read
    const requestTime = read.find(({ name }) => name === 'requestTime')!.text!
    if (id.startsWith('t12')) {
      // PHP takes the last of a repeated name; we refuse the call (settled C3), for the service would be given both.
      assert.ok(authIdContent({ requestTime, parameters }) instanceof Ambiguous)
      parameters = read.filter(({ name }, at) => !read.slice(at + 1).some((later) => later.name === name))
    }
    const content = authIdContent({ requestTime, parameters })
    assert.ok(typeof content === 'string')
    assert.equal(publicKey + authValue + content, canonical)
    assert.equal(signAuthId(content, publicKey, key(authValue)), token)
    assert.ok(verifyAuthId(content, token, publicKey, key(authValue)))
    for (let at = 0; at < token.length; at++) assert.ok(!verifyAuthId(content, changedAt(token, at), publicKey, key(authValue)))
    assert.ok(!verifyAuthId(content, token.toUpperCase(), publicKey, key(authValue)))
  })
}

test('two names that PHP holds for one are refused', () => {
  const parameters = readQuery('a.b=1&a_b=2') as Parameter[]
  assert.deepEqual((authIdContent({ requestTime: '1', parameters }) as Ambiguous).names, ['a.b', 'a_b'])
})

function checkTime(text: string, expected: number | undefined) {
  test(`requestTime ${text}`, () => assert.equal(requestTimeMs(text), expected))
}
checkTime('1700000000', 1_700_000_000_000)
checkTime('12345678901', 12_345_678_901_000)
checkTime('1700000000123', 1_700_000_000_123)
checkTime('', undefined)
checkTime('1e9', undefined)
checkTime('1234567890123456', undefined)

interface QueryVector {
  id: string
  secret: string
  params_json: string
  canonical: string
  canonical_hex: string
  sign: string
}
for (const { id, secret, params_json, canonical, canonical_hex, sign } of vectorsOf<QueryVector>('md5-query-sign')) {
  test(`member signs as PHP does: ${id}`, () => {
    const parameters = readMemberParameters(params_json, 'json')
    assert.ok(!(parameters instanceof Malformed))
    const text = memberString(parameters, secret)
    assert.equal(text, canonical)
    assert.equal(Buffer.from(text).toString('hex'), canonical_hex)
    assert.equal(signMemberRequest(parameters, key(secret)), sign)
    assert.ok(verifyMemberRequest(parameters, sign, key(secret)))
    for (let at = 0; at < sign.length; at++) assert.ok(!verifyMemberRequest(parameters, changedAt(sign, at), key(secret)))
    assert.ok(!verifyMemberRequest(parameters, sign.toUpperCase(), key(secret)))
    assert.ok(!verifyMemberRequest(parameters, sign, key(`${secret}x`)))
  })
}

test('every single-character change of a value changes the sign', () => {
  const [{ params_json, sign, secret }] = vectorsOf<QueryVector>('md5-query-sign') as [QueryVector]
  for (let at = params_json.indexOf('alice'); at < params_json.indexOf('alice') + 5; at++) {
    const parameters = readMemberParameters(`${params_json.slice(0, at)}~${params_json.slice(at + 1)}`, 'json')
    assert.ok(!(parameters instanceof Malformed) && !verifyMemberRequest(parameters, sign, key(secret)))
  }
})

test('a form says the same as JSON does, and a number the same as its text', () => {
  const form = readMemberParameters('username=al+ice&timestamp=1700000000&nonce=%2B', 'form')
  const json = readMemberParameters('{"nonce":"+","timestamp":1700000000,"username":"al ice"}', 'json')
  assert.ok(!(form instanceof Malformed) && !(json instanceof Malformed))
  assert.equal(memberString(form, 's'), 'nonce=+&timestamp=1700000000&username=al ice&key=s')
  assert.equal(memberString(json, 's'), memberString(form, 's'))
  assert.equal(memberField(json, 'timestamp'), '1700000000')
  assert.equal(memberField(json, 'absent'), undefined)
})

function checkOrder(names: string[], expected: string[] | 'ambiguous') {
  test(`PHP's order of ${names.join(' ')}`, () => {
    const order = phpOrder(names)
    assert.deepEqual(order instanceof Ambiguous ? 'ambiguous' : order, expected)
    assert.deepEqual(phpOrder([...names].reverse()) instanceof Ambiguous, order instanceof Ambiguous)
  })
}
checkOrder([], [])
checkOrder(['b', '10', 'a', '9'], ['9', '10', 'a', 'b'])
checkOrder(['010', '9', '1.5', 'x'], ['1.5', '9', '010', 'x'])
checkOrder(['9', '10', '5x'], 'ambiguous')
checkOrder(['9', '10', '9a'], ['9', '10', '9a'])
checkOrder(['1', '01'], 'ambiguous')
checkOrder(['1', '1a', '2'], ['1', '1a', '2'])
checkOrder(['-1', '-a', '0'], ['-1', '-a', '0'])
checkOrder(['\u{1f600}', '\ue000', '中'], ['中', '\ue000', '\u{1f600}'])

test('names are compared as their UTF-8 bytes are', () => {
  const names = ['a', 'ab', 'é', '中', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}', 'A', '_', '']
  for (const a of names) {
    for (const b of names) assert.equal(Math.sign(byBytes(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)), `${a} ${b}`)
  }
})

function checkNumber(digits: string, expected: string) {
  test(`PHP writes ${digits}`, () => assert.equal(phpText({ digits }), expected))
}
checkNumber('9223372036854775807', '9223372036854775807')
checkNumber('9223372036854775808', '9.2233720368548E+18')
checkNumber('-9223372036854775808', '-9223372036854775808')
checkNumber('1.0', '1')
checkNumber('1e14', '1.0E+14')
checkNumber('0.0001', '0.0001')
checkNumber('0.00001', '1.0E-5')
checkNumber('1e999', 'INF')

function checkPhpJson(source: string, reason: string) {
  test(`JSON for PHP ${source.slice(0, 40)}: ${reason}`, () => {
    const read = readPhpJson(source)
    assert.equal(read instanceof Malformed && read.reason, reason)
  })
}
checkPhpJson('', 'not_json')
checkPhpJson('[1]', 'not_json_object')
checkPhpJson('null', 'not_json_object')
checkPhpJson('{"a":1,"a":2}', 'repeated')
checkPhpJson('{"a":1,"\\u0061":2}', 'repeated')
checkPhpJson('{"a":"\\ud800"}', 'not_utf8')
checkPhpJson('{"\\ud800":1}', 'not_utf8')
checkPhpJson(`{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 'too_deep')
test('JSON for PHP with space everywhere', () => {
  const read = readPhpJson(' { "a" : [ 1 , { } , "x" ] , "b" : { "c" : null , "d" : true } } ')
  assert.ok(!(read instanceof Malformed))
  assert.equal(memberString(read, 's'), 'a[0]=1&a[2]=x&b[d]=1&key=s')
})

interface HeaderVector {
  id: string
  appid: string
  access_token: string
  uid: string
  header: string
}
for (const { id, appid, access_token, uid, header } of vectorsOf<HeaderVector>('uid-base64-header')) {
  test(`member header as PHP writes it: ${id}`, () => {
    const read = { uid, appId: appid, token: access_token }
    assert.deepEqual(readMemberHeader(header), read)
    assert.equal(writeMemberHeader(read), header)
    for (let at = 0; at < header.length; at++) assert.notDeepEqual(readMemberHeader(changedAt(header, at)), read)
  })
}

const base64 = (text: string) => Buffer.from(text).toString('base64')
function checkHeader(value: string, expected: ReturnType<typeof readMemberHeader>) {
  test(`member header ${JSON.stringify(value)}`, () => assert.deepEqual(readMemberHeader(value), expected))
}
checkHeader(`9 ${base64('app:a:b:c:9')}`, { uid: '9', appId: 'app', token: 'a:b:c' })
checkHeader(`9 ${base64('app:tok:8')}`, undefined)
checkHeader(`9 ${base64('app:9')}`, undefined)
checkHeader(`9 ${base64('app::9')}`, undefined)
checkHeader(`9 ${base64(':tok:9')}`, undefined)
checkHeader(`a:9 ${base64('app:tok:a:9')}`, undefined)
checkHeader(`9  ${base64('app:tok:9')}`, undefined)
checkHeader(` ${base64('app:tok:')}`, undefined)
checkHeader(`9 ${base64('app:tok:9')} `, undefined)
checkHeader(`9 ${base64('app:tok\0:9')}`, undefined)
checkHeader(`9 ${base64('app:token:9').replace(/=+$/, '')}`, undefined)
checkHeader(`9 ${Buffer.from([0x61, 0x3a, 0xff, 0x3a, 0x39]).toString('base64')}`, undefined)
checkHeader('', undefined)
checkHeader('9', undefined)
