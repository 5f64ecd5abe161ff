import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { CallRecord, UsageBatch } from '#core/feed/document.ts'
import type { GatewayFigures } from '#core/feed/figures.ts'
import { createSealer } from '#lib/seal.ts'
import { newFigureMemory, readFigures } from './figures.ts'
import { startReporting } from './report.ts'

const log = pino({ level: 'silent' })
const sealer = createSealer(Buffer.alloc(32))

/** A platform, and reporting to it by a spool that goes with the test. */
async function openStage() {
  const folder = mkdtempSync(join(tmpdir(), 'kaimen-report-'))
  const platform = await openPlatformStub(folder)
  const spool = join(folder, 'usage.spool')
  return {
    platform,
    spool,
    start(path = spool, figures: () => GatewayFigures | undefined = () => undefined) {
      return startReporting(path, { source: randomUUID(), place: platform.place, sealer, log, figures, now: Date.now })
    },
    [Symbol.dispose]() {
      platform.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** A platform that takes each number of a source once, as the real one does, and may be away. */
async function openPlatformStub(folder: string) {
  const socketPath = join(folder, 'feed.sock')
  const last = new Map<string, number>()
  const stub = {
    away: false,
    takesMax: Number.POSITIVE_INFINITY,
    calls: 0,
    errors: {} as Record<string, number>,
    posts: 0,
    records: [] as string[],
    leftOut: 0,
    figures: undefined as UsageBatch['figures'],
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    stub.posts++
    if (stub.away || stub.takesMax-- <= 0) return response.writeHead(503).end()
    const batch = JSON.parse(Buffer.concat(chunks).toString()) as UsageBatch
    stub.figures = batch.figures
    if ((last.get(batch.source) ?? 0) < batch.number) {
      last.set(batch.source, batch.number)
      for (const { calls } of batch.counts) stub.calls += calls
      for (const { minute, appId, error, calls } of batch.errors ?? []) {
        const key = `${minute} ${appId} ${error}`
        stub.errors[key] = (stub.errors[key] ?? 0) + calls
      }
      for (const { requestId } of batch.calls ?? []) stub.records.push(requestId)
      for (const { calls } of batch.leftOut ?? []) stub.leftOut += calls
    }
    return response.writeHead(204).end()
  })
  server.listen(socketPath)
  await once(server, 'listening')
  const place = { url: 'http://feed', socketPath, credential: () => 'x' }
  return Object.assign(stub, { place, close: () => server.close() })
}

const nothing = { counts: [], errors: [], calls: [], leftOut: 0 }

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 10) {
    assert.ok(waited < 15_000, 'it does not come to hold')
    await sleep(10)
  }
}

test('what is counted while the platform is away is reported once it is back, across a restart', async () => {
  using stage = await openStage()
  const { platform, spool } = stage
  platform.away = true
  const first = stage.start()
  // They are added up by the minute, and nothing gets lost on the way.
  for (let n = 0; n < 300; n++) {
    const minute = 1_000_000_020 + 60 * Math.floor(n / 60)
    const error = n % 3 === 0 ? 'signature_invalid' : 'not_granted'
    first.add({
      ...nothing,
      counts: [{ minute, operationId: 1, appId: 2, calls: 1, refused: 0, limited: 0, failed: 0, latencyMs: 0 }],
      errors: [{ minute, appId: n % 2, error, calls: 1 }],
    })
    first.answer([])
  }
  await first.stop()
  assert.equal(platform.calls, 0)
  assert.ok(readFileSync(spool, 'utf8').split('\n').length <= 5)

  // The last line of a gateway that was killed in the middle of writing.
  writeFileSync(spool, '{"source":"x","num', { flag: 'a' })
  platform.away = false
  const second = stage.start()
  second.answer([])
  await until(() => platform.calls === 300)
  await until(() => readFileSync(spool, 'utf8') === '')
  await second.stop()
  const told = Array.from({ length: 5 }, (_, n) => 1_000_000_020 + 60 * n).flatMap((minute) => [
    [`${minute} 0 signature_invalid`, 10],
    [`${minute} 1 not_granted`, 20],
    [`${minute} 1 signature_invalid`, 10],
    [`${minute} 0 not_granted`, 20],
  ])
  assert.deepEqual(platform.errors, Object.fromEntries(told))
})

test('errors that are all there is are reported too', async () => {
  using stage = await openStage()
  const { platform } = stage
  const reporting = stage.start()
  reporting.add({ ...nothing, errors: [{ minute: 1_000_000_020, appId: 0, error: 'overloaded', calls: 3 }] })
  reporting.answer([])
  await until(() => platform.errors['1000000020 0 overloaded'] === 3)
  await reporting.stop()
})

