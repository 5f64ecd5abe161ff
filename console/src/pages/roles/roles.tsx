// Roles, and the permissions that they are made of.

import { Button, Flex, Tag, Typography } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { DataTable } from '../../components/data-table.tsx'
import { useDeletion } from '../../components/deletion.ts'
import { PageShell } from '../../components/page-shell.tsx'
import type { Action } from '../../components/row-actions.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { EditRole } from './edit-role.tsx'
import { useModules } from './modules.ts'
import { useRoleTitle } from './role-title.ts'

export type Role = RecordOf<'GET /openapi/role/page'>

export function Page() {
  const t = useText('roles')
  const may = useMay()
  const titleOf = useRoleTitle()
  const deletion = useDeletion()
  const remove = useTell('DELETE /openapi/role/delete/{id}')
  const [open, setOpen] = useState<Role | 'new'>()

  function actions(role: Role): Action[] {
    if (role.builtIn || !may('edit-role')) return []
    const drop = deletion({
      title: t('deleteOf', { title: role.title }),
      effect: t('deleteEffect'),
      act: () => remove.mutateAsync({ params: { id: role.id } }),
    })
    return [{ label: t('common:edit'), onClick: () => setOpen(role) }, drop]
  }
  const add = may('edit-role') && (
    <Button type="primary" onClick={() => setOpen('new')}>
      {t('add')}
    </Button>
  )
  return (
    <PageShell title={t('title')} about={t('about')} actions={add}>
      <DataTable
        of="GET /openapi/role/page"
        label={t('title')}
        filters={[
          { name: 'title', label: t('roleTitle') },
          { name: 'name', label: t('name') },
        ]}
        columns={[
          { title: t('roleTitle'), render: (role) => <RoleName role={role} title={titleOf(role.name, role.title)} /> },
          { title: t('name'), render: ({ name }) => <code>{name}</code> },
          { title: t('permissions'), minWidth: 260, render: (role) => <Permissions of={role} /> },
          { title: t('createdAt'), render: ({ createTime }) => <Time at={createTime} /> },
        ]}
        actions={actions}
        empty={{ title: t('emptyTitle'), text: t('emptyText'), action: add }}
      />
      <EditRole role={open} onClose={() => setOpen(undefined)} />
    </PageShell>
  )
}

function RoleName({ role, title }: { readonly role: Role; readonly title: string }) {
  const t = useText('roles')
  return (
    <Flex gap={8} align="center" style={{ display: 'inline-flex', whiteSpace: 'nowrap' }}>
      {title}
      {role.builtIn && <Tag>{t('builtIn')}</Tag>}
    </Flex>
  )
}

/** By module, so that it can be read: 37 names in a row cannot. */
function Permissions({ of: { name, permissionIds } }: { readonly of: Role }) {
  const t = useText('roles')
  const modules = useModules()
  if (name === 'admin') return t('permissionsAll')
  if (name === 'developer') return t('permissionsOwn')
  const own = modules.map(({ title, permissions }) => ({ title, own: permissions.filter(({ id }) => permissionIds.includes(id)) }))
  if (permissionIds.length === 0) return '–'
  return (
    <ul style={{ margin: 0, padding: 0, listStyle: 'none' }}>
      {own
        .filter((module) => module.own.length > 0)
        .map((module) => (
          <li key={module.title}>
            <Typography.Text type="secondary">{module.title}: </Typography.Text>
            {module.own.map(({ title }) => title).join(', ')}
          </li>
        ))}
    </ul>
  )
}
