// `npm run long -- fuzz [seed] [minutes]`: signed calls, changed at random, against a real gateway. Whatever reaches the service must be
// what its app signed, judged by what arrived and by code of its own; no answer may be a 5xx of ours; calls that nobody changed pass,
// and no call passes twice. Without a seed of its own the table is kept in docs/long/fuzz.md. `test/journeys/bad-input.test.ts` plays some seconds of the same.

import { generateKeyPairSync, type KeyObject, randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestApp } from '../house.ts'
import { tokenRequest } from '../house.ts'
import { dataOf, openInstallation } from '../kaimen-process.ts'
import { type Line, openLine } from '../wire/caller.ts'
import { createRandom, type Mutated, mutate, render } from '../wire/mutations.ts'
import { type FuzzedScheme, forgeryIn, misreadingOf, newOriginal, type Original, type Signer, schemes } from '../wire/originals.ts'
import { fieldOf, statusOf } from '../wire/reader.ts'
import { openExactService } from '../wire/service.ts'
import { reportOf, writeReport } from './report.ts'

const minutesByDefault = 10
const password = 'correct horse battery'

export async function fuzz(): Promise<void> {
  const seed = Number(process.argv[3] ?? randomInt(2 ** 31))
  const minutes = Number(process.argv[4] ?? minutesByDefault)
  console.log(`seed ${seed}, ${minutes} minutes`)
  await using kaimen = await openInstallation()
  await kaimen.startHealthy({ settings: { KAIMEN_ADMIN_PASSWORD: password, ...fuzzSettings } })
  const { token } = dataOf(await kaimen.manage('POST', '/openapi/user/login', { username: 'admin', password }))
  const gatewayPid = kaimen.pidOf('gateway')
  const played = await playFuzz({
    gatewayUrl: kaimen.gatewayUrl,
    done: async (method, path, body) => dataOf(await kaimen.manage(method, path, body, token)),
    seed,
    msMin: minutes * 60_000,
    onProgress: (so) => console.log(summaryOf(so)),
    onWrong: console.error,
  })
  if (kaimen.pidOf('gateway') !== gatewayPid) played.wrong.push('the gateway is not the process that it was')
  console.log(`\n${summaryOf(played)}\n${statusesOf(played)}`)
  if (played.wrong.length > 0) throw new Error(`seed ${seed}:\n${played.wrong.join('\n')}`)
  if (process.argv[3] !== undefined) return
  const text = `${told}\n\n${summaryOf(played)}, with the seed ${seed}. Statuses, 0 being no answer: ${statusesOf(played)}.`
  writeReport(
    'fuzz',
    reportOf({ name: 'fuzz', title: 'Signed calls, changed at random', text, head, rows: [...played.byScheme].map(rowOf) }),
  )
}

const told = `Twelve callers sign calls of all methods, in query, JSON, form and other bodies; one in ten is sent as it is, and has to be taken, the others
after one to three changes at random: a byte, a parameter, an encoding, a field, the framing, a part of the signature. What reaches the
service is judged by code of its own: it has to be what was signed. A changed call that was taken has to mean the same, and the original
after it is a replay.`

const head = ['scheme', 'unchanged, taken', 'changed', 'of them not taken', 'of them without meaning', 'originals after those, refused']

function rowOf([scheme, { unchanged, changed, harmless, again }]: [FuzzedScheme, Tally]): string[] {
  return [scheme, ...[unchanged, changed, changed - harmless, harmless, again].map(String)]
}

const statusesOf = ({ statuses }: Played) =>
  [...statuses].toSorted().map(([status, count]) => `${status} ${count} times`).join(', ') // biome-ignore format: one thought

/** Without them most calls would be refused before anybody looks at them. */
export const fuzzSettings = { KAIMEN_BAD_CREDENTIAL_LIMIT: '0' }

export interface FuzzOrder {
  readonly gatewayUrl: string
  /** Calls the platform as an administrator, and gives the answer's `data`. */
  // biome-ignore lint/suspicious/noExplicitAny: its caller knows what it asks for
  done(method: string, path: string, body?: unknown): Promise<any>
  readonly seed: number
  /** So long, and on a slow machine until it has seen of each scheme what there is to see. */
  readonly msMin: number
  onProgress?(so: Played): void
  onWrong?(what: string): void
}

