// A person that an operator brings in; developers register themselves.

import { App, Form, Input } from 'antd'
import { useMay } from '../../api/me.ts'
import { sentPassword } from '../../api/password.ts'
import { useTell } from '../../api/query.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import { PasswordField, PersonFields, RolesField } from './fields.tsx'

interface Values {
  username: string
  password: string
  nikeName?: string
  phoneNumber?: string
  roleIds?: number[]
}

export function AddUser({ open, onClose }: { readonly open: boolean; onClose(): void }) {
  const t = useText('users')
  const { message } = App.useApp()
  const may = useMay()
  const add = useTell('POST /openapi/user/add')
  async function submit({ password, roleIds = [], ...person }: Values) {
    await add.mutateAsync({ body: { ...person, ...(await sentPassword(password)), roleIds } })
    message.success(t('added', { name: person.username }))
  }
  return (
    <FormDrawer<Values> open={open} onClose={onClose} title={t('add')} initial={{}} submit={submit}>
      <Form.Item
        name="username"
        label={t('username')}
        extra={t('usernameHint')}
        rules={[{ required: true }, { pattern: /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,63}$/u, message: t('usernameWrong') }]}
      >
        <Input autoComplete="off" autoFocus />
      </Form.Item>
      <PasswordField label={t('password')} />
      <PersonFields />
      {may('grant-role') && <RolesField extra={t('rolesHint')} />}
    </FormDrawer>
  )
}
