// Clients that share no code with us sign for the gateway: those of `examples/clients`, each in its language, which partners copy, and an
// implementation of RFC 9421 that others wrote.

import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { type Algorithm, createSigner, httpbis, type SigningKey } from 'http-message-signatures'
import { schemeNames } from '#core/app/app.ts'
import { bodyAlgs } from '#schemes/envelope.ts'
import { type CallSample, fillCall, fillIn, type SampleLanguage, sampleFiles } from '../../examples/fill.ts'
import { type Call, type House, openHouse, type TestApp } from '../house.ts'

const folder = join(import.meta.dirname, '../../examples/clients')
const path = '/api/v1/car/parking'
const csvPath = '/api/v1/car/list'

const newKeys = {
  rsa2: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  sm2: () => generateKeyPairSync('ec', { namedCurve: 'SM2' }),
}

let house: House
let keys: string
let interfaceIds: number[]
before(async () => {
  house = await openHouse()
  keys = mkdtempSync(join(tmpdir(), 'kaimen-keys-'))
  // For the one sample that has a package of ours.
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(keys, 'node_modules'))
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
  readonly command: readonly [program: string, ...words: string[]]
}

const languages: readonly Language[] = [
  { name: 'python', command: ['python3'] },
  { name: 'java', command: ['java', '-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8'] },
  { name: 'php', command: ['php'] },
  { name: 'go', command: ['go', 'run'] },
  { name: 'sh', command: ['sh'] },
  { name: 'ts', command: [process.execPath] },
]
const isHere = new Map(languages.map(({ name, command: [program] }) => [name, spawnSync(program, ['--version']).error === undefined]))

/** Where Debian puts it. */
const bouncyCastle = process.env.TEST_BOUNCY_CASTLE ?? '/usr/share/java/bcprov.jar'
const packages: {
  readonly [Name in SampleLanguage]?: { readonly name: string; readonly kinds: readonly string[]; readonly isHere: boolean }
} = {
  java: { name: bouncyCastle, kinds: ['sm2', 'sm4-gcm'], isHere: existsSync(bouncyCastle) },
  python: {
    name: 'cryptography (Python)',
    kinds: ['rsa2', 'openapi', 'aes-256-gcm', 'sm4-gcm'],
    isHere: spawnSync('python3', ['-c', 'import cryptography']).status === 0,
  },
}

/** Why a sample cannot be run here, if it cannot. */
function missing({ name, command: [program] }: Language, file: string, kind: string): string | false {
  const wanted = packages[name]
  const what = !isHere.get(name) ? program : wanted && !wanted.isHere && wanted.kinds.includes(kind) && wanted.name
  return what ? `${what} is not on this machine, so ${file} was not run by ${kind}` : false
}

test('every scheme of the gateway, and every way to encrypt a body, has samples in the languages of most partners', () => {
  assert.deepEqual(Object.keys(sampleFiles).sort(), [...schemeNames, ...bodyAlgs].sort())
  for (const [kind, files] of Object.entries(sampleFiles)) {
    for (const file of Object.values(files)) assert.ok(existsSync(join(folder, file)), `${kind}: ${file}`)
    assert.ok(files.ts && files.java, kind)
  }
  // What no row names is shown to nobody.
  const shown = new Set(Object.values(sampleFiles).flatMap((files) => Object.values(files)))
  assert.deepEqual(readdirSync(folder).filter((file) => !shown.has(file)), []) // biome-ignore format: one thought
})

test('both READMEs name the sample of each scheme in each language, and where there is none', () => {
  const columns = ['ts', 'java', 'python', 'php', 'go', 'sh'] as const
  for (const page of ['README.md', 'README.zh-CN.md']) {
    const lines = readFileSync(page, 'utf8').split('\n')
    assert.ok(lines.includes('| | Node | Java | Python | PHP | Go | shell |'), page)
    for (const [kind, files] of Object.entries(sampleFiles)) {
      const line = ['', `\`${kind}\``, ...columns.map((name) => (files[name] ? `\`${files[name]}\`` : '–')), ''].join(' | ').trim()
      assert.ok(lines.includes(line), `${page}: ${line}`)
    }
  }
})

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

