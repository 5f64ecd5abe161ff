// The keys that sign tokens: turned in peace, or ended at once when one got out, which everybody feels.

import { App, Flex } from 'antd'
import { useAsk, useTell } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { ConfirmAction, type Question } from '../../components/confirm-action.tsx'
import { Nothing } from '../../components/nothing.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { SmallTable } from '../../components/small-table.tsx'
import { type Mood, StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'

type State = Answer<'GET /openapi/oauth/key'>['keys'][number]['state']

const moods: Record<State, Mood> = { next: 'busy', signs: 'good', verifies: 'idle' }

export function Page() {
  const t = useText('settings')
  const { data, error, refetch } = useAsk('GET /openapi/oauth/key', {}, { refetchInterval: 30_000 })
  return (
    <PageShell title={t('keys')} about={t('keysAbout')} actions={<Actions />}>
      {error && !data ? (
        <Problem error={error} retry={refetch} />
      ) : (
        <SmallTable
          title={t('keys')}
          label={t('keys')}
          rows={data?.keys ?? []}
          keyOf={({ kid }) => kid}
          columns={[
            { title: t('kid'), render: ({ kid }) => <code>{kid}</code> },
            { title: t('keyUse'), render: ({ use }) => t(`use_${use}`) },
            { title: t('keyState'), render: ({ state }) => <StatusTag mood={moods[state]}>{t(`state_${state}`)}</StatusTag> },
            { title: t('keyMade'), render: ({ createTime }) => <Time at={createTime} /> },
          ]}
          empty={<Nothing title={t('common:loading')} />}
        />
      )}
    </PageShell>
  )
}

function Actions() {
  const t = useText('settings')
  const { message } = App.useApp()
  const rotate = useTell('POST /openapi/oauth/rotateKey')
  const end = useTell('POST /openapi/oauth/endKeys')
  const turning: Question = {
    title: t('rotateOf'),
    effect: t('rotateEffect'),
    label: t('rotate'),
    danger: false,
    async act() {
      await rotate.mutateAsync({})
      message.success(t('rotated'))
    },
  }
  const ending: Question = { title: t('endKeysOf'), effect: <WhatEnds />, label: t('endKeys'), act: () => end.mutateAsync({}) }
  return (
    <Flex wrap gap={8}>
      <ConfirmAction question={turning} />
      <ConfirmAction question={ending} />
    </Flex>
  )
}

function WhatEnds() {
  const t = useText('settings')
  const lines = (of: readonly string[]) => (
    <ul style={{ margin: '4px 0 0', paddingInlineStart: 20 }}>
      {of.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
  return (
    <Flex vertical gap={12}>
      <div>
        {t('endsNow')}
        {lines([t('endsSessions'), t('endsApps'), t('endsPeople'), t('endsIdTokens')])}
      </div>
      <div>
        {t('staysNow')}
        {lines([t('staysSecrets'), t('staysRefresh'), t('staysPermanent')])}
      </div>
      <span>{t('endKeysLate')}</span>
    </Flex>
  )
}
