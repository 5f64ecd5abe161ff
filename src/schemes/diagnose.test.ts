import assert from 'node:assert/strict'
import { createCipheriv, createHash, createHmac, createSecretKey, createSign, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { type BadlySigned, type Cause, diagnose } from './diagnose.ts'
import { encodeGbk } from './gbk.ts'
import { hmacSha256 } from './hmac-sha256.ts'
import { candidates } from './mistakes.ts'
import { openapi } from './openapi.ts'
import { readJsonObject, readQuery } from './parameters.ts'
import { rsa2 } from './rsa2.ts'
import type { Scheme } from './scheme.ts'

// A corpus of partners' mistakes: a request, and a client that signs it wrongly. The clients below know nothing of `mistakes.ts`.

const secret = '7Q2M9ZK4XW8R1TB6C0VN5HJ3LD7GF2PS'
const oldSecret = '2PSQ7M9ZK4XW8R1TB6C0VN5HJ3LD7GF0'
const otherSecret = 'LD7GF2PS7Q2M9ZK4XW8R1TB6C0VN5HJ3'
const keyOf = (text: string) => createSecretKey(Buffer.from(text))

/** A parameter as the client holds it: its text, and in a JSON body its literal. */
interface Field {
  readonly name: string
  readonly text: string | null
  readonly json?: string
  readonly in: 'query' | 'body'
}
interface Request {
  readonly what: string
  readonly method: string
  readonly path: string
  readonly body: 'none' | 'json' | 'form'
  readonly fields: readonly Field[]
}

const own = (place: 'query' | 'body'): Field[] => [
  { name: 'appId', text: '9phm93oigrhk6k9n', json: '"9phm93oigrhk6k9n"', in: place },
  { name: 'timestamp', text: '1767225600123', json: '1767225600123', in: place },
  { name: 'nonce', text: 'n-1', json: '"n-1"', in: place },
]
const requests: Request[] = [
  {
    what: 'a GET',
    method: 'GET',
    path: '/api/v1/%E8%BD%A6/list',
    body: 'none',
    fields: [
      { name: 'plate', text: '京A 12345', in: 'query' },
      { name: 'Zone', text: 'b/c', in: 'query' },
      { name: 'price', text: '1+2', in: 'query' },
      { name: 'mail', text: '', in: 'query' },
      ...own('query'),
    ],
  },
  {
    what: 'a JSON POST',
    method: 'POST',
    path: '/api/v1/orders',
    body: 'json',
    fields: [
      { name: 'Park', text: '东 门+', in: 'query' },
      { name: 'plate', text: '京A/12345 ', json: '"京A/12345 "', in: 'body' },
      { name: 'amount', text: '1.0', json: '1.0', in: 'body' },
      { name: 'paid', text: 'true', json: 'true', in: 'body' },
      {
        name: 'detail',
        text: '{"url":"http://x/y?a=<b>","名":"值","n":[2,1.5]}',
        json: '{ "url": "http://x/y?a=<b>", "名":"值","n":[2, 1.5] }',
        in: 'body',
      },
      { name: 'note', text: null, json: 'null', in: 'body' },
      { name: 'memo', text: '', json: '""', in: 'body' },
      ...own('body'),
    ],
  },
  {
    what: 'a form POST',
    method: 'POST',
    path: '/api/v1/coupons/9',
    body: 'form',
    fields: [
      { name: 'channel', text: 'wx+ali', in: 'query' },
      { name: 'title', text: '满100减 20', in: 'body' },
      { name: 'Area', text: '1,2', in: 'body' },
      { name: 'memo', text: '', in: 'body' },
      ...own('body'),
    ],
  },
]

/** A client: what it signs and how it writes that down. Every part but one is right. */
interface Client {
  readonly cause: Cause
  /** Takes the fields of the call without `sign`, sorted, empties as the scheme wants them. */
  readonly fields?: (fields: Field[], request: Request) => Field[]
  readonly value?: (field: Field) => string
  readonly head?: (method: string, path: string, request: Request) => string
  readonly join?: (pairs: [string, string][]) => string
  readonly text?: (text: string) => string
  readonly bytes?: (text: string) => Uint8Array | undefined
  readonly secret?: string
  readonly digest?: (bytes: Uint8Array, secret: string) => Buffer
  readonly write?: (sign: Buffer) => string
  /** Of the wire: the sign as it arrives. */
  readonly arrives?: (sign: string) => string
  /** The query, sent in another way than the right one. */
  readonly encode?: (text: string) => string
  readonly only?: (scheme: Scheme, request: Request) => boolean
}

const isEmpty = ({ text }: Field) => text === null || text === ''
const byName = (a: Field, b: Field) => (a.name < b.name ? -1 : 1)
const formEncode = (text: string) => encodeURIComponent(text).replaceAll('%20', '+')
const isNested = ({ json }: Field) => json?.startsWith('{') ?? false
const nested = (write: (value: unknown) => string) => (field: Field) =>
  isNested(field) ? write(JSON.parse(field.json!)) : (field.text ?? '')
const isJson = (_: Scheme, request: Request) => request.body === 'json'
const hasBody = (_: Scheme, request: Request) => request.body !== 'none'
const signsHead = (scheme: Scheme) => scheme === hmacSha256
const isAes = (scheme: Scheme) => scheme === openapi
const aes = (mode: string, key: Uint8Array, iv: Uint8Array | null) => (bytes: Uint8Array) => {
  const cipher = createCipheriv(`aes-${key.length * 8}-${mode}`, key, iv)
  return Buffer.concat([cipher.update(bytes), cipher.final()])
}
const hash = (name: string, ...parts: (string | Uint8Array)[]) => parts.reduce((h, part) => h.update(part), createHash(name)).digest()

const clients: Client[] = [
  { cause: 'none' },
  { cause: 'old_secret', secret: oldSecret },
  { cause: 'unknown', secret: 'HJ3LD7GF2PS0C7Q2M9ZK4XW8R1TB6VN5' },
  { cause: 'secret_trimmed_or_case', secret: secret.toLowerCase(), only: signsHead },
  { cause: 'secret_trimmed_or_case', secret: `${secret}\n`, only: signsHead },
  { cause: 'secret_trimmed_or_case', secret: ` ${secret}`, only: signsHead },
  { cause: 'secret_trimmed_or_case', secret: secret.toLowerCase(), only: isAes },
  { cause: 'hex_instead_of_base64', write: (sign) => sign.toString('hex') },
  { cause: 'hex_instead_of_base64', write: (sign) => sign.toString('hex').toUpperCase() },
  { cause: 'base64_of_hex', write: (sign) => Buffer.from(sign.toString('hex')).toString('base64') },
  { cause: 'base64_variant', write: (sign) => `${sign.toString('base64')}\n` },
  { cause: 'base64_variant', write: (sign) => sign.toString('base64').replace(/.{60}/g, '$&\r\n').concat('\r\n') },
  { cause: 'sign_url_encoded', arrives: (sign) => encodeURIComponent(sign) },
  { cause: 'sign_plus_as_space', arrives: (sign) => sign.replaceAll('+', ' ') },
  { cause: 'wrong_scheme', head: () => '', fields: (fields) => fields.filter((field) => !isEmpty(field)), digest: aes('ecb', Buffer.from(secret), null), only: signsHead }, // biome-ignore format: one row
  { cause: 'method_or_path_missing', head: () => '', only: signsHead },
  { cause: 'method_or_path_missing', head: () => '', fields: (fields) => fields.filter((field) => !isEmpty(field)), only: signsHead },
  { cause: 'method_or_path_missing', head: () => '', value: ({ text }) => encodeURIComponent(text ?? ''), only: signsHead },
  { cause: 'method_or_path_missing', head: () => '', fields: (_, { fields }) => [...fields], only: signsHead },
  { cause: 'method_or_path_missing', head: () => '', fields: (fields) => fields.filter((field) => field.in === 'body'), only: (scheme, request) => signsHead(scheme) && hasBody(scheme, request) }, // biome-ignore format: one row
  { cause: 'method_or_path_missing', head: (method) => `${method}\n`, only: signsHead },
  { cause: 'method_or_path_missing', head: (_, path) => `${path}\n`, only: signsHead },
  { cause: 'method_or_path_included', head: (method, path) => `${method}\n${path}\n`, only: isAes },
  { cause: 'lower_case_method', head: (method, path) => `${method.toLowerCase()}\n${path}\n`, only: signsHead },
  { cause: 'path_altered', head: (method, path) => `${method}\n${path}/\n`, only: signsHead },
  { cause: 'path_altered', head: (method, path) => `${method}\n${decodeURIComponent(path)}\n`, only: (scheme, { path }) => signsHead(scheme) && path.includes('%') }, // biome-ignore format: one row
  { cause: 'line_ends', head: (method, path) => `${method}\r\n${path}\r\n`, only: signsHead },
  { cause: 'line_ends', head: (method, path) => `${method}\\n${path}\\n`, only: signsHead },
  { cause: 'line_ends', head: (method, path) => method + path, only: signsHead },
  { cause: 'not_sorted', fields: (_, request) => request.fields.filter((field) => !isEmpty(field)), only: isAes },
  { cause: 'not_sorted', fields: (_, request) => [...request.fields], only: signsHead },
  { cause: 'sorted_otherwise', fields: (fields) => fields.toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)) },
  { cause: 'sorted_otherwise', fields: (fields) => fields.toReversed() },
  { cause: 'empty_values_kept', fields: (_, request) => request.fields.toSorted(byName), only: isAes },
  { cause: 'empty_values_dropped', fields: (fields) => fields.filter((field) => !isEmpty(field)), only: signsHead },
  { cause: 'empty_values_dropped', fields: (fields) => fields.filter(({ text }) => text !== null), only: (scheme, request) => signsHead(scheme) && isJson(scheme, request) }, // biome-ignore format: one row
  {
    cause: 'empty_values_kept',
    value: ({ text }) => String(text),
    only: (scheme, request) => signsHead(scheme) && isJson(scheme, request),
  },
  { cause: 'url_encoded_values', value: ({ text }) => encodeURIComponent(text ?? '') },
  { cause: 'url_encoded_values', value: ({ text }) => formEncode(text ?? '') },
  { cause: 'url_encoded_values', value: ({ text }) => encodeURIComponent(text ?? '').replace(/%../g, (code) => code.toLowerCase()) },
  { cause: 'plus_as_space', encode: (text) => encodeURIComponent(text).replaceAll('%2B', '+') },
  { cause: 'sign_included', fields: (fields) => [...fields, { name: 'sign', text: '', in: 'query' as const }].sort(byName) },
  { cause: 'sign_type_left_out', fields: (fields) => fields.filter(({ name }) => name !== 'signType'), only: signsHead },
  { cause: 'field_left_out', fields: (fields) => fields.filter(({ name }) => name !== 'nonce') },
  { cause: 'field_left_out', fields: (fields) => fields.filter(({ name }) => name !== 'appId') },
  { cause: 'query_left_out', fields: (fields) => fields.filter((field) => field.in === 'body'), only: hasBody },
  { cause: 'body_left_out', fields: (fields) => fields.filter((field) => field.in === 'query'), only: (scheme, request) => isAes(scheme) && hasBody(scheme, request) }, // biome-ignore format: one row
  { cause: 'body_unparsed', text: () => bodyOf(requests[1]!, []), only: (scheme, request) => isAes(scheme) && isJson(scheme, request) },
  { cause: 'body_reserialised', value: ({ text, json }) => (json === '1.0' ? '1' : (text ?? '')), only: isJson },
  { cause: 'body_reserialised', value: (field) => (isNested(field) ? field.json! : (field.text ?? '')), only: isJson },
  { cause: 'body_reserialised', value: nested((value) => JSON.stringify(value).replaceAll('/', '\\/')), only: isJson },
  { cause: 'body_reserialised', value: nested((value) => JSON.stringify(value).replace(/[名值]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`)), only: isJson }, // biome-ignore format: one row
  { cause: 'body_reserialised', value: nested((value) => JSON.stringify(value).replace(/[<>]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)), only: isJson }, // biome-ignore format: one row
  { cause: 'body_reserialised', value: nested(() => '{"n": [2, 1.5], "url": "http://x/y?a=<b>", "名": "值"}'), only: () => false },
  { cause: 'body_reserialised', value: nested(() => '{"n":[2,1.5],"url":"http://x/y?a=<b>","名":"值"}'), only: isJson },
  { cause: 'body_reserialised', value: nested(() => '{"url": "http://x/y?a=<b>", "名": "值", "n": [2, 1.5]}'), only: isJson },
  { cause: 'body_reserialised', value: nested(() => '{url=http://x/y?a=<b>, 名=值, n=[2, 1.5]}'), only: isJson },
  { cause: 'body_reserialised', value: nested(() => "{'url': 'http://x/y?a=<b>', '名': '值', 'n': [2, 1.5]}"), only: isJson },
  { cause: 'body_reserialised', value: nested(() => '[object Object]'), only: isJson },
  { cause: 'body_reserialised', value: ({ text, json }) => (json === 'true' ? 'True' : (text ?? '')), only: isJson },
  { cause: 'quoted_values', value: ({ text, json }) => json ?? text ?? '', fields: (fields) => fields.filter((field) => !isEmpty(field)), only: (scheme, request) => isAes(scheme) && isJson(scheme, request) }, // biome-ignore format: one row
  { cause: 'charset', bytes: (text) => encodeGbk(text) },
  { cause: 'charset', text: (text) => text.replace(/[^\0-\x7f]/g, '?') },
  { cause: 'trailing_newline', text: (text) => `${text}\n` },
  { cause: 'trailing_newline', text: (text) => `${text}&` },
  { cause: 'values_trimmed', value: ({ text }) => (text ?? '').trim(), only: isJson },
  { cause: 'joined_otherwise', join: (pairs) => pairs.flat().join('') },
  { cause: 'joined_otherwise', join: (pairs) => pairs.map(([, value]) => value).join('') },
  { cause: 'joined_otherwise', join: (pairs) => pairs.map((pair) => pair.join('=')).join(',') },
  { cause: 'secret_included', text: (text) => `${text}&key=${secret}` },
  { cause: 'secret_included', text: (text) => text + secret },
  { cause: 'timestamp_altered', value: ({ name, text }) => (name === 'timestamp' ? '1767225600' : (text ?? '')) },
  { cause: 'timestamp_altered', value: ({ name, text }) => (name === 'timestamp' ? '1767225600125' : (text ?? '')) },
  { cause: 'wrong_algorithm', digest: (bytes) => createHmac('sha1', secret).update(bytes).digest(), only: signsHead },
  { cause: 'wrong_algorithm', digest: (bytes) => hash('md5', bytes, secret), write: (sign) => sign.toString('hex'), only: signsHead },
  { cause: 'wrong_algorithm', digest: (bytes) => hash('sha256', bytes, secret), only: signsHead },
  { cause: 'wrong_algorithm', digest: aes('cbc', Buffer.from(secret), Buffer.alloc(16)), only: isAes },
  { cause: 'wrong_algorithm', digest: aes('ecb', Buffer.from(secret.slice(0, 16)), null), only: isAes },
  { cause: 'wrong_algorithm', digest: aes('ecb', hash('sha1', hash('sha1', secret)).subarray(0, 16), null), only: isAes },
  { cause: 'field_differs', value: ({ name, text }) => (name === 'nonce' ? 'n-2' : (text ?? '')), only: isAes },
  { cause: 'field_added', fields: (fields) => [...fields, { name: 'app', text: '1', in: 'query' as const }].sort(byName), only: isAes },
]

function bodyOf(request: Request, more: readonly Field[]): string {
  const fields = [...request.fields.filter((field) => field.in === 'body'), ...more]
  if (request.body === 'json') return `{${fields.map(({ name, text, json }) => `"${name}":${json ?? JSON.stringify(text)}`).join(',')}}`
  return fields.map(({ name, text }) => `${name}=${formEncode(text ?? '')}`).join('&')
}

/** What arrives when this client sends this request; undefined where its mistake makes no difference. */
function sentBy(client: Client, request: Request, scheme: Scheme): BadlySigned | undefined {
  if (client.only && !client.only(scheme, request)) return undefined
  const place = request.body === 'none' ? ('query' as const) : ('body' as const)
  const signType: Field[] = scheme.signType ? [{ name: 'signType', text: scheme.signType, json: `"${scheme.signType}"`, in: place }] : []
  const whole: Request = { ...request, fields: [...request.fields, ...signType] }
  const right = whole.fields.filter((field) => scheme.signsEmpty || !isEmpty(field)).sort(byName)
  const stringOf = (by: Partial<Client>) => {
    const head = scheme.signsEmpty ? (by.head ?? ((method, path) => `${method}\n${path}\n`))(request.method, request.path, whole) : (by.head?.(request.method, request.path, whole) ?? '') // biome-ignore format: one thought
    const pairs = (by.fields?.(right, whole) ?? right).map((field): [string, string] => [field.name, by.value?.(field) ?? field.text ?? ''])
    const text = head + (by.join?.(pairs) ?? pairs.map((pair) => pair.join('=')).join('&'))
    return by.text?.(text) ?? text
  }
  const text = stringOf(client)
  const bytes = client.bytes ? client.bytes(text) : Buffer.from(text)
  if (!bytes) return undefined
  const digest =
    client.digest ??
    (scheme === openapi
      ? aes('ecb', Buffer.from(client.secret ?? secret), null)
      : (data: Uint8Array) => createHmac('sha256', client.secret ?? secret).update(data).digest()) // biome-ignore format: one thought
  const signature = digest(bytes, secret)
  const written = client.write?.(signature) ?? signature.toString('base64')
  const sign = client.arrives?.(written) ?? written

  const encode = client.encode ?? formEncode
  const query = request.fields.concat(place === 'query' ? signType : []).filter((field) => field.in === 'query').map(({ name, text }) => `${name}=${encode(text ?? '')}`).join('&') // biome-ignore format: one thought
  const rightSign = scheme.sign(stringOf({}), keyOf(secret))
  // A mistake that changes nothing here is none.
  if (client.cause !== 'none' && !client.encode && sign === rightSign) return undefined
  if (client.encode && !query.includes('+')) return undefined
  return {
    scheme,
    method: request.method,
    path: request.path,
    query,
    body: request.body,
    bodyText: request.body === 'none' ? '' : bodyOf(request, signType),
    sign,
    keys: [keyOf(otherSecret), keyOf(secret)],
    oldKeys: [keyOf(oldSecret)],
  }
}

const rows = [openapi, hmacSha256].flatMap((scheme) =>
  requests.flatMap((request) =>
    clients.flatMap((client, at) => {
      const call = sentBy(client, request, scheme)
      return call ? [{ title: `${scheme.name}, ${request.what}, client ${at}`, cause: client.cause, call }] : []
    }),
  ),
)

test(`of ${rows.length} wrongly signed requests at least 95 % are explained rightly`, (t) => {
  const wrong: string[] = []
  for (const { title, cause, call } of rows) {
    const found = diagnose(call)
    assert.ok(found)
    if (found.cause !== cause) wrong.push(`${title}: ${cause}, but was told ${found.cause}`)
    for (const text of [found.callers ?? '', found.stringToSign]) assert.ok(!text.includes(secret), `${title} tells the secret`)
  }
  const rate = 1 - wrong.length / rows.length
  t.diagnostic(`${rows.length - wrong.length} of ${rows.length} right: ${(rate * 100).toFixed(1)} %`)
  for (const line of wrong) t.diagnostic(line)
  assert.ok(rows.length >= 100)
  assert.ok(rate >= 0.95, wrong.join('\n'))
})

test('one mistake is shown with both strings and the place where they part', () => {
  const client = clients.find(({ cause }) => cause === 'url_encoded_values')!
  const found = diagnose(sentBy(client, requests[0]!, hmacSha256)!)
  assert.equal(found?.cause, 'url_encoded_values')
  assert.equal(found.stringToSign.slice(found.differsAt), found.stringToSign.slice(found.stringToSign.indexOf('/c&appId')))
  assert.equal(found.callers?.slice(found.differsAt).startsWith('%2Fc&appId'), true)
})

test('two mistakes are both told', () => {
  const found = diagnose(sentBy({ cause: 'not_sorted', fields: (_, { fields }) => [...fields], write: (sign) => sign.toString('hex') }, requests[0]!, hmacSha256)!) // biome-ignore format: one thought
  assert.equal(found?.cause, 'not_sorted')
  assert.equal(found.also, 'hex_instead_of_base64')
})

test('an AES sign shows what the caller signed, and the secret in it is masked', () => {
  const call = sentBy({ cause: 'field_added', text: (text) => `${text}&zz=1&appSecret=${secret}` }, requests[0]!, openapi)!
  const found = diagnose(call)
  assert.match(found?.callers ?? '', /^Zone=b\/c&appId=.*&zz=1&appSecret=\*\*\*$/)
  assert.equal(found?.cause, 'field_added')
  assert.equal(found.about, 'zz')
})

test('the field that was left out is named', () => {
  const found = diagnose(sentBy({ cause: 'field_left_out', fields: (fields) => fields.filter(({ name }) => name !== 'price') }, requests[0]!, hmacSha256)!) // biome-ignore format: one thought
  assert.equal(found?.about, 'price')
})

test('a call proven by a key pair is explained too', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const query = 'b=x%2Fy&a=1&signType=rsa2'
  const signed = (text: string) => createSign('sha256').update(text).sign(pair.privateKey, 'base64')
  const call = { scheme: rsa2, method: 'GET', path: '/p', query, body: 'none', bodyText: '', keys: [pair.publicKey] } as const
  assert.equal(diagnose({ ...call, sign: signed('GET\n/p\na=1&b=x/y&signType=rsa2') })?.cause, 'none')
  assert.equal(diagnose({ ...call, sign: signed('a=1&b=x/y&signType=rsa2') })?.cause, 'method_or_path_missing')
  assert.equal(diagnose({ ...call, sign: signed('GET\n/p\na=1&b=x%2Fy&signType=rsa2') })?.cause, 'url_encoded_values')
  assert.equal(diagnose({ ...call, sign: 'AAAA' })?.cause, 'unknown')
})

test('what cannot be read is not explained, and rubbish does not throw', () => {
  const call = { scheme: openapi, method: 'GET', path: '/p', query: 'a=1', body: 'none', bodyText: '', keys: [keyOf(secret)] } as const
  assert.equal(diagnose({ ...call, query: 'a=%', sign: 'x' }), undefined)
  for (const sign of ['', ' ', '%', '====', 'AAAA', 'zz', '\0', '车', 'ab', 'A'.repeat(10_000)])
    assert.equal(diagnose({ ...call, sign })?.cause, 'unknown')
  assert.equal(diagnose({ ...call, keys: [], sign: 'AAAA' })?.cause, 'unknown')
  const started = performance.now()
  assert.equal(diagnose({ ...call, query: `a=${'x'.repeat(5_000_000)}`, sign: 'AAAA' })?.cause, 'unknown')
  // Some tenths of a second; what grows faster than the query would take hours.
  assert.ok(performance.now() - started < 60_000)
})

test('the candidates are bounded', () => {
  const query = Array.from({ length: 1000 }, (_, n) => `p${n}=${n}%2B`).join('&')
  const queryParameters = readQuery(query)
  const bodyText = '{"a":{"b":[1, 2]},"c":1.0,"timestamp":1767225600123}'
  const bodyParameters = readJsonObject(bodyText)
  assert.ok(Array.isArray(queryParameters) && Array.isArray(bodyParameters))
  const sent = { scheme: hmacSha256, method: 'POST', path: '/p', query, queryParameters, body: 'json', bodyText, bodyParameters, secrets: [secret, oldSecret] } as const // biome-ignore format: one thought
  const found = [...candidates(sent)]
  assert.ok(found.length < 200, String(found.length))
})

test('GBK is written as it is read', () => {
  assert.deepEqual(encodeGbk('a车€'), Uint8Array.of(0x61, 0xb3, 0xb5, 0xa2, 0xe3))
  assert.equal(encodeGbk('👋'), undefined)
})
