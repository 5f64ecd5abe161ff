// Connections to services, and who takes the next call. For each target a keep-alive pool, what is known of its health, and a
// breaker; kept by URL when the service's document changes, let go when it goes, or when nobody calls the service any more.
//
// A target is taken from those that are well. When none is, all are tried, for a bad guess about health must not shut a service
// that may answer. But nobody passes a breaker that tripped: that target failed too often to be worth the caller's time.

import type { HealthCheckDocument, ServiceDocument } from '#core/feed/document.ts'
import type { AilingTarget } from '#core/feed/figures.ts'
import { Client, Pool } from '#lib/undici.ts'
import { choose, hashOf, type Weighted } from './balance.ts'
import { Breaker } from './breaker.ts'
import { connectWithin } from './connect.ts'
import { createDeadlines, type Deadlines } from './deadlines.ts'
import { Health, startChecks } from './health.ts'

const connectionsPerTargetMax = 256
const sweepMs = 60_000
/** After so many sweeps without a call a service is let go, and its targets are not checked any more. */
const idleSweepsMax = 5

export interface Upstreams {
  readonly deadlines: Deadlines
  /** A target for a call of `caller` (its address), another than those in `tried` if there is one. undefined: none may be tried now. */
  pick(service: ServiceDocument, caller: string, tried: readonly Target[]): Target | undefined
  /** Calls that were given a target and are not over. */
  underWay(): number
  /** Targets that calls are kept from, by their health or by their breaker. */
  ailing(): AilingTarget[]
  close(): Promise<void>
}

export interface UpstreamsInput {
  /** Milliseconds that only grow. */
  readonly now?: () => number
  /** From 0 to 1. */
  readonly chance?: () => number
}

interface Entry {
  service: ServiceDocument
  targets: readonly Target[]
  idleSweeps: number
}

export function createUpstreams({ now = () => performance.now(), chance = Math.random }: UpstreamsInput = {}): Upstreams {
  const entries = new Map<number, Entry>()
  const deadlines = createDeadlines()
  const sweeping = setInterval(sweep, sweepMs).unref()

  function entryFor(service: ServiceDocument): Entry {
    const known = entries.get(service.id)
    if (known?.service === service) return known
    const entry = { service, targets: targetsOf(service, known?.targets ?? []), idleSweeps: 0 }
    entries.set(service.id, entry)
    return entry
  }

  function targetsOf(service: ServiceDocument, known: readonly Target[]): Target[] {
    const weights = new Map<string, number>()
    for (const { url, weight } of service.targets) weights.set(url, (weights.get(url) ?? 0) + weight)
    // Calls under way end on the connections of a target that goes, which then close.
    for (const target of known) if (!weights.has(target.url)) target.letGo()
    return [...weights].map(([url, weight]) => {
      const target = known.find((one) => one.url === url) ?? new Target(url, now, chance)
      target.follow(weight, service)
      return target
    })
  }

  function sweep(): void {
    for (const [id, entry] of entries) {
      if (++entry.idleSweeps <= idleSweepsMax) continue
      entries.delete(id)
      for (const target of entry.targets) target.letGo()
    }
  }

  return {
    deadlines,
    pick(service, caller, tried) {
      // The next try of a call may hold a document that another has followed.
      const entry = (tried.length > 0 && entries.get(service.id)) || entryFor(service)
      entry.idleSweeps = 0
      const { targets } = entry
      const candidates = isCalm(targets, tried) ? targets : candidatesOf(targets, tried, now())
      if (candidates.length === 0) return undefined
      const target = candidates.length === 1 ? candidates[0]! : choose(service.balance, candidates, caller, chance())
      target.take()
      return target
    },
    underWay() {
      let sum = 0
      for (const { targets } of entries.values()) for (const { active } of targets) sum += active
      return sum
    },
    ailing() {
      const isAiling = ({ health, breaker }: Target) => !health.isWell || breaker.isShut
      return [...entries].flatMap(([serviceId, { targets }]) => targets.filter(isAiling).map(({ url }) => ({ serviceId, url })))
    },
    async close() {
      clearInterval(sweeping)
      deadlines.close()
      await Promise.all([...entries.values()].flatMap(({ targets }) => targets.map((target) => target.destroy())))
    },
  }
}

