// Upstream services: where published interfaces lead.

import { z } from 'zod'
import type { Config } from '#config.ts'
import { fault } from '#core/fault.ts'
import { insertService, pageServices, type ServiceRow } from '#core/service/service.store.ts'
import { brokenConstraint } from '#db/open.ts'
import { isBarredAddress } from '#lib/barred-address.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint, type ManagementDeps } from './endpoint.ts'
import { name, optionalText, pageOnWire, pageSchema, paging, text, wireTime } from './wire.ts'

const target = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(512)
    .refine(isOrigin, { error: 'scheme, host and port only' })
    .refine((url) => !isBarredAddress(hostOf(url)), { error: 'not a link-local or metadata address' }),
  weight: z.int().min(1).max(1_000).default(1),
})

// A path in a target would make `upstreamPath` ambiguous; credentials in a URL end in logs.
function isOrigin(url: string): boolean {
  const parsed = URL.parse(url)
  if (!parsed) return false
  const { pathname, search, hash, username } = parsed
  return pathname === '/' && search === '' && hash === '' && username === ''
}

function hostOf(url: string): string {
  return (URL.parse(url)?.hostname ?? '').replace(/^\[|\]$/g, '')
}

/** A target that is Kaimen itself would let callers in from the inside, or call in a circle (settled F26). */
function refuseOwnListeners(targets: readonly { readonly url: string }[], { host, platformPort, gatewayPort }: Config): void {
  const isOwn = ({ url }: { readonly url: string }) => {
    const { port, protocol } = new URL(url)
    const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
    return (number === platformPort || number === gatewayPort) && (isThisMachine(hostOf(url)) || hostOf(url) === host)
  }
  const at = targets.findIndex(isOwn)
  if (at >= 0) throw fault('invalid_parameters', { reason: 'field', name: `targets.${at}.url`, problem: 'a listener of Kaimen itself' })
}

const isThisMachine = (host: string) =>
  /^(localhost|.*\.localhost|127(\.\d+){3}|0\.0\.0\.0|::1?|::ffff:7f[0-9a-f]{2}:[0-9a-f]+)$/.test(host)

const milliseconds = (standard: number) => z.int().min(1).max(600_000).default(standard)

const serviceBody = z.object({
  name,
  targets: z.array(target).min(1).max(64),
  balance: z.enum(['round_robin', 'random', 'least_conn', 'hash']).default('round_robin'),
  connectTimeoutMs: milliseconds(2_000),
  timeoutMs: milliseconds(30_000).describe('For the head of the answer with all tries, and between two pieces of its body'),
  retries: z
    .int()
    .min(0)
    .max(5)
    .default(1)
    .describe('Only while the call is safe to repeat: nothing of it was sent, or it is a GET or HEAD and no answer began'),
  healthCheck: z
    .object({
      path: text(256).startsWith('/'),
      intervalMs: milliseconds(5_000),
      timeoutMs: milliseconds(1_000),
      healthyAfter: z.int().min(1).max(100).default(2),
      unhealthyAfter: z.int().min(1).max(100).default(3),
    })
    .nullish(),
  passAuthorization: z.boolean().default(false).describe('Lets Authorization, token, authentication and Cookie through on open interfaces'),
  remark: optionalText(255),
})

const serviceAnswer = serviceBody.extend({ id: z.int(), createTime: wireTime, updateTime: wireTime })

function serviceOnWire(service: ServiceRow, deps: ManagementDeps) {
  const { createdAt, updatedAt, deletedAt: _, ...rest } = service
  return { ...rest, createTime: toWireTime(createdAt, deps.config.timeZone), updateTime: toWireTime(updatedAt, deps.config.timeZone) }
}

export const addService = endpoint({
  summary: { en: 'Register a service that interfaces lead to', zh: '新增后端服务' },
  body: serviceBody,
  answer: serviceAnswer,
  async handle({ body }, deps, viewer) {
    refuseOwnListeners(body.targets, deps.config)
    const now = deps.now()
    try {
      const service = await insertService(deps.db, {
        ...body,
        healthCheck: body.healthCheck ?? null,
        remark: body.remark ?? null,
        createdAt: now,
        updatedAt: now,
        createUser: viewer.username,
        updateUser: viewer.username,
      })
      return serviceOnWire(service, deps)
    } catch (error) {
      if (brokenConstraint(error) === 'service_name') throw fault('conflict', { what: 'service', value: body.name })
      throw error
    }
  },
})

export const pageOfServices = endpoint({
  summary: { en: 'Services, newest first', zh: '查询后端服务列表（分页）' },
  query: paging.extend({ name: text(64).optional() }),
  answer: pageSchema(serviceAnswer),
  async handle({ query }, deps) {
    const page = await pageServices(deps.db, query)
    return pageOnWire(page, query, (service) => serviceOnWire(service, deps))
  },
})
