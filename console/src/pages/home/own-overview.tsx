// What a developer finds first: the way to the first call, or once there was one how their apps do today and what wants to be done.

import { Card, Skeleton, Typography } from 'antd'
import { useMe } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import type { Answer, RecordOf } from '../../api/types.ts'
import { Chart } from '../../components/chart.tsx'
import { ButtonLink, primary, TextLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { SmallTable } from '../../components/small-table.tsx'
import { useText } from '../../text/text.ts'
import { AppExpiry, AppStatus } from '../apps/app-state.tsx'
import { Guide } from './guide.tsx'

type OwnApp = RecordOf<'GET /openapi/app/page'>
type Series = Answer<'GET /openapi/stats/series'>

const appsMax = 200

export function OwnOverview() {
  const t = useText('home')
  const me = useMe()
  const apps = useAsk('GET /openapi/app/page', { query: { size: appsMax } }, { refetchInterval: 10_000 })
  const waiting = useAsk('GET /openapi/app/apply/page', { query: { status: 'waiting', size: 1 } }, { refetchInterval: 10_000 })
  const month = useAsk('GET /openapi/stats/series', { query: { step: 'day', groupBy: 'app' } }, { refetchInterval: 10_000 })
  const error = apps.error ?? waiting.error ?? month.error
  if (error && !apps.data) return <Problem error={error} retry={apps.refetch} />
  if (!apps.data || !waiting.data || !month.data) return <Skeleton active />
  const { records } = apps.data
  const hasCalled = month.data.total.calls.some((calls, at) => calls > month.data.total.refused[at]!)
  return (
    <PageShell title={t('welcome', { name: me.nikeName || me.username })} about={t('ownAbout')}>
      {!hasCalled && <FirstCall newest={records[0]} waiting={waiting.data.total} />}
      {records.length > 0 && (
        <>
          <Today month={month.data} apps={apps.data.total} />
          <ToDo apps={records} waiting={waiting.data.total} month={month.data} />
          <Apps apps={records} month={month.data} />
          {hasCalled && <Month month={month.data} />}
        </>
      )}
    </PageShell>
  )
}

function FirstCall({ newest, waiting }: { readonly newest: OwnApp | undefined; readonly waiting: number }) {
  const t = useText('home')
  const { data: app } = useAsk('GET /openapi/app/{id}', { params: { id: newest?.id ?? 0 } }, { enabled: newest !== undefined })
  const granted = app?.interfaceIds[0]
  return (
    <Guide
      title={t('toFirstCall')}
      about={t('toFirstCallAbout')}
      steps={[
        {
          title: t('ownAppStep'),
          text: newest ? t('appDone', { name: newest.name }) : t('ownAppText'),
          isDone: newest !== undefined,
          action: (
            <ButtonLink {...primary} to="/my/apps" search={{ add: 'yes' }}>
              {t('mine:add')}
            </ButtonLink>
          ),
        },
        {
          title: t('applyStep'),
          text: granted === undefined && waiting > 0 ? t('applyWaits') : t('applyText'),
          isDone: granted !== undefined,
          action: newest && (
            <>
              <ButtonLink
                {...(waiting > 0 ? {} : primary)}
                to="/my/apps/$id"
                params={{ id: String(newest.id) }}
                search={{ tab: 'interfaces' }}
              >
                {t('mine:apply')}
              </ButtonLink>
              <ButtonLink to="/docs">{t('readDocs')}</ButtonLink>
            </>
          ),
        },
        {
          title: t('ownCallStep'),
          text: newest?.status === 1 ? t('appDisabled') : t('ownCallText'),
          isDone: false,
          action: granted !== undefined && (
            <ButtonLink {...primary} to="/docs/$id" params={{ id: String(granted) }} search={{ tab: 'try' }}>
              {t('callNow')}
            </ButtonLink>
          ),
        },
      ]}
    />
  )
}

/** The last step of the series is the running day. */
const today = (counts: readonly number[]) => counts.at(-1) ?? 0

function Today({ month: { total }, apps }: { readonly month: Series; readonly apps: number }) {
  const t = useText('home')
  const figures: readonly (readonly [name: string, count: number])[] = [
    [t('callsToday'), today(total.calls)],
    [t('refusedToday'), today(total.refused)],
    [t('failedToday'), today(total.failed)],
    [t('mine:title'), apps],
  ]
  return (
    <Card size="small" role="region" aria-label={t('today')}>
      <dl style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(128px, 1fr))', gap: 16, margin: 4 }}>
        {figures.map(([name, count]) => (
          <div key={name}>
            <dt>
              <Typography.Text type="secondary">{name}</Typography.Text>
            </dt>
            <dd className="numbers" style={{ margin: '2px 0 0', fontSize: 24, lineHeight: 1.3 }}>
              {count.toLocaleString()}
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

/** Soon is when its owner is told of it by mail as well. */
const soonDays = 30

interface Line {
  readonly key: string
  readonly app?: { readonly id: number; readonly name: string; readonly tab?: string }
  readonly text: string
}

function ToDo({ apps, waiting, month }: { readonly apps: readonly OwnApp[]; readonly waiting: number; readonly month: Series }) {
  const t = useText('home')
  const lines: readonly Line[] = [
    ...month.series.flatMap(({ id, name, refused, failed }): Line[] => {
      const count = today(refused) + today(failed)
      if (id === null || name === null || count === 0) return []
      return [{ key: `errors ${id}`, app: { id, name, tab: 'calls' }, text: t('hasErrors', { count }) }]
    }),
    ...apps.flatMap(({ id, name, status, expiresInDays: days }): Line[] => {
      if (status === 1) return [{ key: `disabled ${id}`, app: { id, name }, text: t('isDisabled') }]
      if (days === null || days > soonDays) return []
      return [{ key: `expiry ${id}`, app: { id, name }, text: days === 0 ? t('isExpired') : t('expiresSoon', { days }) }]
    }),
    ...(waiting > 0 ? [{ key: 'waiting', text: t('requestsWait', { count: waiting }) }] : []),
  ]
  if (lines.length === 0) return null
  return (
    <Card size="small" title={t('toDo')}>
      <ul style={{ margin: 0, paddingInlineStart: 20 }}>
        {lines.map(({ key, app, text }) => (
          <li key={key}>
            {app && (
              <>
                <TextLink underline to="/my/apps/$id" params={{ id: String(app.id) }} search={app.tab ? { tab: app.tab } : {}}>
                  {app.name}
                </TextLink>{' '}
              </>
            )}
            {text}
          </li>
        ))}
      </ul>
    </Card>
  )
}

const shownMax = 8

function Apps({ apps, month }: { readonly apps: readonly OwnApp[]; readonly month: Series }) {
  const t = useText('home')
  const counts = new Map(month.series.map((one) => [one.id, one]))
  return (
    <SmallTable
      title={t('mine:title')}
      label={t('mine:title')}
      extra={<TextLink to="/my/apps">{t('allApps')}</TextLink>}
      rows={apps.slice(0, shownMax)}
      keyOf={({ id }) => id}
      columns={[
        {
          title: t('mine:name'),
          render: ({ id, name }) => (
            <TextLink to="/my/apps/$id" params={{ id: String(id) }} style={{ display: 'inline-block', minWidth: 120 }}>
              {name}
            </TextLink>
          ),
        },
        { title: t('mine:status'), render: (app) => <AppStatus app={app} /> },
        { title: t('callsToday'), isNumber: true, render: ({ id }) => today(counts.get(id)?.calls ?? []).toLocaleString() },
        { title: t('refusedToday'), isNumber: true, render: ({ id }) => today(counts.get(id)?.refused ?? []).toLocaleString() },
        { title: t('mine:expiry'), render: (app) => <AppExpiry app={app} /> },
      ]}
    />
  )
}

function Month({ month: { starts, total } }: { readonly month: Series }) {
  const t = useText('home')
  const { calls, refused, failed } = total
  return (
    <Chart
      title={t('mine:callsOfMonth')}
      times={starts}
      kind="bar"
      isStacked
      series={[
        { name: t('overview:answered'), values: calls.map((all, at) => all - refused[at]! - failed[at]!), color: 'colorPrimary' },
        { name: t('overview:refused'), values: refused, color: 'colorWarning' },
        { name: t('overview:failed'), values: failed, color: 'colorError' },
      ]}
    />
  )
}
