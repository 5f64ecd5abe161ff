// The interfaces that an app may call, and its limits there.

import { App as AntApp, Button, Flex } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { useConfirm } from '../../components/confirm-action.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { InterfaceName } from '../../components/interface-name.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from './app.tsx'
import { appNow } from './app-now.ts'
import { GrantInterfaces } from './grant-interfaces.tsx'
import { LastDay } from './last-day.tsx'
import { LimitFields, type Limits, limitsToSend } from './limit-fields.tsx'

type Grant = RecordOf<'GET /openapi/app/config/{id}'>

export function AppGrants({ app }: { readonly app: AppInFull }) {
  const t = useText('apps')
  const may = useMay()
  const confirm = useConfirm()
  const grant = useTell('PUT /openapi/app/config/{id}')
  const [isGranting, setGranting] = useState(false)
  const [limited, setLimited] = useState<Grant>()
  async function revoke(ids: readonly number[]) {
    const { interfaceIds } = await appNow(app)
    await grant.mutateAsync({ params: { id: app.id }, body: { interfaceIds: interfaceIds.filter((one) => !ids.includes(one)) } })
  }
  const add = may('grant-interface') && (
    <Button type="primary" onClick={() => setGranting(true)}>
      {t('grant')}
    </Button>
  )
  const askToRevoke = (rows: readonly Grant[], clear?: () => void) => {
    const ids = rows.map(({ id }) => id)
    confirm({
      title: rows.length === 1 ? t('revokeOf', { name: rows[0]!.name }) : t('revokeSomeOf', { number: rows.length }),
      effect: (
        <>
          {t('revokeEffect')}
          <LastDay appId={app.id} interfaceIds={ids} />
        </>
      ),
      label: t('revoke'),
      act: () => revoke(ids).then(clear),
    })
  }
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
          { title: t('interface'), render: (row) => <InterfaceName of={row} to={may('view-interface') ? '/interfaces/$id' : undefined} /> },
          { title: t('version'), render: ({ version }) => version },
          { title: t('limitCount'), isNumber: true, render: ({ limitCount }) => limit(limitCount) },
          { title: t('dayQuota'), isNumber: true, render: ({ dayQuota }) => limit(dayQuota) },
          { title: t('monthQuota'), isNumber: true, render: ({ monthQuota }) => limit(monthQuota) },
          { title: t('grantedAt'), render: ({ createTime }) => <Time at={createTime} /> },
        ]}
        actions={(row) => [
          ...(may('limit-app') ? [{ label: t('setLimits'), onClick: () => setLimited(row) }] : []),
          ...(may('grant-interface') ? [{ label: t('revoke'), danger: true, onClick: () => askToRevoke([row]) }] : []),
        ]}
        {...(may('grant-interface')
          ? {
              nameOf: ({ name }: Grant) => name,
              bulk: (rows: readonly Grant[], clear: () => void) => (
                <Button danger onClick={() => askToRevoke(rows, clear)}>
                  {t('revokeSome', { number: rows.length })}
                </Button>
              ),
            }
          : {})}
        // The list and the app are two answers, and one comes first.
        empty={{ title: t('noGrants'), text: t('noGrantsText'), action: app.interfaceIds.length === 0 && add }}
      />
      <GrantInterfaces app={app} open={isGranting} onClose={() => setGranting(false)} />
      <LimitGrant app={app} grant={limited} onClose={() => setLimited(undefined)} />
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
      about={t('limitOfHint')}
      initial={grant ?? {}}
      submit={submit}
    >
      <LimitFields />
    </FormDrawer>
  )
}