export interface Played {
  readonly ms: number
  readonly requests: number
  readonly byScheme: ReadonlyMap<FuzzedScheme, Tally>
  readonly arrived: number
  readonly statuses: ReadonlyMap<string, number>
  /** What must not be, each with the bytes that show it. */
  readonly wrong: string[]
}

interface Tally {
  unchanged: number
  changed: number
  /** Changed, and taken nevertheless: the change meant nothing. */
  harmless: number
  /** Sent as they were after a harmless change, and refused. */
  again: number
}

export function summaryOf({ ms, requests, byScheme, arrived, wrong }: Played): string {
  const perSecond = Math.round(requests / (ms / 1000))
  const harmless = [...byScheme.values()].reduce((sum, tally) => sum + tally.harmless, 0)
  return `${requests} requests in ${(ms / 1000).toFixed(0)} s (${perSecond} a second), ${arrived} arrived, ${harmless} of them changed without meaning; ${wrong.length} wrong`
}

const callersAtOnce = 12
const rememberedMax = 20
const wrongMax = 10
const answerMsMax = 15_000
/** How long the end of a torn message is waited for. */
const tornMsMax = 150
const reportMs = 15_000

interface Caller extends Signer {
  /** The last ones: what a torn message left behind may arrive when the caller is some calls further. */
  signed: Original[]
  arrived: number
}

export async function playFuzz({ gatewayUrl, done, seed, msMin, onProgress = () => {}, onWrong = () => {} }: FuzzOrder): Promise<Played> {
  const callers = new Map<string, Caller>()
  const wrong: string[] = []
  const statuses = new Map<string, number>()
  const begin = performance.now()
  let requests = 0
  const byScheme = new Map(schemes.map((scheme): [FuzzedScheme, Tally] => [scheme, { unchanged: 0, changed: 0, harmless: 0, again: 0 }]))
  const so = (): Played => ({ ms: performance.now() - begin, requests, byScheme, arrived: service.arrived.length, statuses, wrong })
  function note(what: string): void {
    wrong.push(what)
    onWrong(what)
  }
  const isEnough = () => [...byScheme.values()].every(({ unchanged, harmless }) => unchanged > 0 && harmless > 0)
  const isOver = () => (performance.now() - begin > msMin && isEnough()) || wrong.length >= wrongMax

  await using service = await openExactService((request) => {
    const caller = callers.get(fieldOf(request, 'x-app-id') ?? '')
    const said = caller ? caller.signed.map((original) => forgeryIn(request, original)) : ['nobody’s call']
    if (caller) caller.arrived++
    if (!said.includes(undefined))
      note(`${said.at(-1)}\n  arrived ${JSON.stringify(request)}\n  signed ${JSON.stringify(caller?.signed.at(-1))}`)
  })

  const interfaceIds = await publish(service.url, done)
  for (let at = 0; at < callersAtOnce; at++) {
    const { app, privateKey } = await addApp(interfaceIds, done)
    const random = createRandom(seed + at)
    callers.set(app.appId, { app, privateKey, token: await tokenOf(app, gatewayUrl), random, signed: [], arrived: 0 })
  }

  async function play(caller: Caller): Promise<void> {
    const { random } = caller
    let line = openLine(gatewayUrl)
    /** The status of the answer; 0 when there is none. */
    async function ask(bytes: string, isTorn: boolean): Promise<number> {
      if (!line.isOpen()) line = openLine(gatewayUrl)
      line.answers.length = 0
      line.send(bytes)
      requests++
      await line.until(() => line.answers.length > 0, isTorn ? tornMsMax : answerMsMax)
      const status = statusIn(line)
      if (status === 0 && !isTorn && line.isOpen()) note(`no answer to ${JSON.stringify(bytes)}`)
      if (isTorn || status === 0 || line.answers.some((answer) => fieldOf(answer, 'connection') === 'close')) line.drop()
      statuses.set(String(status), (statuses.get(String(status)) ?? 0) + 1)
      if (status >= 500 && status !== 501 && status !== 505) note(`${status} ${line.answers[0]?.body} for ${JSON.stringify(bytes)}`)
      return status
    }

    while (!isOver()) {
      const original = newOriginal(caller)
      caller.signed = [...caller.signed.slice(1 - rememberedMax), original]
      const before = caller.arrived
      const tally = byScheme.get(original.scheme)!
      if (random.chance(0.1)) {
        const bytes = render(original.draft)
        const status = await ask(bytes, false)
        if (status !== 200 || caller.arrived === before)
          note(`${status} ${line.answers[0]?.body} for a good call: ${JSON.stringify(bytes)}`)
        tally.unchanged++
        continue
      }
      const mutated = mutate(original.draft, random)
      const status = await ask(mutated.bytes, mutated.isTorn)
      tally.changed++
      if (status !== 200) continue
      tally.harmless++
      const said = misreadingOf(mutated.bytes, original)
      if (said || caller.arrived === before)
        note(`${said ?? '200, but nothing arrived'}\n  sent ${sentOf(mutated)}\n  signed ${JSON.stringify(original)}`)
      if (!random.chance(0.2)) continue
      const again = await ask(render(original.draft), false)
      if (again !== 401) note(`${again} for what had been taken already, changed: ${sentOf(mutated)}\n  signed ${JSON.stringify(original)}`)
      tally.again++
    }
    line.drop()
  }

  const reporting = setInterval(() => onProgress(so()), reportMs)
  await Promise.all([...callers.values()].map(play))
  clearInterval(reporting)
  for (const said of service.inexact) note(`the service could not read ${said}`)
  const health = await fetch(`${gatewayUrl}/healthz`).then(({ status }) => status)
  if (health !== 200) note(`/healthz answers ${health}`)
  return so()
}

