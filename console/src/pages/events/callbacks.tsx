// Callback addresses that do not take their events: since when, what was answered last, how much waits; and having one tried again.

import { Typography } from 'antd'
import type { ReactNode } from 'react'
import { useMayOwn } from '../../api/me.ts'
import type { RecordOf } from '../../api/types.ts'
import { AppName } from '../../components/app-name.tsx'
import { useConfirm } from '../../components/confirm-action.tsx'
import { counted } from '../../components/counted.ts'
import { DataTable } from '../../components/data-table.tsx'
import { ButtonLink, TextLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { CallbackState } from './callback-state.tsx'
import { useRevival } from './revival.ts'

type Row = RecordOf<'GET /openapi/event/callback/page'>

export function Page() {
  const t = useText('events')
  const may = useMayOwn()
  const confirm = useConfirm()
  const revival = useRevival()
  const actions = ({ appId: id, appName: name, callbackAddress, callback: { state }, waiting, parked }: Row) => {
    if (!may('edit-app') || (state !== 'disabled' && state !== 'blocked')) return []
    const question = revival({ id, name, callbackAddress }, { waiting: counted(waiting), parked: counted(parked) }, state)
    return [{ label: question.label, onClick: () => confirm(question) }]
  }
  return (
    <PageShell
      title={t('callbacks')}
      about={t('callbacksAbout')}
      actions={<ButtonLink to="/events/deliveries">{t('allDeliveries')}</ButtonLink>}
    >
      <DataTable
        of="GET /openapi/event/callback/page"
        label={t('callbacks')}
        rowKey={({ appId }) => appId}
        filters={[
          {
            name: 'state',
            label: t('callbackState'),
            options: [
              { value: 'disabled', label: t('state_disabled') },
              { value: 'failing', label: t('state_failing') },
            ],
          },
        ]}
        columns={[
          {
            title: t('appName'),
            render: ({ appId, appName, publicAppId }) => <AppName of={{ id: appId, name: appName }} appId={publicAppId} tab="events" />,
          },
          { title: t('callbackState'), render: (row) => <Standing of={row} /> },
          { title: t('failures'), isNumber: true, render: ({ callback: { failures } }) => failures.toLocaleString() },
          { title: t('lastError'), minWidth: 160, render: (row) => <LastFailure of={row} /> },
          {
            title: t('waiting'),
            isNumber: true,
            render: ({ publicAppId, waiting }) => <Count app={publicAppId} of={waiting} state="waiting" />,
          },
          {
            title: t('parked'),
            isNumber: true,
            render: ({ publicAppId, parked }) => <Count app={publicAppId} of={parked} state="parked" />,
          },
        ]}
        actions={actions}
        empty={{ title: t('noCallbacks'), text: t('noCallbacksText') }}
        refetchInterval={10_000}
      />
    </PageShell>
  )
}

function Standing({ of: { callback } }: { readonly of: Row }) {
  const t = useText('events')
  const { disabledTime, failingTime } = callback
  return (
    <>
      <CallbackState of={callback} />
      <Small>
        {t('since')} <Time at={disabledTime ?? failingTime} />
      </Small>
    </>
  )
}

function LastFailure({ of: { lastFailure } }: { readonly of: Row }) {
  if (lastFailure === null) return '–'
  const { status, error, errorText, time } = lastFailure
  const said = errorText ?? error
  return (
    <>
      {status === null ? said : `${status} · ${said}`}
      <Small>
        <Time at={time} />
      </Small>
    </>
  )
}

const Small = ({ children }: { readonly children: ReactNode }) => (
  <Typography.Text type="secondary" style={{ display: 'block', fontSize: 12 }}>
    {children}
  </Typography.Text>
)

interface CountProps {
  /** The public id. */
  readonly app: string
  readonly of: number
  readonly state: 'waiting' | 'parked'
}

function Count({ app, of, state }: CountProps) {
  if (of === 0) return '0'
  return (
    <TextLink to="/events/deliveries" search={{ appId: app, state }}>
      {counted(of)}
    </TextLink>
  )
}
