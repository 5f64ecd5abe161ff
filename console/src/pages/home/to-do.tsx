// What wants to be done about a developer's apps, what stands still first; each line leads to where it is done.

import { useQueries } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useMe } from '../../api/me.ts'
import { askOptions, useAsk } from '../../api/query.ts'
import { TextLink } from '../../components/link.tsx'
import { Panel } from '../../components/panel.tsx'
import { midnight } from '../../components/range.tsx'
import { type Mood, StatusTag } from '../../components/status-tag.tsx'
import { useText } from '../../text/text.ts'
import type { OwnApp, Totals } from './own-overview.tsx'

/** Soon is when its owner is told of it by mail as well. */
const soonDays = 30
/** Of a quota: where its owner can be told of it by an event, too. */
const nearly = 0.8

const urgency: readonly Mood[] = ['bad', 'warn', 'busy', 'idle']

interface Line {
  readonly key: string
  readonly mood: Mood
  readonly text: string
  /** Where it is done; absent: there is nothing to do but wait. */
  readonly link?: {
    readonly words: string
    readonly to: string
    readonly params?: Record<string, string>
    readonly search?: Record<string, string>
  }
}

interface ToDoProps {
  readonly apps: readonly OwnApp[]
  readonly waiting: number
  /** The app that the way to the first call is shown for. */
  readonly guided: OwnApp | undefined
  readonly today: Totals
  readonly month: Totals
}

export function ToDo({ apps, waiting, guided, today, month }: ToDoProps) {
  const t = useText('home')
  const { data: events } = useAsk('GET /openapi/event/waiting', {}, { refetchInterval: 30_000 })
  const hasCalled = (id: number) => [today, month].some(({ groups }) => groups.some((one) => one.id === id && one.calls > one.refused))
  const ungranted = useUngranted(apps.filter((app) => app !== guided && app.status === 0 && !hasCalled(app.id)))
  const quotas = useQuotas(apps, today)
  const toApp = (id: number, words: string, search: Record<string, string> = {}) => ({
    words,
    to: '/my/apps/$id',
    params: { id: String(id) },
    search,
  })
  const lines: readonly Line[] = [
    ...(events?.callbacks ?? []).map(({ appId, name, callback }): Line => {
      const text = callback.state === 'disabled' ? 'callbackDisabled' : callback.state === 'pending' ? 'callbackPending' : 'callbackFails'
      const said = t(text, { name, count: callback.failures })
      return { key: `callback ${appId}`, mood: callback.state === 'disabled' ? 'bad' : 'warn', text: said, link: toApp(appId, t('lookAtCallback'), { tab: 'events' }) } // biome-ignore format: one thought
    }),
    ...apps.flatMap(({ id, name, status, expiresInDays: days }): Line[] => {
      if (status === 1) return [{ key: `disabled ${id}`, mood: 'idle', text: t('isDisabled', { name }) }]
      if (days === null || days > soonDays) return []
      const text = days === 0 ? t('isExpired', { name }) : t('expiresSoon', { name, count: days })
      return [{ key: `expiry ${id}`, mood: days === 0 ? 'bad' : 'warn', text, link: toApp(id, t('lookAtApp')) }]
    }),
    ...quotas.map(({ app: { id, name }, period, quota, used }): Line => {
      const facts = { name, used: used.toLocaleString(), quota: quota.toLocaleString() }
      const text = t(period === 'day' ? 'dayQuotaNearly' : 'monthQuotaNearly', facts)
      return { key: `quota ${period} ${id}`, mood: used >= quota ? 'bad' : 'warn', text, link: toApp(id, t('lookAtLimits')) }
    }),
    ...today.groups.flatMap(({ id, name, refused, limited, failed }): Line[] => {
      const wrong = refused - limited + failed
      if (id === null || name === null) return []
      const hits = { key: `limits ${id}`, mood: 'warn', text: t('hitLimits', { name, count: limited.toLocaleString() }), link: { words: t('seeCalls'), to: '/calls', search: { range: 'day', appId: String(id), status: '429' } } } as const // biome-ignore format: one thought
      const errors = { key: `errors ${id}`, mood: 'warn', text: t('hasErrors', { name, count: wrong.toLocaleString() }), link: toApp(id, t('seeWhy'), { tab: 'calls' }) } as const // biome-ignore format: one thought
      return [...(limited > 0 ? [hits] : []), ...(wrong > 0 ? [errors] : [])]
    }),
    ...ungranted.map(({ id, name }): Line => ({ key: `grants ${id}`, mood: 'busy', text: t('hasNoInterface', { name }), link: toApp(id, t('applyNow'), { tab: 'interfaces' }) })), // biome-ignore format: one thought
    ...(waiting > 0 ? [{ key: 'waiting', mood: 'idle', text: t('requestsWait', { count: waiting }) } as const] : []),
  ]
  if (lines.length === 0) return null
  const urgent = lines.toSorted((one, other) => urgency.indexOf(one.mood) - urgency.indexOf(other.mood))
  return (
    <Panel title={t('toDo')}>
      <ul style={{ display: 'grid', gap: 8, margin: 0, padding: 0, listStyle: 'none' }}>
        {urgent.map(({ key, mood, text, link }) => (
          <li key={key}>
            <Dotted mood={mood}>
              {text} {link && <Onward {...link} />}
            </Dotted>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** A sentence may be longer than a line. */
function Dotted({ mood, children }: { readonly mood: Mood; readonly children: ReactNode }) {
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'auto 1fr', gap: 8 }}>
      <StatusTag mood={mood}>{''}</StatusTag>
      <span>{children}</span>
    </div>
  )
}

function Onward({ words, to, params, search }: NonNullable<Line['link']>) {
  return (
    <TextLink underline to={to} {...(params ? { params } : {})} {...(search ? { search } : {})}>
      {words}
    </TextLink>
  )
}

/** So many are looked at; whoever has more apps without an interface finds them in the list. */
const lookedAtMax = 5

/** Of these, the apps that may not call anything. */
function useUngranted(apps: readonly OwnApp[]): OwnApp[] {
  const some = apps.slice(0, lookedAtMax)
  const found = useQueries({ queries: some.map(({ id }) => askOptions('GET /openapi/app/{id}', { params: { id } })) })
  return some.filter((_, at) => found[at]?.data?.interfaceIds.length === 0)
}

/** Quotas of which more than most is used. A call that was refused takes nothing of them. */
function useQuotas(apps: readonly OwnApp[], today: Totals) {
  const { timeZone } = useMe()
  const first = `${midnight(Date.now(), timeZone).slice(0, 8)}01 00:00:00`
  const asks = apps.some(({ monthQuota }) => monthQuota !== null)
  const { data: month } = useAsk(
    'GET /openapi/stats/totals',
    { query: { from: first, groupBy: 'app' } },
    { enabled: asks, refetchInterval: 60_000 },
  )
  const usedIn = (totals: Totals | undefined, id: number) => {
    const of = totals?.groups.find((one) => one.id === id)
    return of ? of.calls - of.refused : 0
  }
  return apps.flatMap((app) => {
    const both = [
      { app, period: 'day', quota: app.dayQuota, used: usedIn(today, app.id) },
      { app, period: 'month', quota: app.monthQuota, used: usedIn(month, app.id) },
    ] as const
    return both.flatMap((one) => (one.quota !== null && one.used >= one.quota * nearly ? [{ ...one, quota: one.quota }] : []))
  })
}
