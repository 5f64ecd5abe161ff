import assert from 'node:assert/strict'
import { test } from 'node:test'
import { likelyMistake } from './likely-mistake.ts'
import { asParameters, guessScheme, type PastedRequest, readPasted } from './pasted-request.ts'
import { stringForms } from './string-form.ts'

function check(what: string, text: string, expected: Partial<PastedRequest> | undefined) {
  test(`pasted: ${what}`, () => {
    const read = readPasted(text)
    if (!expected) return assert.equal(read, undefined)
    assert.ok(read)
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(read[name as keyof PastedRequest], value, name)
  })
}

check('a plain GET', "curl 'http://api.example.com:9000/a/%E8%BD%A6?b=1&a=%2B'", {
  method: 'GET', scheme: 'http', authority: 'api.example.com:9000', target: '/a/%E8%BD%A6?b=1&a=%2B', fieldLines: [], bodyText: '',
}) // biome-ignore format: a table
check('what npm run sign prints', `curl -sS -i --globoff \\\n  -X POST \\\n  'https://h/x' \\\n  -H 'Content-Type: application/json' \\\n  --data-raw '{"it":"it'\\''s [1]"}'`, {
  method: 'POST', scheme: 'https', target: '/x', fieldLines: ['Content-Type', 'application/json'], bodyText: `{"it":"it's [1]"}`,
}) // biome-ignore format: a table
check('what a browser copies', `curl 'https://h/x?y=1' -H 'accept: */*' --data-raw $'{"a":"it\\'s \\u4eac"}' --compressed`, {
  method: 'POST', target: '/x?y=1', bodyText: `{"a":"it's 京"}`,
}) // biome-ignore format: a table
check('a form', 'curl -XPUT h/x -d a=1 -d "b=two \\"2\\""', { method: 'PUT', authority: 'h', bodyText: 'a=1&b=two "2"' })
check('--get with encoded data', 'curl --get http://h/x --data-urlencode "park=东门 1" --data-urlencode sign=a+b= -o out.txt', {
  method: 'GET', target: '/x?park=%E4%B8%9C%E9%97%A8%201&sign=a%2Bb%3D', bodyText: '',
}) // biome-ignore format: a table
check('a Host of its own', "curl http://127.0.0.1/x -H 'Host: api.example.com'", { authority: 'api.example.com' })
check('a message', 'POST /a?b=1 HTTP/1.1\r\nHost: h:1\r\nContent-Type:  application/json \r\n\r\n{"a": 1.0}', {
  method: 'POST', authority: 'h:1', target: '/a?b=1', fieldLines: ['Host', 'h:1', 'Content-Type', 'application/json'], bodyText: '{"a": 1.0}',
}) // biome-ignore format: a table
check('a message with a whole URL and no version', 'get https://h/a?b', { method: 'GET', scheme: 'https', authority: 'h', target: '/a?b' })
check('nothing of the kind', 'hello', undefined)
check('a curl to nowhere', 'curl -H "a: b"', undefined)

test('the scheme is the one that the gateway would take', () => {
  const guessed = (text: string) => guessScheme(readPasted(text)!)
  assert.equal(guessed('GET /a?appId=1&sign=x'), 'openapi')
  assert.equal(guessed('GET /a?signType=rsa2&sign=x'), 'rsa2')
  assert.equal(guessed('POST /a\nContent-Type: application/json\n\n{"signType": "hmac-sha256"}'), 'hmac-sha256')
  assert.equal(guessed('POST /a\nContent-Type: application/x-www-form-urlencoded\n\na=1&signType=sm2'), 'sm2')
  assert.equal(guessed('GET /a\nSignature-Input: sig=()'), 'rfc9421')
  assert.equal(guessed('GET /site/a/b/v1/?authId=1&requestTime=2'), 'auth-id')
  assert.equal(guessed('POST /api/v1/token\n\n{}'), 'member')
})

test('one’s own string is compared without a key, and the mistake in it named', () => {
  const form = stringForms['hmac-sha256']
  const request = asParameters(readPasted('GET /a?b=2&a=x%20y&signType=hmac-sha256&sign=x')!)
  assert.deepEqual(likelyMistake(form, request, 'GET\n/a\nb=2&a=x y&signType=hmac-sha256'), { mistake: 'not_sorted' })
  assert.deepEqual(likelyMistake(form, request, 'GET\n/a\na=x%20y&b=2&signType=hmac-sha256'), { mistake: 'url_encoded_values' })
  assert.deepEqual(likelyMistake(form, request, 'GET\n/a\na=x y&b=2'), { mistake: 'sign_type_left_out', parameter: 'signType' })
  assert.equal(likelyMistake(form, request, 'something else'), undefined)
})
