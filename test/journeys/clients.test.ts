// Clients that share no code with us sign for the gateway: those of `examples/clients`, each in its language, which partners copy, and an
// implementation of RFC 9421 that others wrote.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { type Algorithm, createSigner, httpbis, type SigningKey } from 'http-message-signatures'
import { type CallSample, fillCall, fillIn, type SampleLanguage, sampleSchemes } from '../../examples/fill.ts'
import { type Call, type House, openHouse, type TestApp } from '../house.ts'

const folder = join(import.meta.dirname, '../../examples/clients')
const path = '/api/v1/car/parking'
const csvPath = '/api/v1/car/list'

const rsaKeys = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })

let house: House
let keys: string
let interfaceIds: number[]
before(async () => {
  house = await openHouse()
  keys = mkdtempSync(join(tmpdir(), 'kaimen-keys-'))
  const published = [
    await house.publish({ path }),
    await house.publish({ path, method: 'POST' }),
    await house.publish({ path: csvPath, method: 'POST' }),
  ]
  interfaceIds = published.map(({ id }) => id)
})
after(async () => {
  rmSync(keys, { recursive: true, force: true })
  await house.close()
})

interface Language {
  readonly name: SampleLanguage
  readonly file: string
  readonly command: readonly [program: string, ...words: string[]]
}

const languages: Language[] = [
  { name: 'python', file: 'client.py', command: ['python3'] },
  {
    name: 'java',
    file: 'Client.java',
    command: ['java', '-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8'],
  },
  { name: 'php', file: 'client.php', command: ['php'] },
  { name: 'go', file: 'client.go', command: ['go', 'run'] },
  { name: 'sh', file: 'client.sh', command: ['sh'] },
  { name: 'ts', file: 'client.ts', command: [process.execPath] },
]

const asked = { park: '东门 停车场', note: 'a+b, 100%' }
/** What a language may write wrongly, in its source or in its JSON. */
const sent = {
  plate: '京A·12345',
  quotes: `it's "so" \\ $HOME <&>`,
  none: null,
  yes: true,
  ms: 1_795_275_787_586,
  items: [{ hours: 2.5, tags: ['a', 'b'] }],
}

for (const { name, file, command } of languages) {
  const [program, ...words] = command
  const isHere = spawnSync(program, ['--version']).error === undefined
  const skip = !isHere && `${program} is not on this machine, so ${file} was not run`
  for (const scheme of sampleSchemes[name]) {
    test(`${file} calls by ${scheme}, and not with a key that is not the app's`, { skip }, async () => {
      const { app, right, wrong } = await appFor(scheme)
      const sample = { gatewayUrl: house.gatewayUrl, appId: app.appId, security: 'token+sign', scheme, path }
      const run = (key: Record<string, string>, method: string, parameters: Record<string, unknown>) =>
        lines(program, [...words, filled(file, name, { ...sample, method, parameters })], key)
      const arrivedBefore = house.arrived.length

      assert.deepEqual((await run(right, 'POST', sent)).map(({ status }) => status), [200, 200]) // biome-ignore format: one thought
      const [posted] = house.arrived.slice(arrivedBefore)
      assert.deepEqual([posted!.method, posted!.headers['x-app-id']], ['POST', app.appId])
      // The AES form does not sign what is empty, so it is not sent.
      const { none, ...rest } = sent
      assert.deepEqual(JSON.parse(posted!.body), scheme === 'openapi' ? rest : { none, ...rest })

      const refused = await run(wrong, 'GET', asked)
      assert.deepEqual(refused.map(({ status, answer }) => [status, answer.error]), [[401, 'signature_invalid']]) // biome-ignore format: one thought
      assert.equal(house.arrived.length, arrivedBefore + 1)
    })
  }

  test(`${file} sends the parameters of a GET in its query`, { skip }, async () => {
    const app = await house.app(interfaceIds)
    const sample = { gatewayUrl: house.gatewayUrl, ...app, security: 'token+sign', method: 'GET', path, parameters: asked }
    const printed = await lines(program, [...words, filled(file, name, sample)], {})
    assert.deepEqual(printed.map(({ status }) => status), [200, 200]) // biome-ignore format: one thought
    assert.deepEqual(Object.fromEntries(new URL(house.arrived.at(-1)!.url, 'http://service').searchParams), asked)
  })
}

