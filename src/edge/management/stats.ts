// Statistics of calls: how many there are now, and how many there were.

import { z } from 'zod'
import { appIdsOf, findAppByEitherId } from '#core/app/app.store.ts'
import { fault } from '#core/fault.ts'
import type { RunningCount } from '#core/feed/document.ts'
import {
  bucketsMax,
  type Counts,
  countSeries,
  groupsMax,
  isInBounds,
  namesOfGroups,
  type SeriesCount,
  type SeriesQuery,
  startsOf,
} from '#core/usage/series.store.ts'
import { currentUsage, keptMs } from '#core/usage/usage.store.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint, type ManagementDeps, ownerOf } from './endpoint.ts'
import { idText, parseTime, text, wireTime } from './wire.ts'

export const filter = {
  interfaceId: idText.optional(),
  appId: text(32).min(1).optional().describe('The public id; the row id is taken too'),
}

export const currentStats = endpoint({
  summary: { en: 'Calls in the running second, minute, hour, day, month and year', zh: '当前秒、分、时、日、月、年的访问次数' },
  query: z.object(filter),
  answer: z.object({ second: z.int(), minute: z.int(), hour: z.int(), day: z.int(), month: z.int(), year: z.int() }),
  async handle({ query }, deps, viewer) {
    const appIds = await appsAsked(query.appId, deps, viewer)
    // The moment comes first: a second that ends meanwhile is told with the minute that it was in, or as one that has no calls yet.
    const now = deps.now()
    const running = await deps.freshUsage()
    const isAsked = (count: RunningCount) =>
      (query.interfaceId === undefined || count.operationId === query.interfaceId) && (appIds === undefined || appIds.includes(count.appId))
    const second = running.filter(isAsked).reduce((sum, { calls }) => sum + calls, 0)
    const longer = await currentUsage(deps.db, { operationId: query.interfaceId, appIds }, deps.config.timeZone, now)
    return { second, ...longer }
  },
})

const numbers = z.array(z.int()).describe('One for each of starts')
const series = {
  calls: numbers,
  refused: numbers.describe('Of the calls, those that the gateway refused'),
  limited: numbers.describe('Of the refused, those that reached a limit: rate_limited, quota_exceeded or interface_tripped'),
  failed: numbers.describe('Of the calls, those that the service failed: its 5xx, or no answer'),
  latency: z.array(z.int().nullable()).describe('Milliseconds until the answer began, on average; null where nothing was passed on'),
}

const day = 86_400_000
/** How far back a chart goes that does not say. */
const usualMs = { minute: day / 24, hour: day, day: 30 * day, month: 365 * day }

export const statsSeries = endpoint({
  summary: { en: 'Calls over time, by interface, app or status', zh: '访问次数曲线（按接口、应用或状态）' },
  query: z.object({
    ...filter,
    step: z.enum(['minute', 'hour', 'day', 'month']).default('hour').describe('Minutes are kept for 2 days, hours for 100'),
    groupBy: z.enum(['interface', 'app', 'status']).default('interface'),
    from: z.string().optional().describe(`Absent: an hour, a day, 30 days or a year before to; at most ${bucketsMax} steps`),
    to: z.string().optional().describe('Exclusive; absent: now'),
  }),
  answer: z.object({
    starts: z.array(wireTime).describe('When each step begins; none is left out'),
    total: z.object(series),
    series: z
      .array(z.object({ group: z.string(), id: z.int().nullable(), name: z.string().nullable(), ...series }))
      .describe(`Most calls first, at most ${groupsMax}; the rest is the group "other"; callers that nobody knows are "unidentified"`),
  }),
  async handle({ query }, deps, viewer) {
    const { step, groupBy, interfaceId } = query
    const now = deps.now()
    const to = query.to === undefined ? new Date(now.getTime() + 1) : countedTime('to', query.to, deps)
    const from = query.from === undefined ? new Date(to.getTime() - usualMs[step]) : countedTime('from', query.from, deps)
    const appIds = await appsAsked(query.appId, deps, viewer)
    const asked: SeriesQuery = { step, groupBy, from, to, operationId: interfaceId, appIds }
    if (from >= to) throw wrong('from', '< to')
    if (!isInBounds(asked)) throw wrong('from', `<= ${bucketsMax} * ${step}`)
    if (step in keptMs) {
      const kept = keptMs[step as keyof typeof keptMs]
      if (from.getTime() < now.getTime() - kept) throw wrong('from', `>= now - ${kept / day} d`)
    }

    if (to > now) await deps.freshUsage()
    const starts = await startsOf(deps.db, asked, deps.config.timeZone)
    const counts = await countSeries(deps.db, asked, starts)
    return {
      starts: starts.map((at) => toWireTime(new Date(at), deps.config.timeZone)),
      total: lined(counts, starts),
      series: groupBy === 'status' ? byStatus(counts, starts) : await byGroup(counts, starts, groupBy, ownerOf(viewer, 'view-stats'), deps),
    }
  },
})