async function publish(url: string, done: FuzzOrder['done']): Promise<number[]> {
  const { id: serviceId } = await done('POST', '/openapi/service/add', { name: `fuzz-${randomUUID().slice(0, 8)}`, targets: [{ url }] })
  const fields = { type: 0, serviceType: 4, version: 'v1', status: 1, serviceId }
  const ids: number[] = []
  for (const path of ['/fuzz/plain', '/fuzz/other', '/fuzz/gate/{name}/open']) {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      const security = path === '/fuzz/other' ? 'sign' : 'token+sign'
      ids.push((await done('POST', '/openapi/interface/add', { ...fields, name: `${method} ${path}`, method, path, security })).id)
    }
  }
  return ids
}

async function addApp(interfaceIds: readonly number[], done: FuzzOrder['done']): Promise<{ app: TestApp; privateKey: KeyObject }> {
  const app: TestApp = await done('POST', '/openapi/app/add', { name: `fuzz-${randomUUID().slice(0, 8)}` })
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const publicKeys = [{ keyId: 'k1', publicKey: publicKey.export({ type: 'spki', format: 'pem' }) }]
  await done('PUT', `/openapi/app/edit/${app.id}`, { schemes, publicKeys })
  await done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds })
  // Last, so that a gateway that gives it a token knows all of it.
  await done('PUT', `/openapi/app/enable/${app.id}`)
  return { app, privateKey }
}

/** The gateway may hear of the app somewhat later. */
async function tokenOf(app: TestApp, gatewayUrl: string): Promise<string> {
  for (let waited = 0; ; waited += 50) {
    const { method, path, headers, body } = tokenRequest(app, Date.now())
    const answer = await fetch(gatewayUrl + path, { method, headers, body: body! })
    if (answer.status === 200) return ((await answer.json()) as { data: { token: string } }).data.token
    if (waited > 10_000) throw new Error(await answer.text())
    await sleep(50)
  }
}

const statusIn = ({ answers }: Line) => (answers[0] ? statusOf(answers[0]) : 0)
const sentOf = ({ bytes, done }: Mutated) => `(${done.join(', ')}) ${JSON.stringify(bytes)}`
