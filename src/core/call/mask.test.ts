import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Evidence } from '#core/feed/document.ts'
import { createMask } from './mask.ts'

const secret = '7Q2M9ZK4XW8R1TB6C0VN5HJ3LD7GF2PS'
const password = 'p&w=1 京/"x'
const body = JSON.stringify({ password, deep: { list: [{ phone: 13800138000, other: 'seen' }] }, plain: 'seen too', pin: '7' })
const evidence: Evidence = { scheme: 'openapi', query: `idCard=11010119900307&q=${encodeURIComponent('{"password":"nested one"}')}`, body: 'json', bodyText: body, sign: 'x' } // biome-ignore format: one row
const mask = createMask(['password', 'phone', 'idCard'], evidence, [secret])

function check(what: string, text: string, hidden: readonly string[], shown: readonly string[] = []) {
  test(what, () => {
    const masked = mask(text)
    for (const one of hidden) assert.ok(!masked.includes(one), masked)
    for (const one of shown) assert.ok(masked.includes(one), masked)
  })
}

check(
  'joined with names',
  `deep=x&idCard=11010119900307&password=${password}&plain=seen too`,
  [password, '11010119900307'],
  ['plain=seen too'],
)
check('values side by side', `x${password}11010119900307y`, [password, '11010119900307'], ['x***', '***y'])
check('percent-encoded, once and twice', `a=${encodeURIComponent(password)}&b=${encodeURIComponent(encodeURIComponent(password))}`, ['京', '%25E4', '%E4'], ['b=***']) // biome-ignore format: one row
check('as JSON, escaped or not', `${JSON.stringify({ password })}${'{"password":"p&w=1 \\u4eac/\\"x"}'}`, ['4eac', '京'])
check('inside nested values', '{"list":[{"phone":13800138000,"other":"seen"}]} 13800138000', ['13800138000'])
check('a query parameter that is JSON', 'q={"password":"nested one"} nested one', ['nested one'])
check('a value that was signed but not sent', 'a=1&password=an older one&z=2', ['older'], ['a=1&', '&z=2'])
check('names whatever their case', 'PASSWORD=something&b=2', ['something'], ['b=2'])
check('other names that end alike', 'mypassword2=seen&nopassword=seen&pin=7', [], ['mypassword2=seen', 'nopassword=seen', 'pin=7'])
check('secrets, in either case', `k=${secret}&l=${secret.toLowerCase()}`, [secret, secret.toLowerCase()])
check('credentials among signed fields', '"authorization": Bearer abc.def\n"@method": GET', ['abc.def'], ['"@method": GET'])

test('what a path variable caught is hidden like any parameter, as it was sent and as it is meant', () => {
  const caught = [
    { name: 'phone', raw: '%2B86 138'.replace(' ', '%20') },
    { name: 'plate', raw: 'A1' },
  ]
  const hide = createMask(['phone'], undefined, [], caught)
  assert.equal(hide('GET\n/people/%2B86%20138/cars/A1\na=+86 138'), 'GET\n/people/***/cars/A1\na=***')
})

test('the query of a message signature counts as well', () => {
  const base = '"@method": GET\n"@target-uri": https://x/a?phone=13800138000&b=2\n"@signature-params": ()'
  const masked = createMask(['phone'], { scheme: 'rfc9421', base, keyId: null, alg: null, signature: '' }, [])(base)
  assert.ok(!masked.includes('13800138000') && masked.includes('phone=***&b=2'), masked)
})
