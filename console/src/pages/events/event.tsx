// One event: what was sent, and what became of it at each app.

import { useParams } from '@tanstack/react-router'
import { Flex, Skeleton } from 'antd'
import { useAsk } from '../../api/query.ts'
import { Code } from '../../components/code.tsx'
import { Facts } from '../../components/facts.tsx'
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

export function Page() {
  const t = useText('events')
  const { id = '' } = useParams({ strict: false }) as { id?: string }
  const { data, error, refetch } = useAsk('GET /openapi/event/{id}', { params: { id } }, { refetchInterval: refetchMs })
  if (error) return <Problem error={error} retry={refetch} />
  if (!data) return <Skeleton active />
  return (
    <PageShell title={t('eventOf', { id: data.id })} about={<code>{data.path}</code>}>
      <Panel>
        <Facts
          facts={[
            [t('time'), <Time key="time" at={data.createTime} />],
            [t('by'), <Sender key="by" of={data} />],
            [t('interface'), data.interfaceId ?? '–'],
            [t('idempotencyKey'), data.idempotencyKey === null ? '–' : <code key="key">{data.idempotencyKey}</code>],
          ]}
        />
      </Panel>
      <Code title={t('data')} text={indented(data.data)} />
      <Flex vertical gap={12} component="section" aria-label={t('deliveries')}>
        {data.deliveries.length === 0 && <Nothing title={t('noDeliveries')} text={t('noDeliveriesText')} />}
        {data.deliveries.map((delivery) => (
          <DeliveryCard key={delivery.id} of={delivery} />
        ))}
      </Flex>
    </PageShell>
  )
}

/** Readable, where that changes nothing but white space: a long number or a name that stands twice would be another one. */
function indented(json: string): string {
  const value: unknown = JSON.parse(json)
  return JSON.stringify(value) === json.trim() ? JSON.stringify(value, null, 2) : json
}
