// What developers applied for, to be approved or refused.

import { App as AntApp, Flex, Form, Input, Typography } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { AppLink } from '../../components/app-name.tsx'
import { useConfirm } from '../../components/confirm-action.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { InterfaceName } from '../../components/interface-name.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import type { Action } from '../../components/row-actions.tsx'
import { type Mood, StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'

type Request = RecordOf<'GET /openapi/app/apply/page'>

const moods: Record<Request['status'], Mood> = { waiting: 'busy', approved: 'good', refused: 'bad' }

export function Page() {
  const t = useText('requests')
  const may = useMay()
  const confirm = useConfirm()
  const { message } = AntApp.useApp()
  const approve = useTell('PUT /openapi/app/apply/approve/{applyId}')
  const [refused, setRefused] = useState<Request>()

  const askToApprove = (request: Request) =>
    confirm({
      title: t('approveOf', { app: request.app.name }),
      effect: (
        <>
          {t('approveEffect')}
          <Interfaces of={request} />
        </>
      ),
      label: t('approve'),
      danger: false,
      act: async () => {
        await approve.mutateAsync({ params: { applyId: request.id } })
        message.success(t('approved'))
      },
    })
  function actions(request: Request): Action[] {
    if (request.status !== 'waiting' || !may('decide-apply')) return []
    return [
      { label: t('approve'), onClick: () => askToApprove(request) },
      { label: t('refuse'), danger: true, onClick: () => setRefused(request) },
    ]
  }
  return (
    <PageShell title={t('title')} about={t('about')}>
      <DataTable
        of="GET /openapi/app/apply/page"
        label={t('title')}
        filters={[
          {
            name: 'status',
            label: t('status'),
            options: (Object.keys(moods) as Request['status'][]).map((value) => ({ value, label: t(value) })),
          },
        ]}
        columns={[
          { title: t('app'), minWidth: 130, render: ({ app }) => <AppLink of={app} /> },
          {
            title: t('interfaces'),
            render: (request) => <Interfaces of={request} to={may('view-interface') ? '/interfaces/$id' : undefined} />,
          },
          {
            title: t('reason'),
            minWidth: 180,
            render: ({ reason }) => <div style={{ maxWidth: 280, whiteSpace: 'pre-wrap' }}>{reason || '–'}</div>,
          },
          { title: t('applicant'), render: (request) => <Who name={request.userName} at={request.createTime} /> },
          { title: t('status'), render: ({ status }) => <StatusTag mood={moods[status]}>{t(status)}</StatusTag> },
          { title: t('decided'), render: (request) => <Decided request={request} /> },
        ]}
        actions={actions}
        empty={{ title: t('emptyTitle'), text: t('emptyText') }}
      />
      <Refuse request={refused} onClose={() => setRefused(undefined)} />
    </PageShell>
  )
}

/** `to` leads from their names; not in a dialog, which the router does not reach. */
function Interfaces({ of: { interfaces }, to }: { readonly of: Request; readonly to?: string | undefined }) {
  return (
    <ul style={{ margin: 0, padding: 0, listStyle: 'none' }}>
      {interfaces.map((one) => (
        <li key={one.id}>
          <InterfaceName of={one} to={to} />
        </li>
      ))}
    </ul>
  )
}

function Who({ name, at }: { readonly name: string; readonly at: string | null }) {
  return (
    <Flex vertical>
      <span>{name}</span>
      <Typography.Text type="secondary" style={{ fontSize: 12 }}>
        <Time at={at} />
      </Typography.Text>
    </Flex>
  )
}

function Decided({ request: { decideUser, decideTime, answer } }: { readonly request: Request }) {
  if (!decideTime) return '–'
  return (
    <div style={{ maxWidth: 240 }}>
      <Who name={decideUser ?? '–'} at={decideTime} />
      {answer && <div style={{ whiteSpace: 'pre-wrap' }}>{answer}</div>}
    </div>
  )
}

function Refuse({ request, onClose }: { readonly request: Request | undefined; onClose(): void }) {
  const t = useText('requests')
  const { message } = AntApp.useApp()
  const refuse = useTell('PUT /openapi/app/apply/refuse/{applyId}')
  async function submit({ reason }: { reason?: string }) {
    await refuse.mutateAsync({ params: { applyId: request!.id }, body: { reason } })
    message.success(t('refused'))
  }
  return (
    <FormDrawer<{ reason?: string }>
      open={request !== undefined}
      onClose={onClose}
      title={t('refuseOf', { app: request?.app.name })}
      about={t('refuseHint')}
      submitLabel={t('refuse')}
      initial={{}}
      submit={submit}
    >
      <Form.Item name="reason" label={t('refuseReason')}>
        <Input.TextArea rows={4} maxLength={500} autoFocus />
      </Form.Item>
    </FormDrawer>
  )
}
