import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceDocument } from '#core/feed/document.ts'
import { createUpstreams, type Target, type Upstreams } from './upstream.ts'

const [a, b, c] = ['http://127.0.0.1:1', 'http://127.0.0.1:2', 'http://127.0.0.1:3'] as const

function serviceOf(urls: readonly string[], fields: Partial<ServiceDocument> = {}): ServiceDocument {
  const standard = { balance: 'round_robin', connectTimeoutMs: 1_000, timeoutMs: 1_000, retries: 1, healthCheck: null } as const
  return { kind: 'service', id: 1, targets: urls.map((url) => ({ url, weight: 1 })), ...standard, passAuthorization: false, ...fields }
}

/** A clock in one's hand, and chance that never surprises. */
function atHand() {
  const clock = { now: 0 }
  return { clock, upstreams: createUpstreams({ now: () => clock.now, chance: () => 0.5 }) }
}

function call(
  upstreams: Upstreams,
  service: ServiceDocument,
  ends: 'succeeded' | 'failed' | 'abandoned',
  tried: Target[] = [],
): string | undefined {
  const target = upstreams.pick(service, '10.0.0.1', tried)
  target?.[ends]()
  target?.release()
  return target?.url
}

function fail(upstreams: Upstreams, service: ServiceDocument, calls: number): void {
  for (let number = 0; number < calls; number++) call(upstreams, service, 'failed')
}

test('a target that fails thrice in a row gets no calls, until one call may try it', async () => {
  const { clock, upstreams } = atHand()
  const service = serviceOf([a, b])
  for (let turn = 0; turn < 6; turn++) {
    const target = upstreams.pick(service, '', [])!
    target[target.url === a ? 'failed' : 'succeeded']()
    target.release()
  }
  for (let turn = 0; turn < 4; turn++) assert.equal(call(upstreams, service, 'succeeded'), b)
  clock.now = 2_001
  const urls = Array.from({ length: 4 }, () => call(upstreams, service, 'succeeded'))
  assert.deepEqual(urls.toSorted(), [a, a, b, b])
  await upstreams.close()
})

test('when no target is well all are tried, but none whose breaker tripped', async () => {
  const { upstreams } = atHand()
  const service = serviceOf([a, b])
  fail(upstreams, service, 6)
  const urls = new Set(Array.from({ length: 4 }, () => call(upstreams, service, 'abandoned')))
  assert.deepEqual(urls, new Set([a, b]))

  const single = serviceOf([c], { id: 2 })
  fail(upstreams, single, 9)
  assert.equal(call(upstreams, single, 'failed'), c)
  assert.equal(call(upstreams, single, 'failed'), undefined)
  await upstreams.close()
})

test('the next try goes to another target, or to the same when there is no other', async () => {
  const { upstreams } = atHand()
  const service = serviceOf([a, b])
  for (let turn = 0; turn < 4; turn++) {
    const first = upstreams.pick(service, '', [])!
    const second = upstreams.pick(service, '', [first])!
    assert.notEqual(second.url, first.url)
    assert.ok(upstreams.pick(service, '', [first, second]))
  }
  const single = serviceOf([c], { id: 2 })
  const only = upstreams.pick(single, '', [])!
  assert.equal(upstreams.pick(single, '', [only]), only)
  await upstreams.close()
})

test('what is known of a target outlives a change of the document that keeps it, and no other', async () => {
  const { upstreams } = atHand()
  const service = serviceOf([a, b])
  call(upstreams, service, 'succeeded')
  fail(upstreams, serviceOf([a]), 10)
  const changed = serviceOf([a, b, c], { timeoutMs: 2_000, connectTimeoutMs: 50 })
  const urls = new Set(Array.from({ length: 9 }, () => call(upstreams, changed, 'succeeded')))
  assert.deepEqual(urls, new Set([b, c]))
  call(upstreams, serviceOf([b]), 'succeeded')
  assert.equal(call(upstreams, serviceOf([a]), 'succeeded'), a)
  await upstreams.close()
})

async function openTarget(status: () => number) {
  let checks = 0
  const server = createServer((request, response) => {
    if (request.url === '/health') checks++
    response.writeHead(status()).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, checks: () => checks, close: () => server.close() }
}

test('active checks take a target out and in again, and end with the document that asks for them', async () => {
  let status = 503
  const [bad, good] = await Promise.all([openTarget(() => status), openTarget(() => 204)])
  const upstreams = createUpstreams()
  const healthCheck = { path: '/health', intervalMs: 20, timeoutMs: 500, healthyAfter: 2, unhealthyAfter: 2 }
  const service = serviceOf([bad.url, good.url], { healthCheck })
  const taken = () => new Set(Array.from({ length: 6 }, () => call(upstreams, service, 'succeeded')))
  const becomes = async (urls: string[]) => {
    for (let waited = 0; waited < 15_000; waited += 10) {
      const now = taken()
      if (now.size === urls.length && urls.every((url) => now.has(url))) return
      await sleep(10)
    }
    assert.fail(`calls go to ${[...taken()].join(' and ')}`)
  }
  assert.deepEqual(taken(), new Set([bad.url, good.url]))
  await becomes([good.url])
  status = 302
  await becomes([bad.url, good.url])

  call(upstreams, serviceOf([bad.url, good.url]), 'succeeded')
  // One may be under way; those that go on come every 20 ms.
  let before = -1
  for (let looks = 0; before !== bad.checks() && looks < 50; looks++) {
    before = bad.checks()
    await sleep(200)
  }
  assert.equal(bad.checks(), before)
  await upstreams.close()
  bad.close()
  good.close()
})
