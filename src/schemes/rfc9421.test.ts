import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { httpbis } from 'http-message-signatures'
import { type InnerList, parseDictionary } from 'structured-headers'
import { checkContentDigest, contentDigest } from './content-digest.ts'
import type { MessageClaim } from './message-claim.ts'
import { type MessageKey, readMessageSignature, signBase, signMessage, verifyBase, verifyMessageSignature } from './rfc9421.ts'
import { Flaw, type SignedMessage, signatureBase } from './signature-base.ts'

// RFC 9421, B.1: its keys.
const ed25519 = {
  alg: 'ed25519',
  privateKey: createPrivateKey(
    '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----',
  ),
  key: createPublicKey(
    '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----',
  ),
} as const
const p256 = {
  alg: 'ecdsa-p256-sha256',
  privateKey: createPrivateKey(
    '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIFKbhfNZfpDsW43+0+JjUr9K+bTeuxopu653+hBaXGA7oAoGCCqGSM49\nAwEHoUQDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM\n4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==\n-----END EC PRIVATE KEY-----',
  ),
  key: createPublicKey(
    '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf\nw0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==\n-----END PUBLIC KEY-----',
  ),
} as const
const rsa: MessageKey = {
  alg: 'rsa-v1_5-sha256',
  key: createPublicKey(
    '-----BEGIN RSA PUBLIC KEY-----\nMIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw\nWEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq\nMGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg\nkne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P\nuKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ\nPSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB\n-----END RSA PUBLIC KEY-----',
  ),
}
const hmac: MessageKey = {
  alg: 'hmac-sha256',
  key: createSecretKey('uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==', 'base64'),
}

// B.2: its request.
const digest = 'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:'
const testRequest: SignedMessage = {
  method: 'POST',
  scheme: 'https',
  authority: 'example.com',
  target: '/foo?param=Value&Pet=dog',
  fieldLines: lines({
    Host: 'example.com',
    Date: 'Tue, 20 Apr 2021 02:07:55 GMT',
    'Content-Type': 'application/json',
    'Content-Digest': digest,
    'Content-Length': '18',
  }),
  body: Buffer.from('{"hello": "world"}'),
}
function lines(fields: { [name: string]: string }): string[] {
  return Object.entries(fields).flat()
}
function withFields(message: SignedMessage, fields: { [name: string]: string }): SignedMessage {
  const names = Object.keys(fields).map((name) => name.toLowerCase())
  const kept = message.fieldLines.filter((_, at, all) => !names.includes(all[at - (at % 2)]!.toLowerCase()))
  return { ...message, fieldLines: [...kept, ...lines(fields)] }
}
const coveredBy = (member: string) => parseDictionary(`sig=${member}`).get('sig') as InnerList

interface Example {
  readonly section: string
  readonly message: SignedMessage
  readonly covered: string
  readonly lines: readonly string[]
  readonly signature: string
  readonly key: MessageKey
}
const examples: Example[] = [
  {
    section: 'B.2.5',
    message: testRequest,
    covered: '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    lines: ['"date": Tue, 20 Apr 2021 02:07:55 GMT', '"@authority": example.com', '"content-type": application/json'],
    signature: 'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=',
    key: hmac,
  },
  {
    section: 'B.2.6',
    message: testRequest,
    covered: '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    lines: [
      '"date": Tue, 20 Apr 2021 02:07:55 GMT',
      '"@method": POST',
      '"@path": /foo',
      '"@authority": example.com',
      '"content-type": application/json',
      '"content-length": 18',
    ],
    signature: 'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
    key: ed25519,
  },
  {
    section: '4.3, the client',
    message: testRequest,
    covered:
      '("@method" "@authority" "@path" "content-digest" "content-type" "content-length");created=1618884475;keyid="test-key-ecc-p256"',
    lines: [
      '"@method": POST',
      '"@authority": example.com',
      '"@path": /foo',
      `"content-digest": ${digest}`,
      '"content-type": application/json',
      '"content-length": 18',
    ],
    signature: 'X5spyd6CFnAG5QnDyHfqoSNICd+BUP4LYMz2Q0JXlb//4Ijpzp+kve2w4NIyqeAuM7jTDX+sNalzA8ESSaHD3A==',
    key: p256,
  },
  {
    section: '4.3, the proxy',
    message: withFields(
      { ...testRequest, authority: 'origin.host.internal.example' },
      { Forwarded: 'for=192.0.2.123;host=example.com;proto=https' },
    ),
    covered:
      '("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded");created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540',
    lines: [
      '"@method": POST',
      '"@authority": origin.host.internal.example',
      '"@path": /foo',
      `"content-digest": ${digest}`,
      '"content-type": application/json',
      '"content-length": 18',
      '"forwarded": for=192.0.2.123;host=example.com;proto=https',
    ],
    signature:
      'S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==',
    key: rsa,
  },
  {
    section: 'B.4',
    message: {
      method: 'GET',
      scheme: 'https',
      authority: 'example.org',
      target: '/demo?name1=Value1&Name2=value2',
      fieldLines: ['Host', 'example.org', 'Date', 'Fri, 15 Jul 2022 14:24:55 GMT', 'Accept', 'application/json', 'Accept', '*/*'],
      body: Buffer.alloc(0),
    },
    covered: '("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519"',
    lines: ['"@method": GET', '"@path": /demo', '"@authority": example.org', '"accept": application/json, */*'],
    signature: 'ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==',
    key: ed25519,
  },
]