test('asked to report, it answers also when nothing was counted', async () => {
  using stage = await openStage()
  const { platform } = stage
  const reporting = stage.start()
  reporting.answer([])
  await until(() => platform.posts === 1)
  await reporting.stop()
})

test('a gateway that counted nothing tells its figures all the same, and keeps none of it on disk', async () => {
  using stage = await openStage()
  const { platform, spool } = stage
  const figures = {
    ...readFigures(newFigureMemory(1)),
    rssBytes: 1,
    nonces: { alive: 0, room: 1 },
    ailing: [],
    revision: 7,
    stalenessMs: 0,
  }
  const reporting = stage.start(spool, () => figures)
  await until(() => platform.figures?.revision === 7)
  assert.equal(readFileSync(spool, 'utf8'), '')
  await reporting.stop()
})

const count = { minute: 1_000_000_020, operationId: 1, appId: 2, calls: 1, refused: 0, limited: 0, failed: 0, latencyMs: 0 }
const error = { minute: 1_000_000_020, appId: 2, error: 'not_granted', calls: 1 }
const call = (requestId: string, path = '/'): CallRecord => ({
  time: 1_000_000_020_000,
  requestId,
  ip: '203.0.113.9',
  method: 'GET',
  path,
  operationId: 1,
  appId: 2,
  status: 200,
  latencyMs: 1,
  bytes: 2,
  error: null,
  stage: null,
  detail: null,
  revision: 3,
})

test('single calls wait with the counts, and a kill between two posts neither loses nor doubles one', async () => {
  using stage = await openStage()
  const { platform, spool } = stage
  const first = stage.start()
  platform.takesMax = 0
  let made = 0
  const addThousands = (thousands: number) => {
    for (let n = 0; n < thousands; n++) {
      first.add({ counts: [count], errors: [error], calls: Array.from({ length: 1_000 }, () => call(`c-${made++}`)), leftOut: 1 })
    }
  }
  addThousands(12)
  first.answer([])
  await until(() => platform.posts >= 1)
  // These stand in the file one by one, while the gateway has added them up.
  addThousands(6)
  platform.takesMax = 3
  first.answer([])
  await until(() => platform.posts >= 5)
  assert.ok(platform.records.length > 12_000 && platform.records.length < made, `${platform.records.length} of ${made}`)

  copyFileSync(spool, `${spool}.killed`)
  platform.takesMax = Number.POSITIVE_INFINITY
  const second = stage.start(`${spool}.killed`)
  await until(() => platform.records.length >= made)
  await second.stop()
  await first.stop()
  assert.equal(platform.records.length, made)
  assert.equal(new Set(platform.records).size, made)
  assert.deepEqual([platform.calls, platform.leftOut, platform.errors], [18, 18, { '1000000020 2 not_granted': 18 }])
})

test('what a caller sent is sealed before it is on the disk', async () => {
  using stage = await openStage()
  const { platform, spool } = stage
  platform.away = true
  const reporting = stage.start()
  const evidence = { scheme: 'hmac-sha256', query: 'password=needle', body: 'none', bodyText: '', sign: 'x' } as const
  reporting.add({ ...nothing, calls: [{ ...call('c'), evidence }] })
  await reporting.stop()
  const line = readFileSync(spool, 'utf8')
  assert.ok(!line.includes('needle'))
  assert.deepEqual(JSON.parse(sealer.open('evidence', JSON.parse(line).calls[0].evidence)), evidence)
})

test('while the platform is away no more than 32 MB of single calls wait; the others are counted, and the counts stay whole', async () => {
  using stage = await openStage()
  const { platform, spool } = stage
  platform.away = true
  const reporting = stage.start()
  const path = `/${'x'.repeat(1_000)}`
  for (let n = 0; n < 44; n++) {
    reporting.add({ ...nothing, counts: [count], calls: Array.from({ length: 800 }, (_, at) => call(`c-${n}-${at}`, path)) })
    if (n % 10 === 9) reporting.answer([])
  }
  await reporting.stop()
  assert.ok(statSync(spool).size < 33 * 1024 * 1024, `${statSync(spool).size}`)

  platform.away = false
  const second = stage.start()
  await until(() => platform.calls === 44)
  await second.stop()
  assert.ok(platform.records.length > 25_000, `${platform.records.length}`)
  assert.equal(platform.records.length + platform.leftOut, 44 * 800)
})
