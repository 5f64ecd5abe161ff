// Where somebody is signed in, and how that is ended for them.

import { Flex, Tag, Typography } from 'antd'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { ConfirmAction, type Question, useConfirm } from '../../components/confirm-action.tsx'
import { DataTable } from '../../components/data-table.tsx'
import type { Action } from '../../components/row-actions.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import type { User } from './users.tsx'

type Session = RecordOf<'GET /openapi/user/session/page'>

const methods = { password: 'byPassword', 'password+otp': 'byCode', passkey: 'byPasskey' } as const

export function UserSessions({ user }: { readonly user: User }) {
  const t = useText('users')
  const may = useMay()
  const confirm = useConfirm()
  const end = useTell('DELETE /openapi/user/session/{sessionId}')
  const endAll = useTell('DELETE /openapi/user/session')
  const name = user.username

  function actions({ id, device, current }: Session): Action[] {
    const question: Question = {
      title: t('endOf', { name, device }),
      effect: t('endEffect'),
      label: t('end'),
      act: () => end.mutateAsync({ params: { sessionId: id } }),
    }
    return may('end-session') && !current ? [{ label: t('end'), danger: true, onClick: () => confirm(question) }] : []
  }
  return (
    <Flex vertical gap={12}>
      <Flex wrap justify="space-between" align="center" gap={12}>
        <Typography.Title level={2} style={{ fontSize: 16, margin: 0 }}>
          {t('sessions')}
        </Typography.Title>
        {may('end-session') && (
          <ConfirmAction
            question={{
              title: t('endAllOf', { name }),
              effect: t('endEffect'),
              label: t('endAll'),
              act: () => endAll.mutateAsync({ query: { userId: user.id } }),
            }}
          />
        )}
      </Flex>
      <DataTable
        of="GET /openapi/user/session/page"
        label={t('sessions')}
        query={{ userId: user.id }}
        columns={[
          { title: t('device'), render: (session) => <Device of={session} /> },
          { title: t('address'), render: ({ address }) => <code>{address || '–'}</code> },
          { title: t('method'), render: ({ method }) => t(methods[method]) },
          { title: t('begunAt'), render: ({ createTime }) => <Time at={createTime} /> },
          { title: t('seenAt'), render: ({ seenTime }) => <Time at={seenTime} /> },
        ]}
        actions={actions}
        empty={{ title: t('noSessions'), text: t('noSessionsText') }}
      />
    </Flex>
  )
}

function Device({ of: { device, userAgent, current } }: { readonly of: Session }) {
  const t = useText('users')
  return (
    <Flex wrap gap={8} align="center">
      <span title={userAgent}>{device === '–' ? t('unknownDevice') : device}</span>
      {current && <Tag>{t('thisSession')}</Tag>}
    </Flex>
  )
}
