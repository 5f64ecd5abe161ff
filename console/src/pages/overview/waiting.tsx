// Whether events arrive: what waits, what was given up, and the addresses that do not take it.

import { Flex } from 'antd'
import { useAsk } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { AppLink } from '../../components/app-name.tsx'
import { counted } from '../../components/counted.ts'
import { TextLink } from '../../components/link.tsx'
import { Nothing } from '../../components/nothing.tsx'
import { SmallTable } from '../../components/small-table.tsx'
import { type Mood, StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'

type Failing = Answer<'GET /openapi/event/waiting'>['callbacks'][number]
type State = Failing['callback']['state']

const moods: Record<State, Mood> = { none: 'idle', open: 'warn', blocked: 'warn', pending: 'busy', disabled: 'bad' }

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
      <TextLink to="/events/callbacks">{t('allFailing')}</TextLink>
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
        { title: t('app'), render: ({ appId, name }) => <AppLink of={{ id: appId, name }} tab="events" /> },
        { title: t('callback'), render: ({ callback: { state } }) => <StatusTag mood={moods[state]}>{t(`callback_${state}`)}</StatusTag> },
        { title: t('inARow'), isNumber: true, render: ({ callback: { failures } }) => failures.toLocaleString() },
        { title: t('since'), render: ({ callback }) => <Time at={callback.disabledTime ?? callback.failingTime} /> },
      ]}
      empty={
        <Nothing
          title={data ? t('callbacksWell') : t('common:loading')}
          {...(oldest ? { text: t('oldestWaits', { time: oldest }) } : {})}
        />
      }
    />
  )
}
