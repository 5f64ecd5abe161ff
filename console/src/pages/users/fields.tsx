// Fields that forms about people share.

import { Form, Input, Select } from 'antd'
import { useAsk } from '../../api/query.ts'
import { useText } from '../../text/text.ts'
import { useRoleTitle } from '../roles/role-title.ts'

export function PersonFields() {
  const t = useText('users')
  return (
    <>
      <Form.Item name="nikeName" label={t('nickname')} rules={[{ max: 64 }]}>
        <Input maxLength={64} autoComplete="off" />
      </Form.Item>
      <Form.Item name="phoneNumber" label={t('phone')} rules={[{ pattern: /^\+?[0-9]{5,20}$/, message: t('phoneWrong') }]}>
        <Input inputMode="tel" autoComplete="off" />
      </Form.Item>
    </>
  )
}

export function PasswordField({ label }: { readonly label: string }) {
  const t = useText('users')
  return (
    <Form.Item
      name="password"
      label={label}
      extra={t('passwordHint')}
      rules={[{ required: true }, { min: 8, max: 128, message: t('passwordWrong') }]}
    >
      <Input.Password autoComplete="new-password" />
    </Form.Item>
  )
}

/** All roles there are; the server says which of them this person may give. */
export function RolesField({ extra }: { readonly extra: string }) {
  const t = useText('users')
  const titleOf = useRoleTitle()
  const { data, isPending } = useAsk('GET /openapi/role/page', { query: { size: 200 } })
  const options = (data?.records ?? []).map(({ id, title, name }) => ({ value: id, label: `${titleOf(name, title)} (${name})` }))
  return (
    <Form.Item name="roleIds" label={t('roles')} extra={extra}>
      <Select mode="multiple" options={options} loading={isPending} optionFilterProp="label" />
    </Form.Item>
  )
}
