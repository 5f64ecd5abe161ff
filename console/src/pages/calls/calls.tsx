// Single calls of a range of time, each with a way to why it ended as it did.

import { Alert } from 'antd'
import type { RecordOf } from '../../api/types.ts'
import { DataTable } from '../../components/data-table.tsx'
import { TextLink } from '../../components/link.tsx'
import { milliseconds } from '../../components/milliseconds.ts'
import { PageShell } from '../../components/page-shell.tsx'
import { RangeFilter, useRange } from '../../components/range.tsx'
import { type Mood, StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { Called, Caller } from './called.tsx'
import { useAppFilter, useInterfaceFilter } from './named-filters.tsx'

type Call = RecordOf<'GET /openapi/stats/calls'>

export function Page() {
  const t = useText('calls')
  const range = useRange('hour', 'today', 'day', 'week', 'month', 'year')
  const byApp = useAppFilter()
  const byInterface = useInterfaceFilter()
  const { from, to } = range
  return (
    <PageShell title={t('title')} about={t('about')}>
      <DataTable
        of="GET /openapi/stats/calls"
        label={t('title')}
        lead={<RangeFilter of={range} />}
        query={{ from, to }}
        filters={[
          byApp,
          byInterface,
          { name: 'status', label: t('status'), pattern: /^\d{3}$/ },
          { name: 'error', label: t('error') },
          { name: 'ip', label: t('ip') },
          { name: 'requestId', label: t('requestId'), pattern: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i },
        ]}
        rowKey={({ requestId }) => requestId}
        columns={[
          { title: t('time'), render: (call) => <Why of={call} /> },
          { title: t('call'), render: (call) => <Called of={call} /> },
          { title: t('status'), render: (call) => <Outcome of={call} /> },
          { title: t('latency'), isNumber: true, render: ({ latency }) => milliseconds(latency) },
          { title: t('bytes'), isNumber: true, render: ({ bytes }) => bytes.toLocaleString() },
          { title: t('app'), render: (call) => <Caller of={call} /> },
          { title: t('ip'), render: ({ ip }) => <code>{ip}</code> },
        ]}
        note={({ leftOut }) => leftOut > 0 && <Alert type="info" showIcon title={t('leftOut', { number: leftOut.toLocaleString() })} />}
        empty={{ title: t('emptyTitle'), text: t('emptyText') }}
      />
    </PageShell>
  )
}

function Why({ of: { time, requestId } }: { readonly of: Call }) {
  const t = useText('calls')
  return (
    <TextLink to="/explain" search={{ requestId }} title={t('why')}>
      <Time at={time} />
    </TextLink>
  )
}

function Outcome({ of: { status, error } }: { readonly of: Call }) {
  return <StatusTag mood={moodOf(status)}>{error === null ? status : `${status} ${error}`}</StatusTag>
}

function moodOf(status: number): Mood {
  if (status >= 500) return 'bad'
  return status >= 400 ? 'warn' : 'good'
}
