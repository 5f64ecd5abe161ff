// `npm run long -- replay`: a million signed calls, a tenth of them duplicates, over several threads on both sides, while the gateway is
// killed under load, twice. What arrived is counted at the service, by the number that each call carries beside its nonce: nothing may
// arrive twice, and whatever was answered 200 must have arrived once. `test/journeys/replay.test.ts` plays the same in small.

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { signed, type TestApp, tokenRequest } from '../house.ts'
import { dataOf, type Installation, openInstallation, until } from '../kaimen-process.ts'
import { type Board, type Counts, countsOf, openBoard, stateOf, sum } from './replay-board.ts'
import type { CallerOrder } from './replay-caller.ts'
import type { ServiceOrder } from './replay-service.ts'
import { reportOf, writeReport } from './report.ts'

const password = 'correct horse battery'
const callerThreads = 2
const connectionsEach = 24
const servingThreads = 3
const appCount = 8
const progressMs = 10_000
const backMsMax = 30_000

export async function replay(): Promise<void> {
  const played = await playReplay({ calls: 1_000_000, kills: 2, msMax: 14 * 60_000, onProgress: console.log })
  const summary = summaryOf(played)
  console.log(`\n${summary}`)
  if (played.wrong.length > 0) throw new Error(played.wrong.join('\n'))
  const rows = played.phases.map(rowOf)
  writeReport('replay', reportOf({ name: 'replay', title: 'No call twice', text: `${told}\n\n${summary}`, head, rows }))
}

const told = `${callerThreads} threads send calls signed by ${'`hmac-sha256`'} to a gateway with ${servingThreads} serving threads, over ${callerThreads * connectionsEach} connections. One in ten is
a duplicate, the same bytes once more: half of them at once, over another connection, half of them later, some after a kill that came
between. ${'`kill -9`'} ends the gateway's process under load, and its supervisor starts it again; calls that were not answered then are sent
until they are. The service counts how often each call arrives: none twice, and each that was answered 200 just once.`

/** What happened up to a kill, or to the end. */
interface Phase {
  readonly name: string
  readonly ms: number
  readonly counts: Counts
  readonly backMs: number | undefined
}

export interface Played {
  readonly phases: readonly Phase[]
  readonly arrived: number
  /** Calls that a kill left unanswered, and that were not answered 200 later either: because they had arrived, or for good. */
  readonly lost: { readonly arrived: number; readonly never: number }
  /** What must not be; the first of them. */
  readonly wrong: readonly string[]
}

const head = ['until', 'requests', 'a second', 'answered 200', 'duplicates', 'of them over a kill', 'refused as replays', 'unanswered', 'told to wait', 'back after ms'] // biome-ignore format: one line

function rowOf({ name, counts, ms, backMs }: Phase): string[] {
  const { sent, taken, duplicates, acrossKill, replayed, unanswered, toldToWait } = counts
  const numbers = [sent, sent / (ms / 1000), taken, duplicates, acrossKill, replayed, unanswered, toldToWait].map((number) =>
    String(Math.round(number)),
  )
  return [name, ...numbers, backMs === undefined ? '–' : String(Math.round(backMs))]
}

export function summaryOf({ phases, arrived, lost, wrong }: Played): string {
  const { sent, taken, duplicates, acrossKill } = sum(phases.map(({ counts }) => counts))
  const seconds = phases.reduce((total, { ms }) => total + ms, 0) / 1000
  return [
    `${sent} requests in ${Math.round(seconds)} s, ${duplicates} of them duplicates, ${acrossKill} of these over a kill:`,
    `${taken} answered 200, ${arrived} arrived, ${wrong.length === 0 ? 'none twice' : 'AND IT IS WRONG'}.`,
    `Of the calls that a kill left unanswered, or that were told to wait after it, ${lost.arrived} had arrived, and ${lost.never} never did and were refused afterwards.`,
  ].join(' ')
}

export interface ReplayOrder {
  /** Duplicates are among them; what is sent again because a kill left it unanswered comes on top. */
  readonly calls: number
  readonly kills: number
  /** No new call is sent later than this. */
  readonly msMax: number
  onProgress?(so: string): void
}

export async function playReplay(order: ReplayOrder): Promise<Played> {
  await using kaimen = await openInstallation()
  const settings = { KAIMEN_ADMIN_PASSWORD: password, KAIMEN_GATEWAY_THREADS: String(servingThreads) }
  const started = await kaimen.startHealthy({ settings })
  try {
    return await playOn(kaimen, order)
  } catch (error) {
    throw new Error(`it failed; the installation said:\n${started.said()}`, { cause: error })
  }
}

