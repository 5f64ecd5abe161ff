// `npm run long -- kill`: rounds of kill -9 for all processes at once, at a random moment of management writes and gateway calls.
// After each round it must start again, know every write that it acknowledged, refuse every call that it answered before, and have
// counted those calls but for the last second. `test/journeys/kill.test.ts` plays a few of the same rounds.

import assert from 'node:assert/strict'
import { randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { flushMs } from '#gateway/report.ts'
import { type Answer, type Call, signed, signFields, type TestApp, tokenRequest } from '../house.ts'
import { dataOf, type Installation, openInstallation, until } from '../kaimen-process.ts'
import { reportOf, spread, writeReport } from './report.ts'

const rounds = 50
const msMax = 9 * 60_000

export async function kill(): Promise<void> {
  console.log(`${head.join(' | ')}`)
  const played = await playKillRounds({ rounds, msMax, onRound: (round) => console.log(rowOf(round).join(' | ')) })
  const summary = summaryOf(played)
  console.log(`\n${summary}`)
  writeReport('kill', reportOf({ name: 'kill', title: 'kill -9, round after round', text: `${told}\n\n${summary}`, head, rows: played.map(rowOf) }))
}

const told = `In each round ${'`kill -9`'} ends all processes of an installation (supervisor, platform, gateway, PostgreSQL) at a random moment while
six writers change apps, grants, expirations, secrets, interfaces and users and three partners make signed calls. Some of the restarts
are killed as well. Then every acknowledged write is read back, every answered call is sent once more and has to be refused as a
replay, and the year's count of the interface has to lie between the calls answered up to a second before the kill and the calls sent.`

export interface Round {
  readonly number: number
  /** How long it was at work when it was killed. */
  readonly workMs: number
  readonly acknowledged: number
  /** Writes under way at the kill, which may or may not be there afterwards. */
  readonly unanswered: number
  readonly sent: number
  readonly answered: number
  readonly counted: number
  /** Starts that were killed too, before the one that was let through. */
  readonly killedStarts: number
  readonly restartMs: number
}

const head = ['round', 'killed after ms', 'writes acknowledged', 'under way', 'calls sent', 'answered', 'counted', 'starts killed', 'back after ms']

const rowOf = (round: Round): string[] =>
  [
    round.number,
    Math.round(round.workMs),
    round.acknowledged,
    round.unanswered,
    round.sent,
    round.answered,
    round.counted,
    round.killedStarts,
    Math.round(round.restartMs),
  ].map(String)

export function summaryOf(played: readonly Round[]): string {
  const sum = (of: (round: Round) => number) => played.reduce((total, round) => total + of(round), 0)
  const { min, median, max } = spread(played.map(({ restartMs }) => restartMs))
  return [
    `${played.length} rounds, ${sum(({ killedStarts }) => killedStarts)} killed starts: ${sum(({ acknowledged }) => acknowledged)} acknowledged writes, none lost;`,
    `${sum(({ answered }) => answered)} answered calls, none taken a second time, ${sum(({ answered, counted }) => Math.max(0, answered - counted))} not counted.`,
    `Back after ${Math.round(min)} / ${Math.round(median)} / ${Math.round(max)} ms (min / median / max).`,
  ].join(' ')
}

const writersAtOnce = 6
const callersAtOnce = 3
const callPauseMs = 5
const workMs = { min: 300, max: 2_500 }
const startMs = { min: 50, max: 1_500 }
const password = 'correct horse battery'

/** A timer runs late on a busy machine, so that a flush may come somewhat after its second. */
const flushLatenessMs = 300
const patienceMs = 20_000

export interface KillOrder {
  readonly rounds: number
  /** No round begins later than this. */
  readonly msMax: number
  onRound?(round: Round): void
}

export async function playKillRounds({ rounds, msMax, onRound = () => {} }: KillOrder): Promise<Round[]> {
  const giveUpAt = performance.now() + msMax
  await using kaimen = await openInstallation()
  await using service = await openService()
  let running = await kaimen.startHealthy({ settings: { KAIMEN_ADMIN_PASSWORD: password } })
  // One session for all rounds: a login is a write as well.
  const admin: string = dataOf(await kaimen.manage('POST', '/openapi/user/login', { username: 'admin', password })).token
  const ledger = openLedger()
  const desk = { kaimen, admin, ledger, ...(await openForBusiness(kaimen, admin, service.url)) }

  const played: Round[] = []
  for (let number = 1; number <= rounds && performance.now() < giveUpAt; number++) {
    try {
      const round = await playRound(number, desk, async () => {
        running = kaimen.start()
        return running
      })
      played.push(round)
      onRound(round)
    } catch (error) {
      throw new Error(`round ${number} failed; this start said:\n${running.said()}`, { cause: error })
    }
  }
  await ledger.check('all')
  await running.stop()
  return played
}

/** What all rounds work with. */
interface Desk {
  readonly kaimen: Installation
  readonly admin: string
  readonly ledger: Ledger
  readonly serviceId: number
  /** The app that calls. */
  readonly partner: TestApp
}

type Start = () => Promise<{ healthy(): Promise<number> }>

async function playRound(number: number, desk: Desk, start: Start): Promise<Round> {
  const { kaimen, ledger } = desk
  const path = `/round-${number}`
  const operationId = await publish(desk, path)
  const acknowledgedBefore = ledger.acknowledged()

  const work = { isOver: false }
  const calls: SentCall[] = []
  const token = dataOf(await kaimen.call(tokenRequest(desk.partner, Date.now()))).token
  const workers = [
    ...Array.from({ length: writersAtOnce }, () => keepWriting(desk, operationId, work)),
    ...Array.from({ length: callersAtOnce }, () => keepCalling(desk, path, token, calls, work)),
  ]
  const startedAt = performance.now()
  await Promise.race([sleep(randomInt(workMs.min, workMs.max)), ...workers])
  assert.equal(work.isOver, false, 'nobody stops before the kill')
  const killedAt = performance.now()
  kaimen.killAll()
  work.isOver = true
  await Promise.all(workers)
  const acknowledged = ledger.acknowledged() - acknowledgedBefore
  const unanswered = ledger.unanswered()

  let killedStarts = 0
  for (; randomInt(3) === 0; killedStarts++) {
    await start()
    await sleep(randomInt(startMs.min, startMs.max))
    kaimen.killAll()
  }
  const restartMs = await (await start()).healthy()

  const answered = calls.filter(({ answeredAt }) => answeredAt !== undefined)
  const certain = answered.filter(({ answeredAt }) => answeredAt! < killedAt - flushMs - flushLatenessMs)
  const counted = await countedCalls(desk, operationId, certain.length)
  assert.ok(counted <= calls.length, `${counted} calls were counted, but only ${calls.length} sent`)
  await ledger.check('new')
  await sendAgain(desk, answered)
  return {
    number,
    workMs: killedAt - startedAt,
    acknowledged,
    unanswered,
    sent: calls.length,
    answered: answered.length,
    counted,
    killedStarts,
    restartMs,
  }
}

async function openForBusiness(kaimen: Installation, admin: string, serviceUrl: string): Promise<{ serviceId: number; partner: TestApp }> {
  const done = async (method: string, path: string, body?: unknown) => dataOf(await kaimen.manage(method, path, body, admin))
  const service = await done('POST', '/openapi/service/add', { name: 'service', targets: [{ url: serviceUrl }] })
  const partner: TestApp = await done('POST', '/openapi/app/add', { name: 'partner' })
  await done('PUT', `/openapi/app/enable/${partner.id}`)
  return { serviceId: service.id, partner }
}

/** An interface for one round, which the partner may call as soon as this returns. */
async function publish({ kaimen, admin, serviceId, partner }: Desk, path: string): Promise<number> {
  const fields = { name: path, path, method: 'GET', type: 0, serviceType: 4, version: 'v1', status: 1, security: 'token+sign', serviceId }
  const { id } = dataOf(await kaimen.manage('POST', '/openapi/interface/add', fields, admin))
  dataOf(await kaimen.manage('PUT', `/openapi/app/config/${partner.id}`, { interfaceIds: [id] }, admin))
  // Seen by a call that needs the grant and is refused for its signature's sake, lest it be counted among those of the round.
  await until(() => isGranted(kaimen, partner, path), patienceMs, () => `${path} does not reach the gateway`)
  return id
}
