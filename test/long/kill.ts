// `npm run long -- kill`: rounds of kill -9 for all processes at once, at a random moment of management writes and gateway calls.
// After each round it must start again, know every write that it acknowledged, refuse every call that it answered before, and have
// counted those calls but for the last second. `test/journeys/kill.test.ts` plays a few of the same rounds.

import assert from 'node:assert/strict'
import { randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type Answer, type Call, signed, type TestApp, tokenRequest } from '../house.ts'
import { dataOf, type Installation, openInstallation, until } from '../kaimen-process.ts'
import { reportOf, spread, writeReport } from './report.ts'

const rounds = 50
const msMax = 9 * 60_000

export async function kill(): Promise<void> {
  console.log(head.join(' | '))
  const played = await playKillRounds({ rounds, msMax, onRound: (round) => console.log(rowOf(round).join(' | ')) })
  const summary = summaryOf(played)
  console.log(`\n${summary}`)
  writeReport(
    'kill',
    reportOf({ name: 'kill', title: 'kill -9, round after round', text: `${told}\n\n${summary}`, head, rows: played.map(rowOf) }),
  )
}

const told = `In each round ${'`kill -9`'} ends all processes of an installation (supervisor, platform, gateway, PostgreSQL) at a random moment while
six writers change apps, grants, expirations, secrets, interfaces and users and three partners make signed calls. Some of the restarts
are killed as well. Then every acknowledged write is read back, every answered call is sent once more and has to be refused as a
replay, and the year's count of the interface has to lie between the calls answered up to a second before the kill and the calls sent.`

export interface Round {
  readonly number: number
  readonly operationId: number
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

const head = [
  'round',
  'killed after ms',
  'writes acknowledged',
  'under way',
  'calls sent',
  'answered',
  'counted',
  'starts killed',
  'back after ms',
]

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
    `${sum(({ answered }) => answered)} answered calls, none taken a second time, ${sum(({ answered, counted }) => Math.max(0, answered - counted))} of them, all from the last second before a kill, not counted.`,
    `Back after ${Math.round(min)} / ${Math.round(median)} / ${Math.round(max)} ms (min / median / max).`,
  ].join(' ')
}

const writersAtOnce = 6
const callersAtOnce = 3
const callPauseMs = 5
const workMs = { min: 300, max: 2_500 }
const startMs = { min: 50, max: 1_500 }
const password = 'correct horse battery'

/** What a kill may cost of the counts. */
const flushMs = 1_000
/** A timer runs late on a busy machine, so that a flush may come somewhat after its second. */
const flushLatenessMsByDefault = 300
const patienceMs = 60_000

export interface KillOrder {
  readonly rounds: number
  /** No round but the first begins later than this. */
  readonly msMax: number
  /** More for a machine that has much else to do. */
  readonly flushLatenessMs?: number
  onRound?(round: Round): void
}

/** So that who registers may come from many places: one has so many an hour and no more. */
const settings = { KAIMEN_TRUSTED_PROXIES: '127.0.0.1' }
const somewhere = () => ({ 'x-forwarded-for': `198.51.${randomInt(256)}.${randomInt(256)}` })

export async function playKillRounds(order: KillOrder): Promise<Round[]> {
  const { rounds, msMax, flushLatenessMs = flushLatenessMsByDefault, onRound = () => {} } = order
  const giveUpAt = performance.now() + msMax
  await using kaimen = await openInstallation()
  await using service = await openService()
  let running = await kaimen.startHealthy({ settings: { ...settings, KAIMEN_ADMIN_PASSWORD: password } })
  // One session for all rounds: a login is a write as well.
  const admin: string = dataOf(await kaimen.manage('POST', '/openapi/user/login', { username: 'admin', password })).token
  const ledger = openLedger()
  const desk = { kaimen, admin, ledger, flushLatenessMs, ...(await openForBusiness(kaimen, admin, service.url)) }

  const played: Round[] = []
  for (let number = 1; number <= rounds && (number === 1 || performance.now() < giveUpAt); number++) {
    try {
      const round = await playRound(number, desk, () => {
        running = kaimen.start({ settings })
        return running
      })
      played.push(round)
      onRound(round)
    } catch (error) {
      throw new Error(`round ${number} failed; this start said:\n${running.said()}`, { cause: error })
    }
  }
  await ledger.check('all')
  // What was reported just before a kill must not have been reported again since; calls that were sent again count as refused ones.
  for (const { number, operationId, sent, answered } of played) {
    const counted = await countedCalls(desk, operationId)
    assert.ok(counted <= sent + answered, `round ${number}: ${counted} calls are counted, but only ${sent} + ${answered} were sent`)
  }
  await running.stop()
  return played
}

