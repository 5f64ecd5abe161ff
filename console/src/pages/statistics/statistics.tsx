// Calls over time of a range that one chooses, by interface, app or outcome; what each comes to, beside the range before it.

import { DownloadOutlined } from '@ant-design/icons'
import { Button, Flex, Select, Skeleton } from 'antd'
import { useAsk } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { Chart } from '../../components/chart.tsx'
import { saveCsv } from '../../components/csv.ts'
import { Filters } from '../../components/filters.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { RangeFilter, useRange } from '../../components/range.tsx'
import { stepsOf } from '../../components/steps.ts'
import { useUrlState } from '../../components/url-state.ts'
import { useText } from '../../text/text.ts'
import { useAppFilter, useInterfaceFilter } from '../calls/named-filters.tsx'
import { Errors } from './errors.tsx'
import { groupings, useGroupName } from './group.tsx'
import { perSecond } from './rate.ts'
import { SumsTable } from './sums-table.tsx'

const figures = ['calls', 'rate', 'refused', 'limited', 'failed', 'latency'] as const
type FigureName = (typeof figures)[number]
export type Series = Answer<'GET /openapi/stats/series'>

export function Page() {
  const t = useText('statistics')
  const range = useRange('day', 'hour', 'today', 'week', 'month', 'year')
  const [values, change] = useUrlState()
  const groupBy = groupings.find((one) => one === values.by) ?? 'interface'
  const figure = figures.find((one) => one === values.figure) ?? 'calls'
  const steps = stepsOf(range)
  const step = steps.find((one) => one === values.step) ?? steps[0]
  const filters = [useAppFilter(), useInterfaceFilter()]
  const { from, to } = range
  const asked = { from, to, appId: values.appId, interfaceId: values.interfaceId }
  const { data, error, isPending, refetch } = useAsk('GET /openapi/stats/series', { query: { ...asked, step, groupBy } })
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
          style={{ minWidth: 130 }}
          value={figure}
          onChange={choose('figure')}
          options={figures.map((value) => ({ value, label: t(value) }))}
        />
      )}
    </>
  )
  const save = (
    <Button icon={<DownloadOutlined />} disabled={!data} onClick={() => saveCsv(`statistics-${from?.slice(0, 10)}.csv`, rowsOf(data!))}>
      {t('saveCsv')}
    </Button>
  )
  return (
    <PageShell title={t('title')} about={t('about')} actions={save}>
      <Filters filters={filters} lead={lead} />
      {error && <Problem error={error} retry={refetch} />}
      {isPending && !error && <Skeleton active />}
      {data && (
        <Flex vertical gap={16}>
          <Groups of={data} figure={groupBy === 'status' ? 'calls' : figure} end={to} />
          {groupBy === 'status' && (
            <Chart title={t('latency')} unit="ms" times={data.starts} series={[{ name: t('latency'), values: data.total.latency }]} />
          )}
          <SumsTable range={range} groupBy={groupBy} asked={asked} series={data} />
          <Errors range={range} appId={values.appId} interfaceId={values.interfaceId} />
        </Flex>
      )}
    </PageShell>
  )
}

/** As the interface answers it: a row for each step and group. */
function rowsOf({ starts, series }: Series) {
  const counted = ['calls', 'refused', 'limited', 'failed', 'latency'] as const
  const rows = series.flatMap((one) => starts.map((start, at) => [start, one.group, one.name, ...counted.map((name) => one[name][at]!)]))
  return [['time', 'group', 'name', ...counted], ...rows]
}

const seriesMax = 8
const colors = { answered: 'colorPrimary', refused: 'colorWarning', failed: 'colorError' } as const

function Groups({
  of: { starts, series },
  figure,
  end,
}: {
  readonly of: Series
  readonly figure: FigureName
  readonly end: string | undefined
}) {
  const t = useText('statistics')
  const nameOf = useGroupName()
  const shown = series.slice(0, seriesMax).map((one) => ({
    name: nameOf(one),
    values: figure === 'rate' ? perSecond(one.calls, starts, end) : one[figure],
    ...(one.group in colors ? { color: colors[one.group as keyof typeof colors] } : {}),
  }))
  const isLine = figure === 'latency' || figure === 'rate'
  return (
    <Chart
      title={t(figure)}
      times={starts}
      series={shown}
      height={360}
      kind={isLine ? 'line' : 'bar'}
      isStacked={!isLine}
      {...(figure === 'latency' ? { unit: 'ms' } : figure === 'rate' ? { unit: '/s' } : {})}
    />
  )
}
