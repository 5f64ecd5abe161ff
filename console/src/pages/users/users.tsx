// Everybody who signs in: operators and developers.

import { Button } from 'antd'
import { useState } from 'react'
import { useMay, useMe } from '../../api/me.ts'
import type { Answer } from '../../api/types.ts'
import { useConfirm } from '../../components/confirm-action.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { ButtonLink, TextLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import type { Action } from '../../components/row-actions.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { AddUser } from './add-user.tsx'
import { EditUser } from './edit-user.tsx'
import { RoleTags } from './role-tags.tsx'
import { SetRoles } from './set-roles.tsx'
import { useDeletionOf } from './use-deletion-of.ts'

export type User = Answer<'GET /openapi/user/info/{id}'>

type Open = { readonly what: 'add' } | { readonly what: 'edit' | 'roles'; readonly user: User }

export function Page() {
  const t = useText('users')
  const me = useMe()
  const may = useMay()
  const confirm = useConfirm()
  const deletionOf = useDeletionOf()
  const [open, setOpen] = useState<Open>()
  const close = () => setOpen(undefined)

  function actions(user: User): Action[] {
    const drop = { label: t('common:delete'), danger: true, onClick: () => confirm(deletionOf(user)) }
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
          {
            title: t('username'),
            sort: 'username',
            render: ({ id, username }) => (
              <TextLink to="/users/$id" params={{ id: String(id) }}>
                {username}
              </TextLink>
            ),
          },
          { title: t('nickname'), minWidth: 120, render: ({ nikeName }) => nikeName ?? '–' },
          { title: t('phone'), render: ({ phoneNumber }) => <span className="numbers">{phoneNumber ?? '–'}</span> },
          { title: t('email'), minWidth: 160, render: ({ email }) => <span style={{ overflowWrap: 'anywhere' }}>{email ?? '–'}</span> },
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
