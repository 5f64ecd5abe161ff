// One person: who they are, how they sign in, where they are signed in now.

import { useNavigate, useParams } from '@tanstack/react-router'
import { Button, Flex, Skeleton } from 'antd'
import { useState } from 'react'
import { useMay, useMe } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import { ConfirmAction } from '../../components/confirm-action.tsx'
import { Facts } from '../../components/facts.tsx'
import { ButtonLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Panel } from '../../components/panel.tsx'
import { Problem } from '../../components/problem.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { EditUser } from './edit-user.tsx'
import { RoleTags } from './role-tags.tsx'
import { UserSessions } from './sessions.tsx'
import { SetRoles } from './set-roles.tsx'
import { SignIn } from './sign-in.tsx'
import { useDeletionOf } from './use-deletion-of.ts'
import type { User } from './users.tsx'

export function Page() {
  const { id = '' } = useParams({ strict: false }) as { id?: string }
  const may = useMay()
  const { data: user, error, refetch } = useAsk('GET /openapi/user/info/{id}', { params: { id } })
  if (error && !user) return <Problem error={error} retry={refetch} />
  if (!user) return <Skeleton active />
  return (
    <PageShell title={user.username} about={user.nikeName} actions={<Actions user={user} />}>
      <Known user={user} />
      <SignIn user={user} />
      {may('view-session') && <UserSessions user={user} />}
    </PageShell>
  )
}

function Actions({ user }: { readonly user: User }) {
  const t = useText('users')
  const me = useMe()
  const may = useMay()
  const navigate = useNavigate()
  const deletionOf = useDeletionOf()
  const { act, ...asked } = deletionOf(user)
  async function leave() {
    await navigate({ to: '/users' })
    await act()
  }
  return (
    <>
      {may('view-audit') && (
        <ButtonLink to="/audit" search={{ username: user.username }}>
          {t('changes')}
        </ButtonLink>
      )}
      {may('delete-user') && user.id !== me.id && <ConfirmAction question={{ ...asked, act: leave }} />}
    </>
  )
}

function Known({ user }: { readonly user: User }) {
  const t = useText('users')
  const may = useMay()
  const [open, setOpen] = useState<'edit' | 'roles'>()
  const close = () => setOpen(undefined)
  const change = (
    <Flex gap={8}>
      {may('grant-role') && <Button onClick={() => setOpen('roles')}>{t('setRoles')}</Button>}
      {may('edit-user') && <Button onClick={() => setOpen('edit')}>{t('common:edit')}</Button>}
    </Flex>
  )
  return (
    <Panel title={t('known')} extra={change}>
      <Facts
        facts={[
          [t('username'), user.username],
          [t('nickname'), user.nikeName ?? '–'],
          [t('phone'), <span key="phone" className="numbers">{user.phoneNumber ?? '–'}</span>], // biome-ignore format: one row
          [t('email'), user.email ?? '–'],
          [t('roles'), <RoleTags key="roles" roles={user.roles} />],
          [t('createdAt'), <Time key="created" at={user.createTime} />],
        ]}
      />
      <EditUser user={open === 'edit' ? user : undefined} onClose={close} />
      <SetRoles user={open === 'roles' ? user : undefined} onClose={close} />
    </Panel>
  )
}
