// Which interfaces were called most in a range, or which apps called most.

import { useAsk } from '../../api/query.ts'
import { Nothing } from '../../components/nothing.tsx'
import { Problem } from '../../components/problem.tsx'
import { SmallTable } from '../../components/small-table.tsx'
import { useText } from '../../text/text.ts'
import { refetchMs, type Step } from './overview.tsx'

const rowsMax = 8

export function Top({ step, groupBy }: { readonly step: Step; readonly groupBy: 'interface' | 'app' }) {
  const t = useText('overview')
  const { data, error, refetch } = useAsk(
    'GET /openapi/stats/series',
    { query: { step, groupBy } },
    { refetchInterval: Math.max(10_000, refetchMs[step]) },
  )
  const title = groupBy === 'interface' ? t('topInterfaces') : t('topApps')
  if (error && !data) return <Problem error={error} retry={refetch} />
  const rows = (data?.series ?? []).slice(0, rowsMax).map(({ group, name, calls, refused, failed, latency }) => ({
    key: group,
    name: name ?? (group === 'other' ? t('other') : group === 'unidentified' ? t('unidentified') : group),
    calls: sum(calls),
    refused: sum(refused),
    failed: sum(failed),
    latency: average(latency, calls, refused),
  }))
  const number = (count: number) => count.toLocaleString()
  return (
    <SmallTable
      title={title}
      label={title}
      rows={rows}
      keyOf={({ key }) => key}
      columns={[
        { title: groupBy === 'interface' ? t('interface') : t('app'), render: ({ name }) => name },
        { title: t('calls'), isNumber: true, render: ({ calls }) => number(calls) },
        { title: t('refusedShort'), isNumber: true, render: ({ refused }) => number(refused) },
        { title: t('failedShort'), isNumber: true, render: ({ failed }) => number(failed) },
        { title: t('latencyShort'), isNumber: true, render: ({ latency }) => (latency === null ? '–' : `${number(latency)} ms`) },
      ]}
      empty={<Nothing title={data ? t('nothingCalled') : t('common:loading')} />}
    />
  )
}

const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0)

/** Of all calls that were passed on: each step weighs as many as it had. */
function average(latency: readonly (number | null)[], calls: readonly number[], refused: readonly number[]): number | null {
  const passed = calls.map((all, at) => all - refused[at]!)
  const total = sum(passed)
  return total === 0 ? null : Math.round(sum(latency.map((ms, at) => (ms ?? 0) * passed[at]!)) / total)
}
