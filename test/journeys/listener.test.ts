// The gateway's listener by its settings: TLS, bounds of connections, web pages from elsewhere, calls under way at once.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as tlsConnect } from 'node:tls'
import type { Worker } from 'node:worker_threads'
import { pino } from 'pino'
import { readConfig } from '#config/read.ts'
import { openGateway } from '#gateway/gateway.ts'
import { followTlsFiles, readTlsPair } from '#lib/tls-files.ts'
import { newCertificate } from '../certificate.ts'
import { type Answer, type House, openHouse, sendAlone, signed } from '../house.ts'

const folder = mkdtempSync(join(tmpdir(), 'kaimen-listener-'))
after(() => rmSync(folder, { recursive: true }))

const workers: Worker[] = []
process.on('worker', (worker) => workers.push(worker))

async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let waited = 0; !(await isSo()); waited += 10) {
    if (waited > 15_000) throw new Error(what)
    await sleep(10)
  }
}

test('with a certificate both listeners speak TLS; the first call goes as ever, and the service hears that it came by https', async () => {
  const { cert, key } = newCertificate(folder, 'house')
  await using house = await openHouse({ settings: { KAIMEN_TLS_CERT: cert, KAIMEN_TLS_KEY: key } })
  assert.match(house.gatewayUrl, /^https:/)
  assert.match(house.platformUrl, /^https:/)
  const operation = await house.publish({ path: '/open' })
  const app = await house.app([operation.id])
  const answer = await house.call(signed(app, 'GET', '/open', { token: await house.token(app) }))
  assert.equal(answer.status, 200, answer.text)
  assert.equal(house.arrived.at(-1)!.headers['x-forwarded-proto'], 'https')
})

test('a certificate without its key, an unreadable one, a key of another: the start says so in both languages', async () => {
  const [first, second] = [newCertificate(folder, 'one'), newCertificate(folder, 'two')]
  const broken = join(folder, 'broken.crt')
  writeFileSync(broken, 'not PEM')
  const wrong: Record<string, [settings: Record<string, string>, says: RegExp]> = {
    'only one': [{ KAIMEN_TLS_CERT: first.cert }, /belong together.*必须同时设置/s],
    missing: [{ KAIMEN_TLS_CERT: join(folder, 'none'), KAIMEN_TLS_KEY: first.key }, /none \(KAIMEN_TLS_CERT\) cannot be read.*无法读取/s],
    'no PEM': [{ KAIMEN_TLS_CERT: broken, KAIMEN_TLS_KEY: first.key }, /is not PEM.*不是可用的 PEM/s],
    'of another': [{ KAIMEN_TLS_CERT: first.cert, KAIMEN_TLS_KEY: second.key }, /is not that of the certificate.*不匹配/s],
  }
  for (const [name, [settings, says]] of Object.entries(wrong)) {
    const config = readConfig({ ...settings, KAIMEN_DATA_DIR: folder, KAIMEN_GATEWAY_PORT: '0' }, folder)
    const start = openGateway({ config, feedSocket: join(folder, 'none'), log: pino({ level: 'silent' }) })
    await assert.rejects(start, says, name)
  }
})

test('files that change are read again; a pair that cannot be used is told, and the one before stays', async () => {
  const [first, second] = [newCertificate(folder, 'before'), newCertificate(folder, 'after')]
  const files = { cert: join(folder, 'live.crt'), key: join(folder, 'live.key') }
  let writes = 0
  const put = (from: string, to: string) => {
    copyFileSync(from, to)
    utimesSync(to, new Date(), new Date(Date.now() + ++writes * 1_000))
  }
  put(first.cert, files.cert)
  put(first.key, files.key)
  const seen: string[] = []
  const stop = followTlsFiles(files, ({ cert }) => seen.push(cert), (error) => seen.push(String(error)), 10) // biome-ignore format: one thought
  put(second.cert, files.cert)
  await until(() => seen.length === 1, 'it does not look')
  assert.match(seen[0]!, /is not that of the certificate/)
  put(second.key, files.key)
  await until(() => seen.length === 2, 'it does not look again')
  assert.equal(seen[1], readTlsPair(second).cert)
  await sleep(50)
  assert.equal(seen.length, 2)
  stop()
})

