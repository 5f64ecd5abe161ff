// Who calls, and what there is to call: a hundred apps, a hundred interfaces of each kind, made through the management API.

import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto'
import { schemes } from '#schemes/index.ts'
import { Malformed, readJsonObject, sortParameters } from '#schemes/parameters.ts'
import { type InterfaceKind, interfaces, park } from './interfaces.ts'
import { publicKeys } from './keys.ts'

export interface Partner {
  readonly appId: string
  readonly key: KeyObject
  readonly token: string
  /** The number of the one interface that it was not granted. */
  readonly withheld: number
}

/** `limited` ones have limits and quotas of their own, none of which is ever reached. */
export type CallerKind = 'unlimited' | 'limited'

export interface Partners {
  readonly partners: ReadonlyMap<CallerKind, readonly Partner[]>
  readonly paths: ReadonlyMap<InterfaceKind, readonly string[]>
}

const partnerCount = 100
const interfaceCount = 100

export async function makePartners(
  platformUrl: string,
  upstreamUrl: string,
  adminPassword: string,
  interfaceKinds: Iterable<InterfaceKind>,
  callerKinds: Iterable<CallerKind>,
  signal: AbortSignal,
): Promise<Partners> {
  const manage = manager(platformUrl, signal)
  const { token } = await manage('POST', '/openapi/user/login', { username: 'admin', password: adminPassword })
  const asAdmin = manager(platformUrl, signal, token)
  const service = await asAdmin('POST', '/openapi/service/add', { name: 'bench', targets: [{ url: upstreamUrl }] })

  const project = await asAdmin('POST', '/openapi/project/add', { name: 'bench', code: park })

  const paths = new Map<InterfaceKind, string[]>()
  const ids: number[][] = []
  for (const kind of interfaceKinds) {
    const published = await eightAtOnce(interfaceCount, (at) => publish(asAdmin, service.id, kind, at))
    paths.set(kind, published.map(({ path }) => path)) // biome-ignore format: one thought
    ids.push(published.map(({ id }) => id))
  }
  const partners = new Map<CallerKind, Partner[]>()
  for (const kind of callerKinds) {
    partners.set(kind, await eightAtOnce(partnerCount, (at) => makePartner(asAdmin, kind, ids, project.id, at)))
  }
  return { partners, paths }
}

async function publish(manage: Manage, serviceId: number, kind: InterfaceKind, at: number): Promise<{ id: number; path: string }> {
  const { folder, fields: own } = interfaces[kind]
  const path = `/${folder}/v1/car/parking/${String(at).padStart(3, '0')}`
  const fields = { name: path, path, method: 'GET', type: 0, serviceType: 4, version: 'v1', status: 1, serviceId, ...own }
  const { id } = await manage('POST', '/openapi/interface/add', fields)
  return { id, path }
}

const schemesOfAll = [...schemes.map(({ name }) => name), 'rsa2', 'sm2', 'rfc9421', 'auth-id']
const limits = { limitCount: 1_000_000, dayQuota: 1_000_000_000, monthQuota: 1_000_000_000 }

async function makePartner(manage: Manage, kind: CallerKind, ids: readonly number[][], projectId: number, at: number): Promise<Partner> {
  const withheld = (at * 7 + 3) % interfaceCount
  const { id, appId, appSecret } = await manage('POST', '/openapi/app/add', { name: `bench ${at}` })
  await manage('PUT', `/openapi/app/enable/${id}`)
  await manage('PUT', `/openapi/app/edit/${id}`, { schemes: schemesOfAll, publicKeys, ...(kind === 'limited' ? limits : {}) })
  await manage('PUT', `/openapi/app/bind/${id}`, { projectIds: [projectId] })
  const interfaceIds = ids.flatMap((some) => some.filter((_, number) => number !== withheld))
  await manage('PUT', `/openapi/app/config/${id}`, { interfaceIds })
  const key = createSecretKey(Buffer.from(appSecret))
  const { token } = await manage('POST', '/openapi/token/generate', tokenRequest(appId, appSecret, key))
  return { appId, key, token, withheld }
}

function tokenRequest(appId: string, appSecret: string, key: KeyObject): object {
  const fields = { appId, appSecret, timestamp: Date.now(), nonce: randomUUID() }
  const read = readJsonObject(JSON.stringify(fields))
  const parameters = read instanceof Malformed ? read : sortParameters(read)
  if (parameters instanceof Malformed) throw new Error(parameters.reason)
  const scheme = schemes.find(({ name }) => name === 'openapi')!
  return { ...fields, sign: scheme.sign(scheme.stringToSign({ method: 'POST', path: '/openapi/token/generate', parameters }), key) }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of our own API, looked into here only
type Manage = (method: string, path: string, body?: unknown) => Promise<any>

/** Calls the management API and answers its `data`; anything but success is an error. */
function manager(url: string, signal: AbortSignal, token?: string): Manage {
  const credentials: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return async (method, path, body) => {
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(url + path, { method, signal, headers: { ...credentials, ...type }, ...content })
    const answer = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`)
    return JSON.parse(answer).data
  }
}

/** All hundred at once would wait for the database longer than it lets anybody wait. */
async function eightAtOnce<Made>(count: number, make: (at: number) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = []
  let next = 0
  async function makeInTurn(): Promise<void> {
    for (let at = next++; at < count; at = next++) made[at] = await make(at)
  }
  await Promise.all(Array.from({ length: 8 }, makeInTurn))
  return made
}
