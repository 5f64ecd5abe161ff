// Events, and with how many apps each of them arrived.

import { Button } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import type { RecordOf } from '../../api/types.ts'
import { DataTable } from '../../components/data-table.tsx'
import { Parted } from '../../components/interface-name.tsx'
import { TextLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { RangeFilter, useRange } from '../../components/range.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { useAppFilter, useInterfaceFilter } from '../calls/named-filters.tsx'
import { type moods, states } from './delivery.tsx'
import { PushEvent } from './push-event.tsx'

type EventRow = RecordOf<'GET /openapi/event/page'>

export function Page() {
  const t = useText('events')
  const may = useMay()
  const range = useRange('any', 'hour', 'day', 'week')
  const byApp = useAppFilter()
  const byInterface = useInterfaceFilter()
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
        filters={[byApp, byInterface, { name: 'state', label: t('state'), options: states.map((value) => ({ value, label: t(value) })) }]}
        columns={[
          { title: t('event'), render: ({ id, path }) => <Event id={id} path={path} /> },
          { title: t('delivered'), isNumber: true, render: ({ id, delivered }) => <Count event={id} of={delivered} state="delivered" /> },
          { title: t('waiting'), isNumber: true, render: ({ id, waiting }) => <Count event={id} of={waiting} state="waiting" /> },
          { title: t('parked'), isNumber: true, render: ({ id, parked }) => <Count event={id} of={parked} state="parked" /> },
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
    #{id} <Parted text={path} after="/" />
  </TextLink>
)

interface CountProps {
  readonly event: number
  readonly of: number
  readonly state: keyof typeof moods
}

/** Leads to these deliveries, where there are some. */
function Count({ event, of, state }: CountProps) {
  if (of === 0) return '0'
  return (
    <TextLink
      to="/events/deliveries"
      search={{ eventId: String(event), state }}
      {...(state === 'parked' ? { type: 'danger' as const } : {})}
    >
      {of.toLocaleString()}
    </TextLink>
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