for (const { section, message, covered, lines, signature, key } of examples) {
  test(`agrees with RFC 9421, ${section}`, () => {
    const base = signatureBase(message, coveredBy(covered))
    assert.equal(base, [...lines, `"@signature-params": ${covered}`].join('\n'))
    const bytes = Buffer.from(signature, 'base64')
    assert.ok(verifyBase(base as string, bytes, key))
    for (let at = 0; at < bytes.length; at++) {
      bytes[at]! ^= 1
      assert.ok(!verifyBase(base as string, bytes, key))
      bytes[at]! ^= 1
    }
    for (const length of [0, 1, 32, 63, 64, 65, 256, 257]) assert.ok(!verifyBase(base as string, Buffer.alloc(length), key))
  })
}

test('signs as RFC 9421 does where that is determined', () => {
  const [hmacExample, edExample] = examples
  for (const { message, covered, signature, key } of [hmacExample!, { ...edExample!, key: { alg: 'ed25519', key: ed25519.privateKey } as const }]) {
    assert.equal(signBase(signatureBase(message, coveredBy(covered)) as string, key).toString('base64'), signature)
  } // biome-ignore format: one thought
})

// The values of one component, from RFC 9421's own examples in 2.1 and 2.2.
function checkComponent(message: Partial<SignedMessage>, identifier: string, expected: string) {
  test(`component ${identifier}: ${expected}`, () => {
    const base = signatureBase({ ...testRequest, ...message }, coveredBy(`(${identifier})`))
    if (base instanceof Flaw) assert.equal(`! ${base.reason} ${base.name}`, expected)
    else assert.equal(base.split('\n')[0], `${identifier}: ${expected}`)
  })
}
const dictionary = { fieldLines: ['Example-Dict', '  a=1,    b=2;x=1;y=2,   c=(a   b    c), d'] }
checkComponent(dictionary, '"example-dict"', 'a=1,    b=2;x=1;y=2,   c=(a   b    c), d')
checkComponent(dictionary, '"example-dict";key="a"', '1')
checkComponent(dictionary, '"example-dict";key="d"', '?1')
checkComponent(dictionary, '"example-dict";key="b"', '2;x=1;y=2')
checkComponent(dictionary, '"example-dict";key="c"', '(a b c)')
checkComponent(dictionary, '"example-dict";key="e"', '! component_absent example-dict;key="e"')
checkComponent(dictionary, '"example-dict";sf', '! component_parameter example-dict;sf')
checkComponent(dictionary, '"example-dict";req', '! component_parameter example-dict;req')
checkComponent(dictionary, '"example-dict";tr', '! component_parameter example-dict;tr')
checkComponent(dictionary, '"example-dict";bs;sf', '! component_parameter example-dict;bs')
checkComponent({ fieldLines: ['Priority', 'u=1 ,  i'] }, '"priority";sf', 'u=1, i')
const header = { fieldLines: ['Example-Header', 'value, with, lots', 'example-header', ' of, commas '] }
checkComponent(header, '"example-header"', 'value, with, lots, of, commas')
checkComponent(header, '"example-header";bs', ':dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:')
checkComponent(header, '"absent"', '! component_absent absent')
checkComponent(header, '"Example-Header"', '! component_unknown Example-Header')
checkComponent({ fieldLines: ['X', 'caf\u00e9'] }, '"x"', '! component_not_ascii "x"')
checkComponent({ fieldLines: ['X', 'caf\u00e9'] }, '"x";bs', ':Y2Fm6Q==:')
checkComponent({ fieldLines: ['X', 'caf\u00e9'] }, '"x" "x"', '! component_not_ascii "x"')
checkComponent({ fieldLines: ['X', ''] }, '"x" "x"', '! component_repeated "x"')
checkComponent({ authority: 'WWW.Example.com:443' }, '"@authority"', 'www.example.com')
checkComponent({ authority: 'example.com:80' }, '"@authority"', 'example.com:80')
checkComponent({}, '"@method"', 'POST')
checkComponent({}, '"@target-uri"', 'https://example.com/foo?param=Value&Pet=dog')
checkComponent({}, '"@scheme"', 'https')
checkComponent({}, '"@request-target"', '/foo?param=Value&Pet=dog')
checkComponent({}, '"@query"', '?param=Value&Pet=dog')
checkComponent({ target: '/path' }, '"@query"', '?')
checkComponent({ target: '/path?' }, '"@query"', '?')
checkComponent({}, '"@query-param";name="Pet"', 'dog')
checkComponent({}, '"@query-param";name="pet"', '! component_absent @query-param;name="pet"')
checkComponent({}, '"@query-param"', '! component_parameter @query-param;name')
checkComponent({ target: '/?a=1&a=1' }, '"@query-param";name="a"', '! component_repeated @query-param;name="a"')
checkComponent({}, '"@method";req', '! component_parameter @method;req')
checkComponent({}, '"@status"', '! component_unknown @status')
const query = { target: '/p?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something' }
checkComponent(query, '"@query-param";name="var"', 'this%20is%20a%20big%0Amultiline%20value')
checkComponent(query, '"@query-param";name="bar"', 'with%20plus%20whitespace')
checkComponent(query, '"@query-param";name="fa%C3%A7ade%22%3A%20"', 'something')

