// What runs, at a glance: counts second by second, and charts of a range.

import { Segmented } from 'antd'
import { useMay } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import { Chart } from '../../components/chart.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { useUrlState } from '../../components/url-state.ts'
import { useText } from '../../text/text.ts'
import { Ailing } from './ailing.tsx'
import { Gateways } from './gateways.tsx'
import { Now } from './now.tsx'
import { Pair } from './pair.tsx'
import { Top } from './top.tsx'

const steps = { minute: 'lastHour', hour: 'lastDay', day: 'lastMonth', month: 'lastYear' } as const
export type Step = keyof typeof steps

export function Page() {
  const t = useText('overview')
  const may = useMay()
  const [{ step: given }, change] = useUrlState()
  const step: Step = given !== undefined && given in steps ? (given as Step) : 'minute'
  const range = (
    <Segmented
      aria-label={t('range')}
      value={step}
      onChange={(chosen) => change({ step: chosen === 'minute' ? undefined : chosen }, { replace: true })}
      options={(Object.keys(steps) as Step[]).map((value) => ({ value, label: t(steps[value]) }))}
    />
  )
  return (
    <PageShell title={t('title')} about={t('about')} actions={range}>
      {may('view-service') && <Ailing />}
      <Now />
      <Charts step={step} />
      <Pair>
        <Top step={step} groupBy="interface" />
        <Top step={step} groupBy="app" />
      </Pair>
      {may('view-stats') && <Gateways />}
    </PageShell>
  )
}

/** A minute's chart moves on while one looks at it. */
export const refetchMs = { minute: 10_000, hour: 60_000, day: 300_000, month: 300_000 }

function Charts({ step }: { readonly step: Step }) {
  const t = useText('overview')
  const { data, error, refetch } = useAsk(
    'GET /openapi/stats/series',
    { query: { step, groupBy: 'status' } },
    { refetchInterval: refetchMs[step] },
  )
  if (error && !data) return <Problem error={error} retry={refetch} />
  const { starts = [], total } = data ?? {}
  const { calls = [], refused = [], failed = [], latency = [] } = total ?? {}
  const answered = calls.map((all, at) => all - refused[at]! - failed[at]!)
  return (
    <Pair>
      <Chart
        title={t('callsOverTime')}
        times={starts}
        kind="bar"
        isStacked
        series={[
          { name: t('answered'), values: answered, color: 'colorPrimary' },
          { name: t('refused'), values: refused, color: 'colorWarning' },
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