for (const [security, answers] of [['none', 1], ['token', 2], ['sign', 1]] as const) {
  test(`a sample for an interface with security ${security} sends what that wants, and nothing besides`, async () => {
    const ownPath = `/api/v1/with-${security}`
    const { id } = await house.publish({ path: ownPath, security })
    const app = await house.app([id])
    const sample = { gatewayUrl: house.gatewayUrl, ...app, security, method: 'GET', path: ownPath, parameters: asked }
    for (const { name, file, command: [program, ...words] } of languages.filter(({ name }) => ['ts', 'python', 'sh'].includes(name))) {
      const printed = await lines(program, [...words, filled(file, name, sample)], {})
      assert.deepEqual(printed.map(({ status }) => status), new Array(answers).fill(200), file) // biome-ignore format: one thought
      assert.deepEqual(Object.fromEntries(new URL(house.arrived.at(-1)!.url, 'http://service').searchParams), asked)
    }
  })
} // biome-ignore format: a table

const memberClients = [
  { file: 'member.php', program: 'php' },
  { file: 'member.py', program: 'python3' },
]
for (const { file, program } of memberClients) {
  const isHere = spawnSync(program, ['--version']).error === undefined
  test(`${file} logs a member in, calls and refreshes`, {
    skip: !isHere && `${program} is not on this machine, so ${file} was not run`,
  }, async () => {
    const ownPath = `/api/v1/${program}/info`
    const { id } = await house.publish({ path: ownPath, security: 'token' })
    const app = await house.app([id])
    await house.done('PUT', `/openapi/app/edit/${app.id}`, { schemes: ['member'] })
    // Nothing of what a URL would write in another way changes the sign.
    const member = { username: `张三+20.${program}`, password: 'p&ss w=rd+%41 密码' }
    const phoneNumber = `13${Date.now() % 1_000_000_000}`
    const person = await house.done('POST', '/openapi/user/register', { ...member, phoneNumber }, '')
    const env = { GATEWAY_URL: house.gatewayUrl, APP_ID: app.appId, MEMBER: member.username, PASSWORD: member.password, API_PATH: ownPath }
    await house.settled()

    const printed = await lines(program, [join(folder, file)], { ...env, APP_SECRET: app.appSecret })
    assert.deepEqual(printed.map(({ status }) => status), [200, 200, 200]) // biome-ignore format: one thought
    assert.equal(house.arrived.at(-1)!.headers['x-user-id'], String(person.id))
    const refused = await lines(program, [join(folder, file)], { ...env, APP_SECRET: 'W'.repeat(32) })
    assert.deepEqual(refused.map(({ answer }) => answer.error), ['signature_invalid']) // biome-ignore format: one thought
  })
}

