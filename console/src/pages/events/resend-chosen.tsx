// Sends those again that were chosen: says beforehand to whom they go, and afterwards which of them stay, and why.

import { App, Button, Flex } from 'antd'
import { useTell } from '../../api/query.ts'
import type { Answer, RecordOf } from '../../api/types.ts'
import { useConfirm } from '../../components/confirm-action.tsx'
import { useText } from '../../text/text.ts'
import { ToApps } from './to-apps.tsx'

type Row = RecordOf<'GET /openapi/event/delivery/page'>

interface ResendChosenProps {
  readonly of: readonly Row[]
  /** Gives the selection up. */
  clear(): void
}

export function ResendChosen({ of: rows, clear }: ResendChosenProps) {
  const t = useText('events')
  const confirm = useConfirm()
  const { message, modal } = App.useApp()
  const resend = useTell('POST /openapi/event/resendChosen')
  const number = rows.length.toLocaleString()

  async function act() {
    const { count, left } = await resend.mutateAsync({ body: { deliveryIds: rows.map(({ id }) => id) } })
    clear()
    const sent = t('resentAll', { number: count.toLocaleString() })
    if (left.length === 0) message.success(sent)
    else {
      const title = t('resendLeftTitle', { number: left.length.toLocaleString() })
      modal.warning({ title, content: <Left of={left} rows={rows} sent={count > 0 ? sent : undefined} /> })
    }
  }
  const ask = () => confirm({ title: t('resendAllOf', { number }), effect: <Effect of={rows} />, label: t('resend'), danger: false, act })
  return <Button onClick={ask}>{t('resendChosen', { number })}</Button>
}

function Effect({ of: rows }: { readonly of: readonly Row[] }) {
  const t = useText('events')
  const apps = [...Map.groupBy(rows, ({ appId }) => appId)]
    .map(([id, some]) => ({ id, name: some[0]!.appName, publicAppId: some[0]!.publicAppId, count: some.length }))
    .toSorted((a, b) => b.count - a.count)
  return (
    <Flex vertical gap={12}>
      <span>{t('resendAllEffect')}</span>
      {rows.some(({ state }) => state === 'delivered') && <span>{t('resendChosenDelivered')}</span>}
      <ToApps apps={apps} />
    </Flex>
  )
}

interface LeftProps {
  readonly of: Answer<'POST /openapi/event/resendChosen'>['left']
  readonly rows: readonly Row[]
  /** How many went, if any. */
  readonly sent: string | undefined
}

function Left({ of: left, rows, sent }: LeftProps) {
  const t = useText('events')
  const named = new Map(rows.map((row) => [row.id, row]))
  return (
    <Flex vertical gap={12}>
      {sent !== undefined && <span>{sent}</span>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <ul tabIndex={0} style={{ margin: 0, paddingInlineStart: 20, maxHeight: 320, overflowY: 'auto' }}>
        {left.map(({ deliveryId, why }) => {
          const { eventId, path, appName } = named.get(deliveryId)!
          return (
            <li key={deliveryId} style={{ overflowWrap: 'anywhere' }}>
              {`#${eventId} ${path}, ${appName}: `}
              {t(`resendLeft_${why}`)}
            </li>
          )
        })}
      </ul>
    </Flex>
  )
}
