// Events of the platform itself. They go to `/kaimen/<type>` behind the callback address of the apps that want them, and their data is of one
// form. An app that is disabled or has expired gets them too: they may be what tells its owner.

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

/** Of a quota; the second is that it is used up. */
export const quotaSteps = [
  { percent: 80, type: 'quota.warning' },
  { percent: 100, type: 'quota.reached' },
] as const

export interface QuotaUse {
  readonly period: 'day' | 'month'
  /** When it began. */
  readonly startsAt: Date
  readonly quota: number
  readonly used: number
}

/** What is to be told of quotas that were told of so far by `told`, and what will have been told then; of periods that are over nothing is kept. */
export function quotaNews(uses: readonly QuotaUse[], told: readonly string[]) {
  const reached = uses.flatMap((use) =>
    quotaSteps
      .filter(({ percent }) => use.used * 100 >= use.quota * percent)
      .map(({ percent, type }) => ({ ...use, type, key: `${use.period} ${use.startsAt.toISOString()} ${percent}` })),
  )
  const running = uses.map(({ period, startsAt }) => `${period} ${startsAt.toISOString()} `)
  const kept = told.filter((key) => running.some((start) => key.startsWith(start)))
  return { news: reached.filter(({ key }) => !told.includes(key)), told: [...new Set([...kept, ...reached.map(({ key }) => key)])] }
}
