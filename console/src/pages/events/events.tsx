// Events, and with how many apps each of them arrived.

import { Button } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import type { RecordOf } from '../../api/types.ts'
import { DataTable } from '../../components/data-table.tsx'
import { TextLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { RangeFilter, useRange } from '../../components/range.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { moods, states } from './delivery.tsx'
import { PushEvent } from './push-event.tsx'

type EventRow = RecordOf<'GET /openapi/event/page'>

export function Page() {
  const t = useText('events')
  const may = useMay()
  const range = useRange('any', 'hour', 'day', 'week')
  const [isPushing, setPushing] = useState(false)
  const { from, to } = range
  const push = may('push-event') && (
    <Button type="primary" onClick={() => setPushing(true)}>
      {t('push')}
    </Button>
  )
  return (
    <PageShell title={t('title')} about={t('about')} actions={push}>
      <DataTable
        of="GET /openapi/event/page"
        label={t('title')}
        lead={<RangeFilter of={range} />}
        query={{ from, to }}
        filters={[
          { name: 'appId', label: t('app') },
          { name: 'interfaceId', label: t('interface'), pattern: /^[1-9]\d{0,9}$/ },
          { name: 'state', label: t('state'), options: states.map((value) => ({ value, label: t(value) })) },
        ]}
        columns={[
          { title: t('event'), render: ({ id, path }) => <Event id={id} path={path} /> },
          { title: t('delivered'), isNumber: true, render: ({ delivered }) => <Count of={delivered} /> },
          { title: t('waiting'), isNumber: true, render: ({ waiting }) => <Count of={waiting} mood="waiting" /> },
          { title: t('parked'), isNumber: true, render: ({ parked }) => <Count of={parked} mood="parked" /> },
          // Who pushed it is not for partners.
          ...(may('view-event') ? [{ title: t('by'), render: (event: EventRow) => <Sender of={event} /> }] : []),
          { title: t('time'), render: ({ createTime }) => <Time at={createTime} /> },
        ]}
        empty={{ title: t('emptyTitle'), text: t('emptyText'), action: push }}
        refetchInterval={10_000}
      />
      <PushEvent open={isPushing} onClose={() => setPushing(false)} />
    </PageShell>
  )
}

const Event = ({ id, path }: { readonly id: number; readonly path: string }) => (
  <TextLink to="/events/$id" params={{ id: String(id) }}>
    {`#${id} ${path}`}
  </TextLink>
)

const colors = { good: undefined, busy: 'var(--ant-color-primary)', bad: 'var(--ant-color-error)' } as const

/** Coloured when there are some; the column says what they are. */
function Count({ of, mood = 'delivered' }: { readonly of: number; readonly mood?: keyof typeof moods }) {
  return (
    <span style={{ color: of > 0 ? colors[moods[mood]] : undefined, fontWeight: of > 0 && mood === 'parked' ? 600 : undefined }}>
      {of.toLocaleString()}
    </span>
  )
}

interface SenderProps {
  readonly of: { readonly createUser: string | null; readonly senderAppId: number | null }
}

export function Sender({ of: { createUser, senderAppId } }: SenderProps) {
  const t = useText('events')
  if (createUser !== null) return createUser
  return senderAppId === null ? t('platform') : t('byApp', { id: senderAppId })
}
