// The limits that a call is counted against: of the interface, of the app, and of the app at this interface; a second, a day, a month.
// A call is counted against all of them or none: what was taken is given back when a later one refuses.

import type { Limits } from '#core/feed/document.ts'
import type { CalendarDay } from '#lib/calendar.ts'
import type { Admitted, Found, Granted, Payload } from './call.ts'
import type { CounterKind, Counters } from './counters.ts'
import type { Left } from './limit-fields.ts'
import { type Refusal, refuse } from './refusal.ts'

export interface LimitDeps {
  readonly counters: Counters
  readonly calendar: (now: number) => CalendarDay
  /** Told of an operation that shut itself. */
  onTripped(operationId: number, opening: number): void
}

/** One limit that a call has to pass. */
interface Gate {
  readonly name: string
  readonly kind: CounterKind
  readonly id: number
  readonly other: number
  readonly quota: number
  readonly period: number
  readonly windowSeconds: number
  readonly resetSeconds: number
}

export function limit({ caller, payload, opened }: Granted, deps: LimitDeps, now: number): Admitted | Refusal {
  const { app, found } = caller
  const { operation } = found
  const gates: Gate[] = []
  addSecond(gates, 'interface', 'operationSecond', operation.id, 0, operation.limitCount, now)
  addAll(gates, 'app', app.document.id, 0, app.document.limits, deps, now)
  const own = app.grantLimits.get(operation.id)
  if (own) addAll(gates, 'app-interface', app.document.id, operation.id, own, deps, now)
  const claim = caller.kind === 'signed' ? caller.claim : undefined
  return pass(gates, { found, app, user: caller.user, payload, claim, opened, left: noLimits }, deps)
}

/** The same for a call that nobody has to identify for. */
export function limitOpen(found: Found, payload: Payload | undefined, deps: LimitDeps, now: number): Admitted | Refusal {
  const gates: Gate[] = []
  addSecond(gates, 'interface', 'operationSecond', found.operation.id, 0, found.operation.limitCount, now)
  return pass(gates, { found, app: undefined, user: undefined, payload, claim: undefined, opened: undefined, left: noLimits }, deps)
}

const noLimits: readonly Left[] = []

function addAll(gates: Gate[], of: 'app' | 'app-interface', id: number, other: number, limits: Limits, deps: LimitDeps, now: number): void {
  const { limitCount, dayQuota, monthQuota } = limits
  if (limitCount === null && dayQuota === null && monthQuota === null) return
  const kinds = of === 'app' ? appKinds : grantKinds
  addSecond(gates, of, kinds.second, id, other, limitCount, now)
  if (dayQuota === null && monthQuota === null) return
  const { day, month, dayEndsAt, monthEndsAt } = deps.calendar(now)
  const secondsTo = (at: number) => Math.max(1, Math.ceil((at - now) / 1000))
  if (dayQuota !== null) {
    gates.push({
      name: `${of}-day`,
      kind: kinds.day,
      id,
      other,
      quota: dayQuota,
      period: day,
      windowSeconds: 86_400,
      resetSeconds: secondsTo(dayEndsAt),
    })
  }
  if (monthQuota !== null) {
    gates.push({
      name: `${of}-month`,
      kind: kinds.month,
      id,
      other,
      quota: monthQuota,
      period: month,
      windowSeconds: 2_678_400,
      resetSeconds: secondsTo(monthEndsAt),
    })
  }
}

const appKinds = { second: 'appSecond', day: 'appDay', month: 'appMonth' } as const
const grantKinds = { second: 'grantSecond', day: 'grantDay', month: 'grantMonth' } as const

function addSecond(gates: Gate[], name: string, kind: CounterKind, id: number, other: number, quota: number | null, now: number): void {
  if (quota !== null) gates.push({ name, kind, id, other, quota, period: Math.floor(now / 1000), windowSeconds: 1, resetSeconds: 1 })
}

function pass(gates: readonly Gate[], admitted: Admitted, deps: LimitDeps): Admitted | Refusal {
  if (gates.length === 0) return admitted
  const left: Left[] = []
  for (const gate of gates) {
    const remaining = deps.counters.take(gate.kind, gate.id, gate.other, gate.period, gate.quota)
    if (remaining < 0) {
      for (const earlier of gates.slice(0, left.length)) deps.counters.giveBack(earlier.kind, earlier.id, earlier.other, earlier.period)
      return refused(gate, admitted.found, deps)
    }
    const { name, quota, windowSeconds, resetSeconds } = gate
    left.push({ name, quota, remaining, windowSeconds, resetSeconds })
  }
  return { ...admitted, left }
}

function refused(gate: Gate, { operation }: Found, deps: LimitDeps): Refusal {
  if (gate.name === 'interface' && operation.limitAction === 'disable') {
    deps.onTripped(operation.id, operation.opening)
    return refuse('interface_tripped')
  }
  const { name, quota, windowSeconds, resetSeconds } = gate
  const facts = { retryAfter: resetSeconds, limit: name, quota, window: windowSeconds }
  return refuse(windowSeconds === 1 ? 'rate_limited' : 'quota_exceeded', facts)
}
