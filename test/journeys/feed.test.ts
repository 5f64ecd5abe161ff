// The gateway follows the platform within a second, and lives without it.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { Client, request } from 'undici'
import { readConfig } from '#config/read.ts'
import { openGateway } from '#gateway/gateway.ts'
import { freePort } from '../free-port.ts'
import { type Call, openHouse, send, signed, tokenRequest } from '../house.ts'

/** Within a second, where the machine has little else to do. */
const effectMsMax = 20_000

test('each change takes effect under load, and no call fails that both revisions allow', async () => {
  await using house = await openHouse()
  const steady = await house.publish({ path: '/steady', security: 'token+sign' })
  const changing = await house.publish({ path: '/changing', security: 'token+sign' })
  const app = await house.app([steady.id])
  const bystander = await house.app([steady.id, changing.id])
  const [token, theirs] = [await house.token(app), await house.token(bystander)]

  let running = true
  let answered = 0
  const failures: string[] = []
  const steadily = async () => {
    while (running) {
      const answer = await house.call(signed(app, 'GET', '/steady', { token, scheme: 'hmac-sha256' }))
      if (answer.status === 200) answered++
      else failures.push(answer.text)
    }
  }
  const load = Array.from({ length: 8 }, () => steadily().catch((error: unknown) => failures.push(String(error))))

  async function takesEffect(change: () => Promise<unknown>, call: () => Call, fault: string | undefined): Promise<number> {
    await change()
    const committedAt = performance.now()
    for (;;) {
      const answer = await house.call(call())
      const waited = performance.now() - committedAt
      if (answer.fault === fault) return waited
      assert.ok(waited < effectMsMax, `after ${waited} ms still ${answer.fault}, not ${fault}`)
      await sleep(5)
    }
  }

  const call = () => signed(bystander, 'GET', '/changing', { token: theirs })
  const put = (path: string, body?: object) => () => house.done('PUT', path, body)
  const waits = [
    await takesEffect(put(`/openapi/interface/disable/${changing.id}`), call, 'interface_disabled'),
    await takesEffect(put(`/openapi/interface/publish/${changing.id}`), call, undefined),
    await takesEffect(put(`/openapi/interface/edit/${changing.id}`, { status: 0 }), call, 'interface_not_found'),
    await takesEffect(put(`/openapi/interface/publish/${changing.id}`), call, undefined),
    await takesEffect(put(`/openapi/app/config/${bystander.id}`, { interfaceIds: [steady.id] }), call, 'not_granted'),
    await takesEffect(put(`/openapi/app/config/${bystander.id}`, { interfaceIds: [steady.id, changing.id] }), call, undefined),
    await takesEffect(put(`/openapi/app/disable/${bystander.id}`), call, 'app_disabled'),
    await takesEffect(put(`/openapi/app/enable/${bystander.id}`), call, undefined),
    await takesEffect(put(`/openapi/app/expiration/${bystander.id}`, { expirationTime: '2020-01-01 00:00:00' }), call, 'app_expired'),
    await takesEffect(put(`/openapi/app/expiration/${bystander.id}`, { expirationTime: null }), call, undefined),
    await takesEffect(put(`/openapi/app/resetSignKey/${bystander.id}`), call, 'invalid_token'),
  ]
  while (answered <= 50 && failures.length === 0) await sleep(5)
  running = false
  await Promise.all(load)
  assert.deepEqual(failures, [])
  console.log(
    `# ${waits.length} changes took effect after ${Math.min(...waits).toFixed(0)}–${Math.max(...waits).toFixed(0)} ms, beside ${answered} calls`,
  )
})