/** What all rounds work with. */
interface Desk {
  readonly kaimen: Installation
  readonly admin: string
  readonly ledger: Ledger
  readonly flushLatenessMs: number
  readonly serviceId: number
  /** The app that calls. */
  readonly partner: TestApp
}

type Start = () => { healthy(): Promise<number> }

async function playRound(number: number, desk: Desk, start: Start): Promise<Round> {
  const { kaimen, ledger, flushLatenessMs } = desk
  const path = `/round-${number}`
  const operationId = await publish(desk, path)
  const calls = openCalls(desk, path, dataOf(await kaimen.call(tokenRequest(desk.partner, Date.now()))).token)
  await until(calls.sendOne, patienceMs, () => `${path} does not reach the gateway`)

  const work = { isOver: false }
  const acknowledgedBefore = ledger.acknowledged()
  const workers = [
    ...Array.from({ length: writersAtOnce }, () => keepWriting(desk, operationId, work)),
    ...Array.from({ length: callersAtOnce }, () => keepCalling(calls, work)),
  ]
  const startedAt = performance.now()
  const isBegun = () => ledger.acknowledged() > acknowledgedBefore && calls.answered().length > 1
  const atRandom = async () => {
    await until(isBegun, patienceMs, () => 'no work gets done')
    await sleep(randomInt(workMs.min, workMs.max))
  }
  await Promise.race([atRandom(), Promise.all(workers)])
  const killedAt = performance.now()
  kaimen.killAll()
  work.isOver = true
  await Promise.all(workers)
  const acknowledged = ledger.acknowledged() - acknowledgedBefore
  const unanswered = ledger.unanswered()

  let killedStarts = 0
  for (; randomInt(3) === 0; killedStarts++) {
    start()
    await sleep(randomInt(startMs.min, startMs.max))
    kaimen.killAll()
  }
  const restartMs = await start().healthy()

  const certain = calls.answered().filter(({ answeredAt }) => answeredAt < killedAt - flushMs - flushLatenessMs)
  await until(
    async () => (await countedCalls(desk, operationId)) >= certain.length,
    patienceMs,
    () => `fewer than the ${certain.length} calls that were answered before the last second are counted`,
  )
  await ledger.check('new')
  const counted = await countedCalls(desk, operationId)
  assert.ok(counted <= calls.sent(), `${counted} calls are counted, but only ${calls.sent()} were sent`)
  await sendAgain(kaimen, calls.answered())
  return {
    number,
    operationId,
    workMs: killedAt - startedAt,
    acknowledged,
    unanswered,
    sent: calls.sent(),
    answered: calls.answered().length,
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
  const isKnown = () => kaimen.call(tokenRequest(partner, Date.now())).then(({ status }) => status === 200)
  await until(isKnown, patienceMs, () => 'the partner does not reach the gateway')
  return { serviceId: service.id, partner }
}

/** An interface for one round, granted to the partner. */
async function publish({ kaimen, admin, serviceId, partner }: Desk, path: string): Promise<number> {
  const { id } = dataOf(await kaimen.manage('POST', '/openapi/interface/add', { ...interfaceFields(path), status: 1, serviceId }, admin))
  dataOf(await kaimen.manage('PUT', `/openapi/app/config/${partner.id}`, { interfaceIds: [id] }, admin))
  return id
}

const interfaceFields = (path: string) => ({
  name: path,
  path,
  method: 'GET',
  type: 0,
  serviceType: 4,
  version: 'v1',
  security: 'token+sign',
})

interface AnsweredCall {
  readonly call: Call
  readonly answeredAt: number
}

/** The calls of one round. */
function openCalls({ kaimen, partner }: Desk, path: string, token: string) {
  const answered: AnsweredCall[] = []
  let sent = 0
  return {
    sent: () => sent,
    answered: () => answered,
    /** True when it was answered 200. */
    async sendOne(): Promise<boolean> {
      const call = signed(partner, 'GET', path, { token, scheme: 'hmac-sha256' })
      sent++
      const { status } = await kaimen.call(call)
      if (status === 200) answered.push({ call, answeredAt: performance.now() })
      return status === 200
    },
  }
}

interface Work {
  isOver: boolean
}

/** Before the kill everything is answered; what meets it may fail in any way. */
async function unlessOver<Value>(work: Work, attempt: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await attempt()
  } catch (error) {
    if (!work.isOver) throw error
    return undefined
  }
}

