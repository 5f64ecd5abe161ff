// Who is signed in, their account, and the way out.

import { Avatar, Button, Dropdown } from 'antd'
import { goToLogin } from '../api/ask.ts'
import { useMe } from '../api/me.ts'
import { useTell } from '../api/query.ts'
import { useText } from '../text/text.ts'
import { useIsPhone } from './shell.tsx'

export function Person() {
  const t = useText('shell')
  const me = useMe()
  const isPhone = useIsPhone()
  const logout = useTell('PUT /openapi/user/logout')
  const name = me.nikeName || me.username
  const items = [
    { key: 'account', label: <a href="/account">{t('account')}</a> },
    { type: 'divider' as const },
    { key: 'logout', label: t('logout'), onClick: () => logout.mutate({}, { onSettled: goToLogin }) },
  ]
  return (
    <Dropdown trigger={['click']} menu={{ items }}>
      <Button type="text" style={{ paddingInline: 6 }}>
        <Avatar aria-hidden size={24} style={{ background: 'var(--ant-color-primary)', color: '#fff' }}>
          {name.slice(0, 1).toUpperCase()}
        </Avatar>
        <span className="hidden-visually">{t('person')}</span>
        <span className={isPhone ? 'hidden-visually' : ''}>{name}</span>
      </Button>
    </Dropdown>
  )
}
