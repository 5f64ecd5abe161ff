// Codes reach a provider by HTTP: what is posted, what is tried again, and what holds nobody up.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../../test/free-port.ts'
import { createHttpSms, type HttpSmsSettings } from './sms-http.ts'
import { openSmsOutbox } from './sms-provider.ts'

const sms = { id: 1, to: '+8613800000000', code: '012345', scene: 'register', time: new Date() }
const json = '{"phone":"{phone}","text":"您的验证码 {code}","for":"{scene}"}'

async function openProvider(answer: (response: ServerResponse, at: number) => void) {
  const arrived: { request: IncomingMessage; body: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    arrived.push({ request, body })
    answer(response, arrived.length)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    arrived,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send?v=1`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 10) {
    assert.ok(waited < 15_000, 'it does not happen')
    await sleep(10)
  }
}

function sending(settings: Partial<HttpSmsSettings> & { url: string }) {
  const problems: string[] = []
  const provider = createHttpSms({
    header: undefined,
    body: json,
    isOwn: () => false,
    ...settings,
  })
  const outbox = openSmsOutbox(provider, (_, problem) => problem && problems.push(problem))
  return { problems, send: () => outbox.send(sms) }
}

test('a code is posted in the operator’s words, as JSON or as a form, with their credential', async () => {
  await using provider = await openProvider((response) => response.end())
  sending({ url: provider.url, header: 'Authorization: Bearer key' }).send()
  await until(() => provider.arrived.length === 1)
  sending({ url: provider.url, body: 'to={phone}&code={code}&type={scene}' }).send()
  await until(() => provider.arrived.length === 2)
  const [first, second] = provider.arrived as [(typeof provider.arrived)[0], (typeof provider.arrived)[0]]
  assert.deepEqual([first.request.method, first.request.url], ['POST', '/send?v=1'])
  assert.equal(first.request.headers.authorization, 'Bearer key')
  assert.equal(first.request.headers['content-type'], 'application/json')
  assert.deepEqual(JSON.parse(first.body), { phone: '+8613800000000', text: '您的验证码 012345', for: 'register' })
  assert.equal(second.request.headers['content-type'], 'application/x-www-form-urlencoded')
  assert.deepEqual(Object.fromEntries(new URLSearchParams(second.body)), { to: '+8613800000000', code: '012345', type: 'register' })
})

test('a provider that stumbles is tried again', async () => {
  await using provider = await openProvider((response, at) => (at === 1 ? response.writeHead(503).end() : response.end()))
  const { problems, send } = sending({ url: provider.url })
  send()
  await until(() => provider.arrived.length === 2)
  await sleep(100)
  assert.deepEqual([provider.arrived.length, problems], [2, []])
})

test('a refusal is not tried again, nor does a redirect lead anywhere', async () => {
  for (const [status, fields] of [
    [401, {}],
    [307, { location: '/elsewhere' }],
  ] as const) {
    await using provider = await openProvider((response) => response.writeHead(status, fields).end())
    const { problems, send } = sending({ url: provider.url })
    send()
    await until(() => problems.length > 0)
    assert.deepEqual([provider.arrived.length, problems], [1, [`the provider answered ${status}`]])
  }
})

test('a provider that is not there is given up after three tries, and a code stands in no word about it', async () => {
  const { problems, send } = sending({ url: `http://127.0.0.1:${await freePort()}/send` })
  send()
  await until(() => problems.length > 0)
  assert.equal(problems.length, 1)
  assert.doesNotMatch(problems.join(), /012345|1380/)
})

test('a provider that hangs holds up nobody who asks for a code, and only so many wait for it', async () => {
  await using provider = await openProvider(() => {})
  const { problems, send } = sending({ url: provider.url })
  for (let at = 0; at < 200; at++) send()
  assert.deepEqual(problems, [])
  send()
  await until(() => problems.length > 0)
  assert.deepEqual(problems, ['too many are under way'])
})

test('it may not lead to Kaimen itself, nor to where clouds keep their secrets', async () => {
  await using provider = await openProvider((response) => response.end())
  for (const settings of [{ url: provider.url, isOwn: () => true }, { url: 'http://169.254.169.254/' }]) {
    const { problems, send } = sending(settings)
    send()
    await until(() => problems.length > 0)
    assert.deepEqual([provider.arrived.length, problems], [0, ['barred']])
  }
})
