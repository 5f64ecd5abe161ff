// Which roles a person has: the whole set.

import { App } from 'antd'
import { useTell } from '../../api/query.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import { RolesField } from './fields.tsx'
import type { User } from './users.tsx'

export function SetRoles({ user, onClose }: { readonly user: User | undefined; onClose(): void }) {
  const t = useText('users')
  const { message } = App.useApp()
  const grant = useTell('PUT /openapi/user/role/{id}')
  async function submit({ roleIds }: { roleIds: number[] }) {
    await grant.mutateAsync({ params: { id: user!.id }, body: { roleIds } })
    message.success(t('common:saved'))
  }
  return (
    <FormDrawer
      open={user !== undefined}
      onClose={onClose}
      title={t('rolesOf', { name: user?.username })}
      initial={{ roleIds: user?.roles.map(({ id }) => id) ?? [] }}
      submit={submit}
    >
      <RolesField extra={t('rolesHint')} />
    </FormDrawer>
  )
}
