// `npm run long -- events`: events go out while all processes are killed (-9), round after round. Every one that was asked for arrives, once
// at least, under one webhook-id, and with a signature that the library of Standard Webhooks takes. A push that a kill left without an
// answer is made again with its idempotency key, and makes nothing twice. `test/journeys/event-kills.test.ts` plays a few of the same rounds.

import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataOf, type Installation, openInstallation, until } from '../kaimen-process.ts'
import { openReceiver, verifyEvent } from '../receiver.ts'
import { reportOf, spread, writeReport } from './report.ts'

const password = 'correct horse battery'
const path = '/push/kept'
const pushersAtOnce = 8
const workMs = { min: 300, max: 2_500 }
const settings = {
  KAIMEN_ADMIN_PASSWORD: password,
  KAIMEN_ALLOW_PRIVATE_CALLBACKS: 'true',
  // So that what a kill left is due again soon.
  KAIMEN_CALLBACK_TIMEOUT: '2',
  KAIMEN_CALLBACK_RETRIES: Array<number>(60).fill(1).join(),
}

export async function events(): Promise<void> {
  console.log(head.join(' | '))
  const order = { events: 5_000, apps: 20, rounds: 30, msMax: 9 * 60_000 }
  const played = await playEventRounds({ ...order, onRound: (round) => console.log(rowOf(round).join(' | ')) })
  const summary = summaryOf(played)
  console.log(`\n${summary}`)
  const page = { name: 'events', title: 'Events through kill -9', text: `${told}\n\n${summary}`, head, rows: played.rounds.map(rowOf) }
  writeReport('events', reportOf(page))
}

const told = `In each round ${'`kill -9`'} ends all processes of an installation (supervisor, platform, gateway, PostgreSQL) at a random moment while
eight callers push events, each to twenty apps. At the end every delivery has to have arrived, every arrival of one under the same
webhook-id, and the npm library ${'`standardwebhooks`'} verified each arrival as it came. Duplicates are arrivals beyond the first: what was sent and
not yet written when the kill came.`

export interface EventRound {
  readonly number: number
  readonly workMs: number
  /** Since the beginning, when the kill came. */
  readonly acknowledged: number
  readonly arrived: number
  readonly duplicates: number
  readonly restartMs: number
}

interface Played {
  readonly rounds: readonly EventRound[]
  readonly deliveries: number
  readonly arrived: number
  readonly duplicates: number
}

const head = ['round', 'killed after ms', 'pushes acknowledged', 'deliveries arrived', 'duplicates so far', 'back after ms']
const rowOf = (round: EventRound): string[] =>
  [round.number, round.workMs, round.acknowledged, round.arrived, round.duplicates, Math.round(round.restartMs)].map(String)

export function summaryOf({ rounds, deliveries, arrived, duplicates }: Played): string {
  const { median, max } = spread(rounds.map(({ restartMs }) => restartMs))
  return [
    `${rounds.length} kills: ${deliveries} deliveries asked for, none lost, none under two ids, ${arrived} arrivals verified,`,
    `${duplicates} of them duplicates (${((duplicates / arrived) * 100).toFixed(2)} %). Back after ${Math.round(median)} ms (median; ${Math.round(max)} at most).`,
  ].join(' ')
}

export interface EventOrder {
  readonly events: number
  readonly apps: number
  readonly rounds: number
  /** No round begins later than this. */
  readonly msMax: number
  onRound?(round: EventRound): void
}

export async function playEventRounds({ events, apps, rounds, msMax, onRound = () => {} }: EventOrder): Promise<Played> {
  const secrets: string[] = []
  /** By app and number: the id that it came under. */
  const arrivals = new Map<string, string>()
  let arrived = 0
  const wrong: string[] = []
  await using receiver = await openReceiver((response, received) => {
    receiver.received.length = 0
    const app = Number(/^\/(\d+)\//.exec(received.url)![1])
    verifyEvent(received, secrets[app]!)
    const name = `${app} ${JSON.parse(received.body).n}`
    const id = String(received.headers['webhook-id'])
    if ((arrivals.get(name) ?? id) !== id) wrong.push(`${name} came under ${id} and ${arrivals.get(name)}`)
    arrivals.set(name, id)
    arrived++
    response.end()
  })
  await using kaimen = await openInstallation()
  await kaimen.startHealthy({ settings })
  const token: string = dataOf(await kaimen.manage('POST', '/openapi/user/login', { username: 'admin', password })).token
  secrets.push(...(await openForEvents(kaimen, token, receiver.url, apps)))

  let next = 0
  let acknowledged = 0
  const pushing = Promise.all(
    Array.from({ length: pushersAtOnce }, async () => {
      while (next < events) {
        const n = next++
        await pushUntilTaken(kaimen, token, n, apps)
        acknowledged++
      }
    }),
  )
  const played: EventRound[] = []
  const giveUpAt = performance.now() + msMax
  for (let number = 1; number <= rounds && performance.now() < giveUpAt; number++) {
    const ms = randomInt(workMs.min, workMs.max)
    await sleep(ms)
    kaimen.killAll()
    await kaimen.gone()
    const round = { number, workMs: ms, acknowledged, arrived, duplicates: arrived - arrivals.size }
    const restartMs = await kaimen.start({ settings }).healthy()
    played.push({ ...round, restartMs })
    onRound(played.at(-1)!)
  }
  await pushing
  const deliveries = events * apps
  await until(() => arrivals.size >= deliveries, 120_000, () => `${arrivals.size} of ${deliveries} arrived`) // biome-ignore format: one thought
  assert.deepEqual(wrong, [])
  return { rounds: played, deliveries, arrived, duplicates: arrived - arrivals.size }
}

/** Answers the secrets of the apps. */
async function openForEvents(kaimen: Installation, token: string, url: string, count: number): Promise<string[]> {
  const done = async (method: string, target: string, body?: unknown) => dataOf(await kaimen.manage(method, target, body, token))
  const fields = { name: 'kept', path, method: 'POST', type: 1, serviceType: 4, version: 'v1', status: 1 }
  const { id: operationId } = await done('POST', '/openapi/interface/add', fields)
  const secrets: string[] = []
  for (let app = 0; app < count; app++) {
    const { id, appSecret } = await done('POST', '/openapi/app/add', { name: `app-${app}` })
    await done('PUT', `/openapi/app/enable/${id}`)
    await done('PUT', `/openapi/app/config/${id}`, { interfaceIds: [operationId] })
    await done('PUT', `/openapi/app/callback/${id}`, { callbackAddress: `${url}/${app}` })
    secrets.push(appSecret)
  }
  return secrets
}

async function pushUntilTaken(kaimen: Installation, token: string, n: number, apps: number): Promise<void> {
  for (;;) {
    const answer = await kaimen
      .manage('POST', '/openapi/event/push', { path, data: { n }, idempotencyKey: `n-${n}` }, token)
      .catch(() => undefined)
    if (answer?.status === 200) {
      assert.equal(answer.json.data.deliveries.length, apps)
      return
    }
    // Away, or on its way back.
    assert.ok(answer === undefined || answer.status >= 500, answer?.text)
    await sleep(50)
  }
}
