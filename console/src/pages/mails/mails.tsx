// Mails on their way and what became of them; not what they say, which is for whom they are sent to.

import { Typography } from 'antd'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { useConfirm } from '../../components/confirm-action.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import type { Action } from '../../components/row-actions.tsx'
import { type Mood, StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'

type Mail = RecordOf<'GET /openapi/mail/page'>

const moods: Record<Mail['status'], Mood> = { waiting: 'busy', sent: 'good', given_up: 'bad' }

export function Page() {
  const t = useText('mails')
  const may = useMay()
  const confirm = useConfirm()
  const resend = useTell('PUT /openapi/mail/resend/{id}')

  function actions({ id, email, status }: Mail): Action[] {
    if (status !== 'given_up' || !may('resend-mail')) return []
    const question = {
      title: t('resendOf', { email }),
      effect: t('resendEffect'),
      label: t('resend'),
      danger: false,
      act: () => resend.mutateAsync({ params: { id } }),
    }
    return [{ label: t('resend'), onClick: () => confirm(question) }]
  }
  return (
    <PageShell title={t('title')} about={t('about')}>
      <DataTable
        of="GET /openapi/mail/page"
        label={t('title')}
        filters={[
          { name: 'email', label: t('email') },
          { name: 'status', label: t('status'), options: (Object.keys(moods) as Mail['status'][]).map((value) => ({ value, label: t(value) })) }, // biome-ignore format: a table
        ]}
        columns={[
          { title: t('email'), minWidth: 190, render: ({ email }) => <span style={{ overflowWrap: 'anywhere' }}>{email}</span> },
          { title: t('subject'), minWidth: 220, render: (mail) => <Subject of={mail} /> },
          { title: t('status'), minWidth: 160, render: (mail) => <State of={mail} /> },
          { title: t('createdAt'), render: ({ createTime }) => <Time at={createTime} /> },
          { title: t('nextAt'), render: ({ sentTime, nextTime }) => <Time at={sentTime ?? nextTime} none="–" /> },
        ]}
        actions={actions}
        empty={{ title: t('emptyTitle'), text: t('emptyText') }}
        refetchInterval={10_000}
      />
    </PageShell>
  )
}

/** With what it is for. */
function Subject({ of: { subject, kind, appId } }: { readonly of: Mail }) {
  const t = useText('mails')
  return (
    <>
      {subject}
      <div>
        <Typography.Text type="secondary">{appId === null ? t(isOurs(kind) ? kind : 'other') : <code>{appId}</code>}</Typography.Text>
      </div>
    </>
  )
}

const ours = ['app_expiry', 'callback_gone', 'callback_failing'] as const
const isOurs = (kind: string): kind is (typeof ours)[number] => ours.some((one) => one === kind)

function State({ of: { status, tries, problem } }: { readonly of: Mail }) {
  const t = useText('mails')
  return (
    <>
      <StatusTag mood={moods[status]}>{tries > 1 ? t('afterTries', { state: t(status), tries }) : t(status)}</StatusTag>
      {problem !== null && <div style={{ maxWidth: 320, overflowWrap: 'anywhere' }}>{problem}</div>}
    </>
  )
}
