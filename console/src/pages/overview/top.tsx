// Which interfaces were called most in a range, or which apps called most; and the same of limits that were hit.

import type { ReactNode } from 'react'
import { useAsk } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { Change } from '../../components/figures.tsx'
import { TextLink } from '../../components/link.tsx'
import { milliseconds } from '../../components/milliseconds.ts'
import { Nothing } from '../../components/nothing.tsx'
import { Panel } from '../../components/panel.tsx'
import { Problem } from '../../components/problem.tsx'
import type { Range } from '../../components/range.tsx'
import { type SmallColumn, SmallTable } from '../../components/small-table.tsx'
import { useText } from '../../text/text.ts'
import { GroupLink } from '../statistics/group.tsx'
import { Pair } from './pair.tsx'
import { shareOf, staying, totalsQuery } from './totals.ts'

type Group = Answer<'GET /openapi/stats/totals'>['groups'][number]

interface GroupedProps {
  readonly of: Range
  readonly groupBy: 'interface' | 'app'
}

const number = (count: number) => count.toLocaleString()

export function Top({ of, groupBy }: GroupedProps) {
  const t = useText('overview')
  const { data, error, refetch } = useAsk('GET /openapi/stats/totals', { query: { ...totalsQuery(of), groupBy } }, staying)
  if (error && !data) return <Problem error={error} retry={refetch} />
  return (
    <GroupTable
      of={of}
      groupBy={groupBy}
      title={groupBy === 'interface' ? t('topInterfaces') : t('topApps')}
      groups={data?.groups}
      columns={[
        { title: t('calls'), isNumber: true, render: ({ calls, before }) => <Count now={calls} before={before?.calls} /> },
        { title: t('refusedShort'), isNumber: true, render: ({ refused }) => number(refused) },
        { title: t('failedShort'), isNumber: true, render: ({ failed }) => number(failed) },
        { title: t('latencyShort'), isNumber: true, render: ({ latency }) => milliseconds(latency) },
      ]}
      empty={<Nothing title={t('nothingCalled')} text={t('nothingCalledText')} />}
    />
  )
}

export function LimitsHit({ of }: { readonly of: Range }) {
  const t = useText('overview')
  const { data } = useAsk('GET /openapi/stats/totals', { query: limitsQuery(of, 'interface') }, staying)
  if (data?.total.limited === 0) {
    return (
      <Panel title={t('limitsHit')}>
        <span style={{ color: 'var(--ant-color-text-description)' }}>{t('noLimitsHit')}</span>
      </Panel>
    )
  }
  return (
    <Pair>
      <LimitsHitBy of={of} groupBy="interface" />
      <LimitsHitBy of={of} groupBy="app" />
    </Pair>
  )
}

const limitsQuery = (range: Range, groupBy: GroupedProps['groupBy']) => ({ ...totalsQuery(range), groupBy, orderBy: 'limited' }) as const

function LimitsHitBy({ of, groupBy }: GroupedProps) {
  const t = useText('overview')
  const { data } = useAsk('GET /openapi/stats/totals', { query: limitsQuery(of, groupBy) }, staying)
  return (
    <GroupTable
      of={of}
      groupBy={groupBy}
      title={groupBy === 'interface' ? t('limitsOfInterfaces') : t('limitsOfApps')}
      extra={
        <TextLink to="/calls" search={{ error: 'rate_limited' }}>
          {t('toCalls')}
        </TextLink>
      }
      groups={data?.groups.filter(({ limited }) => limited > 0)}
      columns={[
        { title: t('limited'), isNumber: true, render: ({ limited, before }) => <Count now={limited} before={before?.limited} /> },
        { title: t('ofCalls'), isNumber: true, render: ({ limited, calls }) => shareOf(limited, calls) },
      ]}
    />
  )
}

interface GroupTableProps extends GroupedProps {
  readonly title: string
  readonly extra?: ReactNode
  /** Undefined until they are there. */
  readonly groups: readonly Group[] | undefined
  /** After the name. */
  readonly columns: readonly SmallColumn<Group>[]
  readonly empty?: ReactNode
}

const rowsMax = 8

/** The first of them. */
function GroupTable({ of, groupBy, title, extra, groups, columns, empty }: GroupTableProps) {
  const t = useText('overview')
  return (
    <SmallTable
      title={title}
      label={title}
      extra={extra}
      rows={(groups ?? []).slice(0, rowsMax)}
      keyOf={({ group }) => group}
      columns={[{ title: t(groupBy), render: (row) => <GroupLink of={row} groupBy={groupBy} range={of} /> }, ...columns]}
      empty={groups ? empty : <Nothing title={t('common:loading')} />}
    />
  )
}

function Count({ now, before }: { readonly now: number; readonly before: number | undefined }) {
  return (
    <>
      <Change now={now} before={before} /> {number(now)}
    </>
  )
}
