// The interfaces that an app may call, and its limits there.

import { App as AntApp, Button, Flex, Form, Tag, Typography } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { useConfirm } from '../../components/confirm-action.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { RemoteSelect } from '../../components/remote-select.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from './app.tsx'
import { LimitFields, type Limits, limitsToSend } from './limit-fields.tsx'

type Grant = RecordOf<'GET /openapi/app/config/{id}'>

export function AppGrants({ app }: { readonly app: AppInFull }) {
  const t = useText('apps')
  const may = useMay()
  const confirm = useConfirm()
  const grant = useTell('PUT /openapi/app/config/{id}')
  const [isGranting, setGranting] = useState(false)
  const [limited, setLimited] = useState<Grant>()
  const setAll = (interfaceIds: number[]) => grant.mutateAsync({ params: { id: app.id }, body: { interfaceIds } })
  const add = may('grant-interface') && (
    <Button type="primary" onClick={() => setGranting(true)}>
      {t('grant')}
    </Button>
  )
  const askToRevoke = ({ id, name }: Grant) =>
    confirm({
      title: t('revokeOf', { name }),
      effect: t('revokeEffect'),
      label: t('revoke'),
      act: () => setAll(app.interfaceIds.filter((one) => one !== id)),
    })
  const limit = (count: number | null) => count?.toLocaleString() ?? '–'
  return (
    <Flex vertical gap={12}>
      {app.interfaceIds.length > 0 && <div>{add}</div>}
      <DataTable
        of="GET /openapi/app/config/{id}"
        params={{ id: app.id }}
        label={t('tabInterfaces')}
        filters={[{ name: 'name', label: t('interface') }]}
        columns={[
          { title: t('interface'), render: (row) => <GrantName grant={row} /> },
          { title: t('version'), render: ({ version }) => version },
          { title: t('limitCount'), isNumber: true, render: ({ limitCount }) => limit(limitCount) },
          { title: t('dayQuota'), isNumber: true, render: ({ dayQuota }) => limit(dayQuota) },
          { title: t('monthQuota'), isNumber: true, render: ({ monthQuota }) => limit(monthQuota) },
          { title: t('grantedAt'), render: ({ createTime }) => <Time at={createTime} /> },
        ]}
        actions={(row) => [
          ...(may('limit-app') ? [{ label: t('setLimits'), onClick: () => setLimited(row) }] : []),
          ...(may('grant-interface') ? [{ label: t('revoke'), danger: true, onClick: () => askToRevoke(row) }] : []),
        ]}
        empty={{ title: t('noGrants'), text: t('noGrantsText'), action: add }}
      />
      <FormDrawer<{ interfaceIds?: number[] }>
        open={isGranting}
        onClose={() => setGranting(false)}
        title={t('grant')}
        about={t('grantHint')}
        initial={{}}
        submit={({ interfaceIds = [] }) => setAll([...app.interfaceIds, ...interfaceIds])}
      >
        <Form.Item name="interfaceIds" label={t('interfaces')} rules={[{ required: true }]}>
          <RemoteSelect
            of="GET /openapi/interface/page"
            by="name"
            multiple
            without={app.interfaceIds}
            labelOf={({ name, method, path, version }) => `${name} · ${method} ${path} · ${version}`}
          />
        </Form.Item>
      </FormDrawer>
      <LimitGrant app={app} grant={limited} onClose={() => setLimited(undefined)} />
    </Flex>
  )
}

function GrantName({ grant: { name, method, path, status } }: { readonly grant: Grant }) {
  const t = useText('apps')
  return (
    <Flex vertical align="flex-start">
      <span>
        {name} {status === 0 && <Tag>{t('unpublished')}</Tag>}
      </span>
      <Typography.Text type="secondary" style={{ fontSize: 12, fontFamily: 'var(--ant-font-family-code)' }}>
        {method} {path}
      </Typography.Text>
    </Flex>
  )
}

function LimitGrant({ app, grant, onClose }: { readonly app: AppInFull; readonly grant: Grant | undefined; onClose(): void }) {
  const t = useText('apps')
  const { message } = AntApp.useApp()
  const limit = useTell('PUT /openapi/app/limit/{id}')
  async function submit(values: Limits) {
    await limit.mutateAsync({ params: { id: app.id }, body: { interfaceId: grant!.id, ...limitsToSend(values) } })
    message.success(t('common:saved'))
  }
  return (
    <FormDrawer<Limits>
      open={grant !== undefined}
      onClose={onClose}
      title={t('limitOf', { name: grant?.name })}
      initial={grant ?? {}}
      submit={submit}
    >
      <LimitFields />
    </FormDrawer>
  )
}
