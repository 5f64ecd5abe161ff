// What a range comes to, beside the range before it: for figures and tables, where the steps of a chart would only be added up again.

import { z } from 'zod'
import { fault } from '#core/fault.ts'
import { type Counts, type GroupName, groupsMax, isInBounds, namesOfGroups } from '#core/usage/series.store.ts'
import { type Piece, piecesOf, type Range, servicesOf, sumUp } from '#core/usage/totals.store.ts'
import type { UsageFilter } from '#core/usage/usage.store.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint, type ManagementDeps, ownerOf } from './endpoint.ts'
import { appsAsked, countedTime, filter, wrong } from './stats.ts'
import { wireTime } from './wire.ts'

const counts = z.object({
  calls: z.int(),
  refused: z.int().describe('Of the calls, those that the gateway refused'),
  limited: z.int().describe('Of the refused, those that reached a limit: rate_limited, quota_exceeded or interface_tripped'),
  failed: z.int().describe('Of the calls, those that the service failed: its 5xx, or no answer'),
  latency: z.int().nullable().describe('Milliseconds until the answer began, on average; null where nothing was passed on'),
})
const both = counts.extend({ before: counts.nullable().describe('Of the range that begins at compareFrom') })

const groupings = ['interface', 'app', 'service'] as const
type GroupBy = (typeof groupings)[number]

const aDayMs = 86_400_000
const aMinuteMs = 60_000

export const rangeQuery = {
  from: z.string().optional().describe('Absent: a day before to. Counts to the minute for 2 days, to the hour for 100, else to the day'),
  to: z.string().optional().describe('Exclusive; absent: now'),
}

export const statsTotals = endpoint({
  summary: {
    en: 'Calls of a range in sum, beside those of an earlier one of the same length',
    zh: '时间段内的访问汇总，可与之前等长的时间段对比',
  },
  query: z.object({
    ...filter,
    ...rangeQuery,
    compareFrom: z.string().optional().describe('Where a range of the same length begins that is told beside'),
    groupBy: z.enum(groupings).optional().describe('service: for operators; calls of an interface count for the service it leads to now'),
    orderBy: z.enum(['calls', 'refused', 'limited', 'failed']).default('calls'),
  }),
  answer: z.object({
    from: wireTime,
    to: wireTime,
    total: both,
    groups: z
      .array(z.object({ group: z.string(), id: z.int().nullable(), name: z.string().nullable(), ...both.shape }))
      .describe(`Most first, at most ${groupsMax}; the rest is the group "other"; callers that nobody knows are "unidentified"`),
  }),
  async handle({ query }, deps, viewer) {
    const { groupBy, orderBy } = query
    if (groupBy === 'service' && ownerOf(viewer, 'view-stats') !== undefined) throw fault('forbidden', { permission: 'view-stats' })
    const now = deps.now()
    const { from, to } = rangeAsked(query, now, deps)
    const asked: UsageFilter = { operationId: query.interfaceId, appIds: await appsAsked(query.appId, deps, viewer) }
    if (to > now) await deps.freshUsage()

    const sumsOf = (pieces: readonly Piece[]) => sumsIn(pieces, asked, groupBy, deps)
    const cut = (range: Range) => piecesOf(deps.db, range, deps.config.timeZone, now)
    const pieces = await cut({ from, to })
    const sums = await sumsOf(pieces)
    const compareFrom = query.compareFrom === undefined ? undefined : countedTime('compareFrom', query.compareFrom, deps)
    const before =
      compareFrom && (await sumsOf(await cut({ from: compareFrom, to: new Date(compareFrom.getTime() + to.getTime() - from.getTime()) })))

    const beside = (ids: readonly (number | null)[]) => ({
      ...told(ids.map((id) => sums.get(id))),
      before: before ? told(ids.map((id) => before.get(id))) : null,
    })
    const all = [...new Set([...sums.keys(), ...(before?.keys() ?? [])])]
    // Equals by their id, or they would change places from one answer to the next.
    const ordered = [...sums]
      .sort(([a, one], [b, other]) => other[orderBy] - one[orderBy] || other.calls - one.calls || Number(a) - Number(b))
      .map(([id]) => id)
    const shown = groupBy === undefined ? [] : ordered.slice(0, groupsMax)
    const rest = groupBy === undefined ? [] : ordered.slice(groupsMax)
    const names = groupBy === undefined ? [] : await namesOfGroups(deps.db, groupBy, shown.filter((id) => id !== null), ownerOf(viewer, 'view-stats')) // biome-ignore format: one thought
    return {
      ...counted({ from, to }, pieces, deps),
      total: beside(all),
      groups: [
        ...shown.map((id) => ({ ...named(id, names), ...beside([id]) })),
        ...(rest.length > 0 ? [{ group: 'other', id: null, name: null, ...beside(rest) }] : []),
      ],
    }
  },
})

export function rangeAsked(query: { from?: string | undefined; to?: string | undefined }, now: Date, deps: ManagementDeps): Range {
  // The running minute is part of it.
  const to = query.to === undefined ? new Date(now.getTime() + aMinuteMs) : countedTime('to', query.to, deps)
  const from = query.from === undefined ? new Date(to.getTime() - aDayMs) : countedTime('from', query.from, deps)
  if (from >= to) throw wrong('from', '< to')
  if (!isInBounds({ step: 'day', from, to })) throw wrong('from', 'not so long before to')
  return { from, to }
}

/** What a range comes to in whole steps, as the answer tells it. */
export function counted({ from, to }: Range, pieces: readonly Piece[], { config }: ManagementDeps) {
  const wire = (at: number) => toWireTime(new Date(at), config.timeZone)
  return { from: wire(pieces[0]?.from ?? from.getTime()), to: wire(pieces.at(-1)?.to ?? to.getTime()) }
}

/** By row id; of services null is none. */
async function sumsIn(pieces: readonly Piece[], asked: UsageFilter, groupBy: GroupBy | undefined, { db }: ManagementDeps) {
  if (groupBy !== 'service') return sumUp(db, asked, groupBy, pieces)
  const byOperation = await sumUp(db, asked, 'interface', pieces)
  const services = await servicesOf(db, [...byOperation.keys()].filter((id) => id !== null)) // biome-ignore format: one thought
  const byService = Map.groupBy(byOperation, ([id]) => (id === null ? null : (services.get(id) ?? null)))
  return new Map([...byService].map(([id, parts]) => [id, added(parts.map(([, counts]) => counts))]))
}

function added(parts: readonly (Counts | undefined)[]): Counts {
  const sum = (name: keyof Counts) => parts.reduce((all, part) => all + (part?.[name] ?? 0), 0)
  return { calls: sum('calls'), refused: sum('refused'), limited: sum('limited'), failed: sum('failed'), latencyMs: sum('latencyMs') }
}

function told(parts: readonly (Counts | undefined)[]): z.output<typeof counts> {
  const { latencyMs, ...rest } = added(parts)
  const passedOn = rest.calls - rest.refused
  return { ...rest, latency: passedOn > 0 ? Math.round(latencyMs / passedOn) : null }
}

function named(id: number | null, names: readonly GroupName[]) {
  if (!id) return { group: id === 0 ? 'unidentified' : 'none', id: null, name: null }
  const known = names.find((one) => one.id === id)
  return { group: known?.key ?? String(id), id, name: known?.name ?? null }
}
