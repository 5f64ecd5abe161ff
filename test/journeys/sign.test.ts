// `npm run sign`: the curl that it prints is pasted into a real shell, and the gateway takes it.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { type House, openHouse, type TestApp } from '../house.ts'

const script = join(import.meta.dirname, '../../examples/sign.ts')
const bothSchemes = ['hmac-sha256', 'openapi']

const folder = mkdtempSync(join(tmpdir(), 'kaimen-sign-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const pemsOf = ({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }) => ({
  publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
})
const pairs = {
  rsa: pemsOf(generateKeyPairSync('rsa', { modulusLength: 2048 })),
  sm2: pemsOf(generateKeyPairSync('ec', { namedCurve: 'SM2' })),
  ed25519: pemsOf(generateKeyPairSync('ed25519')),
  p256: pemsOf(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
}

/** The private half in a file of its own. */
function keyFile(name: string, privateKey: string): string {
  const file = join(folder, name)
  writeFileSync(file, privateKey, { mode: 0o600 })
  return file
}

async function run(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(program, args, { env: { PATH: process.env.PATH ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: child.exitCode, out, err }
}

const sign = (args: readonly string[], env: Record<string, string> = {}) =>
  run(process.execPath, [script, ...args], { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '', ...env })

/** Signs, pastes what was printed, and answers what curl wrote: status line, header and body. */
async function pasted(app: TestApp, args: readonly string[]): Promise<string> {
  const signed = await sign(['--app', app.appId, '--secret', app.appSecret, ...args])
  assert.equal(signed.code, 0, signed.err)
  const { out, err } = await run('sh', ['-c', signed.out])
  assert.match(out, /^HTTP\/1\.1 200 /, `${signed.out}\n${out}${err}`)
  return out
}

let house: House
let url: string
let interfaceIds: number[]
before(async () => {
  house = await openHouse()
  url = `${house.gatewayUrl}/api/v1/car/京A·12345/parking`
  interfaceIds = []
  for (const method of ['GET', 'POST', 'PUT']) {
    interfaceIds.push((await house.publish({ path: '/api/v1/car/{plate}/parking', method })).id)
  }
})
after(() => house.close())

test('the printed curl of a GET arrives in both schemes, with Chinese, quotes and brackets in path and query', async () => {
  const app = await house.app(interfaceIds)
  for (const scheme of bothSchemes) {
    await pasted(app, ['--scheme', scheme, '--with-token', 'GET', `${url}?park=东门 停车场&note=it's&ids[]=1,2&plus=a+b%2B`])
    const arrived = new URL(house.arrived.at(-1)!.url, 'http://service')
    assert.equal(decodeURIComponent(arrived.pathname), '/api/v1/car/京A·12345/parking')
    assert.deepEqual([...arrived.searchParams], [['park', '东门 停车场'], ['note', "it's"], ['ids[]', '1,2'], ['plus', 'a b+']]) // biome-ignore format: pairs
  }
})

test('the printed curl of a POST arrives in both schemes, and its JSON keeps every character', async () => {
  const app = await house.app(interfaceIds)
  const data = String.raw`{"yuan": 1.0, "note": "it's \"东门\" $HOME \\ @x", "items": [ {"小时": 2.50, "id": 9007199254740993} ]}`
  for (const scheme of bothSchemes) {
    await pasted(app, ['--scheme', scheme, '--token', await house.token(app), '-d', data, 'POST', `${url}?lane=东 1`])
    const arrived = house.arrived.at(-1)!
    assert.equal(arrived.body, data.replaceAll(', "note"', ',"note"').replaceAll(', "items"', ',"items"'))
    assert.equal(new URL(arrived.url, 'http://service').search, `?lane=${encodeURIComponent('东')}%201`)
  }
})

/** Signs a GET and a POST, pastes both, and finds at the service what was asked for, and nothing of the signature. */
function checkPasted(scheme: string, keyName: keyof typeof pairs | 'secret', tokenBy: string) {
  test(`the printed curl arrives by ${scheme}, with the app's ${keyName}`, async () => {
    const app = await house.app(interfaceIds)
    const publicKeys = keyName === 'secret' ? [] : [{ keyId: 'key-1', publicKey: pairs[keyName].publicKey }]
    await house.done('PUT', `/openapi/app/edit/${app.id}`, { publicKeys, schemes: [scheme, 'hmac-sha256', 'openapi'] })
    await house.settled()
    const key = keyName === 'secret' ? [] : ['--key', keyFile(`${scheme}-${keyName}`, pairs[keyName].privateKey), '--key-id', 'key-1']
    const token = tokenBy === '--token' ? ['--token', await house.token(app)] : [tokenBy]

    await pasted(app, ['--scheme', scheme, ...key, ...token, 'GET', `${url}?park=东门 停车场&note=it's&plus=a+b%2B`])
    const asked = new URL(house.arrived.at(-1)!.url, 'http://service')
    assert.deepEqual([...asked.searchParams], [['park', '东门 停车场'], ['note', "it's"], ['plus', 'a b+']]) // biome-ignore format: pairs
    await pasted(app, ['--scheme', scheme, ...key, ...token, '-d', '{"yuan":1.0,"items":[{"小时":2.50}]}', 'POST', `${url}?lane=东 1`])
    const { url: target, headers, body } = house.arrived.at(-1)!
    assert.equal(body, '{"yuan":1.0,"items":[{"小时":2.50}]}')
    assert.equal(new URL(target, 'http://service').search, `?lane=${encodeURIComponent('东')}%201`)
    assert.deepEqual(['signature', 'signature-input', 'token', 'authorization'].filter((name) => name in headers), []) // biome-ignore format: one thought
  })
}
checkPasted('rsa2', 'rsa', '--with-token')
checkPasted('sm2', 'sm2', '--with-token')
checkPasted('rfc9421', 'secret', '--with-token')
checkPasted('rfc9421', 'rsa', '--token')
checkPasted('rfc9421', 'ed25519', '--token')
checkPasted('rfc9421', 'p256', '--token')
checkPasted('auth-id', 'secret', '--with-token')

test('an empty body, an @ in a body and a call that was signed before are signed as well', async () => {
  const app = await house.app(interfaceIds)
  const withToken = ['--with-token', 'PUT', url]
  await pasted(app, withToken)
  assert.equal(house.arrived.at(-1)!.body, '{}')
  await pasted(app, ['-d', '{}', ...withToken])
  assert.equal(house.arrived.at(-1)!.body, '{}')
  await pasted(app, ['-d', '{"@":"@/etc/passwd","timestamp":1,"sign":"old"}', ...withToken])
  assert.equal(house.arrived.at(-1)!.body, '{"@":"@/etc/passwd"}')
})

test('the string to sign goes to standard error, and the secret may come from APP_SECRET', async () => {
  const { code, out, err } = await sign(['--app', 'a1', 'DELETE', 'http://127.0.0.1:9000/api/v1/card?id=7'], { APP_SECRET: 'x'.repeat(32) })
  assert.equal(code, 0)
  assert.match(err, /^DELETE\n\/api\/v1\/card\nappId=a1&id=7&nonce=[^&]+&signType=hmac-sha256&timestamp=\d{13}$/m)
  assert.match(out, /^curl .* \\\n {2}-X DELETE \\\n {2}'http:\/\/127\.0\.0\.1:9000\/api\/v1\/card\?id=7&appId=a1&[^']+'\n$/)
})

const right = ['--app', 'a1', '--secret', 'x'.repeat(32)]
const get = ['GET', 'http://127.0.0.1/']

function checkRefused(what: string, args: readonly string[], words: RegExp) {
  test(`sign is refused with usage: ${what}`, async () => {
    const { code, out, err } = await sign(args)
    assert.equal(code, 2)
    assert.equal(out, '')
    assert.match(err, words)
    assert.match(err, /用法 Usage:/)
  })
}
checkRefused('nothing given', [], /One METHOD and one URL/)
checkRefused('an unknown option', [...right, '--what', ...get], /'--what'/)
checkRefused('no app', ['--secret', 'x', ...get], /--app is missing/)
checkRefused('no secret', ['--app', 'a1', ...get], /APP_SECRET/)
checkRefused('an unknown scheme', [...right, '--scheme', 'md5', ...get], /no such scheme: md5/)
checkRefused('an AES key of the wrong length', ['--app', 'a1', '--secret', 'x', '--scheme', 'openapi', ...get], /32 characters/)
checkRefused('a scheme of private keys without one', [...right, '--scheme', 'sm2', ...get], /sm2 needs a file with a private key/)
checkRefused('a private key of the wrong kind', ['--app', 'a1', '--scheme', 'rsa2', '--key', keyFile('sm2.pem', pairs.sm2.privateKey), ...get], /rsa2 does not sign by a key of sm2/) // biome-ignore format: a row
checkRefused('a private key without its name', ['--app', 'a1', '--scheme', 'rfc9421', '--key', keyFile('p256.pem', pairs.p256.privateKey), ...get], /--key-id is missing/) // biome-ignore format: a row
checkRefused('a token for a key that gets none', ['--app', 'a1', '--scheme', 'rfc9421', '--key-id', 'k', '--key', keyFile('ed.pem', pairs.ed25519.privateKey), '--with-token', ...get], /get one by your secret/) // biome-ignore format: a row
checkRefused('a file that holds no key', ['--app', 'a1', '--scheme', 'rsa2', '--key', '/dev/null', ...get], /No private key can be read/)
checkRefused('names that PHP would not put in order', [...right, '--scheme', 'auth-id', 'GET', 'http://127.0.0.1/?10=a&9=b&5x=c'], /one certain order/) // biome-ignore format: a row
checkRefused('an unknown method', [...right, 'BREW', 'http://127.0.0.1/'], /BREW/)
checkRefused('no URL', [...right, 'GET', '/path'], /Not an http\(s\) URL: \/path/)
checkRefused('two tokens', [...right, '--token', 't', '--with-token', ...get], /not both/)
checkRefused('data on GET', [...right, '-d', '{}', ...get], /in the query/)
checkRefused('data that is no JSON', [...right, '-d', '{a:1}', 'POST', 'http://127.0.0.1/'], /not_json/)
checkRefused('a name in both places', [...right, '-d', '{"a":1}', 'POST', 'http://127.0.0.1/?a=1'], /repeated a/)

test('--help explains itself, and a host that does not answer is told apart from a wrong command', async () => {
  const help = await sign(['--help'])
  assert.equal(help.code, 0)
  assert.match(help.out, /^用法 Usage:/)
  const away = await sign([...right, '--with-token', 'GET', 'http://127.0.0.1:1/'])
  assert.equal(away.code, 1)
  assert.match(away.err, /127\.0\.0\.1:1\/openapi\/token\/generate cannot be reached/)
})
