// Calls of the running second, minute, hour, day, month and year, asked anew each second while somebody looks.

import { Card, Typography } from 'antd'
import { useAsk } from '../../api/query.ts'
import { useText } from '../../text/text.ts'

const windows = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const

export function Now() {
  const t = useText('overview')
  const { data } = useAsk('GET /openapi/stats/current', {}, { refetchInterval: 1_000, staleTime: 0 })
  return (
    <Card size="small" aria-label={t('now')} role="region">
      <dl style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(104px, 1fr))', gap: 16, margin: 4 }}>
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
    </Card>
  )
}