async function keepCalling(calls: ReturnType<typeof openCalls>, work: Work): Promise<void> {
  while (!work.isOver) {
    const isAnswered = await unlessOver(work, calls.sendOne)
    assert.ok(isAnswered || work.isOver, 'a good call was refused')
    await sleep(callPauseMs)
  }
}

/** One person's work: an app and an interface of their own at a time, changed one write after the other. */
async function keepWriting(desk: Desk, operationId: number, work: Work): Promise<void> {
  while (!work.isOver) {
    const write = async (fact: Fact, value: unknown, method: string, path: string, body?: unknown) => {
      if (!work.isOver)
        await unlessOver(work, () => desk.ledger.change(fact, value, () => desk.kaimen.manage(method, path, body, desk.admin)))
    }
    await unlessOver(work, () => register(desk))
    const app = work.isOver ? undefined : await unlessOver(work, () => addApp(desk))
    const operation = work.isOver ? undefined : await unlessOver(work, () => addInterface(desk))
    if (app === undefined || operation === undefined) return
    for (let turns = randomInt(2, 8); turns > 0; turns--) {
      const expirationTime =
        randomInt(4) === 0 ? null : `20${randomInt(40, 99)}-0${randomInt(1, 10)}-1${randomInt(10)} 0${randomInt(10)}:30:00`
      await write(app.expirationTime, expirationTime, 'PUT', `/openapi/app/expiration/${app.id}`, { expirationTime })
      const interfaceIds = [operationId, operation.id].filter(() => randomInt(2) === 0)
      await write(app.interfaceIds, interfaceIds, 'PUT', `/openapi/app/config/${app.id}`, { interfaceIds })
      const [status, verb] = randomInt(2) === 0 ? [0, 'enable'] : [1, 'disable']
      await write(app.status, status, 'PUT', `/openapi/app/${verb}/${app.id}`)
      const [enable, act] = randomInt(2) === 0 ? [0, 'publish'] : [1, 'disable']
      await write(operation.enable, enable, 'PUT', `/openapi/interface/${act}/${operation.id}`)
      const remark = randomUUID()
      await write(operation.remark, remark, 'PUT', `/openapi/interface/edit/${operation.id}`, { remark })
    }
    if (!work.isOver) await unlessOver(work, () => resetSecret(desk, app))
  }
}

async function register({ kaimen, ledger }: Desk): Promise<void> {
  const username = `u${randomUUID()}`
  dataOf(await kaimen.manage('POST', '/openapi/user/register', { username, password }, undefined, somewhere()))
  ledger.note(`the user ${username}`, 200, () =>
    kaimen.manage('POST', '/openapi/user/login', { username, password }).then(({ status }) => status),
  )
}

async function addApp({ kaimen, admin, ledger }: Desk) {
  const name = randomUUID()
  const app: TestApp = dataOf(await kaimen.manage('POST', '/openapi/app/add', { name }, admin))
  const read = async (field: string) => dataOf(await kaimen.manage('GET', `/openapi/app/${app.id}`, undefined, admin))[field]
  const note = (field: string, value: unknown) => ledger.note(`${field} of app ${app.id}`, value, () => read(field))
  note('name', name)
  return {
    id: app.id,
    expirationTime: note('expirationTime', null),
    interfaceIds: note('interfaceIds', []),
    status: note('status', 1),
    secret: ledger.note(`secret of app ${app.id}`, app.appSecret, (known) => secretInForce(kaimen, app.appId, known as string)),
  }
}