// What nearly every call finds. Of a single target it does not matter whether it is well, for there is no other.
function isCalm(targets: readonly Target[], tried: readonly Target[]): boolean {
  if (targets.length === 1) return !targets[0]!.breaker.isShut
  return tried.length === 0 && targets.every(({ breaker, health }) => !breaker.isShut && health.isWell)
}

function candidatesOf(targets: readonly Target[], tried: readonly Target[], now: number): readonly Target[] {
  const passable = targets.filter(({ breaker }) => breaker.mayPass(now))
  const untried = orElse(
    passable.filter((target) => !tried.includes(target)),
    passable,
  )
  return orElse(
    untried.filter(({ health }) => health.mayTake(now)),
    untried,
  )
}

function orElse<One>(some: readonly One[], others: readonly One[]): readonly One[] {
  return some.length > 0 ? some : others
}

export class Target implements Weighted {
  readonly url: string
  readonly pool: InstanceType<typeof Pool>
  readonly seed: number
  readonly health = new Health()
  readonly breaker = new Breaker()
  readonly #now: () => number
  readonly #chance: () => number
  #connectTimeoutMs = 0
  #stopChecks: (() => void) | undefined
  weight = 0
  credit = 0
  active = 0

  constructor(url: string, now: () => number, chance: () => number) {
    this.url = url
    this.seed = hashOf(url)
    this.#now = now
    this.#chance = chance
    this.pool = new Pool(url, {
      connections: connectionsPerTargetMax,
      pipelining: 1,
      allowH2: false,
      connect: connectWithin(() => this.#connectTimeoutMs),
      // Ours are more exact, and cost less (see `deadlines.ts`).
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 30_000,
    })
  }

  /** Takes over what the service's document says, now and whenever it changes. */
  follow(weight: number, { connectTimeoutMs, healthCheck }: ServiceDocument): void {
    this.weight = weight
    this.#connectTimeoutMs = connectTimeoutMs
    this.#stopChecks?.()
    this.#stopChecks = healthCheck ? startChecks((check) => this.#ask(check), healthCheck, this.health, this.#chance) : undefined
    if (!healthCheck) this.health.unchecked()
  }

  /** One more call goes there; `release` tells its end, and `succeeded` or `failed` what it says about the target, if anything. */
  take(): void {
    this.active++
    this.breaker.pass()
    this.health.take()
  }
  succeeded(): void {
    this.breaker.succeeded()
    this.health.succeeded()
  }
  failed(): void {
    const now = this.#now()
    this.breaker.failed(now, this.#chance())
    this.health.failed(now, this.#chance())
  }
  abandoned(): void {
    this.breaker.giveBack()
    this.health.abandoned()
  }
  release(): void {
    this.active--
  }

  letGo(): void {
    this.#stopChecks?.()
    this.pool.close().catch(() => {})
  }
  async destroy(): Promise<void> {
    this.#stopChecks?.()
    await this.pool.destroy()
  }

  // On a connection of its own each time, so that neither a busy pool nor a kept connection says how the target is.
  async #ask({ path, timeoutMs }: HealthCheckDocument): Promise<number> {
    const client = new Client(this.url, { allowH2: false, connect: connectWithin(() => timeoutMs), headersTimeout: 0, bodyTimeout: 0 })
    try {
      const headers = { 'user-agent': 'kaimen-health-check' }
      const { statusCode, body } = await client.request({ method: 'GET', path, headers, signal: AbortSignal.timeout(timeoutMs) })
      await body.dump()
      return statusCode
    } finally {
      await client.destroy()
    }
  }
}
