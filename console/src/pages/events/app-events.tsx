// How the events of one app go, and what its owner or an operator can do about it: where to, whether at all, which of the platform's own.

import { Button, Flex, Skeleton, Typography } from 'antd'
import { useState } from 'react'
import { useMayOwn } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { ConfirmAction } from '../../components/confirm-action.tsx'
import { Facts } from '../../components/facts.tsx'
import { Panel } from '../../components/panel.tsx'
import { Problem } from '../../components/problem.tsx'
import { useUrlState } from '../../components/url-state.ts'
import { useText } from '../../text/text.ts'
import { CallbackNews } from './callback-news.tsx'
import { CallbackState } from './callback-state.tsx'
import { DeliveryTable } from './delivery-table.tsx'
import { Learn } from './learn.tsx'
import { useFlow } from './pause.ts'
import { ResendAll } from './resend-all.tsx'
import { SetCallback } from './set-callback.tsx'
import { Subscriptions } from './subscriptions.tsx'
import { TestOutcome, useTestEvent } from './test-event.tsx'

export interface EventApp {
  readonly id: number
  readonly appId: string
  readonly name: string
  readonly callbackAddress: string | null
  readonly callbackLimit: number | null
}

export type Choice = Answer<'GET /openapi/event/choice/{id}'>

/** How many wait, and how many were given up, as a text: past 10,000 nobody counts. */
export interface Counts {
  readonly waiting: string
  readonly parked: string
}

/** Often enough to see what one has just done. */
const refetchMs = 2_000

export function AppEvents({ app }: { readonly app: EventApp }) {
  const t = useText('events')
  const {
    data: choice,
    error,
    refetch,
  } = useAsk('GET /openapi/event/choice/{id}', { params: { id: app.id } }, { refetchInterval: refetchMs })
  const counts = { waiting: useCount(app, 'waiting'), parked: useCount(app, 'parked') }
  const [{ eventId, state }] = useUrlState()
  if (error && !choice) return <Problem error={error} retry={refetch} />
  if (!choice) return <Skeleton active />
  const isNowhere = app.callbackAddress === null && !choice.listening
  return (
    <Flex vertical gap={16}>
      <CallbackNews app={app} choice={choice} counts={counts} />
      {isNowhere ? <Learn app={app} /> : <Standing app={app} choice={choice} counts={counts} />}
      <Subscriptions app={app} chosen={choice.platformEvents} />
      <Flex wrap justify="space-between" align="center" gap={8}>
        <Typography.Title level={2} style={{ fontSize: 16, margin: 0 }}>
          {t('deliveriesTitle')}
        </Typography.Title>
        {(state === 'delivered' || counts.parked !== '0') && <ResendAll of={{ appId: app.appId, eventId, state }} />}
      </Flex>
      <DeliveryTable query={{ appId: app.appId }} />
    </Flex>
  )
}

function useCount(app: EventApp, state: 'waiting' | 'parked'): string {
  const query = { appId: app.appId, state, size: 1 }
  const { data } = useAsk('GET /openapi/event/delivery/page', { query }, { refetchInterval: refetchMs })
  return data ? `${data.total.toLocaleString()}${data.totalCapped ? '+' : ''}` : '…'
}

interface StandingProps {
  readonly app: EventApp
  readonly choice: Choice
  readonly counts: Counts
}

function Standing({ app, choice, counts }: StandingProps) {
  const t = useText('events')
  const may = useMayOwn()
  const flow = useFlow(app, counts)
  const test = useTestEvent(app)
  const [isSetting, setSetting] = useState(false)
  const { state, failures, failingTime } = choice.callback
  const actions = (
    <Flex wrap gap={8} justify="flex-end" style={{ padding: '7px 0' }}>
      {may('push-event') && state !== 'disabled' && <ConfirmAction question={test.question} size="small" />}
      {may('edit-app') && !choice.paused && <ConfirmAction question={flow.pause} size="small" />}
      {may('edit-app') && (
        <Button size="small" onClick={() => setSetting(true)}>
          {t('changeAddress')}
        </Button>
      )}
    </Flex>
  )
  return (
    <>
      <Panel title={t('flow')} extra={actions}>
        <Facts
          facts={[
            [t('callback'), app.callbackAddress === null ? t('common:none') : <code key="address">{app.callbackAddress}</code>],
            [t('callbackState'), <CallbackState key="state" of={choice.callback} />],
            [t('waitingCount'), <Count key="waiting" of={counts.waiting} />],
            [t('parkedCount'), <Count key="parked" of={counts.parked} />],
            [t('failures'), failingTime === null ? '0' : t('failuresSince', { number: failures.toLocaleString(), time: failingTime })],
            [t('limitASecond'), app.callbackLimit?.toLocaleString() ?? t('usualLimit')],
          ]}
        />
      </Panel>
      {test.deliveryId !== undefined && <TestOutcome id={test.deliveryId} isPaused={choice.paused} />}
      <SetCallback app={app} open={isSetting} onClose={() => setSetting(false)} />
    </>
  )
}

const Count = ({ of }: { readonly of: string }) => <span className="numbers">{of}</span>
