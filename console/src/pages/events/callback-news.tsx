// Why events of an app do not go out now, each reason with what ends it.

import { Alert, App, Button, Flex } from 'antd'
import { useState } from 'react'
import { useMayOwn } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { ConfirmAction } from '../../components/confirm-action.tsx'
import { Problem } from '../../components/problem.tsx'
import { useText } from '../../text/text.ts'
import type { Choice, Counts, EventApp } from './app-events.tsx'
import { useFlow } from './pause.ts'
import { useRevival } from './revival.ts'

interface CallbackNewsProps {
  readonly app: EventApp
  readonly choice: Choice
  readonly counts: Counts
}

export function CallbackNews({ app, choice, counts }: CallbackNewsProps) {
  const t = useText('events')
  const may = useMayOwn()
  const flow = useFlow(app, counts)
  const { state, failures, blockedTime, disabledTime, disabledWhy } = choice.callback
  const revival = useRevival()
  const revive = (state: 'disabled' | 'blocked') => may('edit-app') && <ConfirmAction question={revival(app, counts, state)} />
  return (
    <>
      {choice.paused && (
        <Alert
          type="warning"
          showIcon
          title={t('pausedTitle')}
          description={t('pausedHint', { time: choice.pausedTime ?? '', number: counts.waiting })}
          action={may('edit-app') && <ConfirmAction question={flow.resume} />}
        />
      )}
      {choice.listening && <Alert type="info" showIcon title={t('listeningTitle')} description={t('listeningHint')} />}
      {state === 'disabled' && (
        <Alert
          type="error"
          showIcon
          title={t(`why_${disabledWhy ?? 'failing'}`, { time: disabledTime ?? '' })}
          description={t('disabledHint')}
          action={revive('disabled')}
        />
      )}
      {state === 'blocked' && (
        <Alert
          type="warning"
          showIcon
          title={t('blockedTitle', { time: blockedTime ?? '' })}
          description={t('blockedHint', { number: failures.toLocaleString() })}
          action={revive('blocked')}
        />
      )}
      {state === 'pending' && <Pending app={app} />}
    </>
  )
}

type Verdict = Answer<'POST /openapi/app/callback/verify/{id}'>

/** Asks the address for its challenge again, and shows what it said when that was wrong. */
function Pending({ app: { id } }: { readonly app: EventApp }) {
  const t = useText('events')
  const may = useMayOwn()
  const { message } = App.useApp()
  const verify = useTell('POST /openapi/app/callback/verify/{id}')
  const [verdict, setVerdict] = useState<Verdict>()
  async function ask() {
    const said = await verify.mutateAsync({ params: { id } })
    if (said.error === null) message.success(t('verified'))
    else setVerdict(said)
  }
  const button = (
    <Button onClick={() => ask().catch(() => {})} loading={verify.isPending}>
      {t('verify')}
    </Button>
  )
  return (
    <Alert
      type="info"
      showIcon
      title={t('pendingTitle')}
      description={
        <Flex vertical gap={8}>
          {t('pendingHint')}
          {verify.error && <Problem error={verify.error} />}
          {verdict && !verify.error && <strong>{verdict.errorText}</strong>}
          {verdict?.response && !verify.error && (
            <span style={{ overflowWrap: 'anywhere' }}>
              {t('answered')} <code>{verdict.response}</code>
            </span>
          )}
        </Flex>
      }
      action={may('edit-app') && button}
    />
  )
}
