// A delivery: how it stands, each attempt at it, and sending it again.

import { App, Button, Flex, Typography } from 'antd'
import { isDeveloper, useMay, useMe } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { useConfirm } from '../../components/confirm-action.tsx'
import { Facts } from '../../components/facts.tsx'
import { Panel } from '../../components/panel.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'

type Delivery = Answer<'GET /openapi/event/{id}'>['deliveries'][number]

export const states = ['delivered', 'waiting', 'parked'] as const
export const moods = { delivered: 'good', waiting: 'busy', parked: 'bad' } as const

export function DeliveryCard({ of: delivery }: { readonly of: Delivery }) {
  const t = useText('events')
  const { publicAppId, state, webhookId, nextTime, endTime, attempts } = delivery
  const title = (
    <Flex wrap gap="0 16px" align="baseline">
      <code>{publicAppId}</code>
      <StatusTag mood={moods[state]}>{t(state)}</StatusTag>
    </Flex>
  )
  return (
    <Panel title={title} extra={<Resend of={delivery} />}>
      <Flex vertical gap={12}>
        <Facts
          facts={[
            ['webhook-id', <code key="id">{webhookId}</code>],
            state === 'waiting' ? [t('nextAt'), <Time key="next" at={nextTime} />] : [t('endedAt'), <Time key="end" at={endTime} />],
          ]}
        />
        {attempts.length === 0 ? (
          <Typography.Text type="secondary">{t('noAttempts')}</Typography.Text>
        ) : (
          <Attempts of={attempts} label={t('attemptsAt', { app: publicAppId })} />
        )}
      </Flex>
    </Panel>
  )
}

function Attempts({ of: attempts, label }: { readonly of: Delivery['attempts']; readonly label: string }) {
  const t = useText('events')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section tabIndex={0} aria-label={label} style={{ overflowX: 'auto' }}>
      <table className="pairs">
        <thead>
          <tr>
            <th scope="col">{t('attempt')}</th>
            <th scope="col">{t('time')}</th>
            <th scope="col">{t('outcome')}</th>
            <th scope="col" style={{ textAlign: 'end' }}>
              {t('latency')}
            </th>
            <th scope="col">{t('response')}</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map(({ number, time, status, latency, error, errorText, response }) => (
            <tr key={`${number} ${time}`}>
              <td className="numbers">{number}</td>
              <td>
                <Time at={time} />
              </td>
              <td>
                <StatusTag mood={error === null ? 'good' : 'bad'}>{status ?? error}</StatusTag>
                {errorText !== null && <div style={{ minWidth: 160 }}>{errorText}</div>}
              </td>
              <td className="numbers" style={{ textAlign: 'end', whiteSpace: 'nowrap' }}>{`${latency.toLocaleString()} ms`}</td>
              <td style={{ minWidth: 160 }}>{response ? <code>{response}</code> : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Resend({ of: { id, publicAppId } }: { readonly of: Delivery }) {
  const t = useText('events')
  const me = useMe()
  const may = useMay()
  const confirm = useConfirm()
  const { message } = App.useApp()
  const resend = useTell('POST /openapi/event/resend/{deliveryId}')
  if (!may('resend-event') && !isDeveloper(me)) return null
  async function act() {
    await resend.mutateAsync({ params: { deliveryId: id } })
    message.success(t('resent'))
  }
  const ask = () =>
    confirm({ title: t('resendOf', { app: publicAppId }), effect: t('resendEffect'), label: t('resend'), danger: false, act })
  return (
    <Button size="small" onClick={ask}>
      {t('resend')}
    </Button>
  )
}
