// Where the events of an app go, and how many a second.

import { App, Form, Input, InputNumber } from 'antd'
import { useTell } from '../../api/query.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import type { EventApp } from './app-events.tsx'

interface Values {
  readonly callbackAddress?: string | null
  readonly callbackLimit?: number | null
}

export function SetCallback({ app, open, onClose }: { readonly app: EventApp; readonly open: boolean; onClose(): void }) {
  const t = useText('events')
  const { message } = App.useApp()
  const set = useTell('PUT /openapi/app/callback/{id}')
  async function submit({ callbackAddress, callbackLimit }: Values) {
    // On the wire 0 is the platform's usual.
    await set.mutateAsync({ params: { id: app.id }, body: { callbackAddress: callbackAddress || null, callbackLimit: callbackLimit ?? 0 } })
    message.success(t('common:saved'))
  }
  return (
    <FormDrawer<Values>
      open={open}
      onClose={onClose}
      title={app.callbackAddress === null ? t('setAddress') : t('changeAddress')}
      about={app.callbackAddress !== null && t('addressEffect')}
      initial={app}
      submit={submit}
    >
      <Form.Item name="callbackAddress" label={t('callback')} extra={t('addressHint')}>
        <Input inputMode="url" maxLength={500} placeholder="https://" />
      </Form.Item>
      <Form.Item name="callbackLimit" label={t('limitASecond')} extra={t('limitHint')}>
        <InputNumber min={1} max={100_000} precision={0} style={{ width: '100%' }} />
      </Form.Item>
    </FormDrawer>
  )
}