async function addInterface({ kaimen, admin, ledger, serviceId }: Desk) {
  const path = `/w-${randomUUID()}`
  const { id } = dataOf(await kaimen.manage('POST', '/openapi/interface/add', { ...interfaceFields(path), serviceId }, admin))
  const read = async (field: string) => dataOf(await kaimen.manage('GET', `/openapi/interface/${id}`, undefined, admin))[field]
  const note = (field: string, value: unknown) => ledger.note(`${field} of interface ${id}`, value, () => read(field))
  note('path', path)
  return { id: id as number, enable: note('enable', 0), remark: note('remark', null) }
}

// What a reset that was not answered may have put in force; nobody was told.
const untoldSecret = 'A'.repeat(32)

async function resetSecret({ kaimen, admin, ledger }: Desk, app: { id: number; secret: Fact }): Promise<void> {
  await ledger.change(
    app.secret,
    untoldSecret,
    () => kaimen.manage('PUT', `/openapi/app/resetSignKey/${app.id}`, undefined, admin),
    ({ appSecret }) => appSecret,
  )
}

/** The secret if it is the one in force, shown by a token request that it signs. */
async function secretInForce(kaimen: Installation, appId: string, appSecret: string): Promise<string> {
  const { path, ...call } = tokenRequest({ id: 0, appId, appSecret }, Date.now())
  const { status, fault } = await kaimen.manage(call.method, path, JSON.parse(call.body!))
  // Disabled and expired are told to those only who proved to be the app.
  return status === 200 || fault === 'app_disabled' || fault === 'app_expired' ? appSecret : untoldSecret
}

interface Fact {
  readonly what: string
  /** As it was acknowledged last. */
  known: unknown
  /** What was asked for since, without an answer. */
  asked: unknown[]
  isNew: boolean
  readonly read: (known: unknown) => Promise<unknown>
}

type Ledger = ReturnType<typeof openLedger>

/** What was acknowledged, and where to read it back. */
function openLedger() {
  const facts: Fact[] = []
  let acknowledged = 0

  async function checkOne(fact: Fact): Promise<void> {
    const found = await fact.read(fact.known)
    const allowed = [fact.known, ...fact.asked]
    assert.ok(allowed.some((value) => isDeepStrictEqual(value, found)), `lost: ${fact.what} is ${JSON.stringify(found)}, not ${JSON.stringify(allowed)}`) // biome-ignore format: one sentence
    Object.assign(fact, { known: found, asked: [], isNew: false })
  }

  return {
    acknowledged: () => acknowledged,
    unanswered: () => facts.filter(({ asked }) => asked.length > 0).length,
    /** A thing that exists since its creation was answered. */
    note(what: string, known: unknown, read: Fact['read']): Fact {
      const fact: Fact = { what, known, asked: [], isNew: true, read }
      facts.push(fact)
      acknowledged++
      return fact
    },
    /** Asks for a change; `valueIn` finds the value in an answer that brings it. */
    async change(
      fact: Fact,
      value: unknown,
      ask: () => Promise<Answer>,
      valueIn: (data: Record<string, unknown>) => unknown = () => value,
    ): Promise<void> {
      fact.asked.push(value)
      fact.isNew = true
      const data = dataOf(await ask())
      Object.assign(fact, { known: valueIn(data), asked: [] })
      acknowledged++
    },
    async check(which: 'new' | 'all'): Promise<void> {
      const due = facts.filter(({ isNew }) => isNew || which === 'all')
      await inTurns(due, checkOne)
    },
  }
}

/** What the year's statistics say of the interface. */
async function countedCalls({ kaimen, admin }: Desk, operationId: number): Promise<number> {
  return dataOf(await kaimen.manage('GET', `/openapi/stats/current?interfaceId=${operationId}`, undefined, admin)).year
}

async function sendAgain(kaimen: Installation, answered: readonly AnsweredCall[]): Promise<void> {
  await inTurns(answered, async ({ call }) => {
    const { status, fault } = await kaimen.call(call)
    assert.equal(`${status} ${fault}`, '401 replayed_request', `${call.path} was taken a second time`)
  })
}

async function inTurns<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const rest = items.values()
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const item of rest) await act(item)
    }),
  )
}

async function openService() {
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
