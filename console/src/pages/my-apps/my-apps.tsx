// A developer's own apps.

import { Button, Flex } from 'antd'
import { useState } from 'react'
import { DataTable } from '../../components/data-table.tsx'
import { TextLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Time } from '../../components/time.tsx'
import { useUrlState } from '../../components/url-state.ts'
import { useText } from '../../text/text.ts'
import { AppLogo } from '../apps/app-logo.tsx'
import { AppExpiry, AppStatus } from '../apps/app-state.tsx'
import { AddOwnApp } from './add-own-app.tsx'

export function Page() {
  const t = useText('mine')
  const [{ add: given }, change] = useUrlState()
  const [isAdding, setAdding] = useState(given === 'yes')
  function close() {
    setAdding(false)
    if (given !== undefined) change({ add: undefined }, { replace: true })
  }
  const add = (
    <Button type="primary" onClick={() => setAdding(true)}>
      {t('add')}
    </Button>
  )
  return (
    <PageShell title={t('title')} about={t('about')} actions={add}>
      <DataTable
        of="GET /openapi/app/page"
        label={t('title')}
        filters={[{ name: 'name', label: t('name') }]}
        columns={[
          {
            title: t('name'),
            sort: 'name',
            render: (app) => (
              <Flex gap={12} align="center">
                <AppLogo app={app} />
                <TextLink to="/my/apps/$id" params={{ id: String(app.id) }}>
                  {app.name}
                </TextLink>
              </Flex>
            ),
          },
          { title: 'appId', render: ({ appId }) => <code>{appId}</code> },
          { title: t('status'), render: (app) => <AppStatus app={app} /> },
          { title: t('expiry'), sort: 'expirationTime', render: (app) => <AppExpiry app={app} /> },
          { title: t('createdAt'), sort: 'createTime', render: ({ createTime }) => <Time at={createTime} /> },
        ]}
        empty={{ title: t('emptyTitle'), text: t('emptyText'), action: add }}
      />
      <AddOwnApp open={isAdding} onClose={close} />
    </PageShell>
  )
}
