// What `npm start` promises, tried on the processes that it starts: the first start and the next ones, who is refused and by which
// name, what a stop answers first, and what comes back by itself after kill -9.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { newDatabase } from '../database.ts'
import { type Answer, send, signed, type TestApp, tokenRequest } from '../house.ts'
import { cannotSeeProcesses, dataOf, type Installation, openInstallation, roleOf, until } from '../kaimen-process.ts'

const options = { skip: cannotSeeProcesses }
const backMsMax = 120_000
/** Below the time after which gateway and platform, one after the other, have cut their connections. */
const quickMs = 15_000

test('one installation, from its first start to its last', options, async (t) => {
  await using kaimen = await openInstallation({ name: '数据 folder, "开放" 平台' })
  await using service = await openService()
  let running = kaimen.start()

  let password = ''
  await t.test('the first start, in a folder with spaces and Chinese letters, prints both addresses and a login that works', async () => {
    await running.healthy()
    await running.says(/Ctrl-C/)
    for (const shown of [kaimen.platformUrl, kaimen.gatewayUrl, kaimen.dataDir]) assert.ok(running.said().includes(shown), running.said())
    const printed = [...running.said().matchAll(/First login\s+admin \/ (\S+)/g)]
    assert.equal(printed.length, 1, running.said())
    password = printed[0]![1]!
    assert.match(password, /^[\w-]{16}$/)
    assert.equal((await login(kaimen, 'admin', password)).status, 200)
  })

  const admin: string = dataOf(await login(kaimen, 'admin', password)).token
  const { app, path } = await openForBusiness(kaimen, admin, service.url)
  dataOf(await kaimen.manage('POST', '/openapi/user/register', { username: 'kept', password: 'a long enough one' }))

  await t.test('a second start meanwhile is refused by name, and the first goes on', async () => {
    const second = kaimen.start()
    assert.deepEqual(await second.ended, { code: 1, signal: null })
    assert.ok(second.said().includes(`${kaimen.dataDir} is in use by another Kaimen (process ${running.pid})`), second.said())
    assert.equal((await call(kaimen, app, path)).status, 200)
    assert.equal((await login(kaimen, 'admin', password)).status, 200)
  })

  await t.test('after kill -9 of the platform the gateway goes on answering, and the platform is back by itself', async () => {
    kaimen.kill('platform')
    let answeredAlone = 0
    await until(
      async () => {
        const isBack = await answers(kaimen.manage('GET', '/healthz'), 200)
        const answer = await call(kaimen, app, path)
        assert.equal(answer.status, 200, answer.text)
        if (!isBack) answeredAlone++
        return isBack
      },
      backMsMax,
      running.said,
    )
    assert.ok(answeredAlone > 0)
    assert.match(running.said(), /The platform process ended \(SIGKILL\); it starts again at once/)
  })

  await t.test('after kill -9 of the gateway it is back by itself, and refuses a nonce that it took before', async () => {
    const taken = signed(app, 'GET', path, { token: await tokenOf(kaimen, app) })
    assert.equal((await kaimen.call(taken)).status, 200)
    kaimen.kill('gateway')
    await running.healthy()
    assert.equal((await kaimen.call(taken)).fault, 'replayed_request')
    assert.equal((await call(kaimen, app, path)).status, 200)
  })

  await t.test(
    'after kill -9 of the database writes are refused by name until it is back by itself, and none that was taken is lost',
    async () => {
      const taken: number[] = []
      const refused: Answer[] = []
      const write = async (name: string) => {
        const answer = await kaimen.manage('POST', '/openapi/app/add', { name }, admin)
        if (answer.status === 200) taken.push(answer.json.data.id)
        else refused.push(answer)
        return answer.status === 200
      }
      // Some are under way when it dies.
      const underWay = Array.from({ length: 8 }, (_, at) => write(`under way ${at}`))
      kaimen.kill('postgres')
      await Promise.all(underWay)
      let asked = 0
      await until(() => write(`afterwards ${asked++}`), backMsMax, running.said)
      assert.ok(refused.length > 0)
      assert.deepEqual([...new Set(refused.map(({ status, fault }) => `${status} ${fault}`))], ['503 database_unavailable'])
      for (const id of taken) assert.equal(dataOf(await kaimen.manage('GET', `/openapi/app/${id}`, undefined, admin)).id, id)
      assert.match(running.said(), /The database ended \(SIGKILL\); it is started again/)
    },
  )

  await t.test('Ctrl-C: a call under way at a slow service is answered, then every process ends, with exit code 0', async () => {
    service.hold()
    const slow = callKept(kaimen, app, path)
    await until(
      () => service.held() === 1,
      backMsMax,
      () => 'the call did not reach the service',
    )
    const stopped = running.stop('SIGINT')
    await until(() => isClosed(kaimen.gatewayUrl), backMsMax, running.said)
    service.release()
    assert.equal((await slow).status, 200)
    assert.deepEqual(await stopped, { code: 0, signal: null })
    await kaimen.gone()
  })

  await t.test('the gateway alone, its platform absent, starts from its snapshot on disk', async () => {
    const alone = kaimen.start({ args: ['--role', 'gateway'] })
    await alone.healthy(['gateway'])
    assert.equal((await call(kaimen, app, path)).status, 200)
    assert.deepEqual(await alone.stop(), { code: 0, signal: null })
    await kaimen.gone()
  })

  await t.test('the next start has kept everything and prints no password; KAIMEN_ADMIN_PASSWORD changes nothing any more', async () => {
    running = await kaimen.startHealthy({ settings: { KAIMEN_ADMIN_PASSWORD: 'too late for this', KAIMEN_CAPTCHA_TEST_ANSWER: 'abcd' } })
    await running.says(/Ctrl-C/)
    assert.match(running.said(), /Warning: KAIMEN_CAPTCHA_TEST_ANSWER is set/)
    assert.doesNotMatch(running.said(), /First login/)
    assert.equal((await login(kaimen, 'admin', 'too late for this')).fault, 'login_failed')
    assert.equal((await login(kaimen, 'admin', password)).status, 200)
    assert.equal((await login(kaimen, 'kept', 'a long enough one')).status, 200)
    const kept = dataOf(await kaimen.manage('GET', `/openapi/app/${app.id}`, undefined, admin))
    assert.deepEqual([kept.appId, kept.interfaceIds.length], [app.appId, 1])
    assert.equal((await call(kaimen, app, path)).status, 200)
  })

  await t.test(
    'kill -9 of the supervisor leaves parts and a database behind: they end what they were at, and the next start works',
    async () => {
      service.hold()
      const slow = callKept(kaimen, app, path)
      await until(
        () => service.held() === 1,
        backMsMax,
        () => 'the call did not reach the service',
      )
      const database = kaimen.pidOf('postgres')
      kaimen.kill('supervisor')
      await until(() => isClosed(kaimen.gatewayUrl), backMsMax, running.said)
      running = kaimen.start()
      service.release()
      assert.equal((await slow).status, 200)
      await running.says(new RegExp(`Ending the database process ${database} `))
      await running.says(/Ctrl-C/)
      await running.healthy()
      assert.equal((await login(kaimen, 'admin', password)).status, 200)
      assert.equal((await call(kaimen, app, path)).status, 200)
    },
  )

  await t.test('SIGTERM stops it the same way, and a management request whose body is still coming is answered too', async () => {
    service.hold()
    const slow = callKept(kaimen, app, path)
    await until(
      () => service.held() === 1,
      backMsMax,
      () => 'the call did not reach the service',
    )
    const registration = await beginRegistration(kaimen, 'just-in-time')
    const stopped = running.stop('SIGTERM')
    await until(() => isClosed(kaimen.gatewayUrl), backMsMax, running.said)
    service.release()
    assert.equal((await slow).status, 200)
    await until(() => isClosed(kaimen.platformUrl), backMsMax, running.said)
    assert.equal(await registration.finish(), 200)
    const answeredAt = performance.now()
    assert.deepEqual(await stopped, { code: 0, signal: null })
    assert.ok(performance.now() - answeredAt < quickMs, 'a connection that its caller keeps holds nothing up')
    await kaimen.gone()
  })
})