async function playOn(kaimen: Installation, { calls, kills, msMax, onProgress = () => {} }: ReplayOrder): Promise<Played> {
  const board = openBoard(Math.ceil(calls * 0.9), kills + 1)
  const phaseNumbers = Array.from({ length: kills + 1 }, (_, at) => at)
  const total = () => sum(phaseNumbers.map((at) => countsOf(board, at)))
  await using service = await openService(board)
  const apps = await openForBusiness(kaimen, service.url)

  const beganAt = performance.now()
  await using callers = openCallers({ board, gatewayUrl: kaimen.gatewayUrl, apps })
  const stopping = setTimeout(() => Atomics.store(board.state, stateOf.isStopped, 1), msMax)
  const reporting = setInterval(() => onProgress(`${Math.round((performance.now() - beganAt) / 1000)} s: ${JSON.stringify(total())}`), progressMs) // biome-ignore format: one thought
  const phases: Omit<Phase, 'counts'>[] = []
  try {
    let phaseAt = beganAt
    for (const at of phaseNumbers) {
      const isDue = () => at < kills && total().sent >= (calls * (at + 1)) / (kills + 1)
      await until(() => callers.haveEnded() || isDue(), msMax + backMsMax, () => `the callers do not end: ${JSON.stringify(total())}`) // biome-ignore format: one thought
      const endedAt = performance.now()
      const isKill = !callers.haveEnded()
      phases.push({
        name: isKill ? `kill ${at + 1}` : 'the end',
        ms: endedAt - phaseAt,
        backMs: isKill ? await killGateway(kaimen, board) : undefined,
      })
      phaseAt = endedAt
      if (!isKill) break
    }
  } finally {
    clearTimeout(stopping)
    clearInterval(reporting)
  }
  return { phases: phases.map((phase, at) => ({ ...phase, counts: countsOf(board, at) })), ...judged(board, callers.wrong) }
}

function openCallers(order: Pick<CallerOrder, 'board' | 'gatewayUrl' | 'apps'>) {
  const wrong: string[] = []
  let running = callerThreads
  const workers = Array.from({ length: callerThreads }, (_, at) => {
    const workerData: CallerOrder = { ...order, at, callers: callerThreads, connections: connectionsEach }
    const worker = new Worker(new URL('./replay-caller.ts', import.meta.url), { workerData })
    worker.on('message', (said: string) => wrong.push(said))
    worker.on('error', (error) => wrong.push(String(error)))
    worker.on('exit', () => running--)
    return worker
  })
  return {
    wrong,
    haveEnded: () => running === 0,
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

/** SIGKILL, and the milliseconds until the supervisor has it answering again. */
async function killGateway(kaimen: Installation, { state }: Board): Promise<number> {
  const killedAt = performance.now()
  kaimen.kill('gateway')
  Atomics.add(state, stateOf.phase, 1)
  const isBack = () =>
    kaimen.call({ method: 'GET', path: '/healthz', headers: {} }).then(
      ({ status }) => status === 200,
      () => false,
    )
  await until(isBack, backMsMax, () => 'the gateway does not come back')
  return performance.now() - killedAt
}

const wrongMax = 10

function judged({ sent, arrived, taken, lost }: Board, said: readonly string[]): Pick<Played, 'arrived' | 'lost' | 'wrong'> {
  const wrong = [...said]
  const unanswered = { arrived: 0, never: 0 }
  let total = 0
  for (const [serial, arrivals] of arrived.entries()) {
    const answers = taken[serial]!
    const isLost = lost[serial] === 1
    total += arrivals
    if (answers === 0 && isLost) unanswered[arrivals === 0 ? 'never' : 'arrived']++
    if (arrivals > 1 || answers > 1 || answers > arrivals) wrong.push(`call ${serial} arrived ${arrivals} times and was answered 200 ${answers} times`) // biome-ignore format: a sentence
    if (answers === 0 && !isLost && sent[serial] === 1) wrong.push(`call ${serial} was never taken, though no answer to it was lost`)
  }
  return { arrived: total, lost: unanswered, wrong: wrong.slice(0, wrongMax) }
}

async function openService({ arrived }: Board) {
  const order: ServiceOrder = { arrived }
  const worker = new Worker(new URL('./replay-service.ts', import.meta.url), { workerData: order })
  const [url] = (await once(worker, 'message')) as [string]
  return {
    url,
    async [Symbol.asyncDispose]() {
      await worker.terminate()
    },
  }
}

/** Apps with a token each, whose calls the gateway takes. */
async function openForBusiness(kaimen: Installation, serviceUrl: string): Promise<CallerOrder['apps']> {
  const { token } = dataOf(await kaimen.manage('POST', '/openapi/user/login', { username: 'admin', password }))
  const done = async (method: string, path: string, body?: object) => dataOf(await kaimen.manage(method, path, body, token))
  const { id: serviceId } = await done('POST', '/openapi/service/add', { name: 'replay', targets: [{ url: serviceUrl }] })
  const fields = { name: 'once', method: 'GET', path: '/once', type: 0, serviceType: 4, version: 'v1', status: 1, serviceId }
  const { id: interfaceId } = await done('POST', '/openapi/interface/add', fields)
  const apps: (TestApp & { token: string })[] = []
  for (let at = 0; at < appCount; at++) {
    const app: TestApp = await done('POST', '/openapi/app/add', { name: `replay-${at}` })
    await done('PUT', `/openapi/app/enable/${app.id}`)
    await done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds: [interfaceId] })
    const generate = () => kaimen.call(tokenRequest(app, Date.now()))
    await until(async () => (await generate()).status === 200, backMsMax, () => 'the gateway does not know the app') // biome-ignore format: one thought
    const calling = { ...app, token: dataOf(await generate()).token }
    const call = () => kaimen.call(signed(calling, 'GET', '/once', { token: calling.token }))
    await until(async () => (await call()).status === 200, backMsMax, () => 'the gateway does not know the grant') // biome-ignore format: one thought
    apps.push(calling)
  }
  return apps
}
