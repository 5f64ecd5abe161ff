// The steps lead to the golden strings, and nothing that they are made of needs Node.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { Malformed } from './parameters.ts'
import { Ambiguous } from './php.ts'
import { Flaw } from './signature-base.ts'
import { authIdSteps, type Build, memberSteps, messageSteps, parameterSteps, type Step } from './steps.ts'
import { stringForms } from './string-form.ts'

function vectorsOf<Vector>(file: string): Vector[] {
  return (JSON.parse(readFileSync(new URL(`../../test/vectors/${file}.json`, import.meta.url), 'utf8')) as { vectors: Vector[] }).vectors
}

function built(build: Build | Malformed | Ambiguous | Flaw): Build {
  assert.ok(!(build instanceof Malformed || build instanceof Ambiguous || build instanceof Flaw), JSON.stringify(build))
  return build
}

const stepOf = <Kind extends Step['kind']>({ steps }: Build, kind: Kind) =>
  steps.find((step): step is Extract<Step, { kind: Kind }> => step.kind === kind)!

interface AesVector {
  id: string
  params: [name: string, value: string | null][]
  alt: { skip_empty: { canonical: string } }
}
for (const { id, params, alt } of vectorsOf<AesVector>('aes-ecb-sign')) {
  test(`openapi, step by step: ${id}`, () => {
    const query = params.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value ?? '')}`).join('&')
    const read = parameterSteps(stringForms.openapi, { method: 'GET', path: '/', query, body: 'none', bodyText: '' })
    // A NUL is refused before anything is signed (settled F11).
    if (alt.skip_empty.canonical.includes('\0')) return assert.ok(read instanceof Malformed && read.reason === 'not_utf8')
    const build = built(read)
    assert.equal(build.stringToSign, alt.skip_empty.canonical)
    const { pairs } = stepOf(build, 'sorted')
    assert.equal(pairs.map(({ name, text }) => `${name}=${text}`).join('&'), build.stringToSign)
    assert.equal(pairs.length + stepOf(build, 'left_out').pairs.length, params.length)
    assert.equal(stepOf(build, 'method_and_path'), undefined)
  })
}

test('hmac-sha256: read from query and body, sign left out, sorted, joined, method and path in front', () => {
  const request = { method: 'POST', path: '/a%20b', query: 'b=%E8%BD%A6&sign=x', body: 'json', bodyText: '{"a":1.0,"c":null}' } as const
  assert.deepEqual(built(parameterSteps(stringForms['hmac-sha256'], request)), {
    steps: [
      { kind: 'read', query: [{ name: 'b', text: '车' }, { name: 'sign', text: 'x' }], body: [{ name: 'a', text: '1.0' }, { name: 'c', text: null }] },
      { kind: 'left_out', pairs: [{ name: 'sign', text: 'x', why: 'is_sign' }] },
      { kind: 'sorted', pairs: [{ name: 'a', text: '1.0' }, { name: 'b', text: '车' }, { name: 'c', text: null }] },
      { kind: 'joined', text: 'a=1.0&b=车&c=' },
      { kind: 'method_and_path', text: 'POST\n/a%20b\n' },
    ],
    stringToSign: 'POST\n/a%20b\na=1.0&b=车&c=',
  }) // biome-ignore format: a table
  const aes = built(parameterSteps(stringForms.openapi, request))
  assert.deepEqual(stepOf(aes, 'left_out').pairs.map(({ name, why }) => [name, why]), [['c', 'is_empty'], ['sign', 'is_sign']]) // biome-ignore format: one thought
  const repeated = parameterSteps(stringForms.openapi, { ...request, bodyText: '{"b":1}' })
  assert.ok(repeated instanceof Malformed && repeated.reason === 'repeated')
})

interface ConcatVector {
  id: string
  publicKey: string
  authValue: string
  query: string
  canonical: string
}
for (const { id, publicKey, authValue, query, canonical } of vectorsOf<ConcatVector>('md5-concat-token')) {
  test(`auth-id, step by step: ${id}`, () => {
    const build = authIdSteps({ query, body: 'none', bodyText: '' }, publicKey)
    if (id.startsWith('t12')) return assert.ok(build instanceof Ambiguous)
    const { stringToSign, ...rest } = built(build)
    assert.equal(stringToSign.replace('***', authValue), canonical)
    const text = (kind: 'keys_in_front' | 'time_in_front' | 'values_joined') => stepOf({ stringToSign, ...rest }, kind).text
    assert.equal(text('keys_in_front') + text('time_in_front') + text('values_joined'), stringToSign)
  })
}

interface QueryVector {
  id: string
  secret: string
  params_json: string
  canonical: string
}
for (const { id, secret, params_json, canonical } of vectorsOf<QueryVector>('md5-query-sign')) {
  test(`member, step by step: ${id}`, () => {
    const build = built(memberSteps(params_json, 'json'))
    assert.equal(build.stringToSign.replace('key=***', `key=${secret}`), canonical)
    const names = new Set(stepOf(build, 'sorted').pairs.map(({ name }) => name))
    assert.ok(!names.has('sign') && !names.has('version'))
  })
}

test('rfc9421: a line for each component, the parameters of the signature last', () => {
  const input = '("@method" "@target-uri");created=1618884473;keyid="app12345";nonce="n"'
  const message = {
    method: 'GET',
    scheme: 'https',
    authority: 'API.example.com:443',
    target: '/a?b=1',
    fieldLines: ['Signature-Input', `sig=${input}`, 'Signature', 'sig=:AAAA:'],
    body: new Uint8Array(),
  } as const
  const build = messageSteps(message)
  assert.ok(!(build instanceof Flaw))
  assert.deepEqual(stepOf(build, 'lines').lines, [
    { identifier: '"@method"', value: 'GET' },
    { identifier: '"@target-uri"', value: 'https://api.example.com/a?b=1' },
    { identifier: '"@signature-params"', value: input },
  ])
  assert.equal(build.stringToSign, `"@method": GET\n"@target-uri": https://api.example.com/a?b=1\n"@signature-params": ${input}`)
  const uncovered = messageSteps({ ...message, body: Buffer.from('{}') })
  assert.deepEqual([(uncovered as Flaw).reason, (uncovered as Flaw).name], ['not_covered', 'content-digest'])
})

test('a browser can load the steps, the mistakes and where two strings part: nothing behind them imports Node', () => {
  const seen = new Set<string>()
  function visit(file: string): void {
    if (seen.has(file)) return
    seen.add(file)
    const text = readFileSync(file, 'utf8')
    for (const [, isType, name] of text.matchAll(/^(?:import|export) (type )?[^'"]*?from '([^']+)'/gm)) {
      if (isType) continue
      assert.ok(!name!.startsWith('node:') && !/\bBuffer\./.test(text), `${file} imports ${name}`)
      if (name!.startsWith('.')) visit(join(dirname(file), name!))
      else assert.equal(name, 'structured-headers', file)
    }
  }
  for (const name of ['steps.ts', 'pasted-request.ts', 'likely-mistake.ts', 'first-difference.ts']) visit(join(import.meta.dirname, name))
  assert.ok(seen.size > 8)
})
