// Whether events arrive: what waits, what was given up, and the addresses that do not take it.

import { Flex } from 'antd'
import { useAsk } from '../../api/query.ts'
import { AppLink } from '../../components/app-name.tsx'
import { counted } from '../../components/counted.ts'
import { TextLink } from '../../components/link.tsx'
import { Nothing } from '../../components/nothing.tsx'
import { SmallTable } from '../../components/small-table.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { CallbackState } from '../events/callback-state.tsx'

export function Waiting() {
  const t = useText('overview')
  const { data } = useAsk('GET /openapi/event/waiting', {}, { refetchInterval: 10_000 })
  const oldest = data?.oldestTime
  const words = data && (
    <Flex wrap gap="4px 16px" style={{ fontWeight: 'normal' }} className="numbers">
      <TextLink to="/events/deliveries" search={{ state: 'waiting' }}>
        {t('eventsWaiting', { count: counted(data.waiting) })}
      </TextLink>
      <TextLink to="/events/deliveries" search={{ state: 'parked' }}>
        {t('eventsParked', { count: counted(data.parked) })}
      </TextLink>
      <TextLink to="/events/callbacks">{t('events:callbacks')}</TextLink>
    </Flex>
  )
  return (
    <SmallTable
      title={t('events')}
      label={t('events')}
      extra={words}
      rows={data?.callbacks ?? []}
      keyOf={({ appId }) => appId}
      columns={[
        { title: t('events:appName'), render: ({ appId, name }) => <AppLink of={{ id: appId, name }} tab="events" /> },
        { title: t('events:callbackState'), render: ({ callback }) => <CallbackState of={callback} /> },
        { title: t('events:failures'), isNumber: true, render: ({ callback: { failures } }) => failures.toLocaleString() },
        { title: t('events:since'), render: ({ callback }) => <Time at={callback.disabledTime ?? callback.failingTime} /> },
      ]}
      empty={
        <Nothing
          title={data ? t('events:noCallbacks') : t('common:loading')}
          {...(oldest ? { text: t('oldestWaits', { time: oldest }) } : {})}
        />
      }
    />
  )
}
