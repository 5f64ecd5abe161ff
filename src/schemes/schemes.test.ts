import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { hmacSha256 } from './hmac-sha256.ts'
import { isSameSignature, schemes } from './index.ts'
import { openapi } from './openapi.ts'
import { Malformed, type Parameter, readJsonObject, readQuery, sortParameters, withoutFromJson, withoutFromQuery } from './parameters.ts'

interface AesVector {
  id: string
  secret: string
  params: [name: string, value: string | null][]
  alt: { skip_empty: { canonical: string; sign_base64: string } }
}

const vectorFile = new URL('../../test/vectors/aes-ecb-sign.json', import.meta.url)
const aesVectors = (JSON.parse(readFileSync(vectorFile, 'utf8')) as { vectors: AesVector[] }).vectors
const key = (secret: string) => createSecretKey(Buffer.from(secret))
const parameter = ([name, text]: [string, string | null]): Parameter => ({ name, text, start: 0, end: 0 })

for (const vector of aesVectors) {
  test(`openapi signs as Java does: ${vector.id}`, () => {
    const parameters = sortParameters(vector.params.map(parameter))
    assert.ok(!(parameters instanceof Malformed))
    const canonical = openapi.stringToSign({ method: 'GET', path: '/', parameters })
    assert.equal(canonical, vector.alt.skip_empty.canonical)
    assert.equal(openapi.sign(canonical, key(vector.secret)), vector.alt.skip_empty.sign_base64)
  })
}

test('hmac-sha256 agrees with RFC 4231, test case 2', () => {
  const digest = hmacSha256.sign('what do ya want for nothing?', key('Jefe'))
  assert.equal(Buffer.from(digest, 'base64').toString('hex'), '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843')
})

test('hmac-sha256 covers method, path and empty parameters', () => {
  const parameters = sortParameters([parameter(['b', null]), parameter(['a', '']), parameter(['sign', 'x']), parameter(['B', '车'])])
  assert.ok(!(parameters instanceof Malformed))
  assert.equal(hmacSha256.stringToSign({ method: 'POST', path: '/api/v1/%E8%BD%A6', parameters }), 'POST\n/api/v1/%E8%BD%A6\nB=车&a=&b=')
})

for (const scheme of schemes) {
  test(`${scheme.name}: every single-byte change of the signature is refused`, () => {
    const secret = key('7Q2M9ZK4XW8R1TB6C0VN5HJ3LD7GF2PS')
    const sign = scheme.sign('appId=1&timestamp=2', secret)
    assert.ok(isSameSignature(sign, sign))
    assert.ok(scheme.verify('appId=1&timestamp=2', sign, secret))
    for (let at = 0; at < sign.length; at++) {
      const changed = sign.slice(0, at) + (sign[at] === 'A' ? 'B' : 'A') + sign.slice(at + 1)
      assert.ok(!isSameSignature(sign, changed))
      assert.ok(!scheme.verify('appId=1&timestamp=2', changed, secret))
    }
  })
}

function checkQuery(source: string, expected: [string, string][] | string) {
  test(`query ${source.slice(0, 60)}`, () => {
    const read = readQuery(source)
    if (read instanceof Malformed) assert.equal(read.reason, expected)
    else assert.deepEqual(read.map(({ name, text }) => [name, text]), expected) // biome-ignore format: one line reads better
  })
}
checkQuery('', [])
checkQuery('a=1&b=2', [['a', '1'], ['b', '2']]) // biome-ignore format: pairs
checkQuery('a=x+y&b=%2B&&c', [['a', 'x y'], ['b', '+'], ['c', '']]) // biome-ignore format: pairs
checkQuery('a=b=c', [['a', 'b=c']])
checkQuery('%E8%BD%A6[]=1', [['车[]', '1']])
checkQuery('a=%', 'percent_encoding')
checkQuery('a=%E8%BD', 'percent_encoding')
checkQuery('a=%00', 'not_utf8')
checkQuery(Array.from({ length: 1001 }, (_, n) => `p${n}=1`).join('&'), 'too_many')

function checkJson(source: string, expected: [string, string | null][] | string) {
  test(`json ${source.slice(0, 60)}`, () => {
    const read = readJsonObject(source)
    if (read instanceof Malformed) assert.equal(read.reason, expected)
    else assert.deepEqual(read.map(({ name, text }) => [name, text]), expected) // biome-ignore format: one line reads better
  })
}
checkJson('{}', [])
checkJson(' { } ', [])
checkJson('{"a":1.0,"b":1e3,"c":9223372036854775808}', [['a', '1.0'], ['b', '1e3'], ['c', '9223372036854775808']]) // biome-ignore format: pairs
checkJson('{"2":"b", "1" : "a"}', [['2', 'b'], ['1', 'a']]) // biome-ignore format: pairs
checkJson('{"a":"x\\"\\u8f66\\\\","b":true,"c":null}', [['a', 'x"车\\'], ['b', 'true'], ['c', null]]) // biome-ignore format: pairs
checkJson('{"a":{ "z" : [ 1 , "x y" ], "y":1.50 },"b":[]}', [['a', '{"z":[1,"x y"],"y":1.50}'], ['b', '[]']]) // biome-ignore format: pairs
checkJson('{"a":"}{][,"}', [['a', '}{][,']])
checkJson('{"a":"\\ud800"}', 'not_utf8')
checkJson('{"a":"\\u0000"}', 'not_utf8')
checkJson('{"a":1', 'not_json')
checkJson('[1]', 'not_json_object')
checkJson('"a"', 'not_json_object')
checkJson(`{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 'too_deep')
checkJson(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`, [['a', '['.repeat(63) + ']'.repeat(63)]])

test('a name given twice is found, also when it is escaped differently', () => {
  const read = readJsonObject('{"a":1,"\\u0061":2}')
  assert.ok(!(read instanceof Malformed))
  const sorted = sortParameters(read)
  assert.ok(sorted instanceof Malformed && sorted.reason === 'repeated')
})

test('what is taken out leaves the bytes of the rest untouched', () => {
  const json = '{ "appId":"x", "n" : 1.0 ,"o":{"k": [1, 2]},"sign":"s" }'
  const members = readJsonObject(json)
  assert.ok(!(members instanceof Malformed))
  assert.equal(
    withoutFromJson(json, members, (name) => name === 'appId' || name === 'sign'),
    '{"n" : 1.0,"o":{"k": [1, 2]}}',
  )
  const query = 'a=%41&sign=x&b=1+2'
  const pairs = readQuery(query)
  assert.ok(!(pairs instanceof Malformed))
  assert.equal(
    withoutFromQuery(query, pairs, (name) => name === 'sign'),
    'a=%41&b=1+2',
  )
})