test('with the platform away the gateway serves, gives tokens, restarts from its disk, and reports its counts later', async () => {
  await using house = await openHouse()
  const operation = await house.publish({ path: '/lives' })
  const app = await house.app([operation.id])
  const shut = await house.app([operation.id])
  const theirs = await house.token(shut)
  await house.done('PUT', `/openapi/app/disable/${shut.id}`)
  await house.settled()

  await house.stopPlatform()
  const token = await house.token(app)
  const first = signed(app, 'GET', '/lives', { token })
  assert.equal((await house.call(first)).status, 200)

  await house.restartGateway()
  assert.equal((await house.call(signed(app, 'GET', '/lives', { token }))).status, 200)
  assert.equal((await house.call(signed(shut, 'GET', '/lives', { token: theirs }))).fault, 'app_disabled', 'what was shut stays shut')
  assert.equal((await house.call(first)).fault, 'replayed_request', 'a restart forgets no nonce')
  assert.equal((await house.call(tokenRequest(app, Date.now()))).status, 200)

  await house.startPlatform()
  let counted = 0
  for (let waited = 0; counted < 4 && waited < 15_000; waited += 100) {
    await sleep(100)
    counted = (await house.done('GET', `/openapi/stats/current?interfaceId=${operation.id}`)).year
  }
  assert.equal(counted, 4)
  const shown = await house.done('GET', `/openapi/stats/current?interfaceId=${operation.id}&appId=${shut.appId}`)
  assert.equal(shown.year, 1)
})

test('the feed answers nobody without a node credential, and its listener is not the platform’s', async () => {
  await using house = await openHouse()
  const feed = new Client('http://feed', { socketPath: `${house.dataDir}/feed.sock` })
  for (const headers of [{}, { authorization: `Bearer ${house.admin}` }, { authorization: 'Bearer x' }]) {
    const { statusCode, body } = await feed.request({ method: 'GET', path: '/feed?instance=&revision=0', headers })
    await body.dump()
    assert.equal(statusCode, 401)
  }
  await feed.close()
  const { statusCode, body } = await request(`${house.platformUrl}/feed`)
  await body.dump()
  assert.equal(statusCode, 404)
})

test('a gateway on another machine follows over TCP with the credential and the master key', async () => {
  const feed = `127.0.0.1:${await freePort()}`
  await using house = await openHouse({ settings: { KAIMEN_FEED_LISTEN: feed } })
  const elsewhere = mkdtempSync(join(tmpdir(), 'kaimen-elsewhere-'))
  const operation = await house.publish({ path: '/far' })
  const app = await house.app([operation.id])
  const config = readConfig(
    {
      KAIMEN_DATA_DIR: elsewhere,
      KAIMEN_GATEWAY_PORT: '0',
      KAIMEN_FEED_URL: `http://${feed}`,
      KAIMEN_FEED_CREDENTIAL: readFileSync(`${house.dataDir}/node.credential`, 'utf8').trim(),
      KAIMEN_MASTER_KEY: readFileSync(`${house.dataDir}/master.key`, 'utf8').trim(),
    },
    elsewhere,
  )
  const gateway = await openGateway({ config, feedSocket: '', log: pino({ level: 'silent' }) })
  while (gateway.revision() === 0) await sleep(10)
  const token = await house.token(app)
  const answer = await send(gateway.url, signed(app, 'GET', '/far', { token }))
  assert.equal(answer.status, 200, answer.text)
  const kept = readFileSync(`${elsewhere}/snapshot`)
  assert.ok(!kept.includes(app.appId) && !kept.includes(app.appSecret) && !kept.includes('/far'), 'the disk copy is encrypted')
  await gateway.close()
  rmSync(elsewhere, { recursive: true })
})

test('with a bound on staleness the gateway stops serving what is too old, and says so', async () => {
  await using house = await openHouse({ settings: { KAIMEN_MAX_STALENESS: '1' } })
  await house.publish({ path: '/fresh', security: 'none' })
  const call = () => house.call({ method: 'GET', path: '/fresh', headers: {} })
  assert.equal((await call()).status, 200)
  await house.stopPlatform()
  let answer = await call()
  for (const startedAt = performance.now(); answer.status === 200; answer = await call()) {
    assert.ok(performance.now() - startedAt < 60_000)
    await sleep(20)
  }
  assert.equal(answer.status, 503)
  assert.equal(answer.fault, 'overloaded')
  await house.startPlatform()
})
