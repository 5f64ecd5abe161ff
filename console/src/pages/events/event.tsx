// One event: what was sent, and what became of it at each app.

import { useParams } from '@tanstack/react-router'
import { Alert, Flex, Skeleton } from 'antd'
import { useMay } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import { Code } from '../../components/code.tsx'
import { type Fact, Facts } from '../../components/facts.tsx'
import { ButtonLink, TextLink } from '../../components/link.tsx'
import { Nothing } from '../../components/nothing.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Panel } from '../../components/panel.tsx'
import { Problem } from '../../components/problem.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { DeliveryCard } from './delivery.tsx'
import { Sender } from './events.tsx'

/** Often enough to see an attempt that was just asked for. */
const refetchMs = 2_000
/** More of one event the server does not send at once. */
const deliveriesMax = 1_000

export function Page() {
  const t = useText('events')
  const may = useMay()
  const { id = '' } = useParams({ strict: false }) as { id?: string }
  const { data, error, refetch } = useAsk('GET /openapi/event/{id}', { params: { id } }, { refetchInterval: refetchMs })
  if (error && !data) return <Problem error={error} retry={refetch} />
  if (!data) return <Skeleton active />
  // Who pushed it, and by which key, is not for partners.
  const forOperators: Fact[] = [
    [t('by'), <Sender key="by" of={data} />],
    [t('idempotencyKey'), data.idempotencyKey === null ? '–' : <code key="key">{data.idempotencyKey}</code>],
  ]
  const all = (
    <ButtonLink to="/events/deliveries" search={{ eventId: id }}>
      {t('allDeliveries')}
    </ButtonLink>
  )
  return (
    <PageShell title={t('eventOf', { id: data.id })} about={<code>{data.path}</code>} actions={all}>
      <Panel>
        <Facts
          facts={[
            [t('time'), <Time key="time" at={data.createTime} />],
            [t('interface'), data.interfaceId === null ? t('platform') : <Interface key="interface" id={data.interfaceId} />],
            ...(may('view-event') ? forOperators : []),
          ]}
        />
      </Panel>
      <Code title={t('data')} text={indented(data.data)} />
      <Flex vertical gap={12} component="section" aria-label={t('deliveries')}>
        {data.deliveries.length === 0 && <Nothing title={t('noDeliveries')} text={t('noDeliveriesText')} />}
        {data.deliveries.length >= deliveriesMax && (
          <Alert type="info" showIcon title={t('shownMax', { number: deliveriesMax.toLocaleString() })} />
        )}
        {data.deliveries.map((delivery) => (
          <DeliveryCard key={delivery.id} of={delivery} />
        ))}
      </Flex>
    </PageShell>
  )
}

function Interface({ id }: { readonly id: number }) {
  const may = useMay()
  return (
    <TextLink to={may('view-interface') ? '/interfaces/$id' : '/docs/$id'} params={{ id: String(id) }}>
      {`#${id}`}
    </TextLink>
  )
}

/** Readable, where that changes nothing but white space: a long number or a name that stands twice would be another one. */
function indented(json: string): string {
  const value: unknown = JSON.parse(json)
  return JSON.stringify(value) === json.trim() ? JSON.stringify(value, null, 2) : json
}
