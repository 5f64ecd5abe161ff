// One interface: its definition, its document, who has it, its versions.

import { useParams } from '@tanstack/react-router'
import { Button, Skeleton } from 'antd'
import { useMay } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import { AppLink } from '../../components/app-name.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { Sections } from '../../components/sections.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { Definition } from './definition.tsx'
import { Document } from './document.tsx'
import { InterfaceStatus } from './interface-status.tsx'
import type { Interface } from './interfaces.tsx'
import { useInterfaceActions } from './use-interface-actions.tsx'
import { Versions } from './versions.tsx'

export function Page() {
  const { id = '' } = useParams({ strict: false }) as { id?: string }
  const t = useText('interfaces')
  const { data: one, error, refetch } = useAsk('GET /openapi/interface/{id}', { params: { id } })
  if (error && !one) return <Problem error={error} retry={refetch} />
  if (!one) return <Skeleton active />
  const sections = [
    { key: 'definition', label: t('definition'), content: <Definition key={one.updateTime} of={one} /> },
    { key: 'document', label: t('document'), content: <Document of={one} /> },
    { key: 'apps', label: t('apps'), content: <Apps of={one} /> },
    { key: 'versions', label: t('versions'), content: <Versions of={one} /> },
  ]
  return (
    <PageShell title={one.name} about={<InterfaceStatus of={one} />} actions={<Actions of={one} />}>
      <Sections label={t('one')} sections={sections} />
    </PageShell>
  )
}

function Actions({ of: one }: { readonly of: Interface }) {
  const t = useText('interfaces')
  const may = useMay()
  const act = useInterfaceActions()
  if (!may('publish-interface')) return null
  const isServed = one.status === 1 && one.enable === 0
  return (
    <>
      {isServed && <Button onClick={() => act.disable(one)}>{t('disable')}</Button>}
      {(!isServed || one.tripped) && (
        <Button type="primary" onClick={() => act.publish(one)}>
          {one.tripped ? t('reopen') : t('publish')}
        </Button>
      )}
    </>
  )
}

function Apps({ of: one }: { readonly of: Interface }) {
  const t = useText('interfaces')
  return (
    <DataTable
      of="GET /openapi/app/page"
      label={t('apps')}
      query={{ interfaceId: one.id }}
      filters={[{ name: 'name', label: t('name') }]}
      columns={[
        { title: t('name'), render: (app) => <AppLink of={app} /> },
        { title: 'appId', render: ({ appId }) => <code>{appId}</code> },
        {
          title: t('status'),
          render: ({ status }) =>
            status === 0 ? (
              <StatusTag mood="good">{t('common:enabled')}</StatusTag>
            ) : (
              <StatusTag mood="idle">{t('common:disabled')}</StatusTag>
            ),
        },
        { title: t('updatedAt'), render: ({ updateTime }) => <Time at={updateTime} /> },
      ]}
      empty={{ title: t('noApps'), text: t('noAppsText') }}
    />
  )
}