for (const language of languages) {
  const { name } = language
  for (const [kind, files] of Object.entries(sampleFiles)) {
    const file = files[name]
    if (file === undefined || kind === 'member') continue
    const isEncrypted = (bodyAlgs as readonly string[]).includes(kind)
    test(`${file} calls by ${kind}`, { skip: missing(language, file, kind) }, async () => {
      const { app, key } = await appFor(kind)
      const env = { APP_ID: app.appId, API_PATH: path, ...key, ...(isEncrypted ? { ENCRYPT: kind } : { SCHEME: kind }) }
      const run = async (method: Method, gatewayUrl = house.gatewayUrl) => {
        const before = house.arrived.length
        const [program, ...words] = prepared(language, file, method)
        const printed = await lines(program, words, { ...env, GATEWAY_URL: gatewayUrl })
        assert.deepEqual(printed.map(({ status }) => status), [200, 200]) // biome-ignore format: one thought
        assert.equal(house.arrived.length, before + 1)
        const arrived = house.arrived.at(-1)!
        assert.deepEqual([arrived.method, printed[1]!.answer.method, arrived.headers['x-app-id']], [method, method, app.appId])
        return arrived
      }
      // The AES form does not sign what is empty, so it is not sent.
      const { none, ...rest } = sent
      const expected = kind === 'openapi' ? rest : { none, ...rest }
      if (!isEncrypted) {
        assert.deepEqual(JSON.parse((await run('POST')).body), expected)
        // Of the others a GET is below, once a language.
        if (kind !== 'rfc9421' && kind !== 'auth-id') return
        assert.deepEqual(Object.fromEntries(new URL((await run('GET')).url, 'http://service').searchParams), asked)
        return
      }
      const { seen } = await overheard(async (url) => assert.deepEqual(JSON.parse((await run('POST', url)).body), expected))
      assert.match(seen, /encryptResponse/)
      // Neither the parameters nor what the service answers; the token before them is not encrypted. No Base64 has a quotation mark.
      for (const secret of ['"hours', '"url"']) assert.ok(!seen.includes(secret), `${secret} in ${seen}`)
    })
  }

  const file = sampleFiles['hmac-sha256'][name]!
  test(`${file}, filled with all it needs, runs by itself, and says why it was refused`, {
    skip: missing(language, file, 'hmac-sha256'),
  }, async () => {
    const app = await house.app(interfaceIds)
    const sample = { gatewayUrl: house.gatewayUrl, ...app, security: 'token+sign', method: 'GET', path, parameters: asked }
    const [program, ...words] = language.command
    const printed = await lines(program, [...words, filled(file, name, sample)], {})
    assert.deepEqual(printed.map(({ status }) => status), [200, 200]) // biome-ignore format: one thought
    assert.deepEqual(Object.fromEntries(new URL(house.arrived.at(-1)!.url, 'http://service').searchParams), asked)

    const env = { GATEWAY_URL: house.gatewayUrl, APP_ID: app.appId, APP_SECRET: 'W'.repeat(32), API_PATH: path }
    const [again, ...args] = prepared(language, file, 'GET')
    const refused = await lines(again, args, env)
    assert.deepEqual(refused.map(({ status, answer }) => [status, answer.error]), [[401, 'signature_invalid']]) // biome-ignore format: one thought
  })
}

for (const [security, answers] of [['none', 1], ['token', 2], ['sign', 1]] as const) {
  test(`a sample for an interface with security ${security} sends what that wants, and nothing besides`, async () => {
    const ownPath = `/api/v1/with-${security}`
    const { id } = await house.publish({ path: ownPath, security })
    const app = await house.app([id])
    const sample = { gatewayUrl: house.gatewayUrl, ...app, security, method: 'GET', path: ownPath, parameters: asked }
    for (const { name, command: [program, ...words] } of languages.filter(({ name }) => ['ts', 'python', 'sh'].includes(name))) {
      const file = sampleFiles['hmac-sha256'][name]!
      const printed = await lines(program, [...words, filled(file, name, sample)], {})
      assert.deepEqual(printed.map(({ status }) => status), new Array(answers).fill(200), file) // biome-ignore format: one thought
      assert.deepEqual(Object.fromEntries(new URL(house.arrived.at(-1)!.url, 'http://service').searchParams), asked)
    }
  })
} // biome-ignore format: a table

