// Calls of the running second, minute, hour, day, month and year, asked anew each second while somebody looks, and the last minute of them.

import { Flex, Typography } from 'antd'
import { useEffect, useState } from 'react'
import { useAsk } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { Chart } from '../../components/chart.tsx'
import { Panel } from '../../components/panel.tsx'
import { useText } from '../../text/text.ts'

const windows = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const

export function Now() {
  const t = useText('overview')
  const { data, dataUpdatedAt } = useAsk('GET /openapi/stats/current', {}, { refetchInterval: 1_000, staleTime: 0 })
  const seconds = useSeconds(data, dataUpdatedAt)
  return (
    <Flex vertical gap={16}>
      <Panel label={t('now')}>
        <dl style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(104px, 1fr))', gap: 16, margin: 0 }}>
          {windows.map((window) => (
            <div key={window}>
              <dt>
                <Typography.Text type="secondary">{t(window)}</Typography.Text>
              </dt>
              <dd className="numbers" style={{ margin: '2px 0 0', fontSize: 24, lineHeight: 1.3 }}>
                {data ? data[window].toLocaleString() : '–'}
              </dd>
            </div>
          ))}
        </dl>
      </Panel>
      <Chart
        title={t('live')}
        kind="bar"
        height={140}
        times={seconds.map(({ time }) => time)}
        series={[{ name: t('calls'), values: seconds.map(({ calls }) => calls), color: 'colorPrimary' }]}
      />
    </Flex>
  )
}

interface Second {
  readonly time: string
  readonly calls: number | null
}

const secondsShown = 60
const empty: Second[] = Array.from({ length: secondsShown }, (_, at) => ({ time: `−${secondsShown - at} s`, calls: null }))

/** What came between two answers, by the count that is reset most rarely. */
function useSeconds(counts: Answer<'GET /openapi/stats/current'> | undefined, at: number): readonly Second[] {
  const [{ seconds }, setState] = useState<{ seconds: readonly Second[]; year: number | undefined }>({ seconds: empty, year: undefined })
  const year = counts?.year
  useEffect(() => {
    if (year === undefined) return
    setState((before) => {
      if (before.year === undefined) return { ...before, year }
      const calls = Math.max(0, year - before.year)
      const time = new Date(at).toTimeString().slice(0, 8)
      return { seconds: [...before.seconds.slice(1), { time, calls }], year }
    })
  }, [year, at])
  return seconds
}