test('Ctrl-C while the database is made or started leaves no process, and the next start works', options, async () => {
  await using kaimen = await openInstallation()
  const isMade = () => kaimen.processes().some(({ words }) => words.includes('-D'))
  const isStarted = () => kaimen.processes().some((one) => roleOf(one) === 'postgres')
  for (const isThere of [isMade, isStarted, isStarted]) {
    const calledOff = kaimen.start()
    await until(isThere, backMsMax, calledOff.said)
    await calledOff.stop('SIGINT')
    assert.doesNotMatch(calledOff.said(), /cannot|did not|error|First login/i)
    await kaimen.gone()
  }
  const next = await kaimen.startHealthy()
  assert.deepEqual(await next.stop(), { code: 0, signal: null })
})

test('with DATABASE_URL it uses that server and starts none of its own', options, async (t) => {
  await using kaimen = await openInstallation()
  const database = await newDatabase('template0')
  t.after(() => database.drop())
  const settings = { DATABASE_URL: database.url, KAIMEN_ADMIN_PASSWORD: 'chosen by the operator' }

  await t.test('and takes KAIMEN_ADMIN_PASSWORD at its first start, without printing it', async () => {
    const running = await kaimen.startHealthy({ settings })
    await running.says(/First login\s+admin \/ .*KAIMEN_ADMIN_PASSWORD/)
    assert.equal((await login(kaimen, 'admin', 'chosen by the operator')).status, 200)
    assert.ok(!running.said().includes('chosen by the operator'))
    assert.deepEqual(kaimen.processes().length, 3, JSON.stringify(kaimen.processes()))
    assert.ok(!existsSync(join(kaimen.dataDir, 'postgres')))
    assert.deepEqual(await running.stop(), { code: 0, signal: null })
  })

  await t.test('and refuses a master key that is not the one its secrets are under', async () => {
    const refused = kaimen.start({ settings: { ...settings, KAIMEN_MASTER_KEY: 'ab'.repeat(32) } })
    assert.deepEqual(await refused.ended, { code: 1, signal: null })
    assert.match(refused.said(), /The master key does not fit this database.*\n.*KAIMEN_MASTER_KEY/)
    assert.doesNotMatch(refused.said(), /\n\s+at /, 'a person is told, not shown a stack')
    await kaimen.gone()
  })

  await t.test('and starts again when the right one is back', async () => {
    const running = await kaimen.startHealthy({ settings })
    assert.equal((await login(kaimen, 'admin', 'chosen by the operator')).status, 200)
    await running.stop()
  })
})

