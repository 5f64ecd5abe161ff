// Everybody who signs in: operators and developers.

import { Button, Flex, Tag } from 'antd'
import { useState } from 'react'
import { useMay, useMe } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { type Action, DataTable } from '../../components/data-table.tsx'
import { useDeletion } from '../../components/deletion.ts'
import { ButtonLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { useRoleTitle } from '../roles/role-title.ts'
import { AddUser } from './add-user.tsx'
import { EditUser } from './edit-user.tsx'
import { SetRoles } from './set-roles.tsx'

export type User = RecordOf<'GET /openapi/user/page'>

type Open = { readonly what: 'add' } | { readonly what: 'edit' | 'roles'; readonly user: User }

export function Page() {
  const t = useText('users')
  const me = useMe()
  const may = useMay()
  const deletion = useDeletion()
  const remove = useTell('DELETE /openapi/user/delete/{id}')
  const [open, setOpen] = useState<Open>()
  const close = () => setOpen(undefined)

  function actions(user: User): Action[] {
    const drop = deletion({
      title: t('deleteOf', { name: user.username }),
      effect: t('deleteEffect'),
      act: () => remove.mutateAsync({ params: { id: user.id } }),
    })
    return [
      ...(may('edit-user') ? [{ label: t('common:edit'), onClick: () => setOpen({ what: 'edit', user }) }] : []),
      ...(may('grant-role') ? [{ label: t('setRoles'), onClick: () => setOpen({ what: 'roles', user }) }] : []),
      ...(may('delete-user') && user.id !== me.id ? [drop] : []),
    ]
  }

  const add = may('edit-user') && (
    <Button type="primary" onClick={() => setOpen({ what: 'add' })}>
      {t('add')}
    </Button>
  )
  return (
    <PageShell
      title={t('title')}
      about={t('about')}
      actions={
        <>
          <ButtonLink to="/users/details">{t('userDetails:title')}</ButtonLink>
          {add}
        </>
      }
    >
      <DataTable
        of="GET /openapi/user/page"
        label={t('title')}
        filters={[
          { name: 'username', label: t('username') },
          { name: 'nikeName', label: t('nickname') },
          { name: 'phoneNumber', label: t('phone') },
        ]}
        columns={[
          { title: t('username'), sort: 'username', render: ({ username }) => username },
          { title: t('nickname'), render: ({ nikeName }) => nikeName ?? '–' },
          { title: t('phone'), render: ({ phoneNumber }) => <span className="numbers">{phoneNumber ?? '–'}</span> },
          { title: t('email'), render: ({ email }) => email ?? '–' },
          { title: t('roles'), render: ({ roles }) => <RoleTags roles={roles} /> },
          { title: t('createdAt'), sort: 'createTime', render: ({ createTime }) => <Time at={createTime} /> },
        ]}
        actions={actions}
        empty={{ title: t('emptyTitle'), text: t('emptyText'), action: add }}
      />
      <AddUser open={open?.what === 'add'} onClose={close} />
      <EditUser user={open?.what === 'edit' ? open.user : undefined} onClose={close} />
      <SetRoles user={open?.what === 'roles' ? open.user : undefined} onClose={close} />
    </PageShell>
  )
}

function RoleTags({ roles }: Pick<User, 'roles'>) {
  const titleOf = useRoleTitle()
  if (roles.length === 0) return '–'
  return (
    <Flex wrap gap={4} style={{ display: 'inline-flex' }}>
      {roles.map(({ id, name, title }) => (
        <Tag key={id}>{titleOf(name, title)}</Tag>
      ))}
    </Flex>
  )
}
