// What an operator may change of an app, but for its limits and its security.

import { Form, Input, Switch } from 'antd'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from './app.tsx'
import { type Logo, LogoField } from './logo-field.tsx'
import { useSaveApp } from './save-app.ts'

interface Values {
  name: string
  logo?: Logo
  serviceType?: string | null
  remark?: string | null
  internal: boolean
}

export function EditApp({ app, open, onClose }: { readonly app: AppInFull; readonly open: boolean; onClose(): void }) {
  const t = useText('apps')
  const save = useSaveApp(app)
  const submit = (values: Values) => save({ ...values, serviceType: values.serviceType ?? '' })
  return (
    <FormDrawer<Values> open={open} onClose={onClose} title={t('editOf', { name: app.name })} initial={app} submit={submit}>
      <Form.Item name="name" label={t('name')} rules={[{ required: true }]}>
        <Input maxLength={64} />
      </Form.Item>
      <LogoField />
      <Form.Item name="serviceType" label={t('serviceType')}>
        <Input maxLength={64} />
      </Form.Item>
      <Form.Item name="remark" label={t('remark')}>
        <Input.TextArea maxLength={255} rows={3} />
      </Form.Item>
      <Form.Item name="internal" label={t('internal')} extra={t('internalHint')} valuePropName="checked">
        <Switch />
      </Form.Item>
    </FormDrawer>
  )
}
