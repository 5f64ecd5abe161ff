// What is known of a person. A field that is left empty stays as it was, as the API has it.

import { App, Form, Input } from 'antd'
import { useTell } from '../../api/query.ts'
import type { Body } from '../../api/types.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import { PersonFields } from './fields.tsx'
import type { User } from './users.tsx'

type Values = Body<'PUT /openapi/user/edit/{id}'>

export function EditUser({ user, onClose }: { readonly user: User | undefined; onClose(): void }) {
  const t = useText('users')
  const { message } = App.useApp()
  const edit = useTell('PUT /openapi/user/edit/{id}')
  async function submit(body: Values) {
    await edit.mutateAsync({ params: { id: user!.id }, body })
    message.success(t('common:saved'))
  }
  return (
    <FormDrawer<Values>
      open={user !== undefined}
      onClose={onClose}
      title={t('editOf', { name: user?.username })}
      initial={{ nikeName: user?.nikeName, phoneNumber: user?.phoneNumber, email: user?.email }}
      submit={submit}
    >
      <PersonFields />
      <Form.Item name="email" label={t('email')} rules={[{ type: 'email', message: t('emailWrong') }]}>
        <Input inputMode="email" autoComplete="off" />
      </Form.Item>
    </FormDrawer>
  )
}