/** Row ids of the apps that are asked for; undefined is all, identified or not. */
export async function appsAsked(appId: string | undefined, deps: ManagementDeps, viewer: Viewer): Promise<number[] | undefined> {
  const ownerId = ownerOf(viewer, 'view-stats')
  if (appId === undefined) return ownerId === undefined ? undefined : appIdsOf(deps.db, ownerId)
  const found = await findAppByEitherId(deps.db, appId, ownerId)
  if (found === undefined) throw fault('not_found', { what: 'app' })
  return [found]
}

/** A time that calls may be counted at: charts reach a step further on both sides, where there have to be times too. */
export function countedTime(field: string, given: string, { config }: ManagementDeps): Date {
  const at = parseTime(field, given, config)
  const year = at.getUTCFullYear()
  if (year < yearMin || year > yearMax) throw wrong(field, `${yearMin} - ${yearMax}`)
  return at
}
const [yearMin, yearMax] = [1900, 9000]

export const wrong = (name: string, problem: string) => fault('invalid_parameters', { reason: 'field', name, problem })

async function byGroup(
  counts: readonly SeriesCount[],
  starts: readonly number[],
  groupBy: 'interface' | 'app',
  developerId: number | undefined,
  deps: ManagementDeps,
) {
  const groups = [...Map.groupBy(counts, ({ group }) => group)]
  const names = await namesOfGroups(deps.db, groupBy, groups.flatMap(([id]) => id ?? []), developerId) // biome-ignore format: one thought
  return groups
    .map(([id, own]) => {
      const known = names.find((one) => one.id === id)
      const group = id === null ? 'other' : id === 0 ? 'unidentified' : (known?.key ?? String(id))
      return { group, id: id || null, name: known?.name ?? null, sum: sumOf(own), ...lined(own, starts) }
    })
    .sort(
      (one, two) => Number(one.group === 'other') - Number(two.group === 'other') || two.sum - one.sum || Number(one.id) - Number(two.id),
    )
    .map(({ sum: _, ...rest }) => rest)
}

const sumOf = (counts: readonly Counts[]) => counts.reduce((sum, { calls }) => sum + calls, 0)

/** Counts know three ends of a call; how long it took is not kept for each. */
function byStatus(counts: readonly SeriesCount[], starts: readonly number[]) {
  const { calls, refused, limited, failed } = lined(counts, starts)
  const none = starts.map(() => 0)
  const answered = calls.map((all, at) => all - refused[at]! - failed[at]!)
  const latency = starts.map(() => null)
  return [
    { group: 'answered', id: null, name: null, calls: answered, refused: none, limited: none, failed: none, latency },
    { group: 'refused', id: null, name: null, calls: refused, refused, limited, failed: none, latency },
    { group: 'failed', id: null, name: null, calls: failed, refused: none, limited: none, failed, latency },
  ]
}

const noCounts: Counts = { calls: 0, refused: 0, limited: 0, failed: 0, latencyMs: 0 }

/** A number for each step, 0 where nothing was counted. */
function lined(counts: readonly SeriesCount[], starts: readonly number[]) {
  const sums = new Map<number, { -readonly [Name in keyof Counts]: number }>()
  for (const { startsAt, calls, refused, limited, failed, latencyMs } of counts) {
    const sum = sums.get(startsAt) ?? { ...noCounts }
    sum.calls += calls
    sum.refused += refused
    sum.limited += limited
    sum.failed += failed
    sum.latencyMs += latencyMs
    sums.set(startsAt, sum)
  }
  const each = starts.map((at) => sums.get(at) ?? noCounts)
  return {
    calls: each.map(({ calls }) => calls),
    refused: each.map(({ refused }) => refused),
    limited: each.map(({ limited }) => limited),
    failed: each.map(({ failed }) => failed),
    latency: each.map(({ calls, refused, latencyMs }) => (calls > refused ? Math.round(latencyMs / (calls - refused)) : null)),
  }
}
