// A new password for somebody who lost theirs, and has no phone that a code could reach.

import { Alert, App } from 'antd'
import { sentPassword } from '../../api/password.ts'
import { useTell } from '../../api/query.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import { PasswordField } from './fields.tsx'
import type { User } from './users.tsx'

interface GivePasswordProps {
  readonly user: User
  readonly open: boolean
  onClose(): void
}

export function GivePassword({ user, open, onClose }: GivePasswordProps) {
  const t = useText('users')
  const { message } = App.useApp()
  const give = useTell('PUT /openapi/user/password/{id}')
  async function submit({ password }: { password: string }) {
    const { password: newPassword, ...key } = await sentPassword(password)
    await give.mutateAsync({ params: { id: user.id }, body: { newPassword, ...key } })
    message.success(t('passwordGiven', { name: user.username }))
  }
  return (
    <FormDrawer
      open={open}
      onClose={onClose}
      title={t('passwordOf', { name: user.username })}
      about={t('givePasswordEffect')}
      submitLabel={t('givePassword')}
      initial={{}}
      submit={submit}
    >
      {user.phoneNumber && <Alert type="info" showIcon title={t('hasPhone')} style={{ marginBottom: 16 }} />}
      <PasswordField label={t('newPassword')} />
    </FormDrawer>
  )
}
