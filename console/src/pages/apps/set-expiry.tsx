// When an app ends.

import { App as AntApp, Form, Input } from 'antd'
import { useTell } from '../../api/query.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from './app.tsx'

export function SetExpiry({ app, open, onClose }: { readonly app: AppInFull; readonly open: boolean; onClose(): void }) {
  const t = useText('apps')
  const { message } = AntApp.useApp()
  const set = useTell('PUT /openapi/app/expiration/{id}')
  async function submit({ expirationTime }: { expirationTime?: string | null }) {
    await set.mutateAsync({ params: { id: app.id }, body: { expirationTime: expirationTime || null } })
    message.success(t('common:saved'))
  }
  return (
    <FormDrawer open={open} onClose={onClose} title={t('setExpiry')} about={t('expiryHint')} initial={app} submit={submit}>
      <Form.Item
        name="expirationTime"
        label={t('expiry')}
        extra={t('expiryFormat')}
        rules={[{ pattern: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/, message: t('expiryFormat') }]}
      >
        <Input placeholder="2027-12-31 23:59:59" allowClear className="numbers" />
      </Form.Item>
    </FormDrawer>
  )
}
