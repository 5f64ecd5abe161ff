// A role: its names, and its permissions, chosen by module.

import { App, Checkbox, Flex, Form, Input, Typography } from 'antd'
import { useMe } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import { useModules } from './modules.ts'
import type { Role } from './roles.tsx'

interface Values {
  name: string
  title: string
  permissionIds: number[]
}

export function EditRole({ role, onClose }: { readonly role: Role | 'new' | undefined; onClose(): void }) {
  const t = useText('roles')
  const { message } = App.useApp()
  const add = useTell('POST /openapi/role/add')
  const edit = useTell('PUT /openapi/role/edit/{id}')
  const before = role === 'new' ? undefined : role
  async function submit(body: Values) {
    await (before ? edit.mutateAsync({ params: { id: before.id }, body }) : add.mutateAsync({ body }))
    message.success(t('common:saved'))
  }
  return (
    <FormDrawer<Values>
      open={role !== undefined}
      onClose={onClose}
      title={before ? t('editOf', { title: before.title }) : t('add')}
      about={t('editHint')}
      width={640}
      initial={before ?? { permissionIds: [] }}
      submit={submit}
    >
      <Form.Item name="title" label={t('roleTitle')} extra={t('titleHint')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={64} />
      </Form.Item>
      <Form.Item name="name" label={t('name')} extra={t('nameHint')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={64} />
      </Form.Item>
      <Form.Item name="permissionIds" noStyle>
        <PermissionField />
      </Form.Item>
    </FormDrawer>
  )
}

interface FieldProps {
  /** From `Form.Item`. */
  readonly value?: readonly number[]
  onChange?(value: number[]): void
}

function PermissionField({ value = [], onChange = () => {} }: FieldProps) {
  const t = useText('roles')
  const me = useMe()
  const modules = useModules()
  const set = (ids: readonly number[], isChosen: boolean) =>
    onChange([...value.filter((id) => !ids.includes(id)), ...(isChosen ? ids : [])])
  return (
    <Flex vertical gap={16}>
      <Typography.Text strong>
        {t('permissions')} <Typography.Text type="secondary">{t('chosen', { number: value.length })}</Typography.Text>
      </Typography.Text>
      {modules.map(({ name, title, permissions }) => {
        const own = permissions.filter((permission) => me.permissions.includes(permission.name as (typeof me.permissions)[number]))
        const chosen = own.filter(({ id }) => value.includes(id))
        return (
          <fieldset key={name} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
            <legend style={{ padding: 0, marginBottom: 4 }}>
              <Checkbox
                disabled={own.length === 0}
                checked={own.length > 0 && chosen.length === own.length}
                indeterminate={chosen.length > 0 && chosen.length < own.length}
                onChange={({ target }) => set(own.map(({ id }) => id), target.checked)} // biome-ignore format: one thought
              >
                <Typography.Text strong>{title}</Typography.Text>
              </Checkbox>
            </legend>
            <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(180px, 1fr))', gap: 4, paddingInlineStart: 24 }}>
              {permissions.map((permission) => (
                <Checkbox
                  key={permission.id}
                  styles={besideFirstLine}
                  disabled={!own.includes(permission)}
                  checked={value.includes(permission.id)}
                  onChange={({ target }) => set([permission.id], target.checked)}
                >
                  {permission.title}
                </Checkbox>
              ))}
            </div>
          </fieldset>
        )
      })}
    </Flex>
  )
}

/** Titles are of one line or of several; a box in the middle of them would stand beside nothing in particular. */
const besideFirstLine = { icon: { alignSelf: 'flex-start', marginBlockStart: 3 } } as const
