// An app as a client of OAuth: where people come back to, what it may ask them for, and who let it in.

import { Alert, Button, Flex, Tag, Typography } from 'antd'
import { useState } from 'react'
import { useMay, useMayOwn } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { useConfirm } from '../../components/confirm-action.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { Facts } from '../../components/facts.tsx'
import { Panel } from '../../components/panel.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from './app.tsx'
import { EditSignIn } from './edit-sign-in.tsx'

type Consent = RecordOf<'GET /openapi/app/consent/{id}'>

export function AppSignIn({ app }: { readonly app: AppInFull }) {
  return (
    <Flex vertical gap={16}>
      <Client app={app} />
      <Consents app={app} />
    </Flex>
  )
}

function Client({ app }: { readonly app: AppInFull }) {
  const t = useText('appSignIn')
  const may = useMayOwn()
  const [isOpen, setOpen] = useState(false)
  const code = (text: string) => (
    <Typography.Text key={text} code copyable>
      {text}
    </Typography.Text>
  )
  const addresses = (
    <Flex vertical align="flex-start" gap={4}>
      {app.redirectUris.map(code)}
    </Flex>
  )
  return (
    <Panel title={t('client')} extra={may('edit-app') && <Button onClick={() => setOpen(true)}>{t('common:edit')}</Button>}>
      <Flex vertical gap={12}>
        {app.redirectUris.length === 0 && <Alert type="info" showIcon title={t('nowhere')} description={t('nowhereText')} />}
        <Facts
          facts={[
            ['client_id', code(app.appId)],
            [t('clientType'), t(app.clientType)],
            [t('discovery'), code(`${location.origin}/.well-known/openid-configuration`)],
            [t('redirectUris'), app.redirectUris.length === 0 ? '–' : addresses],
            [
              t('scopes'),
              app.internal ? t('allScopes') : <Scopes key="scopes" names={['openid', 'profile', 'email', 'phone', ...app.scopes]} />,
            ],
          ]}
        />
      </Flex>
      <EditSignIn app={app} open={isOpen} onClose={() => setOpen(false)} />
    </Panel>
  )
}

function Consents({ app }: { readonly app: AppInFull }) {
  const t = useText('appSignIn')
  const may = useMay()
  const confirm = useConfirm()
  const withdraw = useTell('DELETE /openapi/app/consent/{id}/{userId}')
  const seesPeople = may('view-user')
  const askToWithdraw = (userId: number, name: string) =>
    confirm({
      title: t('withdrawOf', { name, app: app.name }),
      effect: t('withdrawEffect'),
      label: t('withdraw'),
      act: () => withdraw.mutateAsync({ params: { id: app.id, userId } }),
    })
  const actionsOf = ({ userId, username }: Consent) =>
    may('edit-user') && userId !== null
      ? [{ label: t('withdraw'), danger: true, onClick: () => askToWithdraw(userId, username ?? String(userId)) }]
      : []
  return (
    <Flex vertical gap={8}>
      <Typography.Title level={2} style={{ fontSize: 16, margin: 0 }}>
        {t('consents')}
      </Typography.Title>
      <DataTable
        of="GET /openapi/app/consent/{id}"
        params={{ id: app.id }}
        label={t('consents')}
        rowKey={({ userId, openid, createTime }) => `${userId} ${openid} ${createTime}`}
        columns={[
          ...(seesPeople ? [{ title: t('person'), render: ({ username }: Consent) => username }] : []),
          { title: 'openid', render: ({ openid }) => (openid === null ? '–' : <code>{openid}</code>) },
          { title: t('allowed'), render: ({ scopes }) => <Scopes names={scopes} /> },
          { title: t('since'), render: ({ updateTime }) => <Time at={updateTime} /> },
        ]}
        actions={actionsOf}
        empty={{ title: t('noConsents'), text: t('noConsentsText') }}
      />
    </Flex>
  )
}

function Scopes({ names }: { readonly names: readonly string[] }) {
  return (
    <Flex wrap gap={4}>
      {names.map((name) => (
        <Tag key={name} style={{ fontFamily: 'var(--ant-font-family-code)' }}>
          {name}
        </Tag>
      ))}
    </Flex>
  )
}
