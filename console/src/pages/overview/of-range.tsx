// Calls of a range that one chooses, beside the range before it: in sum, over time, by interface and app, why they were
// refused, and the limits that were hit.

import { Flex, Typography } from 'antd'
import { useEffect } from 'react'
import { useAsk } from '../../api/query.ts'
import { Chart } from '../../components/chart.tsx'
import { Change, Figures } from '../../components/figures.tsx'
import { milliseconds } from '../../components/milliseconds.ts'
import { Problem } from '../../components/problem.tsx'
import { type Range, RangeFilter } from '../../components/range.tsx'
import { stepsOf } from '../../components/steps.ts'
import { useText } from '../../text/text.ts'
import { ErrorsTable } from '../statistics/errors-table.tsx'
import { Pair } from './pair.tsx'
import { LimitsHit, Top } from './top.tsx'
import { shareOf, staying, totalsQuery } from './totals.ts'

export function OfRange({ range }: { readonly range: Range }) {
  const t = useText('overview')
  return (
    <Flex vertical gap={16}>
      <Flex wrap gap="4px 12px" align="center" component="section" aria-label={t('range')}>
        <RangeFilter of={range} />
        <Typography.Text type="secondary">{t('compared')}</Typography.Text>
      </Flex>
      <Sums of={range} />
      <Charts of={range} />
      <Pair>
        <Top of={range} groupBy="interface" />
        <Top of={range} groupBy="app" />
      </Pair>
      <ErrorsTable of={range} rowsMax={10} />
      <LimitsHit of={range} />
    </Flex>
  )
}

/** Of a range that ends now; a short one moves on sooner. */
const renewMs = { hour: 10_000, today: 60_000, day: 60_000 } as const
const renewRarelyMs = 300_000

/** The range moves on while one looks at it. */
export function useMovingOn({ choice, renew }: Range): void {
  useEffect(() => {
    const wait = choice in renewMs ? renewMs[choice as keyof typeof renewMs] : renewRarelyMs
    const timer = window.setInterval(() => {
      if (document.visibilityState === 'visible') renew()
    }, wait)
    return () => window.clearInterval(timer)
  }, [choice, renew])
}

function Sums({ of }: { readonly of: Range }) {
  const t = useText('overview')
  const { data, error, refetch } = useAsk('GET /openapi/stats/totals', { query: totalsQuery(of) }, staying)
  if (error && !data) return <Problem error={error} retry={refetch} />
  const { total } = data ?? {}
  const before = total?.before
  const figure = (name: 'calls' | 'refused' | 'limited' | 'failed', label: string) => ({
    name: label,
    value: total ? total[name].toLocaleString() : '–',
    change: total && <Change now={total[name]} before={before?.[name]} />,
  })
  const latency = total?.latency
  return (
    <Figures
      label={t('ofRange')}
      figures={[
        figure('calls', t('calls')),
        figure('refused', t('refusedShort')),
        figure('limited', t('limited')),
        figure('failed', t('failedShort')),
        { name: t('errorShare'), value: total ? shareOf(total.failed, total.calls - total.refused) : '–' },
        {
          name: t('latency'),
          value: milliseconds(latency),
          change: total && <Change now={total.latency} before={before?.latency} />,
        },
      ]}
    />
  )
}

function Charts({ of }: { readonly of: Range }) {
  const t = useText('overview')
  const { from, to } = of
  const [step] = stepsOf(of)
  const { data, error, refetch } = useAsk('GET /openapi/stats/series', { query: { step, groupBy: 'status', from, to } }, staying)
  if (error && !data) return <Problem error={error} retry={refetch} />
  const { starts = [], total } = data ?? {}
  const { calls = [], refused = [], limited = [], failed = [], latency = [] } = total ?? {}
  return (
    <Pair>
      <Chart
        title={t('callsOverTime')}
        times={starts}
        kind="bar"
        isStacked
        series={[
          { name: t('answered'), values: calls.map((all, at) => all - refused[at]! - failed[at]!), color: 'colorPrimary' },
          { name: t('refusedElse'), values: refused.map((all, at) => all - limited[at]!), color: 'colorWarning' },
          { name: t('limited'), values: limited, color: 'limit' },
          { name: t('failed'), values: failed, color: 'colorError' },
        ]}
      />
      <Chart
        title={t('latencyOverTime')}
        times={starts}
        unit="ms"
        series={[{ name: t('latency'), values: latency, color: 'colorPrimary' }]}
      />
    </Pair>
  )
}
