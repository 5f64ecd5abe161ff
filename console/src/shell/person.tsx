// Who is signed in, their account, and the way out.

import { Avatar, Button, Dropdown } from 'antd'
import { ask } from '../api/ask.ts'
import { useMe } from '../api/me.ts'
import { useText } from '../text/text.ts'
import { useIsPhone } from './shell.tsx'

/** Also when the session had ended already. */
const leave = () => ask('PUT /openapi/user/logout', {}).finally(() => window.location.assign('/login'))

export function Person() {
  const t = useText('shell')
  const me = useMe()
  const isPhone = useIsPhone()
  const name = me.nikeName || me.username
  const items = [
    { key: 'account', label: <a href="/account">{t('account')}</a> },
    { type: 'divider' as const },
    { key: 'logout', label: t('logout'), onClick: leave },
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
