// Codes that were sent to phones, and whether the provider took them; not the codes, which are for whom they were sent to.

import type { RecordOf } from '../../api/types.ts'
import { DataTable } from '../../components/data-table.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { type Mood, StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'

type Sms = RecordOf<'GET /openapi/sms/page'>

const moods: Record<Sms['status'], Mood> = { pending: 'busy', sent: 'good', failed: 'bad' }

const scenes = { register: 'register', reset: 'reset', app: 'byApp' } as const

export function Page() {
  const t = useText('sms')
  return (
    <PageShell title={t('title')} about={t('about')}>
      <DataTable
        of="GET /openapi/sms/page"
        label={t('title')}
        filters={[
          { name: 'phoneNumber', label: t('phone') },
          { name: 'status', label: t('status'), options: (Object.keys(moods) as Sms['status'][]).map((value) => ({ value, label: t(value) })) }, // biome-ignore format: a table
        ]}
        columns={[
          { title: t('phone'), render: ({ phoneNumber }) => <span className="numbers">{phoneNumber}</span> },
          { title: t('scene'), render: ({ scene }) => t(scenes[scene]) },
          { title: t('app'), render: ({ appId }) => (appId === null ? '–' : <code>{appId}</code>) },
          { title: t('status'), minWidth: 180, render: (sms) => <State of={sms} /> },
          { title: t('createdAt'), render: ({ createTime }) => <Time at={createTime} /> },
        ]}
        empty={{ title: t('emptyTitle'), text: t('emptyText') }}
        refetchInterval={10_000}
      />
    </PageShell>
  )
}

function State({ of: { status, problem } }: { readonly of: Sms }) {
  const t = useText('sms')
  return (
    <>
      <StatusTag mood={moods[status]}>{t(status)}</StatusTag>
      {problem !== null && <div style={{ maxWidth: 320, overflowWrap: 'anywhere' }}>{problem}</div>}
    </>
  )
}
