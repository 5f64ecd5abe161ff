// Every message of `wire/messages.ts`, byte by byte to the gateway's listener (settled D27, E1, E11, E12, F14, F15). The service reads
// with a reader of its own, which forgives nothing, and after each message a normal call still has to be answered.
// Then some seconds of `npm run long -- fuzz`.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type House, openHouse, signed } from '../house.ts'
import { fuzzSettings, playFuzz, summaryOf } from '../long/fuzz.ts'
import { talk } from '../wire/caller.ts'
import { published, type Row, rows } from '../wire/messages.ts'
import { type Message, statusOf } from '../wire/reader.ts'
import { type ExactService, openExactService } from '../wire/service.ts'

let house: House
let service: ExactService

before(async () => {
  service = await openExactService()
  house = await openHouse({ settings: fuzzSettings })
  const { id } = await house.done('POST', '/openapi/service/add', { name: 'exact', targets: [{ url: service.url }] })
  for (const fields of published) await house.publish({ ...fields, security: 'none', serviceId: id })
})
after(async () => {
  await house.close()
  await service[Symbol.asyncDispose]()
})

for (const [source, group] of Map.groupBy(rows, (row) => row.source)) {
  test(source, async () => {
    const wrong: string[] = []
    for (const row of group) await check(row).catch((error: Error) => wrong.push(`${row.name}: ${error.message}`))
    if (wrong.length > 0) assert.fail(wrong.join('\n'))
  })
}

test('a call is taken once, though `&` and `=` may be moved between its values without another signature (settled F9)', async () => {
  const { id } = await house.publish({ path: '/signed', security: 'sign' })
  const app = await house.app([id])
  for (const scheme of ['openapi', 'hmac-sha256'] as const) {
    const call = signed(app, 'GET', '/signed', { scheme, nonce: scheme, fields: { cents: 1, plate: 'A1' } })
    assert.equal((await house.call(call)).status, 200)
    const inTheValueBefore = call.path.replace(`&nonce=${scheme}`, '').replace('cents=1', `cents=1%26nonce%3D${scheme}`)
    assert.equal((await house.call({ ...call, path: inTheValueBefore })).fault, 'replayed_request', scheme)
    const around = call.path.replace('&plate=A1', '').replace(`nonce=${scheme}`, `nonce=${scheme}%26plate%3DA1`)
    assert.equal((await house.call({ ...call, path: around })).fault, 'invalid_parameters', scheme)
  }
})

test('signed calls, changed at random: nothing arrives but what was signed, and we never fail', { timeout: 60_000 }, async () => {
  const { done, gatewayUrl } = house
  // The same changes each time; those that nobody has seen yet are for the long form.
  const played = await playFuzz({ gatewayUrl, done, seed: 9_421, msMin: fuzzMs })
  console.log(`# ${summaryOf(played)}`)
  if (played.wrong.length > 0) assert.fail(played.wrong.join('\n'))
  for (const [scheme, { unchanged, changed, harmless }] of played.byScheme) {
    assert.ok(
      unchanged > 0 && harmless > 0 && harmless < changed,
      `${scheme}: ${unchanged} unchanged, ${changed} changed, ${harmless} harmless`,
    )
  }
})

test('nothing came to the service late, and nothing that it could misread', async () => {
  await sleep(100)
  assert.deepEqual(service.inexact, [])
  assert.equal(service.arrived.length, 0)
  assert.ok(rows.length >= 150 && rows.some(({ refused }) => !refused), `${rows.length} rows`)
})

const answerMsMax = 10_000
/** An answer is out before its connection is closed. A connection that goes on is not watched for long. */
const closeMsMax = 5_000
const openMs = 10
const fuzzMs = 8_000
const goOn = 'GET /echo?next HTTP/1.1\r\nHost: gate\r\n\r\n'
const toldNext = 'GET /echo?next'

async function check(row: Row): Promise<void> {
  const answersMax = row.answers.length + (row.refused ? 1 : 0)
  const watch = { answers: answersMax, msMax: answerMsMax, closeMsMax: row.refused ? closeMsMax : openMs }
  const { answers, rest, closed } = await talk(house.gatewayUrl, row.parts, { ...watch, ends: row.ends })
  const next = await talk(house.gatewayUrl, [goOn], { answers: 1, msMax: answerMsMax, closeMsMax: 0 })
  // What came late, from the row before, is found here as well.
  const all = service.arrived.splice(0)
  const arrived = all.filter((request) => told(request) !== toldNext)
  const seen = JSON.stringify({ answers: answers.map(({ start }) => start), rest, closed, arrived: all.map(told) })

  assert.deepEqual(next.answers.map(statusOf), [200], `the next call was not answered; ${seen}`)
  assert.equal(all.length, arrived.length + 1, seen)
  assert.deepEqual(service.inexact.splice(0), [], seen)
  assert.equal(rest, '', seen)
  const statuses = answers.map(statusOf)
  if (row.mayOvertake && statuses.length < answersMax) {
    assert.deepEqual(arrived.map(told), row.arrives.slice(0, arrived.length), seen)
    assert.ok(
      statuses.every((status) => status === 200 || isRefusal(status)),
      seen,
    )
    assert.ok(closed, seen)
    return
  }
  assert.deepEqual(arrived.map(told), row.arrives, seen)
  assert.deepEqual(statuses.slice(0, row.answers.length), row.answers, seen)
  assert.ok(statuses.slice(row.answers.length).every(isRefusal), seen)
  assert.equal(closed, row.refused, seen)
  const fields = arrived.flatMap((request) => request.fields.map(([name, value]) => `${name}: ${value}`)).join('\n')
  if (row.like) assert.match(fields, row.like)
  if (row.unlike) assert.doesNotMatch(fields, row.unlike)
}

function told({ start, body }: Message): string {
  const request = start.replace(/ HTTP\/1\.1$/, '')
  return body === '' ? request : `${request} ${body}`
}

/** The statuses with which malformed HTTP is refused (settled D27); 408 is for what never became whole. */
function isRefusal(status: number): boolean {
  return [400, 405, 408, 413, 414, 417, 431, 501, 505].includes(status)
}
