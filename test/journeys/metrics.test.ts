// What Prometheus reads, and who else may.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { type Answer, type House, openHouse, send, signed } from '../house.ts'

const metricsToken = 'prometheus-may-read-this'

const workers: Worker[] = []
process.on('worker', (worker) => workers.push(worker))

let house: House
before(async () => {
  house = await openHouse({ settings: { KAIMEN_METRICS_TOKEN: metricsToken, KAIMEN_GATEWAY_THREADS: '2' } })
})
after(() => house.close())

const read = (headers: Record<string, string>): Promise<Answer> => send(house.platformUrl, { method: 'GET', path: '/metrics', headers })
const outcomes = ['answered', 'refused', 'failed']
type Figures = ReturnType<typeof parse>

// A gateway that takes longer than the platform waits is told as it was up to five seconds ago.
async function scrapeOf(holds: (figures: Figures) => boolean): Promise<Figures> {
  for (let tries = 1; ; tries++) {
    const figures = parse((await read({ authorization: `Bearer ${metricsToken}` })).text)
    if (figures.value('kaimen_gateway_snapshot_revision', {}) > 0 && holds(figures)) return figures
    assert.ok(tries < 100, 'the figures do not come')
    await sleep(100)
  }
}

test('metrics are for the bearer of the token and for operators, for nobody else', async () => {
  const developer = { username: 'dora', password: 'correct horse battery', phoneNumber: '13800000001' }
  await house.done('POST', '/openapi/user/register', developer)
  const rows: [who: string, bearer: string | undefined, status: number, fault: string | undefined][] = [
    ['nobody', undefined, 401, 'unauthorized'],
    ['a wrong token', 'prometheus-may-read-thaT', 401, 'unauthorized'],
    ['a piece of the token', metricsToken.slice(0, -1), 401, 'unauthorized'],
    ['a developer', await house.login(developer.username, developer.password), 403, 'forbidden'],
    ['Prometheus', metricsToken, 200, undefined],
    ['an operator', house.admin, 200, undefined],
  ]
  for (const [who, bearer, status, fault] of rows) {
    const answer = await read(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` })
    assert.deepEqual([answer.status, answer.fault], [status, fault], who)
    if (status === 200) assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
    assert.equal(answer.headers.get('cache-control'), status === 200 ? 'no-store' : null)
  }
})

test('calls are counted as they ended, refusals under their names, and threads that die take no count down', async () => {
  const before = await scrapeOf(() => true)
  const open = await house.publish({ path: '/open', security: 'none' })
  const closed = await house.publish({ path: '/closed', security: 'sign' })
  const granted = await house.app([closed.id])
  const other = await house.app([open.id])
  for (let n = 0; n < 7; n++) assert.equal((await house.call({ method: 'GET', path: '/open', headers: {} })).status, 200)
  for (let n = 0; n < 2; n++) assert.equal((await house.call(signed(other, 'GET', '/closed'))).fault, 'not_granted')
  const once = signed(granted, 'GET', '/closed')
  assert.equal((await house.call(once)).status, 200)
  for (let n = 0; n < 3; n++) assert.equal((await house.call(once)).fault, 'replayed_request')

  const callsOf = (figures: Figures) => outcomes.reduce((sum, outcome) => sum + figures.value('kaimen_gateway_calls_total', { outcome }), 0)
  const after = await scrapeOf((now) => callsOf(now) - callsOf(before) >= 13)
  const grew = (name: string, labels: Record<string, string>) => after.value(name, labels) - before.value(name, labels)
  assert.equal(grew('kaimen_gateway_calls_total', { outcome: 'answered' }), 8)
  assert.equal(grew('kaimen_gateway_calls_total', { outcome: 'refused' }), 5)
  assert.equal(grew('kaimen_gateway_calls_total', { outcome: 'failed' }), 0)
  assert.equal(grew('kaimen_gateway_refusals_total', { error: 'not_granted' }), 2)
  assert.equal(grew('kaimen_gateway_refusals_total', { error: 'replayed_request' }), 3)
  assert.equal(grew('kaimen_gateway_latency_seconds_count', {}), 8)
  assert.equal(grew('kaimen_gateway_latency_seconds_bucket', { le: '+Inf' }), 8)
  assert.ok(grew('kaimen_gateway_latency_seconds_sum', {}) >= 0)

  await Promise.all(workers.map((worker) => worker.terminate()))
  const later = await scrapeOf(() => true)
  for (const outcome of outcomes) {
    const labels = { outcome }
    assert.equal(later.value('kaimen_gateway_calls_total', labels), after.value('kaimen_gateway_calls_total', labels))
  }
})

test('how gateway, database and platform are is told too', async () => {
  const now = await scrapeOf((figures) => figures.value('kaimen_gateway_nonces', {}) >= 3)
  assert.equal(now.value('kaimen_gateway_nonces', {}), 3)
  assert.ok(now.value('kaimen_gateway_snapshot_revision', {}) > 0)
  const connections = (state: string) => now.value('kaimen_database_connections', { state })
  assert.ok(connections('idle') + connections('busy') > 0)
  assert.ok(now.value('process_resident_memory_bytes', {}) > 1_000_000)
})

// A strict reader of the text format 0.0.4: anything that Prometheus would refuse, or warn of, is an error here.
function parse(text: string) {
  assert.ok(text.endsWith('\n'))
  const types = new Map<string, string>()
  const samples = new Map<string, { name: string; labels: Record<string, string>; value: number }>()
  let family = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-z_]+) [^\\]+$/.exec(line)
    if (help) {
      family = help[1]!
      assert.ok(!types.has(family), `${family} comes twice`)
      continue
    }
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line)
    if (type) {
      assert.equal(type[1], family)
      assert.equal(type[2] === 'counter', family.endsWith('_total'), `${family}: counters, and nothing else, end in _total`)
      types.set(family, type[2]!)
      continue
    }
    const sample = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (\d+(?:\.\d+)?(?:e[+-]\d+)?)$/.exec(line)
    assert.ok(sample, `no sample: ${line}`)
    const [, name = '', labelText = '', value] = sample
    assert.equal(types.get(family) === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name, family)
    const labels = Object.fromEntries([...labelText.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, of]) => [label!, of!]))
    const key = `${name} ${JSON.stringify(Object.entries(labels).sort())}`
    assert.ok(!samples.has(key), `${key} comes twice`)
    samples.set(key, { name, labels, value: Number(value) })
  }
  for (const { name, labels, value } of samples.values()) {
    if (labels.le !== '+Inf') continue
    const buckets = [...samples.values()].filter((one) => one.name === name && one.labels.source === labels.source)
    assert.ok(
      buckets.every((bucket, at) => at === 0 || bucket.value >= buckets[at - 1]!.value),
      'buckets are cumulated',
    )
    const count = [...samples.values()].find((one) => one.name === name.replace('bucket', 'count') && one.labels.source === labels.source)
    assert.equal(count?.value, value)
  }
  return {
    /** Of the sample with these labels, whatever others it bears; 0 when there is none. */
    value(name: string, wanted: Record<string, string>): number {
      const found = [...samples.values()].filter(
        (one) => one.name === name && Object.entries(wanted).every(([label, text]) => one.labels[label] === text),
      )
      assert.ok(found.length <= 1, `${name} is not one`)
      return found[0]?.value ?? 0
    },
  }
}
