// What would be missed: how often an app called in the last day, altogether or at some interfaces. For who may see statistics.

import { Alert } from 'antd'
import { useMay } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import { useText } from '../../text/text.ts'

interface LastDayProps {
  /** The row id. */
  readonly appId: number
  /** Absent: at all. */
  readonly interfaceIds?: readonly number[]
  /** What is said when there were some, in the place of that they end. */
  words?(number: string): string
}

export function LastDay({ appId, interfaceIds, words }: LastDayProps) {
  const t = useText('apps')
  const may = useMay()
  // Of several, the server counts the fifty most called by themselves: the rest is hardly called.
  const query = {
    appId,
    step: 'hour',
    groupBy: 'interface',
    ...(interfaceIds?.length === 1 ? { interfaceId: interfaceIds[0] } : {}),
  }
  const { data } = useAsk('GET /openapi/stats/series', { query }, { enabled: may('view-stats') })
  if (!data) return null
  const counted = interfaceIds ? data.series.filter(({ id }) => id !== null && interfaceIds.includes(id)) : [data.total]
  const answered = counted.reduce((sum, { calls, refused }) => sum + sumOf(calls) - sumOf(refused), 0)
  const said = words ?? ((number: string) => t('calledInDay', { number }))
  return (
    <Alert
      style={{ marginTop: 12 }}
      type={answered > 0 ? 'warning' : 'info'}
      showIcon
      title={answered > 0 ? said(answered.toLocaleString()) : t('notCalledInDay')}
    />
  )
}

const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)
