// Sends all again that the filters find: says beforehand how many and to whom, and afterwards how many went.

import { App, Button, Flex } from 'antd'
import { useState } from 'react'
import { ask } from '../../api/ask.ts'
import { useMayOwn } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { useConfirm } from '../../components/confirm-action.tsx'
import { Problem } from '../../components/problem.tsx'
import { useText } from '../../text/text.ts'
import { ToApps } from './to-apps.tsx'

/** Filters as they stand in the address. */
interface Found {
  readonly appId?: string | undefined
  readonly interfaceId?: string | undefined
  readonly eventId?: string | undefined
  readonly state?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export function ResendAll({ of: found }: { readonly of: Found }) {
  const t = useText('events')
  const may = useMayOwn()
  const confirm = useConfirm()
  const { message, modal } = App.useApp()
  const [isCounting, setCounting] = useState(false)
  const resend = useTell('POST /openapi/event/resend')
  // What waits goes out by itself.
  if (!may('resend-event') || found.state === 'waiting') return null
  const state = found.state === 'delivered' ? 'delivered' : 'parked'
  const label = state === 'parked' ? t('resendAllParked') : t('resendAllDelivered')

  async function act(endedBefore: string) {
    const { interfaceId, eventId, ...rest } = found
    const numbers = { ...(interfaceId && { interfaceId: Number(interfaceId) }), ...(eventId && { eventId: Number(eventId) }) }
    let number = 0
    for (let more = true; more; ) {
      // With the time of the count the same request again sends nothing twice, and ends.
      const done = await resend.mutateAsync({ body: { ...rest, ...numbers, state, endedBefore } })
      number += done.count
      more = done.more
    }
    message.success(t('resentAll', { number: number.toLocaleString() }))
  }
  async function count() {
    setCounting(true)
    try {
      const counted = await ask('GET /openapi/event/resend', { query: { ...found, state } })
      const effect = <Effect of={counted} />
      if (counted.count === 0) modal.info({ title: t('resendAllNone'), content: effect })
      else {
        confirm({
          title: t('resendAllOf', { number: numberOf(counted) }),
          effect,
          label: t('resend'),
          danger: false,
          act: () => act(counted.endedBefore),
        })
      }
    } catch (error) {
      modal.error({ title: label, content: <Problem error={error as Error} /> })
    } finally {
      setCounting(false)
    }
  }
  return (
    <Button onClick={count} loading={isCounting}>
      {label}
    </Button>
  )
}

type Counted = Answer<'GET /openapi/event/resend'>

const numberOf = ({ count, more }: Counted) => `${count.toLocaleString()}${more ? '+' : ''}`

function Effect({ of: { count, apps, appCount, disabledCount } }: { readonly of: Counted }) {
  const t = useText('events')
  return (
    <Flex vertical gap={12}>
      {count === 0 ? <span>{t('resendAllNoneText')}</span> : <span>{t('resendAllEffect')}</span>}
      {apps.length > 0 && <ToApps apps={apps} appCount={appCount} />}
      {disabledCount > 0 && <span>{t('resendAllStay', { number: disabledCount.toLocaleString() })}</span>}
    </Flex>
  )
}
