// All apps there are, for operators.

import { App as AntApp, Button, Flex } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { AppName } from '../../components/app-name.tsx'
import { useConfirm } from '../../components/confirm-action.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { useDeletion } from '../../components/deletion.ts'
import { PageShell } from '../../components/page-shell.tsx'
import type { Action } from '../../components/row-actions.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { AddApp } from './add-app.tsx'
import { AppLogo } from './app-logo.tsx'
import { AppExpiry, AppStatus } from './app-state.tsx'
import { useSwitchApp } from './switch-app.tsx'

type AppRow = RecordOf<'GET /openapi/app/page'>

export function Page() {
  const t = useText('apps')
  const may = useMay()
  const confirm = useConfirm()
  const deletion = useDeletion()
  const { message } = AntApp.useApp()
  const switchApp = useSwitchApp()
  const remove = useTell('DELETE /openapi/app')
  const [isAdding, setAdding] = useState(false)

  async function removeAll(rows: readonly AppRow[]) {
    await remove.mutateAsync({ query: { ids: rows.map(({ id }) => id).join(',') } })
    message.success(t('common:deleted'))
  }
  function actions(app: AppRow): Action[] {
    const drop = deletion({ title: t('deleteOf', { name: app.name }), effect: t('deleteEffect'), act: () => removeAll([app]) })
    return [
      ...(may('enable-app') ? [{ label: app.status === 0 ? t('common:disable') : t('common:enable'), onClick: () => switchApp(app) }] : []),
      ...(may('delete-app') ? [drop] : []),
    ]
  }
  const bulk = (rows: readonly AppRow[], clear: () => void) => (
    <Button
      danger
      onClick={() =>
        confirm({
          title: t('deleteSomeOf', { number: rows.length }),
          effect: `${rows.map(({ name }) => name).join(', ')}. ${t('deleteEffect')}`,
          label: t('common:delete'),
          act: () => removeAll(rows).then(clear),
        })
      }
    >
      {t('deleteSome', { number: rows.length })}
    </Button>
  )
  const add = may('create-app') && (
    <Button type="primary" onClick={() => setAdding(true)}>
      {t('add')}
    </Button>
  )
  return (
    <PageShell title={t('title')} about={t('about')} actions={add}>
      <DataTable
        of="GET /openapi/app/page"
        label={t('title')}
        filters={[
          { name: 'name', label: t('name') },
          { name: 'phoneNumber', label: t('ownerPhone') },
          {
            name: 'status',
            label: t('status'),
            options: [
              { value: '0', label: t('common:enabled') },
              { value: '1', label: t('common:disabled') },
            ],
          },
        ]}
        columns={[
          { title: t('name'), sort: 'name', render: (app) => <NameAndLogo app={app} /> },
          { title: t('status'), render: (app) => <AppStatus app={app} /> },
          { title: t('owner'), render: ({ userName }) => userName },
          { title: t('serviceType'), render: ({ serviceType }) => serviceType || '–' },
          { title: t('expiry'), sort: 'expirationTime', render: (app) => <AppExpiry app={app} /> },
          { title: t('createdAt'), sort: 'createTime', render: ({ createTime }) => <Time at={createTime} /> },
        ]}
        actions={actions}
        {...(may('delete-app') ? { bulk, nameOf: ({ name }: AppRow) => name } : {})}
        empty={{ title: t('emptyTitle'), text: t('emptyText'), action: add }}
      />
      <AddApp open={isAdding} onClose={() => setAdding(false)} />
    </PageShell>
  )
}

function NameAndLogo({ app }: { readonly app: AppRow }) {
  return (
    <Flex gap={12} align="center">
      <AppLogo app={app} />
      <div>
        <AppName of={app} appId={app.appId} />
      </div>
    </Flex>
  )
}
