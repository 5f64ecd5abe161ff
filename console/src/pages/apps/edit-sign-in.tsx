// Where OAuth may send people back to, and what the app may ask them for.

import { App as AntApp, Checkbox, Form, Input, Radio } from 'antd'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { Body } from '../../api/types.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from './app.tsx'

type Scope = NonNullable<Body<'PUT /openapi/app/edit/{id}'>['scopes']>[number]
/** What HQ grants; the compiler names one that is missing. */
const toGrant: Record<Scope, true> = { 'profile:write': true, roles: true, 'email:send': true, 'file:write': true, 'log:write': true }

interface Values {
  clientType: AppInFull['clientType']
  redirectUris?: string
  scopes?: Scope[]
}

export function EditSignIn({ app, open, onClose }: { readonly app: AppInFull; readonly open: boolean; onClose(): void }) {
  const t = useText('appSignIn')
  const may = useMay()
  const { message } = AntApp.useApp()
  const edit = useTell('PUT /openapi/app/edit/{id}')
  const grants = may('edit-app') && !app.internal
  async function submit({ clientType, redirectUris = '', scopes = [] }: Values) {
    const addresses = redirectUris.split(/\s+/).filter((address) => address !== '')
    await edit.mutateAsync({ params: { id: app.id }, body: { clientType, redirectUris: addresses, ...(grants ? { scopes } : {}) } })
    message.success(t('common:saved'))
  }
  return (
    <FormDrawer<Values>
      open={open}
      onClose={onClose}
      title={t('editOf', { name: app.name })}
      initial={{ clientType: app.clientType, redirectUris: app.redirectUris.join('\n'), scopes: app.scopes as Scope[] }}
      submit={submit}
    >
      <Form.Item name="clientType" label={t('clientType')} extra={t('clientTypeHint')}>
        <Radio.Group
          options={[
            { value: 'confidential', label: t('confidential') },
            { value: 'public', label: t('public') },
          ]}
        />
      </Form.Item>
      <Form.Item name="redirectUris" label={t('redirectUris')} extra={t('redirectUrisHint')}>
        <Input.TextArea rows={5} placeholder="https://" style={{ fontFamily: 'var(--ant-font-family-code)' }} />
      </Form.Item>
      {grants && (
        <Form.Item name="scopes" label={t('scopes')} extra={t('scopesHint')}>
          <Checkbox.Group options={Object.keys(toGrant)} />
        </Form.Item>
      )}
    </FormDrawer>
  )
}
