// Clients that share no code with us sign for the gateway: those of `examples/clients`, each in its language, which partners copy, and an
// implementation of RFC 9421 that others wrote.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { type Algorithm, createSigner, httpbis, type SigningKey } from 'http-message-signatures'
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
  readonly file: string
  readonly command: readonly [program: string, ...words: string[]]
  readonly schemes: readonly ('hmac-sha256' | 'openapi' | 'rsa2')[]
}

const languages: Language[] = [
  { file: 'client.py', command: ['python3'], schemes: ['hmac-sha256'] },
  { file: 'Client.java', command: ['java', '-Dfile.encoding=UTF-8'], schemes: ['hmac-sha256', 'openapi', 'rsa2'] },
  { file: 'client.php', command: ['php'], schemes: ['hmac-sha256', 'openapi'] },
  { file: 'client.sh', command: ['sh'], schemes: ['hmac-sha256', 'rsa2'] },
  { file: 'client.ts', command: [process.execPath], schemes: ['hmac-sha256'] },
]

for (const { file, command, schemes } of languages) {
  const [program, ...words] = command
  const isHere = spawnSync(program, ['--version']).error === undefined
  const skip = !isHere && `${program} is not on this machine, so ${file} was not run`
  for (const scheme of schemes) {
    test(`${file} calls by ${scheme}, and not with a key that is not the app's`, { skip }, async () => {
      const { app, right, wrong } = await appFor(scheme)
      const run = (key: Record<string, string>) =>
        lines(program, [...words, join(folder, file)], {
          ...key,
          GATEWAY_URL: house.gatewayUrl,
          APP_ID: app.appId,
          API_PATH: path,
          SCHEME: scheme,
        })
      const arrivedBefore = house.arrived.length

      assert.deepEqual((await run(right)).map(({ status }) => status), [200, 200, 200]) // biome-ignore format: one thought
      const [asked, sent] = house.arrived.slice(arrivedBefore)
      const query = new URL(asked!.url, 'http://service').searchParams
      assert.deepEqual(Object.fromEntries(query), { park: '东门 停车场', note: 'a+b, 100%' })
      assert.equal(sent!.method, 'POST')
      assert.deepEqual(JSON.parse(sent!.body), { plate: '京A·12345', fen: 1250, items: [{ name: '东门 停车', hours: 2.5 }] })
      assert.deepEqual([asked, sent].map((one) => one!.headers['x-app-id']), [app.appId, app.appId]) // biome-ignore format: one thought

      const refused = await run(wrong)
      assert.deepEqual(refused.map(({ status, answer }) => [status, answer.error]), [[401, 'signature_invalid']]) // biome-ignore format: one thought
      assert.equal(house.arrived.length, arrivedBefore + 2)
    })
  }
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
