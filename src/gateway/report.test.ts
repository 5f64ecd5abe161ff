import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { UsageBatch } from '#core/feed/document.ts'
import { newFigureMemory, readFigures } from './figures.ts'
import { startReporting } from './report.ts'

const log = pino({ level: 'silent' })

/** A platform that takes each number of a source once, as the real one does, and may be away. */
async function openPlatformStub(folder: string) {
  const socketPath = join(folder, 'feed.sock')
  const last = new Map<string, number>()
  const stub = { away: false, calls: 0, posts: 0, figures: undefined as UsageBatch['figures'] }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    stub.posts++
    if (stub.away) return response.writeHead(503).end()
    const batch = JSON.parse(Buffer.concat(chunks).toString()) as UsageBatch
    stub.figures = batch.figures
    if ((last.get(batch.source) ?? 0) < batch.number) {
      last.set(batch.source, batch.number)
      for (const { calls } of batch.counts) stub.calls += calls
    }
    return response.writeHead(204).end()
  })
  server.listen(socketPath)
  await once(server, 'listening')
  const place = { url: 'http://feed', socketPath, credential: () => 'x' }
  return Object.assign(stub, { place, close: () => server.close() })
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 10) {
    assert.ok(waited < 5_000, 'it does not come to hold')
    await sleep(10)
  }
}

test('what is counted while the platform is away is reported once it is back, across a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaimen-report-'))
  const platform = await openPlatformStub(folder)
  platform.away = true
  const spool = join(folder, 'usage.spool')
  const first = startReporting(spool, { source: randomUUID(), place: platform.place, log, figures: () => undefined })
  // They are added up by the minute, and nothing gets lost on the way.
  for (let n = 0; n < 300; n++) {
    first.add([
      { minute: 1_000_000_020 + 60 * Math.floor(n / 60), operationId: 1, appId: 2, calls: 1, refused: 0, failed: 0, latencyMs: 0 },
    ])
    first.answer([])
  }
  await first.stop()
  assert.equal(platform.calls, 0)
  assert.ok(readFileSync(spool, 'utf8').split('\n').length <= 5)

  // The last line of a gateway that was killed in the middle of writing.
  writeFileSync(spool, '{"source":"x","num', { flag: 'a' })
  platform.away = false
  const second = startReporting(spool, { source: randomUUID(), place: platform.place, log, figures: () => undefined })
  second.answer([])
  await until(() => platform.calls === 300)
  await until(() => readFileSync(spool, 'utf8') === '')
  await second.stop()
  platform.close()
  rmSync(folder, { recursive: true })
})

test('asked to report, it answers also when nothing was counted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaimen-report-'))
  const platform = await openPlatformStub(folder)
  const reporting = startReporting(join(folder, 'usage.spool'), {
    source: randomUUID(),
    place: platform.place,
    log,
    figures: () => undefined,
  })
  reporting.answer([])
  await until(() => platform.posts === 1)
  await reporting.stop()
  platform.close()
  rmSync(folder, { recursive: true })
})

test('a gateway that counted nothing tells its figures all the same, and keeps none of it on disk', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaimen-report-'))
  const platform = await openPlatformStub(folder)
  const spool = join(folder, 'usage.spool')
  const figures = { ...readFigures(newFigureMemory(1)), rssBytes: 1, nonces: { alive: 0, room: 1 }, revision: 7, stalenessMs: 0 }
  const reporting = startReporting(spool, { source: randomUUID(), place: platform.place, log, figures: () => figures })
  await until(() => platform.figures?.revision === 7)
  assert.equal(readFileSync(spool, 'utf8'), '')
  await reporting.stop()
  platform.close()
  rmSync(folder, { recursive: true })
})
