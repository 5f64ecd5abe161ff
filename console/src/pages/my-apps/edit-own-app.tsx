// What a developer may change of an app, but for its security.

import { Form, Input } from 'antd'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from '../apps/app.tsx'
import { type Logo, LogoField } from '../apps/logo-field.tsx'
import { useSaveApp } from '../apps/save-app.ts'

interface Values {
  name: string
  logo?: Logo
  remark?: string | null
}

export function EditOwnApp({ app, open, onClose }: { readonly app: AppInFull; readonly open: boolean; onClose(): void }) {
  const t = useText('mine')
  const save = useSaveApp(app)
  return (
    <FormDrawer<Values> open={open} onClose={onClose} title={t('editOf', { name: app.name })} initial={app} submit={save}>
      <Form.Item name="name" label={t('name')} rules={[{ required: true }]}>
        <Input maxLength={64} />
      </Form.Item>
      <LogoField />
      <Form.Item name="remark" label={t('remark')}>
        <Input.TextArea maxLength={255} rows={3} />
      </Form.Item>
    </FormDrawer>
  )
}
