// A test event, followed until it has arrived or not.

import { Alert, Flex, Skeleton } from 'antd'
import { useState } from 'react'
import { useAsk, useTell } from '../../api/query.ts'
import type { Question } from '../../components/confirm-action.tsx'
import { Problem } from '../../components/problem.tsx'
import { useText } from '../../text/text.ts'
import type { EventApp } from './app-events.tsx'
import { DeliveryCard } from './delivery.tsx'

export function useTestEvent({ id, name, callbackAddress }: EventApp): {
  readonly question: Question
  readonly deliveryId: number | undefined
} {
  const t = useText('events')
  const test = useTell('POST /openapi/event/test/{id}')
  const [deliveryId, setDeliveryId] = useState<number>()
  const question = {
    title: t('testOf', { name }),
    effect: t('testEffect', { address: `${callbackAddress ?? ''}/kaimen/test` }),
    label: t('test'),
    danger: false,
    act: async () => setDeliveryId((await test.mutateAsync({ params: { id } })).deliveryId),
  }
  return { question, deliveryId }
}

/** Often enough to see it happen. */
const refetchMs = 1_000

export function TestOutcome({ id, isPaused }: { readonly id: number; readonly isPaused: boolean }) {
  const t = useText('events')
  const asked = useAsk('GET /openapi/event/delivery/{deliveryId}', { params: { deliveryId: id } }, { refetchInterval: refetchMs })
  if (asked.error && !asked.data) return <Problem error={asked.error} retry={asked.refetch} />
  if (!asked.data) return <Skeleton active />
  const { state, attempts } = asked.data
  const last = attempts.at(-1)
  const outcome = (() => {
    if (state === 'delivered') {
      const title = t('testDelivered', { status: last?.status ?? 0, latency: (last?.latency ?? 0).toLocaleString() })
      return <Alert type="success" showIcon title={title} />
    }
    if (!last) return <Alert type="info" showIcon title={isPaused ? t('testPaused') : t('testSending')} />
    return <Alert type="error" showIcon title={state === 'parked' ? t('testParked') : t('testFailed')} description={last.errorText} />
  })()
  return (
    <Flex vertical gap={8} component="section" aria-label={t('testTitle')}>
      {outcome}
      <DeliveryCard of={asked.data} isWhole />
    </Flex>
  )
}
