// Single calls of a range of time, each with a way to why it ended as it did.

import { Alert } from 'antd'
import type { RecordOf } from '../../api/types.ts'
import { DataTable } from '../../components/data-table.tsx'
import { Parted } from '../../components/interface-name.tsx'
import { TextLink } from '../../components/link.tsx'
import { milliseconds } from '../../components/milliseconds.ts'
import { PageShell } from '../../components/page-shell.tsx'
import { RangeFilter, useRange } from '../../components/range.tsx'
import { SmallCode } from '../../components/small-code.tsx'
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
          { title: t('call'), minWidth: 220, render: (call) => <Called of={call} /> },
          { title: t('status'), minWidth: 150, render: (call) => <Outcome of={call} /> },
          { title: t('latency'), isNumber: true, render: ({ latency }) => milliseconds(latency) },
          { title: t('bytes'), isNumber: true, render: ({ bytes }) => bytes.toLocaleString() },
          { title: t('app'), minWidth: 150, render: (call) => <Caller of={call} /> },
          { title: t('ip'), minWidth: 120, render: ({ ip }) => <code style={{ overflowWrap: 'anywhere' }}>{ip}</code> },
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
  return (
    <>
      <StatusTag mood={moodOf(status)}>{status}</StatusTag>
      {error !== null && (
        <div>
          <SmallCode>
            <Parted text={error} after="_" />
          </SmallCode>
        </div>
      )}
    </>
  )
}

function moodOf(status: number): Mood {
  if (status >= 500) return 'bad'
  return status >= 400 ? 'warn' : 'good'
}