test('a base has a bounded number of components', () => {
  const many = Array.from({ length: 65 }, (_, n) => `"a${n}"`).join(' ')
  const base = signatureBase(testRequest, coveredBy(`(${many})`))
  assert.ok(base instanceof Flaw && base.reason === 'components_too_many')
})

// RFC 9530, appendix B.1 and D.
function checkDigest(field: string, body: string, expected: string) {
  test(`content-digest ${field.slice(0, 40)}: ${expected}`, () => assert.equal(checkContentDigest(field, Buffer.from(body)), expected))
}
const json = '{"hello": "world"}\n'
checkDigest('sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:', json, 'right')
checkDigest(digest, '{"hello": "world"}', 'right')
checkDigest('sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:', `${json} `, 'wrong')
checkDigest(`sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:, ${digest}`, json, 'wrong')
checkDigest(`md5=:AAAA:, sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:`, json, 'right')
checkDigest('md5=:AAAA:', json, 'unknown')
checkDigest('', json, 'unknown')
checkDigest('sha-256="RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg="', json, 'malformed')
checkDigest('sha-256=:', json, 'malformed')
test('content-digest is made as it is read', () => {
  assert.equal(contentDigest(Buffer.from(json)), 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:')
})

// A13, over a request that is right but for one thing.
const appKey: MessageKey = { alg: 'hmac-sha256', key: createSecretKey(Buffer.from('7Q2M9ZK4XW8R1TB6C0VN5HJ3LD7GF2PS')) }
const order = { keyid: '9phm93oigrhk6k9n', nonce: 'n-1', createdAt: 1_767_225_600 }
function signed(message: SignedMessage, more: Partial<Parameters<typeof signMessage>[1]> = {}, key = appKey): SignedMessage {
  const { signatureInput, signature } = signMessage(message, { ...order, ...more }, key)
  return withFields(message, { 'Signature-Input': signatureInput, Signature: signature })
}
function claimOf(message: SignedMessage): MessageClaim {
  const claim = readMessageSignature(message)
  assert.ok(!(claim instanceof Flaw), JSON.stringify(claim))
  return claim
}

test('what we sign we take, and the claim says who, when and once', () => {
  const { signature, base, covered, ...claim } = claimOf(signed(testRequest, { expiresAt: 1_767_225_660 }))
  assert.deepEqual(claim, {
    appId: '9phm93oigrhk6k9n',
    keyId: undefined,
    alg: 'hmac-sha256',
    createdAt: 1_767_225_600,
    expiresAt: 1_767_225_660,
    nonce: 'n-1',
  })
  assert.match(base, /^"@method": POST\n"@target-uri": https:\/\/example.com\/foo\?param=Value&Pet=dog\n"content-digest": sha-512=/)
  assert.ok(verifyMessageSignature({ ...claim, base, covered, signature }, appKey))
})

for (const pair of [ed25519, p256]) {
  test(`a public key proves a call: ${pair.alg}`, () => {
    const claim = claimOf(signed(testRequest, { keyid: '9phm93oigrhk6k9n:k1' }, { alg: pair.alg, key: pair.privateKey }))
    assert.equal(claim.keyId, 'k1')
    assert.ok(verifyMessageSignature(claim, pair))
    assert.ok(!verifyMessageSignature(claim, appKey))
    assert.ok(!verifyMessageSignature({ ...claim, keyId: undefined }, pair))
    assert.ok(!verifyMessageSignature(claim, pair === p256 ? ed25519 : p256))
  })
}

function checkChanged(what: string, change: (message: SignedMessage) => SignedMessage, expected: string) {
  test(`${what}: ${expected}`, () => {
    const claim = readMessageSignature(change(signed(withFields(testRequest, { Authorization: 'Bearer x' }))))
    if (claim instanceof Flaw) assert.equal(`${claim.reason} ${claim.name}`.trim(), expected)
    else assert.equal(verifyMessageSignature(claim, appKey) ? 'taken' : 'refused', expected)
  })
}
const replaced = (name: string, from: string | RegExp, to: string) => (message: SignedMessage) => {
  const at = message.fieldLines.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name)
  const value = message.fieldLines[at + 1]!
  assert.match(value, typeof from === 'string' ? new RegExp(from.replace(/[()"]/g, '\\$&')) : from)
  return { ...message, fieldLines: message.fieldLines.with(at + 1, value.replace(from, to)) }
}
const input = (from: string | RegExp, to: string) => replaced('signature-input', from, to)
checkChanged('nothing changed', (message) => message, 'taken')
checkChanged('another method', (message) => ({ ...message, method: 'PUT' }), 'refused')
checkChanged('another path', (message) => ({ ...message, target: '/fop?param=Value&Pet=dog' }), 'refused')
checkChanged('another query', (message) => ({ ...message, target: '/foo?param=Value&Pet=cat' }), 'refused')
checkChanged('another host', (message) => ({ ...message, authority: 'example.org' }), 'refused')
checkChanged('another field that is not covered', replaced('date', /.*/, 'now'), 'taken')
checkChanged('another token', replaced('authorization', 'x', 'y'), 'refused')
checkChanged('another body', (message) => ({ ...message, body: Buffer.from('{}') }), 'digest_wrong content-digest')
checkChanged('another body with its digest', (message) => withFields({ ...message, body: Buffer.from('{}') }, { 'Content-Digest': contentDigest(Buffer.from('{}')) }), 'refused') // biome-ignore format: one row
checkChanged('a digest that nobody knows', replaced('content-digest', 'sha-512', 'sha-1024'), 'digest_unknown content-digest')
checkChanged('no signature', (message) => withFields(message, { Signature: '' }), 'field_absent signature;key="sig"')
checkChanged('another label', replaced('signature', 'sig=', 'gis='), 'field_absent signature;key="sig"')
checkChanged('a signature that is a text', replaced('signature', /:.*:/, '"abc"'), 'field_malformed signature')
checkChanged('an item where a list should be', input(/=\(.*\)/, '=1'), 'field_malformed signature-input')
checkChanged('rubbish', input(/.*/, '((('), 'field_malformed signature-input')
checkChanged('no method', input('"@method" ', ''), 'not_covered @method')
checkChanged('no target', input('"@target-uri" ', ''), 'not_covered @authority')
checkChanged('a target in parts', input('"@target-uri" ', '"@path" "@query" "@authority" '), 'refused')
checkChanged('a target without its query', input('"@target-uri" ', '"@path" "@authority" '), 'not_covered @query')
checkChanged('no digest', input(' "content-digest"', ''), 'not_covered content-digest')
checkChanged('a digest in another form only', input('"content-digest"', '"content-digest";bs'), 'not_covered content-digest')
checkChanged('no authorization', input(' "authorization"', ''), 'not_covered authorization')
checkChanged('no created', input(/;created=\d+/, ''), 'parameter_missing created')
checkChanged('no nonce', input(/;nonce="[^"]+"/, ''), 'parameter_missing nonce')
checkChanged('no keyid', input(/;keyid="[^"]+"/, ''), 'parameter_missing keyid')
checkChanged('an empty nonce', input(/;nonce="[^"]+"/, ';nonce=""'), 'parameter_malformed nonce')
checkChanged('a long nonce', input(/;nonce="[^"]+"/, `;nonce="${'n'.repeat(129)}"`), 'parameter_malformed nonce')
checkChanged('a created with a fraction', input(/;created=\d+/, ';created=1.5'), 'parameter_malformed created')
checkChanged('a created as text', input(/;created=(\d+)/, ';created="$1"'), 'parameter_malformed created')
checkChanged('an expiry before creation', input(/;nonce/, ';expires=1;nonce'), 'parameter_malformed expires')
checkChanged('a keyid that no app has', input('9phm93oigrhk6k9n', 'a b'), 'parameter_malformed keyid')
checkChanged('an alg that nobody knows', input('"hmac-sha256"', '"rot13"'), 'alg_unfit rot13')
checkChanged('an alg that does not fit the secret', input('"hmac-sha256"', '"ed25519"'), 'alg_unfit ed25519')
checkChanged('a secret under a key’s name', input('9phm93oigrhk6k9n', '9phm93oigrhk6k9n:k1'), 'alg_unfit hmac-sha256')
checkChanged('no alg, which is signed as well', input(';alg="hmac-sha256"', ''), 'refused')
checkChanged('a tag of another house', input('"kaimen"', '"web-bot-auth"'), 'foreign_tag web-bot-auth')

test('among several signatures the one with our tag is read', () => {
  const message = signed(testRequest)
  const [ours, signature] = [message.fieldLines.at(-3)!, message.fieldLines.at(-1)!]
  const both = (other: string) => withFields(message, { 'Signature-Input': `${other}, ${ours}`, Signature: `proxy=:AAAA:, ${signature}` })
  const proxy = 'proxy=("@method");created=1;keyid="proxy-key"'
  assert.ok(verifyMessageSignature(claimOf(both(proxy)), appKey))
  const twice = readMessageSignature(both(`${proxy};tag="kaimen"`))
  assert.ok(twice instanceof Flaw && twice.reason === 'several_signatures')
})

test('without tags, the one whose keyid may be an app’s', () => {
  const untagged = (keyid: string) => `sig=("@method");created=1;nonce="n";keyid="${keyid}"`
  const read = (keyid: string) =>
    readMessageSignature(
      withFields(testRequest, { 'Signature-Input': `proxy=("@method");keyid="a-b", ${untagged(keyid)}`, Signature: 'sig=:AAAA:' }),
    )
  const found = read('9phm93oigrhk6k9n')
  assert.ok(found instanceof Flaw && found.reason === 'not_covered')
  const neither = read('c-d')
  assert.ok(neither instanceof Flaw && neither.reason === 'several_signatures')
})

test('takes what another implementation signs', async () => {
  const algs = [
    { keyid: '9phm93oigrhk6k9n', ...appKey, sign: async (data: Buffer) => signBase(data.toString(), appKey) },
    { keyid: '9phm93oigrhk6k9n:k1', ...ed25519, sign: async (data: Buffer) => signBase(data.toString(), { alg: 'ed25519', key: ed25519.privateKey }) },
  ] // biome-ignore format: rows
  for (const { keyid, alg, key, sign } of algs) {
    const { headers } = await httpbis.signMessage(
      {
        key: { id: keyid, alg, sign },
        fields: ['@method', '@authority', '@path', '@query', '@query-param;name="b"', 'content-digest', 'content-type'],
        params: ['created', 'keyid', 'alg', 'nonce'],
        paramValues: { created: new Date(1_767_225_600_000), nonce: 'n-2' },
      },
      {
        method: 'POST',
        url: 'http://Example.com:9000/api/v1/%E8%BD%A6?a=%41&b=x+y',
        headers: { 'Content-Type': 'application/json', 'Content-Digest': contentDigest(Buffer.from('{"a":1}')), Host: 'example.com:9000' },
      },
    )
    const claim = claimOf({
      method: 'POST',
      scheme: 'http',
      authority: 'example.com:9000',
      target: '/api/v1/%E8%BD%A6?a=%41&b=x+y',
      fieldLines: lines(headers as { [name: string]: string }),
      body: Buffer.from('{"a":1}'),
    })
    assert.equal(claim.createdAt, 1_767_225_600)
    assert.ok(verifyMessageSignature(claim, { alg, key }))
  }
})
