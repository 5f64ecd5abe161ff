// For an app without a callback address: how its first event comes.

import { Button, Flex, Skeleton, Typography } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useMayOwn } from '../../api/me.ts'
import { Code } from '../../components/code.tsx'
import { Nothing } from '../../components/nothing.tsx'
import { Panel } from '../../components/panel.tsx'
import { useText } from '../../text/text.ts'
import type { EventApp } from './app-events.tsx'
import { SetCallback } from './set-callback.tsx'

const Receivers = lazy(() => import('./receivers.tsx'))

export function Learn({ app }: { readonly app: EventApp }) {
  const t = useText('events')
  const may = useMayOwn()
  const [isSetting, setSetting] = useState(false)
  const set = may('edit-app') && (
    <Button type="primary" onClick={() => setSetting(true)}>
      {t('setAddress')}
    </Button>
  )
  const { origin } = window.location
  const command = `APP_SECRET=… npm run -s listen -- --app ${app.appId} --forward http://localhost:3000/hook --platform ${origin}`
  return (
    <>
      <Panel>
        <Nothing title={t('learnTitle')} text={t('learnText')} action={set} />
      </Panel>
      <Panel title={t('learnLaptop')}>
        <Flex vertical gap={12}>
          <Typography.Text type="secondary">{t('learnLaptopText')}</Typography.Text>
          <Code title="npm run listen" text={command} />
        </Flex>
      </Panel>
      <Panel title={t('learnReceivers')}>
        <Flex vertical gap={12}>
          <Typography.Text type="secondary">{t('learnReceiversText')}</Typography.Text>
          <Suspense fallback={<Skeleton active />}>
            <Receivers />
          </Suspense>
        </Flex>
      </Panel>
      <SetCallback app={app} open={isSetting} onClose={() => setSetting(false)} />
    </>
  )
}
