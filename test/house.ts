// A whole Kaimen for one test: a database of its own, platform and gateway on free ports, and a service that remembers what reached it.
// Everything is called the way the outside calls it.

import assert from 'node:assert/strict'
import { constants, createPrivateKey, createSecretKey, publicEncrypt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as httpsRequest, Agent as TlsAgent } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { readConfig } from '#config/read.ts'
import { type Gateway, openGateway } from '#gateway/gateway.ts'
import { feedSocket } from '#lib/feed-socket.ts'
import { openPlatform, type Platform } from '#platform.ts'
import { publicKeySchemes, schemes } from '#schemes/index.ts'
import { Malformed, type Parameter, sortParameters } from '#schemes/parameters.ts'
import { newDatabase } from './database.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into it and says what it finds
  readonly json: any
  /** The envelope's `error`. */
  readonly fault: string | undefined
}

export interface Call {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body?: string
}

export interface Arrived {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface TestApp {
  readonly id: number
  readonly appId: string
  readonly appSecret: string
}

export interface HouseOptions {
  /** Settings by their environment names. */
  readonly settings?: Record<string, string>
  readonly now?: () => Date
  /** What the service does; by default it echoes. */
  readonly service?: (request: IncomingMessage, response: ServerResponse, body: string) => void
}

export const adminPassword = 'correct horse battery'
/** Of every captcha of a house. */
export const captchaAnswer = 'k7MpX'

export type House = Awaited<ReturnType<typeof openHouse>>

export async function openHouse(options: HouseOptions = {}) {
  const database = await newDatabase()
  const dataDir = mkdtempSync(join(tmpdir(), 'kaimen-house-'))
  const settings = {
    // Each takes a third of a second of a core to start; what is about several threads says how many.
    KAIMEN_GATEWAY_THREADS: '1',
    KAIMEN_BAD_CREDENTIAL_LIMIT: '0',
    KAIMEN_DATA_DIR: dataDir,
    KAIMEN_PLATFORM_PORT: '0',
    KAIMEN_GATEWAY_PORT: '0',
    KAIMEN_ADMIN_PASSWORD: adminPassword,
    KAIMEN_CAPTCHA_TEST_ANSWER: captchaAnswer,
  }
  const config = readConfig({ ...settings, ...options.settings }, dataDir)
  const log = pino({ level: process.env.TEST_LOG ?? 'silent' })
  const now = options.now ?? (() => new Date())
  const service = await openService(options.service ?? echo)

  let platform: Platform = await openPlatform({ config, databaseUrl: database.url, runDir: dataDir, log, now })
  // A busy machine would else have calls refused that a test asks about; `npm run long -- shed` is about that.
  const openOneGateway = () => openGateway({ config, feedSocket: feedSocket(dataDir), log, sheds: false })
  let gateway: Gateway = await openOneGateway()

  /** Calls the platform; the body is sent as JSON. */
  async function manage(method: string, path: string, body?: unknown, token?: string): Promise<Answer> {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    if (body !== undefined) headers['content-type'] = 'application/json'
    return send(platform.url, { method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  }

  /** The same, and the answer's `data`; anything but success is an error. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into it and says what it finds
  async function done(method: string, path: string, body?: unknown, token = admin): Promise<any> {
    const answer = await manage(method, path, body, token)
    if (answer.status !== 200 || answer.json.code !== 1_000_000) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer.json.data
  }

  /** With a captcha: who failed before from here, as a test before may have, needs one. */
  async function login(username: string, password: string): Promise<string> {
    const { captchaId } = await done('GET', '/openapi/user/captcha', undefined, '')
    const sent = config.passwordTransport === 'rsa' ? await encrypted({ password }) : { password }
    return (await done('POST', '/openapi/user/login', { username, ...sent, captchaId, verfiyCode: captchaAnswer }, '')).token
  }

  /** The fields as a browser sends them that encrypts passwords; `keyId` is among them. */
  async function encrypted<Name extends string>(
    passwords: Record<Name, string>,
    padding: 'oaep' | 'pkcs1' = 'oaep',
  ): Promise<Record<Name | 'keyId', string>> {
    const { publicKey, keyId } = await done('GET', '/openapi/user/publicKey', undefined, '')
    const fields = Object.entries<string>(passwords).map(([name, text]) => [name, encryptPassword(publicKey, text, padding)])
    return { ...(Object.fromEntries(fields) as Record<Name, string>), keyId }
  }
  const admin: string = await login('admin', adminPassword)

  /** Waits until the gateway serves by everything that was written before. */
  async function settled(): Promise<void> {
    const { rows } = await database.query<{ revision: string }>('select coalesce(max(revision), 0) as revision from change')
    for (let waited = 0; gateway.revision() < Number(rows[0]!.revision); waited += 10) {
      if (waited > 15_000) throw new Error('the gateway does not follow')
      await sleep(10)
    }
  }

  let serviceId: number | undefined
  let made = 0
  return {
    config,
    dataDir,
    databaseUrl: database.url,
    query: database.query,
    admin,
    manage,
    done,
    login,
    encrypted,
    settled,
    arrived: service.arrived,
    serviceUrl: service.url,
    get platformUrl() {
      return platform.url
    },
    get gatewayUrl() {
      return gateway.url
    },
    call: (call: Call) => send(gateway.url, call),

    /** Publishes an interface of the service; `fields` are those of contract §1. */
    async publish(fields: { path: string; method?: string; [field: string]: unknown }): Promise<{ id: number }> {
      serviceId ??= (
        await done('POST', '/openapi/service/add', { name: `service-${randomUUID().slice(0, 8)}`, targets: [{ url: service.url }] })
      ).id
      const body = {
        name: fields.path.slice(0, 64),
        method: 'GET',
        type: 0,
        serviceType: 4,
        version: 'v1',
        status: 1,
        serviceId,
        ...fields,
      }
      const operation = await done('POST', '/openapi/interface/add', body)
      await settled()
      return operation
    },

    /** An enabled app with these interfaces granted. */
    async app(interfaceIds: readonly number[] = []): Promise<TestApp> {
      const app = await done('POST', '/openapi/app/add', { name: `app-${++made}` })
      await done('PUT', `/openapi/app/enable/${app.id}`)
      await done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds })
      await settled()
      return app
    },

    /** A token from the gateway, as a partner gets it. */
    async token(app: TestApp): Promise<string> {
      const answer = await send(gateway.url, tokenRequest(app, now().getTime()))
      if (answer.status !== 200) throw new Error(answer.text)
      return answer.json.data.token
    },

    async restartGateway(): Promise<void> {
      await gateway.close()
      gateway = await openOneGateway()
    },
    async stopPlatform(): Promise<void> {
      await platform.close()
    },
    async startPlatform(): Promise<void> {
      platform = await openPlatform({ config, databaseUrl: database.url, runDir: dataDir, log, now })
    },

    async close(): Promise<void> {
      await gateway.close()
      await platform.close()
      await service.close()
      await database.drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await this.close()
    },
  }
}

/** POST /openapi/token/generate, signed. */
export function tokenRequest(app: TestApp, timestamp: number): Call {
  const fields: Record<string, unknown> = { appId: app.appId, appSecret: app.appSecret, timestamp, nonce: randomUUID() }
  const body = { ...fields, sign: signFields('openapi', 'POST', '/openapi/token/generate', fields, app.appSecret) }
  return { method: 'POST', path: '/openapi/token/generate', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** The signature over fields whose values are texts or numbers, or anything else as its compact JSON. */
export function signFields(schemeName: string, method: string, path: string, fields: Record<string, unknown>, secret: string): string {
  const scheme = [...schemes, ...publicKeySchemes].find(({ name }) => name === schemeName)!
  const parameters = sortParameters(
    Object.entries(fields).map(([name, value]): Parameter => ({ name, text: textOf(value), start: 0, end: 0 })),
  )
  if (parameters instanceof Malformed) throw new Error(parameters.reason)
  return scheme.sign(
    scheme.stringToSign({ method, path, parameters }),
    scheme.key === 'secret' ? createSecretKey(Buffer.from(secret)) : createPrivateKey(secret),
  )
}

function textOf(value: unknown): string | null {
  if (value === null) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export function encryptPassword(publicKey: string, password: string, padding: 'oaep' | 'pkcs1'): string {
  const how =
    padding === 'oaep' ? { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' } : { padding: constants.RSA_PKCS1_PADDING }
  return publicEncrypt({ key: publicKey, ...how }, Buffer.from(password)).toString('base64')
}

export interface SignedOptions {
  readonly scheme?: 'openapi' | 'hmac-sha256' | 'rsa2' | 'sm2'
  readonly token?: string
  readonly fields?: Record<string, unknown>
  readonly timestamp?: number
  readonly nonce?: string | undefined
  /** The secret, or for a public key scheme the private key as PEM. */
  readonly secret?: string
}

/** A signed call: parameters in the query of GET and DELETE, in the JSON body of POST and PUT. */
export function signed(app: TestApp, method: string, path: string, options: SignedOptions = {}): Call {
  const scheme = options.scheme ?? 'openapi'
  const all: Record<string, unknown> = { appId: app.appId, timestamp: options.timestamp ?? Date.now(), ...options.fields }
  const nonce = 'nonce' in options ? options.nonce : randomUUID()
  if (nonce !== undefined) all.nonce = nonce
  if (scheme !== 'openapi') all.signType = scheme
  all.sign = signFields(scheme, method, path, all, options.secret ?? app.appSecret)
  const headers: Record<string, string> = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
  if (method === 'POST' || method === 'PUT') {
    return { method, path, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(all) }
  }
  const query = new URLSearchParams(Object.entries(all).map(([name, value]): [string, string] => [name, textOf(value) ?? '']))
  return { method, path: `${path}?${query}`, headers }
}

// An idle connection is closed by us: a server that did it first could do so while the next request is on its way.
const idleMsMax = 20_000
const kept = new Agent({ keepAlive: true, timeout: idleMsMax })
const keptTls = new TlsAgent({ keepAlive: true, timeout: idleMsMax, rejectUnauthorized: false })

/** Sends exactly this path: `fetch` would tidy it. */
export async function send(
  base: string,
  { method, path, headers, body }: Call,
  agent: Agent | false | undefined = undefined,
): Promise<Answer> {
  const { hostname, port, protocol } = new URL(base)
  const isTls = protocol === 'https:'
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
  const request = (isTls ? httpsRequest : httpRequest)({
    hostname,
    port,
    method,
    path,
    headers: { ...headers, ...length },
    agent: agent ?? (isTls ? keptTls : kept),
  })
  request.end(body)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const json = parseOrUndefined(text)
  const fields = new Headers()
  for (const [name, values] of Object.entries(response.headersDistinct)) for (const value of values ?? []) fields.append(name, value)
  return { status: response.statusCode!, headers: fields, text, json, fault: json?.error }
}

/** The same, over a connection of its own. */
export function sendAlone(base: string, call: Call): Promise<Answer> {
  return send(base, call, false)
}

async function openService(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  const arrived: Arrived[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    // Whoever goes away before has not arrived.
    request.on('error', () => {})
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      arrived.push({ method: request.method!, url: request.url!, headers: request.headers, body })
      answer(request, response, body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    arrived,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Sends calls at once, early in a second, and asserts that just `limit` of them were taken; of two seconds, when they took longer, both. */
export async function burst(count: number, limit: number, call: () => Promise<Answer>): Promise<Answer[]> {
  while (Date.now() % 1000 > 200) await sleep(5)
  const second = Math.floor(Date.now() / 1000)
  const answers = await Promise.all(Array.from({ length: count }, call))
  const seconds = Math.floor(Date.now() / 1000) - second + 1
  const taken = answers.filter(({ status }) => status === 200).length
  assert.ok(seconds === 1 ? taken === limit : taken >= limit && taken <= limit * seconds, `${taken} were taken in ${seconds} s`)
  return answers
}

/**
 * A zone in which it is about noon, for KAIMEN_TIME_ZONE where a test is about a day: none ends while it runs, at whatever time that is.
 * Its name counts to the west.
 */
export function zoneOfNoon(): string {
  const west = new Date().getUTCHours() - 12
  return `Etc/GMT${west < 0 ? west : `+${west}`}`
}

function echo(request: IncomingMessage, response: ServerResponse, body: string): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ method: request.method, url: request.url, body }))
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into it and says what it finds
function parseOrUndefined(text: string): any {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