test('the samples are filled everywhere: no mark is left, and every value stands in its file', () => {
  const sample = { gatewayUrl: 'https://api.example.com', appId: 'app12345', appSecret: 'S'.repeat(32), security: 'sign', method: 'PUT', path: '/x', parameters: { a: 'b' } } // biome-ignore format: one row
  for (const { name, file } of languages) {
    const text = readFileSync(filled(file, name, sample), 'utf8')
    assert.doesNotMatch(text, /@fill|getenv\("APP_ID|process\.env\.APP_ID|environ\["APP_ID/i)
    for (const value of ['https://api.example.com', 'app12345', 'S'.repeat(32)]) assert.ok(text.includes(value), `${file}: ${value}`)
  }
})

test('a filled value is a value: it cannot end its literal', () => {
  const template = 'x = 1 // @fill value'
  for (const name of ['ts', 'python', 'java', 'php', 'go', 'sh'] as const) {
    const text = fillIn(template, name, { value: `'"; rm -rf / \\' "\n$&` })
    assert.doesNotMatch(text, /[^\\'](['"]); rm/, `${name}: ${text}`)
  }
  assert.equal(fillIn(template, 'sh', { value: "a'b" }), "x = 'a'\\''b'")
  assert.equal(fillIn(template, 'php', { value: "a'\\b" }), "x = 'a\\'\\\\b'")
  assert.equal(fillIn(template, 'ts', { value: { 'a-b': [null, 1.5, 'c"d'], e: {} } }), "x = { 'a-b': [null, 1.5, 'c\"d'], e: {} }")
  assert.equal(fillIn(template, 'go', { value: undefined }), 'x = 1')
})

/** The sample in a file of its own. */
function filled(file: string, name: SampleLanguage, sample: CallSample): string {
  const own = mkdtempSync(join(keys, 'sample-'))
  writeFileSync(join(own, file), fillCall(readFileSync(join(folder, file), 'utf8'), name, sample), { mode: 0o600 })
  return join(own, file)
}

/** An app that signs by this scheme, and the variables that hold its key and another. */
async function appFor(scheme: string): Promise<{ app: TestApp; right: Record<string, string>; wrong: Record<string, string> }> {
  const app = await house.app(interfaceIds)
  if (scheme !== 'rsa2') return { app, right: { APP_SECRET: app.appSecret }, wrong: { APP_SECRET: 'W'.repeat(32) } }
  const [own, other] = [rsaKeys(), rsaKeys()]
  const publicKeys = [{ keyId: 'k1', publicKey: own.publicKey }]
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { publicKeys, schemes: ['rsa2'] })
  await house.settled()
  const [right, wrong] = [own, other].map(({ privateKey }, at) => {
    const file = join(keys, `${app.appId}-${at}.pem`)
    writeFileSync(file, privateKey, { mode: 0o600 })
    return { PRIVATE_KEY_FILE: file }
  })
  return { app, right: right!, wrong: wrong! }
}

interface Line {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: an answer of the gateway or of the service
  readonly answer: any
}

/** What the client printed: a line of JSON for each answer. */
async function lines(program: string, args: readonly string[], env: Record<string, string>): Promise<Line[]> {
  const { PATH, HOME } = process.env
  const child = spawn(program, args, { env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  const printed = out.trimEnd().split('\n')
  assert.ok(out.startsWith('{'), `${out}${err}`)
  return printed.map((line) => JSON.parse(line) as Line)
}

const keyPairs = {
  'hmac-sha256': undefined,
  ed25519: () => generateKeyPairSync('ed25519'),
  'rsa-v1_5-sha256': () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'ecdsa-p256-sha256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
}
const json = { path, type: 'application/json', text: '{"plate": "京A·12345", "items": [{"hours": 2.50}]}' }
const csv = { path: csvPath, type: 'text/csv; charset=utf-8', text: '车牌;小时\r\n京A·12345;2.5\r\n' }

for (const [alg, newPair] of Object.entries(keyPairs)) {
  test(`http-message-signatures calls by RFC 9421 with ${alg}, and not with a key that is not the app's`, async () => {
    const app = await house.app(interfaceIds)
    const token = await house.token(app)
    const [own, other] = [newPair?.(), newPair?.()]
    const publicKeys = own ? [{ keyId: 'k1', publicKey: own.publicKey.export({ type: 'spki', format: 'pem' }) }] : []
    await house.done('PUT', `/openapi/app/edit/${app.id}`, { publicKeys })
    await house.settled()
    const keyid = own ? `${app.appId}:k1` : app.appId
    const right = createSigner(own?.privateKey ?? app.appSecret, alg as Algorithm, keyid)
    const wrong = createSigner(other?.privateKey ?? 'W'.repeat(32), alg as Algorithm, keyid)

    const asked = await messageSigned('GET', `${path}?park=${encodeURIComponent('东门 停车场')}&note=a+b%2C`, token, right)
    assert.equal((await house.call(asked)).status, 200)
    assert.equal(house.arrived.at(-1)!.url, asked.path)
    for (const content of [json, csv]) {
      assert.equal((await house.call(await messageSigned('POST', content.path, token, right, content))).status, 200)
      const { body, headers } = house.arrived.at(-1)!
      assert.deepEqual([body, headers['content-type']], [content.text, content.type])
      assert.deepEqual(['signature', 'signature-input', 'authorization'].filter((name) => name in headers), []) // biome-ignore format: one thought
    }
    assert.equal((await house.call(asked)).fault, 'replayed_request')
    assert.equal((await house.call(await messageSigned('GET', path, token, wrong))).fault, 'signature_invalid')
    const changed = { ...(await messageSigned('POST', csv.path, token, right, csv)), body: csv.text.replace('2', '1') }
    assert.equal((await house.call(changed)).fault, 'signature_invalid')
  })
}

/** What settled A13 asks for, and the content type. */
async function messageSigned(
  method: string,
  target: string,
  token: string,
  key: SigningKey,
  content?: { readonly type: string; readonly text: string },
): Promise<Call> {
  const { host } = new URL(house.gatewayUrl)
  const digest = content && createHash('sha256').update(content.text).digest('base64')
  const about: Record<string, string> = content ? { 'content-type': content.type, 'content-digest': `sha-256=:${digest}:` } : {}
  const { headers } = await httpbis.signMessage(
    {
      key,
      fields: ['@method', '@target-uri', 'authorization', ...Object.keys(about)],
      params: ['created', 'keyid', 'alg', 'nonce', 'tag'],
      paramValues: { nonce: randomUUID(), tag: 'kaimen' },
    },
    { method, url: house.gatewayUrl + target, headers: { host, authorization: `Bearer ${token}`, ...about } },
  )
  return { method, path: target, headers: headers as Record<string, string>, ...(content ? { body: content.text } : {}) }
}
