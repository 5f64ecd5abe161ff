// `npm run long -- fuzz [seed] [minutes]`: signed calls, changed at random, against a real gateway. Whatever reaches the service must be
// what its app signed, judged by what arrived and by code of its own; no answer may be a 5xx of ours; calls that nobody changed pass,
// and no call passes twice. `test/journeys/bad-input.test.ts` plays some seconds of the same.

import { createCipheriv, createHmac, randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestApp } from '../house.ts'
import { tokenRequest } from '../house.ts'
import { dataOf, openInstallation } from '../kaimen-process.ts'
import { type Line, openLine } from '../wire/caller.ts'
import {
  bytesOf,
  createRandom,
  type Draft,
  fuzzedPaths,
  type Mutated,
  mutate,
  ours,
  type Random,
  render,
  tokensOf,
} from '../wire/mutations.ts'
import { fieldOf, type Message, statusOf } from '../wire/reader.ts'
import { openExactService } from '../wire/service.ts'

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
    msMax: minutes * 60_000,
    onProgress: (so) => console.log(summaryOf(so)),
    onWrong: console.error,
  })
  if (kaimen.pidOf('gateway') !== gatewayPid) played.wrong.push('the gateway is not the process that it was')
  console.log(`\n${summaryOf(played)}\n${JSON.stringify(Object.fromEntries(played.statuses))}`)
  if (played.wrong.length > 0) throw new Error(`seed ${seed}:\n${played.wrong.join('\n')}`)
}

/** Without them most calls would be refused before anybody looks at them. */
export const fuzzSettings = { KAIMEN_BAD_CREDENTIAL_LIMIT: '0' }

export interface FuzzOrder {
  readonly gatewayUrl: string
  /** Calls the platform as an administrator, and gives the answer's `data`. */
  // biome-ignore lint/suspicious/noExplicitAny: its caller knows what it asks for
  done(method: string, path: string, body?: unknown): Promise<any>
  readonly seed: number
  readonly msMax: number
  onProgress?(so: Played): void
  onWrong?(what: string): void
}

export interface Played {
  readonly ms: number
  readonly requests: number
  /** Changed, and taken nevertheless: the change meant nothing. */
  readonly harmless: number
  readonly arrived: number
  readonly statuses: ReadonlyMap<string, number>
  /** What must not be, each with the bytes that show it. */
  readonly wrong: string[]
}

export function summaryOf({ ms, requests, harmless, arrived, wrong }: Played): string {
  const perSecond = Math.round(requests / (ms / 1000))
  return `${requests} requests in ${(ms / 1000).toFixed(0)} s (${perSecond} a second), ${arrived} arrived, ${harmless} of them changed without meaning; ${wrong.length} wrong`
}

const callersAtOnce = 12
const wrongMax = 10
const answerMsMax = 5_000
/** How long the end of a torn message is waited for. */
const tornMsMax = 150
const reportMs = 15_000

interface Caller {
  readonly app: TestApp
  readonly token: string
  readonly random: Random
  /** The last ones: a late arrival may belong to the one before. */
  signed: Original[]
  arrived: number
}

interface Original {
  readonly scheme: 'openapi' | 'hmac-sha256'
  readonly draft: Draft
  /** Of all parameters, the signature's own among them. */
  readonly texts: ReadonlyMap<string, string | null>
  readonly canonical: string
}

