// Calls of the running second, minute, hour, day, month and year, asked anew each second while somebody looks.

import { useAsk } from '../../api/query.ts'
import { Figures } from '../../components/figures.tsx'
import { useText } from '../../text/text.ts'

const windows = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const

export function Now() {
  const t = useText('overview')
  const { data } = useAsk('GET /openapi/stats/current', {}, { refetchInterval: 1_000, staleTime: 0 })
  return (
    <Figures label={t('now')} figures={windows.map((window) => ({ name: t(window), value: data ? data[window].toLocaleString() : '–' }))} />
  )
}