interface Refusal {
  readonly what: string
  /** Makes what is wrong, and answers the settings that lead there. */
  readonly settings: (kaimen: Installation, database: string, takenPort: string) => Record<string, string>
  readonly args?: readonly string[]
  readonly says: RegExp
  readonly neverSays?: RegExp
}

const refusals: Refusal[] = [
  {
    what: 'settings that do not exist or are ill-formed, all at once',
    settings: () => ({ KAIMEN_FOO: '1', KAIMEN_GATEWAY_PORT: '70000', KAIMEN_MASTER_KEY: 'short', KAIMEN_TIME_ZONE: 'Mars/Olympus' }),
    says: /KAIMEN_FOO: no such setting[\s\S]*KAIMEN_GATEWAY_PORT: [\s\S]*KAIMEN_MASTER_KEY: [\s\S]*32 bytes[\s\S]*KAIMEN_TIME_ZONE: [\s\S]*IANA/,
    neverSays: /short/,
  },
  { what: 'a role that does not exist', settings: () => ({}), args: ['--role', 'king'], says: /There is no such role/ },
  {
    what: 'a data dir that is a file',
    settings(kaimen) {
      writeFileSync(join(kaimen.folder, 'letter'), 'dear')
      return { KAIMEN_DATA_DIR: join(kaimen.folder, 'letter') }
    },
    says: /letter is not a directory\. Move that file away/,
  },
  // Not even root can write there.
  { what: 'a data dir that cannot be written to', settings: () => ({ KAIMEN_DATA_DIR: '/proc/self/fd' }), says: /cannot be written to/ },
  {
    what: 'a data dir that cannot be made',
    settings: () => ({ KAIMEN_DATA_DIR: '/proc/kaimen' }),
    says: /\/proc\/kaimen cannot be created/,
  },
  {
    what: 'a DATABASE_URL where nothing listens',
    settings: () => ({ DATABASE_URL: 'postgres://kaimen:s3cret@127.0.0.1:9/kaimen' }),
    says: /The database postgres:\/\/kaimen:\*\*\*@127\.0\.0\.1:9\/kaimen cannot be used: connect ECONNREFUSED/,
    neverSays: /s3cret/,
  },
  {
    what: 'a DATABASE_URL with its password among the parameters',
    settings: () => ({ DATABASE_URL: 'postgres://127.0.0.1:9/kaimen?user=kaimen&password=s3cret' }),
    says: /cannot be used: connect ECONNREFUSED/,
    neverSays: /s3cret/,
  },
  {
    what: 'a DATABASE_URL that is no URL',
    settings: () => ({ DATABASE_URL: 'postgres://kaimen:s3cret@127.0.0.1:port/kaimen' }),
    says: /The database \(DATABASE_URL\) cannot be used/,
    neverSays: /s3cret/,
  },
  {
    what: 'a DATABASE_URL that names a database which does not exist',
    settings: (_, database) => ({ DATABASE_URL: database.replace(/test_\w+/, 'no_such_database') }),
    says: /cannot be used: database "no_such_database" does not exist\nCheck DATABASE_URL/,
  },
  {
    what: 'the port of the platform in use',
    settings: (_, database, takenPort) => ({ DATABASE_URL: database, KAIMEN_PLATFORM_PORT: takenPort }),
    says: /Port \d+ on 127\.0\.0\.1 is in use\. Stop what uses it, or choose another port by KAIMEN_PLATFORM_PORT/,
  },
  {
    what: 'the port of the gateway in use',
    settings: (_, database, takenPort) => ({ DATABASE_URL: database, KAIMEN_GATEWAY_PORT: takenPort }),
    says: /Port \d+ on 127\.0\.0\.1 is in use\. Stop what uses it, or choose another port by KAIMEN_GATEWAY_PORT/,
  },
  {
    what: 'an address that this machine does not have',
    settings: (_, database) => ({ DATABASE_URL: database, KAIMEN_HOST: '192.0.2.1' }),
    says: /This machine has no address 192\.0\.2\.1\. Correct KAIMEN_HOST/,
  },
]

