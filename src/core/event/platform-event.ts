// Events of the platform itself. They go to `/kaimen/<type>` behind the callback address of the apps that want them, and their data is of one
// form. An app that is disabled or has expired gets them too: they may be what tells its owner.

import { toWireTime } from '#lib/time.ts'
import type { ToldOperation } from '../operation/operation.store.ts'
import { effectivePath } from '../operation/operation.ts'
import type { NewEvent } from './event.store.ts'

/** Those that an app may subscribe to. */
export const platformEvents = [
  'app.enabled',
  'app.disabled',
  'app.expiring',
  'app.secret_reset',
  'quota.warning',
  'quota.reached',
  'interface.published',
  'interface.deprecated',
] as const
export type PlatformEvent = (typeof platformEvents)[number]

export type PlatformData = Readonly<Record<string, string | number | null>>

/** `test` is somebody's wish, and needs no subscription. */
export function platformEvent(type: PlatformEvent | 'test', data: PlatformData, now: Date): NewEvent {
  return {
    operationId: null,
    path: `/kaimen/${type.replaceAll('.', '/')}`,
    data: JSON.stringify({ type, timestamp: now.toISOString(), data }),
    senderAppId: 0,
  }
}

/** What became of an operation; of a new one there is nothing before. */
export interface OperationChange {
  readonly before?: ToldOperation | undefined
  readonly after: ToldOperation
}

/** What of this is news: what partners find that was not there for them, and what became deprecated. */
export function operationNews(changes: readonly OperationChange[], timeZone: string) {
  const dataOf = ({ after }: OperationChange) => ({
    interfaceId: after.id,
    name: after.name,
    method: after.method,
    path: effectivePath(after),
    deprecationTime: after.deprecatedAt && toWireTime(after.deprecatedAt, timeZone),
    sunsetTime: after.sunsetAt && toWireTime(after.sunsetAt, timeZone),
  })
  return {
    published: changes.filter(({ before, after }) => isForPartners(after) && !(before && isForPartners(before))).map(dataOf),
    deprecated: changes.filter(({ before, after }) => after.deprecatedAt && !before?.deprecatedAt).map(dataOf),
  }
}

const isForPartners = ({ published, visibility }: ToldOperation) => published && visibility !== 'internal'

/** Of a quota; the second is that it is used up. */
const quotaSteps = [
  { percent: 80, type: 'quota.warning' },
  { percent: 100, type: 'quota.reached' },
] as const

/** How much of a quota was used in the period that runs. */
export interface QuotaUse {
  /** null: at all interfaces together. */
  readonly interfaceId: number | null
  readonly period: 'day' | 'month'
  readonly quota: number
  readonly used: number
}

/**
 * What is to be told of quotas that were told of so far by `told`, in the periods that began then; and what will have been told. Of periods
 * that are over nothing is kept.
 */
export function quotaNews(uses: readonly QuotaUse[], running: Readonly<Record<QuotaUse['period'], Date>>, told: readonly string[]) {
  const startOf = (period: QuotaUse['period']) => `${period} ${running[period].toISOString()} `
  const reached = uses.flatMap((use) =>
    quotaSteps
      .filter(({ percent }) => use.used * 100 >= use.quota * percent)
      .map(({ percent, type }) => ({
        ...use,
        type,
        key: `${startOf(use.period)}${percent}${use.interfaceId === null ? '' : ` ${use.interfaceId}`}`,
      })),
  )
  const kept = told.filter((key) => key.startsWith(startOf('day')) || key.startsWith(startOf('month')))
  return { news: reached.filter(({ key }) => !told.includes(key)), told: [...new Set([...kept, ...reached.map(({ key }) => key)])] }
}
