// What a developer finds first: the way to the first call, what wants to be done, and how their apps do in a range that they choose.

import { Skeleton } from 'antd'
import { useMe } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import type { Answer, RecordOf } from '../../api/types.ts'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { midnight, useRange } from '../../components/range.tsx'
import { useText } from '../../text/text.ts'
import { OfRange, useMovingOn } from '../overview/of-range.tsx'
import { FirstCall } from './first-call.tsx'
import { OwnApps } from './own-apps.tsx'
import { ToDo } from './to-do.tsx'

export type OwnApp = RecordOf<'GET /openapi/app/page'>
export type Totals = Answer<'GET /openapi/stats/totals'>

const appsMax = 200
const aMonthMs = 31 * 86_400_000

export function OwnOverview() {
  const t = useText('home')
  const me = useMe()
  const from = (ago: number) => midnight(Date.now() - ago, me.timeZone)
  const apps = useAsk('GET /openapi/app/page', { query: { size: appsMax } }, { refetchInterval: 10_000 })
  const waiting = useAsk('GET /openapi/app/apply/page', { query: { status: 'waiting', size: 1 } }, { refetchInterval: 10_000 })
  const today = useAsk('GET /openapi/stats/totals', { query: { from: from(0), groupBy: 'app' } }, { refetchInterval: 10_000 })
  const month = useAsk('GET /openapi/stats/totals', { query: { from: from(aMonthMs), groupBy: 'app' } }, { refetchInterval: 60_000 })
  const error = apps.error ?? waiting.error ?? today.error ?? month.error
  if (error && !apps.data) return <Problem error={error} retry={apps.refetch} />
  if (!apps.data || !waiting.data || !today.data || !month.data) return <Skeleton active />
  const { records } = apps.data
  const hasCalled = [today.data, month.data].some(({ total }) => total.calls > total.refused)
  return (
    <PageShell title={t('welcome', { name: me.nikeName || me.username })} about={t('ownAbout')}>
      {!hasCalled && <FirstCall newest={records[0]} waiting={waiting.data.total} />}
      {records.length > 0 && (
        <>
          <ToDo
            apps={records}
            waiting={waiting.data.total}
            guided={hasCalled ? undefined : records[0]}
            today={today.data}
            month={month.data}
          />
          <OwnApps apps={records} today={today.data} />
          {month.data.total.calls + today.data.total.calls > 0 && <Counts />}
        </>
      )}
    </PageShell>
  )
}

function Counts() {
  const range = useRange('today', 'hour', 'week', 'month', 'year')
  useMovingOn(range)
  return <OfRange range={range} />
}
