// A delivery: how it stands, each attempt at it, and sending it again.

import { App, Button, Flex, Typography } from 'antd'
import { useMayOwn, useMe } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { Code } from '../../components/code.tsx'
import { useConfirm } from '../../components/confirm-action.tsx'
import { Facts } from '../../components/facts.tsx'
import { milliseconds } from '../../components/milliseconds.ts'
import { Panel } from '../../components/panel.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { wireTime } from '../../components/wire-time.ts'
import { useText } from '../../text/text.ts'

type Delivery = Answer<'GET /openapi/event/{id}'>['deliveries'][number]

export const states = ['delivered', 'waiting', 'parked'] as const
export const moods = { delivered: 'good', waiting: 'busy', parked: 'bad' } as const

interface DeliveryCardProps {
  readonly of: Delivery
  /** With what was sent. */
  readonly isWhole?: boolean
}

export function DeliveryCard({ of: delivery, isWhole = false }: DeliveryCardProps) {
  const t = useText('events')
  const now = usePlatformTime()
  const { publicAppId, state, webhookId, nextTime, endTime, attempts } = delivery
  const title = (
    <Flex wrap gap="0 16px" align="baseline" style={{ padding: '8px 0' }}>
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
            nextTime === null
              ? [t('endedAt'), <Time key="end" at={endTime} />]
              : [nextTime > now ? t('nextAt') : t('dueSince'), <Time key="next" at={nextTime} />],
          ]}
        />
        {attempts.length === 0 ? (
          <Typography.Text type="secondary">{t('noAttempts')}</Typography.Text>
        ) : (
          <Attempts of={attempts} label={t('attemptsAt', { app: publicAppId })} />
        )}
        {isWhole && attempts.length > 0 && <Sent of={attempts.at(-1)!} />}
      </Flex>
    </Panel>
  )
}

/** To tell what is still to come from what is held up: paused, or behind an address that fails. */
export function usePlatformTime(): string {
  const { timeZone } = useMe()
  return wireTime(Date.now(), timeZone)
}

function Attempts({ of: attempts, label }: { readonly of: Delivery['attempts']; readonly label: string }) {
  const t = useText('events')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section tabIndex={0} aria-label={label} style={{ overflowX: 'auto' }}>
      <table className="pairs folds">
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
              <td className="numbers" style={{ textAlign: 'end', whiteSpace: 'nowrap' }}>
                {milliseconds(latency)}
              </td>
              <td className="folds-words" style={{ minWidth: 160 }}>
                {response ? <code>{response}</code> : '–'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Sent({ of: { request } }: { readonly of: Delivery['attempts'][number] }) {
  const t = useText('events')
  if (request === null) return <Typography.Text type="secondary">{t('toListener')}</Typography.Text>
  const { method, url, headers } = request
  const lines = [`${method} ${url}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)]
  return <Code title={t('sentThen')} text={lines.join('\n')} />
}

/** Asks, and sends it again. */
export function useResend(): (delivery: { readonly id: number; readonly publicAppId: string }) => void {
  const t = useText('events')
  const confirm = useConfirm()
  const { message } = App.useApp()
  const resend = useTell('POST /openapi/event/resend/{deliveryId}')
  async function act(id: number) {
    await resend.mutateAsync({ params: { deliveryId: id } })
    message.success(t('resent'))
  }
  return ({ id, publicAppId }) =>
    confirm({
      title: t('resendOf', { app: publicAppId }),
      effect: t('resendEffect'),
      label: t('resend'),
      danger: false,
      act: () => act(id),
    })
}

function Resend({ of: delivery }: { readonly of: Delivery }) {
  const t = useText('events')
  const may = useMayOwn()
  const resend = useResend()
  if (!may('resend-event')) return null
  return (
    <Button size="small" onClick={() => resend(delivery)}>
      {t('resend')}
    </Button>
  )
}
