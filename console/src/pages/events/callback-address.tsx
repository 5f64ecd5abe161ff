// The callback address of an app where all is told of it; it is changed where its events are, or here by who may not see those.

import { Button, Flex } from 'antd'
import { useState } from 'react'
import { useMayOwn } from '../../api/me.ts'
import { TextLink } from '../../components/link.tsx'
import { useText } from '../../text/text.ts'
import type { EventApp } from './app-events.tsx'
import { SetCallback } from './set-callback.tsx'

export function CallbackAddress({ of: app }: { readonly of: EventApp }) {
  const t = useText('events')
  const may = useMayOwn()
  const [isSetting, setSetting] = useState(false)
  const { callbackAddress } = app
  if (!may('edit-app') && (callbackAddress === null || !may('view-event'))) return callbackAddress ?? t('common:none')
  if (may('view-event'))
    return (
      <TextLink to="." search={{ tab: 'events' }}>
        {callbackAddress ?? t('setAddress')}
      </TextLink>
    )
  return (
    <Flex wrap align="center" gap="4px 12px">
      {callbackAddress !== null && <span>{callbackAddress}</span>}
      <Button size="small" onClick={() => setSetting(true)}>
        {callbackAddress === null ? t('setAddress') : t('changeAddress')}
      </Button>
      <SetCallback app={app} open={isSetting} onClose={() => setSetting(false)} />
    </Flex>
  )
}