test('what cannot start is refused by name, with exit code 1 and no process left', options, async (t) => {
  await using kaimen = await openInstallation()
  const database = await newDatabase()
  t.after(() => database.drop())
  const stranger = createServer().listen(0, '127.0.0.1')
  t.after(() => stranger.close())
  await once(stranger, 'listening')
  const takenPort = String((stranger.address() as AddressInfo).port)

  for (const { what, settings, args, says, neverSays } of refusals) {
    await t.test(what, async () => {
      const refused = kaimen.start({ settings: settings(kaimen, database.url, takenPort), ...(args === undefined ? {} : { args }) })
      assert.deepEqual(await refused.ended, { code: 1, signal: null })
      assert.match(refused.said(), says)
      assert.doesNotMatch(refused.said(), neverSays ?? /\n\s+at /, 'no secret, no stack')
      assert.equal(refused.said().match(says)!.length, 1)
      await kaimen.gone()
    })
  }
})

function login(kaimen: Installation, username: string, password: string): Promise<Answer> {
  return kaimen.manage('POST', '/openapi/user/login', { username, password })
}

/** An interface of the service, and an app that may call it; both known to the gateway. */
async function openForBusiness(kaimen: Installation, admin: string, serviceUrl: string): Promise<{ app: TestApp; path: string }> {
  const done = async (method: string, path: string, body?: unknown) => dataOf(await kaimen.manage(method, path, body, admin))
  const path = '/spaces'
  const service = await done('POST', '/openapi/service/add', { name: 'car park', targets: [{ url: serviceUrl }] })
  const fields = { name: 'spaces', path, method: 'GET', type: 0, serviceType: 4, version: 'v1', status: 1, serviceId: service.id }
  const { id } = await done('POST', '/openapi/interface/add', fields)
  const app: TestApp = await done('POST', '/openapi/app/add', { name: 'partner' })
  await done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds: [id] })
  await done('PUT', `/openapi/app/enable/${app.id}`)
  await until(() => call(kaimen, app, path).then(({ status }) => status === 200, () => false), backMsMax, () => 'the gateway does not follow') // biome-ignore format: one thought
  return { app, path }
}

/** A token and a signed call with it, both by the app's secret. */
async function call(kaimen: Installation, app: TestApp, path: string): Promise<Answer> {
  return kaimen.call(signed(app, 'GET', path, { token: await tokenOf(kaimen, app), scheme: 'hmac-sha256' }))
}

async function tokenOf(kaimen: Installation, app: TestApp): Promise<string> {
  return dataOf(await kaimen.call(tokenRequest(app, Date.now()))).token
}

/** The same, by a caller who keeps the connection for later calls. */
async function callKept(kaimen: Installation, app: TestApp, path: string): Promise<Answer> {
  return send(kaimen.gatewayUrl, signed(app, 'GET', path, { token: await tokenOf(kaimen, app), scheme: 'hmac-sha256' }))
}

/** Registers a user by a request of which the platform has seen the head, on a connection that is kept. */
async function beginRegistration({ platformUrl }: Installation, username: string) {
  const body = JSON.stringify({ username, password: 'a long enough one' })
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), expect: '100-continue' }
  const sent = request(`${platformUrl}/openapi/user/register`, { method: 'POST', headers, agent: new Agent({ keepAlive: true }) })
  sent.flushHeaders()
  await once(sent, 'continue')
  return {
    async finish(): Promise<number> {
      sent.end(body)
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      response.resume()
      await once(response, 'end')
      return response.statusCode!
    },
  }
}

/** Whether nobody listens there any more. */
function isClosed(url: string): Promise<boolean> {
  return fetch(`${url}/healthz`, { headers: { connection: 'close' } }).then(
    () => false,
    () => true,
  )
}

async function answers(asked: Promise<Answer>, status: number): Promise<boolean> {
  return asked.then(
    (answer) => answer.status === status,
    () => false,
  )
}

/** A service that answers at once, or, while it holds, when it is told to. */
async function openService() {
  const waiting: ServerResponse[] = []
  let isHolding = false
  const answer = (response: ServerResponse) => response.setHeader('content-type', 'application/json').end('{"spaces":3}')
  const server = createServer((_, response) => {
    if (isHolding) waiting.push(response)
    else answer(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold() {
      isHolding = true
    },
    held: () => waiting.length,
    release() {
      isHolding = false
      for (const response of waiting.splice(0)) answer(response)
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