for (const language of languages) {
  const { name } = language
  const file = sampleFiles.member[name]
  if (file === undefined) continue
  test(`${file} logs a member in, calls and refreshes`, { skip: missing(language, file, 'member') }, async () => {
    const ownPath = `/api/v1/${name}/info`
    const { id } = await house.publish({ path: ownPath, security: 'token' })
    const app = await house.app([id])
    await house.done('PUT', `/openapi/app/edit/${app.id}`, { schemes: ['member'] })
    // Nothing of what a URL would write in another way changes the sign.
    const member = { username: `张三+20.${name}`, password: 'p&ss w=rd+%41 密码' }
    const phoneNumber = `1380000000${languages.indexOf(language)}`
    const person = await house.done('POST', '/openapi/user/register', { ...member, phoneNumber }, '')
    const env = { GATEWAY_URL: house.gatewayUrl, APP_ID: app.appId, MEMBER: member.username, PASSWORD: member.password, API_PATH: ownPath }
    await house.settled()

    const [program, ...words] = prepared(language, file, 'GET')
    const printed = await lines(program, words, { ...env, APP_SECRET: app.appSecret })
    assert.deepEqual(printed.map(({ status }) => status), [200, 200, 200]) // biome-ignore format: one thought
    const { headers, url } = house.arrived.at(-1)!
    assert.equal(headers['x-user-id'], String(person.id))
    assert.deepEqual(Object.fromEntries(new URL(url, 'http://service').searchParams), asked)
    const refused = await lines(program, words, { ...env, APP_SECRET: 'W'.repeat(32) })
    assert.deepEqual(refused.map(({ answer }) => answer.error), ['signature_invalid']) // biome-ignore format: one thought
  })
}

test('the samples are filled everywhere: no mark is left, and every value stands in its file', () => {
  const sample = { gatewayUrl: 'https://api.example.com', appId: 'app12345', appSecret: 'S'.repeat(32), security: 'sign', method: 'PUT', path: '/x', parameters: { a: 'b' } } // biome-ignore format: one row
  for (const files of Object.values(sampleFiles)) {
    for (const [name, file] of Object.entries(files)) {
      const text = readFileSync(filled(file, name as SampleLanguage, sample), 'utf8')
      assert.doesNotMatch(text, /@fill|getenv\("APP_ID|process\.env\.APP_ID|environ\["APP_ID/i)
      for (const value of ['https://api.example.com', 'app12345', 'S'.repeat(32)]) assert.ok(text.includes(value), `${file}: ${value}`)
    }
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

type Method = 'GET' | 'POST'

const byMethod = { POST: sent, GET: asked }
const preparedFiles = new Map<string, string>()

/** How to run a sample that has in it what it sends, and takes the rest from the environment. Of Java all are compiled at once. */
function prepared({ name, command: [program, ...words] }: Language, file: string, method: Method): readonly [string, ...string[]] {
  const fill = (one: string) =>
    fillCall(readFileSync(join(folder, one), 'utf8'), name, { security: 'token+sign', method, parameters: byMethod[method] })
  const id = name === 'java' ? `java ${method}` : `${file} ${method}`
  let own = preparedFiles.get(id)
  if (own === undefined) {
    own = mkdtempSync(join(keys, 'sample-'))
    const files = name === 'java' ? new Set(Object.values(sampleFiles).flatMap(({ java }) => java ?? [])) : [file]
    for (const one of files) writeFileSync(join(own, one), fill(one))
    if (name === 'java') execFileSync('javac', ['-J-XX:TieredStopAtLevel=1', '-encoding', 'UTF-8', ...files], { cwd: own })
    preparedFiles.set(id, own)
  }
  return name === 'java'
    ? [program, ...words, '-cp', `${own}:${bouncyCastle}`, file.replace('.java', '')]
    : [program, ...words, join(own, file)]
}

/** An app that may sign by this, and the variables that hold its key. */
async function appFor(kind: string): Promise<{ app: TestApp; key: Record<string, string> }> {
  const app = await house.app(interfaceIds)
  const edit = async (change: object) => {
    await house.done('PUT', `/openapi/app/edit/${app.id}`, change)
    await house.settled()
  }
  if (kind === 'auth-id') await edit({ schemes: ['hmac-sha256', kind] })
  if (kind !== 'rsa2' && kind !== 'sm2') return { app, key: { APP_SECRET: app.appSecret } }
  const { publicKey, privateKey } = newKeys[kind]()
  await edit({ publicKeys: [{ keyId: 'k1', publicKey: publicKey.export({ type: 'spki', format: 'pem' }) }], schemes: [kind] })
  const file = join(keys, `${app.appId}.pem`)
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  return { app, key: { PRIVATE_KEY_FILE: file } }
}

/** What somebody between a client and the gateway hears, in both directions. */
async function overheard(call: (url: string) => Promise<void>): Promise<{ seen: string }> {
  let seen = ''
  const server = createServer((client) => {
    const gateway = connect(Number(new URL(house.gatewayUrl).port), '127.0.0.1')
    for (const [from, to] of [[client, gateway], [gateway, client]] as const) {
      from.on('data', (bytes) => (seen += bytes)).on('error', () => to.destroy()).pipe(to)
    } // biome-ignore format: a table
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    await call(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.close()
  }
  return { seen }
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
