// Deliveries as rows; each opens what happened, at the side, with an address of its own.

import { Button, Drawer, Flex, Skeleton, Typography } from 'antd'
import type { ReactNode } from 'react'
import { useMayOwn } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import type { Query, RecordOf } from '../../api/types.ts'
import { AppName } from '../../components/app-name.tsx'
import { DataTable } from '../../components/data-table.tsx'
import type { Filter } from '../../components/filters.tsx'
import { TextLink } from '../../components/link.tsx'
import { Problem } from '../../components/problem.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useUrlState } from '../../components/url-state.ts'
import { useIsPhone } from '../../shell/shell.tsx'
import { useText } from '../../text/text.ts'
import { DeliveryCard, moods, states, usePlatformTime, useResend } from './delivery.tsx'
import { ResendChosen } from './resend-chosen.tsx'

type Row = RecordOf<'GET /openapi/event/delivery/page'>

interface DeliveryTableProps {
  readonly query: Query<'GET /openapi/event/delivery/page'>
  /** Besides event and state. */
  readonly filters?: readonly Filter[]
  readonly lead?: ReactNode
}

export function DeliveryTable({ query, filters = [], lead }: DeliveryTableProps) {
  const t = useText('events')
  const may = useMayOwn()
  const resend = useResend()
  const [{ delivery }, change] = useUrlState()
  const isOfOneApp = query?.appId !== undefined
  return (
    <>
      <DataTable
        of="GET /openapi/event/delivery/page"
        label={t('deliveriesTitle')}
        lead={lead}
        query={query}
        filters={[
          ...filters,
          { name: 'eventId', label: t('eventNo'), pattern: /^[1-9]\d{0,14}$/ },
          { name: 'state', label: t('callbackState'), options: states.map((value) => ({ value, label: t(value) })) },
        ]}
        columns={[
          {
            title: t('event'),
            render: ({ id, eventId, path }) => <Opener text={`#${eventId} ${path}`} open={() => change({ delivery: String(id) })} />,
          },
          ...(isOfOneApp
            ? []
            : [
                {
                  title: t('appName'),
                  render: (row: Row) => <AppName of={{ id: row.appId, name: row.appName }} appId={row.publicAppId} tab="events" />,
                },
              ]),
          { title: t('callbackState'), render: (row) => <Standing of={row} /> },
          { title: t('attempts'), isNumber: true, render: ({ attempts }) => attempts.toLocaleString() },
          { title: t('lastError'), render: (row) => <LastFailure of={row} /> },
          { title: t('time'), render: ({ createTime }) => <Time at={createTime} /> },
        ]}
        {...(may('resend-event')
          ? {
              actions: (row: Row) => [{ label: t('resend'), onClick: () => resend(row) }],
              bulk: (rows: readonly Row[], clear: () => void) => <ResendChosen of={rows} clear={clear} />,
              nameOf: ({ eventId, path, appName }: Row) => `#${eventId} ${path}, ${appName}`,
            }
          : {})}
        empty={{ title: t('noDeliveriesYet'), text: t('noDeliveriesYetText') }}
        refetchInterval={2_000}
      />
      <OneDelivery id={delivery} onClose={() => change({ delivery: undefined })} />
    </>
  )
}

function Opener({ text, open }: { readonly text: string; open(): void }) {
  return (
    <Button type="link" onClick={open} style={{ padding: 0, height: 'auto', whiteSpace: 'normal', textAlign: 'start' }}>
      <span style={{ overflowWrap: 'anywhere' }}>{text}</span>
    </Button>
  )
}

function Standing({ of: { state, nextTime } }: { readonly of: Row }) {
  const t = useText('events')
  const now = usePlatformTime()
  return (
    <>
      <StatusTag mood={moods[state]}>{t(state)}</StatusTag>
      {nextTime !== null && (
        <Typography.Text type="secondary" style={{ display: 'block', fontSize: 12 }}>
          {nextTime > now ? t('nextAt') : t('dueSince')} <Time at={nextTime} />
        </Typography.Text>
      )}
    </>
  )
}

function LastFailure({ of: { state, attempts, status, errorText } }: { readonly of: Row }) {
  const t = useText('events')
  if (errorText !== null) return status === null ? errorText : `${status} · ${errorText}`
  return state === 'parked' && attempts === 0 ? t('neverTried') : '–'
}

function OneDelivery({ id, onClose }: { readonly id: string | undefined; onClose(): void }) {
  const t = useText('events')
  const isPhone = useIsPhone()
  return (
    <Drawer open={id !== undefined} onClose={onClose} title={id && t('deliveryOf', { id })} size={isPhone ? '100%' : 820} destroyOnHidden>
      {id !== undefined && <WhatHappened id={id} />}
    </Drawer>
  )
}

function WhatHappened({ id }: { readonly id: string }) {
  const t = useText('events')
  const { data, error, refetch } = useAsk(
    'GET /openapi/event/delivery/{deliveryId}',
    { params: { deliveryId: id } },
    { refetchInterval: 2_000 },
  )
  if (error && !data) return <Problem error={error} retry={refetch} />
  if (!data) return <Skeleton active />
  return (
    <Flex vertical gap={16} align="stretch">
      <Flex wrap justify="space-between" gap={8}>
        <code style={{ overflowWrap: 'anywhere' }}>{data.path}</code>
        <TextLink to="/events/$id" params={{ id: String(data.eventId) }}>
          {t('toEvent', { id: data.eventId })}
        </TextLink>
      </Flex>
      <DeliveryCard of={data} isWhole />
    </Flex>
  )
}
