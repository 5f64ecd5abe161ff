// Upstream services: where calls end, and how their targets are.

import { Button, Tooltip } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useAsk, useTell } from '../../api/query.ts'
import type { Answer, RecordOf } from '../../api/types.ts'
import { DataTable } from '../../components/data-table.tsx'
import { useDeletion } from '../../components/deletion.ts'
import { PageShell } from '../../components/page-shell.tsx'
import type { Action } from '../../components/row-actions.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { ServiceForm } from './service-form.tsx'

export type Service = RecordOf<'GET /openapi/service/page'>

/** Gateways tell every five seconds. */
const healthMs = 5_000

export function Page() {
  const t = useText('services')
  const may = useMay()
  const deletion = useDeletion()
  const remove = useTell('DELETE /openapi/service/delete/{id}')
  const health = useAsk('GET /openapi/service/health', {}, { refetchInterval: healthMs })
  const [open, setOpen] = useState<Service | 'new'>()

  function actions(service: Service): Action[] {
    const edit = { label: t('common:edit'), onClick: () => setOpen(service) }
    const drop = deletion({
      title: t('deleteOf', { name: service.name }),
      effect: t('deleteEffect'),
      act: () => remove.mutateAsync({ params: { id: service.id } }),
    })
    return [...(may('edit-service') ? [edit] : []), ...(may('delete-service') ? [drop] : [])]
  }

  const add = may('create-service') && (
    <Button type="primary" onClick={() => setOpen('new')}>
      {t('add')}
    </Button>
  )
  return (
    <PageShell title={t('title')} about={t('about')} actions={add}>
      <DataTable
        of="GET /openapi/service/page"
        label={t('title')}
        filters={[
          { name: 'name', label: t('name') },
          { name: 'url', label: t('targets') },
        ]}
        columns={[
          { title: t('name'), sort: 'name', render: ({ name }) => name },
          { title: t('targets'), minWidth: 220, render: ({ targets }) => targets.map(({ url }) => <Target key={url} url={url} />) },
          { title: t('health'), render: (service) => <HealthTag of={service} health={health.data} /> },
          { title: t('balance'), isShort: true, render: ({ balance }) => t(balance) },
          { title: t('timeoutMs'), isNumber: true, render: ({ timeoutMs }) => timeoutMs.toLocaleString() },
          { title: t('updatedAt'), render: ({ updateTime }) => <Time at={updateTime} /> },
        ]}
        actions={actions}
        empty={{ title: t('emptyTitle'), text: t('emptyText'), action: add }}
      />
      <ServiceForm of={open} onClose={() => setOpen(undefined)} />
    </PageShell>
  )
}

const Target = ({ url }: { readonly url: string }) => (
  <div>
    <code>{url}</code>
  </div>
)

interface HealthTagProps {
  readonly of: Service
  readonly health: Answer<'GET /openapi/service/health'> | undefined
}

function HealthTag({ of: { id, targets }, health }: HealthTagProps) {
  const t = useText('services')
  if (!health) return '–'
  if (health.gateways === 0) return <StatusTag mood="idle">{t('unknown')}</StatusTag>
  // A gateway hears of the targets of now with the next call; until then it may tell of one that was removed.
  const ailing = health.ailing.filter(({ serviceId, url }) => serviceId === id && targets.some((target) => target.url === url))
  if (ailing.length === 0) return <StatusTag mood="good">{t('well')}</StatusTag>
  const each = ailing.map(({ url, gateways }) => <div key={url}>{`${url}: ${t('ailingAt', { gateways })}`}</div>)
  return (
    <Tooltip title={each}>
      {/* A button, so that the keyboard reaches what the pointer does. */}
      <Button type="text" size="small" style={{ marginInlineStart: -7 }}>
        <StatusTag mood={ailing.length < targets.length ? 'warn' : 'bad'}>
          {t('ailing', { ailing: ailing.length, targets: targets.length })}
        </StatusTag>
      </Button>
    </Tooltip>
  )
}
