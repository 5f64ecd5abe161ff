// Calls and latency second by second, for the last minutes, while somebody looks.

import { useMemo } from 'react'
import { useMe } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import { Chart } from '../../components/chart.tsx'
import { useText } from '../../text/text.ts'
import { type Moment, noteGateways, secondsKept } from './live-figures.ts'
import { Pair } from './pair.tsx'

export function Live() {
  const t = useText('overview')
  const { timeZone } = useMe()
  const { data } = useAsk('GET /openapi/stats/gateways', {}, { refetchInterval: 1_000, staleTime: 0 })
  const moments = useMemo(() => noteGateways(data ?? []), [data])
  const last = moments.at(-1)?.second ?? Math.floor(Date.now() / 1000)
  const seconds = Array.from({ length: secondsKept }, (_, at) => last - secondsKept + 1 + at)
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, timeStyle: 'medium' })
  const times = seconds.map((second) => clock.format(second * 1000))
  const known = new Map(moments.map((moment) => [moment.second, moment]))
  const lined = (read: (moment: Moment) => number | null, digits: number) =>
    seconds.map((second) => {
      const value = known.has(second) ? read(known.get(second)!) : null
      return value === null ? null : Number(value.toFixed(digits))
    })
  return (
    <Pair>
      <Chart
        title={t('live')}
        times={times}
        isStacked
        series={[
          { name: t('answered'), values: lined(({ answered }) => answered, 1), color: 'colorPrimary' },
          { name: t('refused'), values: lined(({ refused }) => refused, 1), color: 'colorWarning' },
          { name: t('limited'), values: lined(({ limited }) => limited, 1), color: 'limit' },
          { name: t('failed'), values: lined(({ failed }) => failed, 1), color: 'colorError' },
        ]}
      />
      <Chart
        title={t('liveLatency')}
        times={times}
        unit="ms"
        series={[
          { name: 'P50', values: lined(({ p50 }) => p50, 1), color: 'colorPrimary' },
          { name: 'P99', values: lined(({ p99 }) => p99, 1), color: 'colorWarning' },
        ]}
      />
    </Pair>
  )
}
