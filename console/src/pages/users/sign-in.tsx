// How somebody signs in and what keeps them from it, with what an operator can do about it. One's own is changed at /account, by the password.

import { App, Button, Flex, Skeleton, Typography } from 'antd'
import { useState } from 'react'
import { useMay, useMe } from '../../api/me.ts'
import { useAsk, useTell } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { ConfirmAction } from '../../components/confirm-action.tsx'
import { Facts } from '../../components/facts.tsx'
import { Panel } from '../../components/panel.tsx'
import { Problem } from '../../components/problem.tsx'
import { useText } from '../../text/text.ts'
import { GivePassword } from './give-password.tsx'
import type { User } from './users.tsx'

type Standing = Answer<'GET /openapi/user/signIn/{id}'>

export function SignIn({ user }: { readonly user: User }) {
  const t = useText('users')
  const me = useMe()
  const may = useMay()
  const { data, error, refetch } = useAsk('GET /openapi/user/signIn/{id}', { params: { id: user.id } })
  if (error && !data) return <Problem error={error} retry={refetch} />
  return (
    <Panel title={t('signIn')}>
      {data ? (
        <Flex vertical gap={16}>
          <Facts
            facts={[
              [t('secondFactor'), data.secondFactor ? t('secondFactorOn', { count: data.recoveryCodes }) : t('common:none')],
              [t('passkeys'), data.passkeys === 0 ? t('common:none') : data.passkeys],
              [t('failures'), <span key="failures" className="numbers">{data.failures}</span>], // biome-ignore format: one row
              [t('locked'), <Locks key="locks" of={data} />],
            ]}
          />
          {user.id === me.id && (
            <div>
              <Button href="/account">{t('ownSignIn')}</Button>
            </div>
          )}
          {user.id !== me.id && may('help-sign-in') && <Help user={user} standing={data} />}
        </Flex>
      ) : (
        <Skeleton active title={false} />
      )}
    </Panel>
  )
}

function Locks({ of: { locks, codesLockedUntil } }: { readonly of: Standing }) {
  const t = useText('users')
  const told = [
    ...locks.map(({ network, until }) => t('lockedFrom', { network, until })),
    ...(codesLockedUntil ? [t('codesLocked', { until: codesLockedUntil })] : []),
  ]
  if (told.length === 0) return t('common:no')
  return (
    <Flex vertical gap={4}>
      {told.map((one) => (
        <Typography.Text key={one} type="danger">
          {one}
        </Typography.Text>
      ))}
    </Flex>
  )
}

function Help({ user, standing }: { readonly user: User; readonly standing: Standing }) {
  const t = useText('users')
  const { message } = App.useApp()
  const unlock = useTell('PUT /openapi/user/unlock/{id}')
  const remove = useTell('DELETE /openapi/user/secondFactor/{id}')
  const [isOpen, setOpen] = useState(false)
  const input = { params: { id: user.id } }
  const name = user.username
  async function saying(words: string, done: Promise<unknown>) {
    await done
    message.success(words)
  }
  const { failures, codesLockedUntil, secondFactor, passkeys } = standing
  return (
    <Flex wrap gap={8}>
      {(failures > 0 || codesLockedUntil) && (
        <ConfirmAction
          question={{
            title: t('unlockOf', { name }),
            effect: t('unlockEffect'),
            label: t('unlock'),
            danger: false,
            act: () => saying(t('unlocked', { name }), unlock.mutateAsync(input)),
          }}
        />
      )}
      <Button onClick={() => setOpen(true)}>{t('givePassword')}</Button>
      {(secondFactor || passkeys > 0) && (
        <ConfirmAction
          question={{
            title: t('removeFactorOf', { name }),
            effect: t('removeFactorEffect'),
            label: t('removeFactor'),
            act: () => saying(t('factorRemoved', { name }), remove.mutateAsync(input)),
          }}
        />
      )}
      <GivePassword user={user} open={isOpen} onClose={() => setOpen(false)} />
    </Flex>
  )
}