test('a running gateway takes a new certificate, in all its threads, and one that replaces another too', async () => {
  const [first, second] = [newCertificate(folder, 'old'), newCertificate(folder, 'new')]
  const files = { KAIMEN_TLS_CERT: join(folder, 'house.crt'), KAIMEN_TLS_KEY: join(folder, 'house.key') }
  copyFileSync(first.cert, files.KAIMEN_TLS_CERT)
  copyFileSync(first.key, files.KAIMEN_TLS_KEY)
  await using house = await openHouse({ settings: { ...files, KAIMEN_GATEWAY_THREADS: '2' } })
  copyFileSync(second.key, files.KAIMEN_TLS_KEY)
  copyFileSync(second.cert, files.KAIMEN_TLS_CERT)
  const names = async () => new Set(await Promise.all(Array.from({ length: 12 }, () => nameOf(house.gatewayUrl))))
  await until(async () => [...(await names())].join() === 'new', 'it keeps the old one')
  await workers.at(-1)!.terminate()
  await until(async () => (await names()).size === 1, 'the threads differ')
  assert.deepEqual([...(await names())], ['new'])
})

async function nameOf(url: string): Promise<string> {
  const socket = tlsConnect({ host: '127.0.0.1', port: Number(new URL(url).port), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { CN } = socket.getPeerCertificate().subject
  socket.destroy()
  return String(CN)
}

test('an address holds no more connections than it may, over all threads; a thread that dies gives its own back', async () => {
  await using house = await openHouse({ settings: { KAIMEN_GATEWAY_THREADS: '3', KAIMEN_IP_CONNECTIONS: '10' } })
  const held = async () => {
    const sockets = Array.from({ length: 30 }, () => connect(Number(new URL(house.gatewayUrl).port), '127.0.0.1').on('error', () => {}))
    const isHeld = await Promise.all(sockets.map((socket) => answersHealth(socket)))
    return { sockets, count: isHeld.filter(Boolean).length }
  }
  const first = await held()
  assert.equal(first.count, 10)
  const died = workers.at(-1)!
  await died.terminate()
  for (const socket of first.sockets) socket.destroy()
  await until(async () => {
    const { sockets, count } = await held()
    for (const socket of sockets) socket.destroy()
    assert.ok(count <= 10)
    return count === 10
  }, 'places are lost')
})

/** False when it is closed without an answer. */
async function answersHealth(socket: ReturnType<typeof connect>): Promise<boolean> {
  socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n')
  return Promise.race([once(socket, 'data').then(() => true, () => false), once(socket, 'close').then(() => false, () => false)]) // biome-ignore format: one thought
}

test('a gateway holds as many connections as it may and no more, however they are dealt out among its threads', async () => {
  await using house = await openHouse({ settings: { KAIMEN_GATEWAY_THREADS: '3', KAIMEN_CONNECTIONS: '10' } })
  const sockets = Array.from({ length: 30 }, () => connect(Number(new URL(house.gatewayUrl).port), '127.0.0.1').on('error', () => {}))
  const held = (await Promise.all(sockets.map((socket) => answersHealth(socket)))).filter(Boolean).length
  assert.equal(held, 10)
  for (const socket of sockets) socket.destroy()
})

test('an interface has no more calls under way than its concurrency, over all threads, however they end', async () => {
  const waiting: ServerResponse[] = []
  const service = (_: unknown, response: ServerResponse) => void waiting.push(response)
  await using house = await openHouse({ settings: { KAIMEN_GATEWAY_THREADS: '3' }, service })
  const { id } = await house.publish({ path: '/few', method: 'POST', security: 'none', concurrency: 4 })
  const call = () => sendAlone(house.gatewayUrl, { method: 'POST', path: '/few', headers: {} })
  /** Calls until the limit is reached, and those that were admitted. */
  async function fill(): Promise<Promise<Answer>[]> {
    const calls = Array.from({ length: 12 }, call)
    const refused: Answer[] = []
    for (const one of calls) one.then((answer) => answer.status === 429 && refused.push(answer), () => {}) // biome-ignore format: one thought
    await until(() => refused.length + waiting.length >= 12, 'not all calls arrive')
    assert.ok(waiting.length <= 4, `${waiting.length} are under way`)
    for (const { fault, headers } of refused) {
      assert.deepEqual([fault, headers.get('retry-after')], ['rate_limited', '1'])
      assert.match(headers.get('ratelimit-policy')!, /"concurrency";q=4/)
    }
    return calls
  }
  const first = await fill()
  assert.equal(waiting.length, 4)
  // Two are answered, two are broken off by the service.
  for (const [at, response] of waiting.splice(0).entries()) at % 2 ? response.end('{}') : response.destroy()
  const statuses = (await Promise.all(first)).map(({ status }) => status)
  assert.deepEqual(statuses.toSorted(), [200, 200, ...Array(8).fill(429), 502, 502])

  const second = await fill()
  assert.equal(waiting.length, 4)
  await Promise.all(workers.slice(-3).map((worker) => worker.terminate()))
  await Promise.allSettled(second)
  waiting.splice(0)
  const isUp = () => sendAlone(house.gatewayUrl, { method: 'GET', path: '/healthz', headers: {} }).then(({ status }) => status === 200, () => false) // biome-ignore format: one thought
  await until(isUp, 'no new thread serves')
  const third = await fill()
  assert.equal(waiting.length, 4, 'what the dead had under way is free again')
  for (const response of waiting.splice(0)) response.end('{}')
  await Promise.all(third)

  await house.done('PUT', `/openapi/interface/edit/${id}`, { concurrency: 0 })
  await house.settled()
  const free = Array.from({ length: 12 }, call)
  await until(() => waiting.length === 12, 'the limit stays')
  for (const response of waiting.splice(0)) response.end('{}')
  await Promise.all(free)
})

test('pages of the named origins may call and read; others may not, and what the service says about it is dropped', async () => {
  const service = (_: unknown, response: ServerResponse) => {
    response.setHeader('access-control-allow-origin', '*').setHeader('Access-Control-Allow-Credentials', 'true').setHeader('vary', 'Accept')
    response.end('{}')
  }
  await using house = await openHouse({ settings: { KAIMEN_CORS_ORIGINS: 'https://shop.example, http://localhost:5173' }, service })
  await house.publish({ path: '/cars/{id}', method: 'POST', security: 'none' })
  await house.publish({ path: '/token', security: 'token' })
  const call = (method: string, path: string, headers: Record<string, string>) => house.call({ method, path, headers })
  const ask = (path: string, origin: string, method: string) =>
    call('OPTIONS', path, { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization,x-a' })
  const allowOf = ({ headers }: Answer) => headers.get('access-control-allow-origin')

  const asked = await ask('/cars/1?a=b', 'https://shop.example', 'POST')
  assert.deepEqual([asked.status, asked.text], [204, ''])
  const said = Object.fromEntries([...asked.headers].filter(([name]) => name.startsWith('access-') || name === 'vary'))
  assert.deepEqual(said, {
    'access-control-allow-origin': 'https://shop.example',
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'authorization,x-a',
    'access-control-max-age': '600',
    vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
  })
  assert.equal(asked.headers.get('content-length'), null)

  const otherMethod = await ask('/cars/1', 'https://shop.example', 'DELETE')
  assert.deepEqual([otherMethod.status, otherMethod.fault, allowOf(otherMethod)], [404, 'interface_not_found', 'https://shop.example'])
  for (const stranger of ['https://shop.example.evil.example', 'http://shop.example', 'null']) {
    const refused = await ask('/cars/1', stranger, 'POST')
    assert.deepEqual([refused.status, allowOf(refused), refused.headers.get('vary')], [404, null, 'Origin'], stranger)
    const simple = await call('POST', '/cars/1', { origin: stranger })
    assert.deepEqual([simple.status, allowOf(simple), simple.headers.get('access-control-allow-credentials')], [200, null, null], stranger)
  }

  const served = await call('POST', '/cars/1', { origin: 'http://localhost:5173' })
  assert.deepEqual([served.status, allowOf(served), served.headers.get('vary')], [200, 'http://localhost:5173', 'Origin, Accept'])
  assert.match(served.headers.get('access-control-expose-headers')!, /X-Request-Id.*Retry-After/)
  const refused = await call('GET', '/token', { origin: 'http://localhost:5173' })
  assert.deepEqual([refused.status, allowOf(refused)], [401, 'http://localhost:5173'])
  const health = await call('GET', '/healthz', { origin: 'http://localhost:5173' })
  assert.deepEqual([health.status, allowOf(health)], [200, 'http://localhost:5173'])
})

test('`*` is for all pages, without credentials; without the setting the gateway says nothing of it', async () => {
  const preflight = { origin: 'https://any.example', 'access-control-request-method': 'GET' }
  const ask = async (house: House) => {
    await house.publish({ path: '/open', security: 'none' })
    const asked = await house.call({ method: 'OPTIONS', path: '/open', headers: preflight })
    const served = await house.call({ method: 'GET', path: '/open', headers: { origin: 'https://any.example' } })
    return [asked, served].map(({ status, headers }) => [
      status,
      ...['allow-origin', 'allow-credentials'].map((name) => headers.get(`access-control-${name}`)),
    ])
  }
  await using all = await openHouse({ settings: { KAIMEN_CORS_ORIGINS: '*' } })
  assert.deepEqual(await ask(all), [[204, '*', null], [200, '*', null]]) // biome-ignore format: one thought
  await using none = await openHouse()
  assert.deepEqual(await ask(none), [[404, null, null], [200, null, null]]) // biome-ignore format: one thought
})
