// Applying for interfaces. Those that anybody is given can be called at once; of the others an operator decides.

import { App as AntApp, Form, Input } from 'antd'
import { useTell } from '../../api/query.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { RemoteSelect } from '../../components/remote-select.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from '../apps/app.tsx'

interface Values {
  readonly interfaceIds: number[]
  readonly reason?: string
}

export function Apply({ app, open, onClose }: { readonly app: AppInFull; readonly open: boolean; onClose(): void }) {
  const t = useText('mine')
  const { message } = AntApp.useApp()
  const apply = useTell('POST /openapi/app/apply/{id}')
  async function submit(body: Values) {
    const { waiting } = await apply.mutateAsync({ params: { id: app.id }, body })
    message.success(waiting.length > 0 ? t('applied') : t('grantedAtOnce'))
  }
  return (
    <FormDrawer<Values>
      open={open}
      onClose={onClose}
      title={t('apply')}
      about={t('applyHint')}
      initial={{}}
      submitLabel={t('submitRequest')}
      submit={submit}
    >
      <Form.Item name="interfaceIds" label={t('interfaces')} rules={[{ required: true }]}>
        <RemoteSelect
          of="GET /openapi/doc/page"
          by="search"
          multiple
          without={app.interfaceIds}
          placeholder={t('applyFor')}
          labelOf={({ id, name, method, path }) => `${name} · ${method} ${path} · #${id}`}
        />
      </Form.Item>
      <Form.Item name="reason" label={t('reason')} extra={t('reasonHint')}>
        <Input.TextArea maxLength={500} rows={3} />
      </Form.Item>
    </FormDrawer>
  )
}
