// What a developer may change of an app, but for its security.

import { App as AntApp, Form, Input } from 'antd'
import { useTell } from '../../api/query.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from '../apps/app.tsx'

interface Values {
  name: string
  remark?: string | null
  callbackAddress?: string | null
}

export function EditOwnApp({ app, open, onClose }: { readonly app: AppInFull; readonly open: boolean; onClose(): void }) {
  const t = useText('mine')
  const { message } = AntApp.useApp()
  const edit = useTell('PUT /openapi/app/edit/{id}')
  const setCallback = useTell('PUT /openapi/app/callback/{id}')
  async function submit({ name, remark, callbackAddress }: Values) {
    const params = { id: app.id }
    // First what may be refused: an address that nobody may be called at.
    if ((callbackAddress || null) !== app.callbackAddress) {
      await setCallback.mutateAsync({ params, body: { callbackAddress: callbackAddress || null } })
    }
    await edit.mutateAsync({ params, body: { name, remark: remark ?? '' } })
    message.success(t('common:saved'))
  }
  return (
    <FormDrawer<Values> open={open} onClose={onClose} title={t('editOf', { name: app.name })} initial={app} submit={submit}>
      <Form.Item name="name" label={t('name')} rules={[{ required: true }]}>
        <Input maxLength={64} />
      </Form.Item>
      <Form.Item name="callbackAddress" label={t('callback')} extra={t('callbackHint')}>
        <Input inputMode="url" maxLength={500} placeholder="https://" />
      </Form.Item>
      <Form.Item name="remark" label={t('remark')}>
        <Input.TextArea maxLength={255} rows={3} />
      </Form.Item>
    </FormDrawer>
  )
}
