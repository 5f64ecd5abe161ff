// What an app proves itself with: secrets, the token for debugging, schemes, public keys, addresses.

import { Alert, Button, Flex, Tag, Typography } from 'antd'
import { useState } from 'react'
import { useMayOwn } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import { ConfirmAction } from '../../components/confirm-action.tsx'
import { Facts } from '../../components/facts.tsx'
import { Panel } from '../../components/panel.tsx'
import { Problem } from '../../components/problem.tsx'
import { Secret } from '../../components/secret.tsx'
import { SmallTable } from '../../components/small-table.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { getsToken } from '../docs/token-schemes.ts'
import type { AppInFull } from './app.tsx'
import { EditSecurity } from './edit-security.tsx'
import { PublicKeys } from './public-keys.tsx'
import { ResetSecret } from './reset-secret.tsx'

export function AppCredentials({ app }: { readonly app: AppInFull }) {
  return (
    <Flex vertical gap={16}>
      <Secrets app={app} />
      <PermanentToken app={app} />
      <PublicKeys app={app} />
      <Security app={app} />
    </Flex>
  )
}

function Secrets({ app }: { readonly app: AppInFull }) {
  const t = useText('apps')
  const may = useMayOwn()
  const [isResetting, setResetting] = useState(false)
  const reset = may('reset-app-secret') && <Button onClick={() => setResetting(true)}>{t('resetSecret')}</Button>
  return (
    <>
      <SmallTable
        title={t('secrets')}
        label={t('secrets')}
        extra={reset}
        rows={app.secrets}
        keyOf={({ id }) => id}
        columns={[
          { title: t('secretCreated'), render: ({ createTime }) => <Time at={createTime} /> },
          { title: t('secretExpires'), render: ({ expirationTime }) => <Time at={expirationTime} none={t('common:never')} /> },
          { title: t('secretLastUsed'), render: ({ lastUsedTime }) => <Time at={lastUsedTime} none={t('neverUsed')} /> },
        ]}
      />
      <ResetSecret app={app} open={isResetting} onClose={() => setResetting(false)} />
    </>
  )
}

function PermanentToken({ app }: { readonly app: AppInFull }) {
  const t = useText('apps')
  const may = useMayOwn()
  const reset = useTell('PUT /openapi/app/resetToken/{id}')
  const [token, setToken] = useState<string>()
  const make = async () => setToken((await reset.mutateAsync({ params: { id: app.id } }))?.token)
  return (
    <Panel title={t('permanentToken')}>
      <Flex wrap justify="space-between" align="center" gap={12}>
        <Flex vertical gap={4}>
          <StatusTag mood={app.hasPermanentToken ? 'warn' : 'idle'}>{app.hasPermanentToken ? t('hasToken') : t('noToken')}</StatusTag>
          <Typography.Text type="secondary">{t('permanentTokenHint')}</Typography.Text>
        </Flex>
        {may('reset-app-secret') && (
          <Flex wrap gap={8}>
            {app.hasPermanentToken ? (
              <>
                <ConfirmAction
                  question={{
                    title: t('renewTokenOf', { name: app.name }),
                    effect: t('renewTokenEffect'),
                    label: t('renewToken'),
                    danger: false,
                    act: make,
                  }}
                />
                <ConfirmAction
                  question={{
                    title: t('removeTokenOf', { name: app.name }),
                    effect: t('removeTokenEffect'),
                    label: t('removeToken'),
                    act: () => reset.mutateAsync({ params: { id: app.id }, body: { enable: false } }),
                  }}
                />
              </>
            ) : (
              <Button onClick={() => make().catch(() => {})} loading={reset.isPending}>
                {t('makeToken')}
              </Button>
            )}
          </Flex>
        )}
      </Flex>
      {!app.hasPermanentToken && reset.error && <Problem error={reset.error} />}
      <Secret
        secret={token}
        title={t('tokenOf', { name: app.name })}
        facts={{ appId: app.appId }}
        name="token"
        onClose={() => setToken(undefined)}
      />
    </Panel>
  )
}

function Security({ app }: { readonly app: AppInFull }) {
  const t = useText('apps')
  const may = useMayOwn()
  const [isOpen, setOpen] = useState(false)
  const tags = (values: readonly string[], none: string) =>
    values.length === 0 ? (
      none
    ) : (
      <Flex wrap gap={4}>
        {values.map((value) => (
          <Tag key={value} style={{ fontFamily: 'var(--ant-font-family-code)' }}>
            {value}
          </Tag>
        ))}
      </Flex>
    )
  return (
    <Panel title={t('security')} extra={may('edit-app') && <Button onClick={() => setOpen(true)}>{t('common:edit')}</Button>}>
      <Facts
        facts={[
          [t('schemes'), tags(app.schemes, t('schemesEmpty'))],
          [t('ipAllowList'), tags(app.ipAllowList, t('anywhere'))],
        ]}
      />
      {!app.schemes.some(getsToken) && (
        <Alert type="warning" showIcon title={t('noTokens')} description={t('noTokensHint')} style={{ marginTop: 12 }} />
      )}
      <EditSecurity app={app} open={isOpen} onClose={() => setOpen(false)} />
    </Panel>
  )
}
