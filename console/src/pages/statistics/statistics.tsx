// Calls over time of a range that one chooses, by interface, app or outcome.

import { Flex, Select, Skeleton } from 'antd'
import { useAsk } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { Chart } from '../../components/chart.tsx'
import { type Filter, Filters } from '../../components/filters.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { type Range, RangeFilter, useRange } from '../../components/range.tsx'
import { useUrlState } from '../../components/url-state.ts'
import { useText } from '../../text/text.ts'

const groupings = ['interface', 'app', 'status'] as const
const figures = ['calls', 'refused', 'failed', 'latency'] as const

/** As many bars as can be told apart. */
const stepsMax = 400
const stepMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000, month: 31 * 86_400_000 }
type Step = keyof typeof stepMs

export function Page() {
  const t = useText('statistics')
  const range = useRange('day', 'hour', 'week', 'month', 'year')
  const [values, change] = useUrlState()
  const groupBy = groupings.find((one) => one === values.by) ?? 'interface'
  const figure = figures.find((one) => one === values.figure) ?? 'calls'
  const steps = stepsOf(range)
  const step = steps.find((one) => one === values.step) ?? steps[0]!
  const filters: Filter[] = [
    { name: 'appId', label: t('app') },
    { name: 'interfaceId', label: t('interface'), pattern: /^[1-9]\d{0,9}$/ },
  ]
  const { from, to } = range
  const { data, error, isPending, refetch } = useAsk('GET /openapi/stats/series', {
    query: { from, to, step, groupBy, appId: values.appId, interfaceId: values.interfaceId },
  })
  const choose = (name: string) => (chosen: string) => change({ [name]: chosen }, { replace: true })
  const lead = (
    <>
      <RangeFilter of={range} />
      <Select aria-label={t('step')} value={step} onChange={choose('step')} options={steps.map((value) => ({ value, label: t(value) }))} />
      <Select
        aria-label={t('by')}
        value={groupBy}
        onChange={choose('by')}
        options={groupings.map((value) => ({ value, label: t(`by_${value}`) }))}
      />
      {groupBy !== 'status' && (
        <Select
          aria-label={t('figure')}
          style={{ minWidth: 120 }}
          value={figure}
          onChange={choose('figure')}
          options={figures.map((value) => ({ value, label: t(value) }))}
        />
      )}
    </>
  )
  return (
    <PageShell title={t('title')} about={t('about')}>
      <Filters filters={filters} lead={lead} />
      {error && <Problem error={error} retry={refetch} />}
      {isPending && !error && <Skeleton active />}
      {data && (
        <Flex vertical gap={16}>
          <Groups of={data} figure={groupBy === 'status' ? 'calls' : figure} />
          {groupBy === 'status' && (
            <Chart title={t('latency')} unit="ms" times={data.starts} series={[{ name: t('latency'), values: data.total.latency }]} />
          )}
        </Flex>
      )}
    </PageShell>
  )
}

/** The finest that is kept for so long and still readable comes first. */
function stepsOf({ lengthMs, choice }: Range): Step[] {
  const fits = (Object.keys(stepMs) as Step[]).filter(
    (step) => lengthMs / stepMs[step] <= stepsMax && (step !== 'minute' || choice === 'hour' || choice === 'own'),
  )
  return fits.length > 0 ? fits : ['month']
}

const seriesMax = 8
const colors = { answered: 'colorPrimary', refused: 'colorWarning', failed: 'colorError' } as const

function Groups({
  of: { starts, series },
  figure,
}: {
  readonly of: Answer<'GET /openapi/stats/series'>
  readonly figure: (typeof figures)[number]
}) {
  const t = useText('statistics')
  const nameOf = (group: string, name: string | null) => {
    if (group === 'other' || group === 'unidentified' || group in colors)
      return t(`group_${group as 'other' | 'unidentified' | keyof typeof colors}`)
    return name ?? group
  }
  const shown = series.slice(0, seriesMax).map((one) => ({
    name: nameOf(one.group, one.name),
    values: one[figure],
    ...(one.group in colors ? { color: colors[one.group as keyof typeof colors] } : {}),
  }))
  const isLatency = figure === 'latency'
  return (
    <Chart
      title={t(figure)}
      times={starts}
      series={shown}
      height={360}
      kind={isLatency ? 'line' : 'bar'}
      isStacked={!isLatency}
      {...(isLatency ? { unit: 'ms' } : {})}
    />
  )
}