export async function playFuzz({ gatewayUrl, done, seed, msMax, onProgress = () => {}, onWrong = () => {} }: FuzzOrder): Promise<Played> {
  const callers = new Map<string, Caller>()
  const wrong: string[] = []
  const statuses = new Map<string, number>()
  const begin = performance.now()
  let requests = 0
  let harmless = 0
  const so = (): Played => ({ ms: performance.now() - begin, requests, harmless, arrived: service.arrived.length, statuses, wrong })
  function note(what: string): void {
    wrong.push(what)
    onWrong(what)
  }
  const isOver = () => performance.now() - begin > msMax || wrong.length >= wrongMax

  await using service = await openExactService((request) => {
    const caller = callers.get(fieldOf(request, 'x-app-id') ?? '')
    const said = caller ? caller.signed.map((original) => forgeryIn(request, original)) : ['nobody’s call']
    if (caller) caller.arrived++
    if (!said.includes(undefined))
      note(`${said.at(-1)}\n  arrived ${JSON.stringify(request)}\n  signed ${JSON.stringify(caller?.signed.at(-1))}`)
  })

  const interfaceIds = await publish(service.url, done)
  for (let at = 0; at < callersAtOnce; at++) {
    const app = await addApp(interfaceIds, done)
    callers.set(app.appId, { app, token: await tokenOf(app, gatewayUrl), random: createRandom(seed + at), signed: [], arrived: 0 })
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
      caller.signed = [...caller.signed.slice(-2), original]
      const before = caller.arrived
      if (random.chance(0.1)) {
        const bytes = render(original.draft)
        const status = await ask(bytes, false)
        if (status !== 200 || caller.arrived !== before + 1)
          note(`${status} ${line.answers[0]?.body} for a good call: ${JSON.stringify(bytes)}`)
        continue
      }
      const mutated = mutate(original.draft, random)
      const status = await ask(mutated.bytes, mutated.isTorn)
      if (status !== 200) continue
      harmless++
      const said = misreadingOf(mutated, original)
      if (said || caller.arrived === before)
        note(`${said ?? '200, but nothing arrived'}\n  sent ${told(mutated)}\n  signed ${JSON.stringify(original)}`)
      if (!random.chance(0.2)) continue
      const again = await ask(render(original.draft), false)
      if (again !== 401) note(`${again} for what had been taken already, changed: ${told(mutated)}\n  signed ${JSON.stringify(original)}`)
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

async function addApp(interfaceIds: readonly number[], done: FuzzOrder['done']): Promise<TestApp> {
  const app: TestApp = await done('POST', '/openapi/app/add', { name: `fuzz-${randomUUID().slice(0, 8)}` })
  await done('PUT', `/openapi/app/enable/${app.id}`)
  await done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds })
  return app
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
const told = ({ bytes, done }: Mutated) => `(${done.join(', ')}) ${JSON.stringify(bytes)}`

type Value = string | number | boolean | null | readonly unknown[] | object

const namePool = [
  'plate',
  'cents',
  'note',
  'a',
  'A',
  'b',
  'p2',
  'p10',
  '车',
  'a[]',
  'x-y',
  '__proto__',
  'constructor',
  'toString',
  'a b',
  'é',
]
const textPool = [
  '1',
  '京A·12345',
  'a b',
  'a+b',
  'a&b=c',
  '100%',
  '%41',
  '"',
  "'\\",
  '👍',
  'é',
  '\t\n',
  '/../',
  'x'.repeat(300),
  '<script>',
  '0',
  'null',
]
const valuePool: readonly Value[] = [0, -0.5, 12.5, 1e21, 9_007_199_254_740_991, true, false, [], {}, [1, 'a b', null], { b: 1, a: { c: 'x y' } }, ['"', '\\', '}']] // biome-ignore format: a table

function newOriginal({ app, token, random }: Caller): Original {
  const scheme = random.pick(['openapi', 'hmac-sha256'] as const)
  const method = random.pick(['GET', 'POST', 'POST', 'PUT', 'DELETE'])
  const path = random.pick(fuzzedPaths)
  const isJson = (method === 'POST' || method === 'PUT') && random.chance(0.6)
  const values = new Map<string, Value>([
    ['appId', app.appId],
    ['timestamp', Date.now()],
  ])
  for (let left = random.below(6); left > 0; left--) {
    values.set(random.pick(namePool), isJson && random.chance(0.5) ? random.pick(valuePool) : random.pick(textPool))
  }
  // Else the whole content has to be new.
  if (random.chance(0.8)) values.set('nonce', randomUUID())
  else values.set('serial', randomUUID())
  if (scheme === 'hmac-sha256') {
    values.set('signType', scheme)
    if (random.chance(0.3)) values.set('empty', isJson && random.chance(0.5) ? null : '')
  }
  const texts = new Map(
    [...values].map(([name, value]) => [name, value === null || typeof value === 'string' ? value : JSON.stringify(value)]),
  )
  const canonical = canonicalOf(texts, scheme)
  values.set('sign', scheme === 'openapi' ? encrypted(canonical, app.appSecret) : hashed(`${method}\n${path}\n${canonical}`, app.appSecret))
  return { scheme, draft: draftOf(method, path, token, values, isJson, random), texts, canonical }
}

function draftOf(method: string, path: string, token: string, values: ReadonlyMap<string, Value>, isJson: boolean, random: Random): Draft {
  const encode = (text: string) => encodeURIComponent(text).replaceAll('%20', random.pick(['%20', '+']))
  const textIn = (value: Value) => (typeof value === 'string' ? value : JSON.stringify(value))
  const form = [...values].map(([name, value]) => `${encode(name)}=${value === null ? '' : encode(textIn(value))}`).join('&')
  // Not by an object, whose `__proto__` would be lost.
  const json = `{${[...values].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`
  const fields: [string, string][] = [
    ['Host', 'gate'],
    ['Authorization', `Bearer ${token}`],
  ]
  const draft = { method, path, query: '', body: '', fields }
  if (method === 'GET' || method === 'DELETE') return { ...draft, query: form }
  const contentType = isJson ? 'application/json' : 'application/x-www-form-urlencoded'
  return { ...draft, body: bytesOf(isJson ? json : form), fields: [...fields, ['Content-Type', contentType]] }
}

function canonicalOf(texts: ReadonlyMap<string, string | null>, scheme: Original['scheme']): string {
  const kept = [...texts].filter(([name, text]) => name !== 'sign' && (scheme === 'hmac-sha256' || (text !== null && text !== '')))
  return kept
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${name}=${text ?? ''}`)
    .join('&')
}

function encrypted(canonical: string, secret: string): string {
  const cipher = createCipheriv('aes-256-ecb', secret, null)
  return Buffer.concat([cipher.update(canonical), cipher.final()]).toString('base64')
}

const hashed = (content: string, secret: string) => createHmac('sha256', secret).update(content).digest('base64')

const signatureNames = ['appId', 'timestamp', 'nonce', 'signType']

/** What is wrong with what arrived, when it is not what was signed. */
function forgeryIn(request: Message, { scheme, draft, texts, canonical }: Original): string | undefined {
  const [method, target] = request.start.split(' ') as [string, string]
  const mark = target.indexOf('?')
  const arrived = new Map<string, string | null>()
  try {
    const query = mark < 0 ? [] : readForm(target.slice(mark + 1))
    for (const [name, text] of [...query, ...readBody(request)]) {
      if (arrived.has(name)) return `${name} arrived twice`
      if (name === 'sign' || signatureNames.includes(name)) return `${name} was passed on`
      if (scheme === 'openapi' && (text === null || text === '')) return `nobody signed the empty ${name}`
      arrived.set(name, text)
    }
  } catch (error) {
    return `what arrived cannot be read: ${error}`
  }
  const taken = signatureNames.flatMap((name) => (texts.has(name) ? [[name, texts.get(name)!] as const] : []))
  // With its nonce, or with a value that ends in `&nonce=…`: the same string was signed (settled F9).
  const whole = [taken, taken.filter(([name]) => name !== 'nonce')].map((own) => canonicalOf(new Map([...arrived, ...own]), scheme))
  if (!whole.includes(canonical)) return `arrived: ${whole[0]}; signed: ${canonical}`
  if (request.fields.some(([name, value]) => value === 'forged' && ours.includes(name.replaceAll('_', '-'))))
    return 'a field of ours is forged'
  if (scheme === 'openapi') return undefined
  if (method !== draft.method) return `${draft.method} was signed`
  if ((mark < 0 ? target : target.slice(0, mark)) !== spelled(draft.path)) return `${draft.path} was signed`
}

/** For `hmac-sha256` the path is signed as it is spelled. */
function misreadingOf({ bytes }: Mutated, { scheme, draft }: Original): string | undefined {
  const [, method, path] = /^\s*(\S+) +([^ ?]*)/.exec(bytes) ?? []
  return scheme === 'openapi' || (method === draft.method && path === draft.path)
    ? undefined
    : `${method} ${path} was taken for ${draft.method} ${draft.path}`
}

function spelled(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeURIComponent(decodeURIComponent(segment)))
    .join('/')
}

type Texts = [name: string, text: string | null][]

function readBody(request: Message): Texts {
  if (request.body === '') return []
  const types = request.fields.flatMap(([name, value]) => (name === 'content-type' ? [value.toLowerCase()] : []))
  if (types.length > 1) throw new Error(`content types ${types.join(' and ')}`)
  // Without a type, which `Connection` can take away (settled F15), a service has to look.
  const isJson = types[0] === undefined ? request.body.startsWith('{') : /^application\/json\s*(?:;|$)/.test(types[0])
  if (!isJson && types[0] !== undefined && !/^application\/x-www-form-urlencoded\s*(?:;|$)/.test(types[0]))
    throw new Error(`content type ${types[0]}`)
  return isJson ? readObject(utf8(request.body)) : readForm(request.body)
}

function readForm(form: string): Texts {
  return form
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [, name, text] = /^([^=]*)=?([\s\S]*)$/.exec(pair)!
      return [readEncoded(name!), readEncoded(text!)]
    })
}

function readEncoded(encoded: string): string {
  if (/%(?![0-9a-f]{2})/i.test(encoded)) throw new Error(`an encoding in ${encoded}`)
  return utf8(encoded.replaceAll('+', ' ').replace(/%(..)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))))
}

function readObject(json: string): Texts {
  JSON.parse(json)
  // What is not in a string is without white space now.
  const tokens = tokensOf(json.trim()).map((token) => (token.startsWith('"') ? token : token.replace(/[ \t\r\n]/g, ''))).filter((token) => token !== '') // biome-ignore format: one thought
  const texts: Texts = []
  let depth = 0
  let member: string[] = []
  for (const token of tokens) {
    if (token === '}' || token === ']') depth--
    if (depth === 0 || (depth === 1 && token === ',')) {
      if (member.length > 0) texts.push([JSON.parse(member[0]!), valueOfTokens(member.slice(2))])
      member = []
    } else member.push(token)
    if (token === '{' || token === '[') depth++
  }
  return texts
}

function valueOfTokens(tokens: readonly string[]): string | null {
  const [first] = tokens
  if (tokens.length > 1) return tokens.join('')
  return first!.startsWith('"') ? JSON.parse(first!) : first === 'null' ? null : first!
}

const utf8 = (bytes: string) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'))
