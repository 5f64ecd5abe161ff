// What an app is, its limits and its end.

import { useNavigate } from '@tanstack/react-router'
import { Button, Flex, Typography } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import { ConfirmAction } from '../../components/confirm-action.tsx'
import { Facts } from '../../components/facts.tsx'
import { Panel } from '../../components/panel.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { CallbackAddress } from '../events/callback-address.tsx'
import type { AppInFull } from './app.tsx'
import { AppExpiry } from './app-state.tsx'
import { EditApp } from './edit-app.tsx'
import { EditLimits } from './edit-limits.tsx'
import { LastDay } from './last-day.tsx'
import { SetExpiry } from './set-expiry.tsx'

export function AppOverview({ app }: { readonly app: AppInFull }) {
  const t = useText('apps')
  const may = useMay()
  const navigate = useNavigate()
  const remove = useTell('DELETE /openapi/app/{id}')
  const [open, setOpen] = useState<'edit' | 'limits' | 'expiry'>()
  const close = () => setOpen(undefined)
  const limit = (count: number | null) => <span className="numbers">{count?.toLocaleString() ?? t('unlimited')}</span>
  const edit = may('edit-app') && <Button onClick={() => setOpen('edit')}>{t('common:edit')}</Button>
  const bounds = (
    <Flex wrap gap={8}>
      {may('edit-app') && <Button onClick={() => setOpen('limits')}>{t('setLimits')}</Button>}
      {may('extend-app') && <Button onClick={() => setOpen('expiry')}>{t('setExpiry')}</Button>}
    </Flex>
  )
  return (
    <Flex vertical gap={16}>
      <Panel title={t('basics')} extra={edit}>
        <Facts
          facts={[
            [
              t('appId'),
              <Typography.Text key="id" copyable code>
                {app.appId}
              </Typography.Text>,
            ],
            [t('owner'), [app.userName, app.phoneNumber].filter(Boolean).join(' · ')],
            [t('serviceType'), app.serviceType || '–'],
            [t('internal'), app.internal ? t('common:yes') : t('common:no')],
            [t('events:callback'), <CallbackAddress key="callback" of={app} />],
            [t('remark'), app.remark || '–'],
            [t('createdAt'), <Time key="created" at={app.createTime} />],
            [t('updatedAt'), <Time key="updated" at={app.updateTime} />],
          ]}
        />
      </Panel>
      <Panel title={t('limits')} extra={bounds}>
        <Facts
          facts={[
            [t('limitCount'), limit(app.limitCount)],
            [t('dayQuota'), limit(app.dayQuota)],
            [t('monthQuota'), limit(app.monthQuota)],
            [t('expiry'), <AppExpiry key="expiry" app={app} />],
          ]}
        />
      </Panel>
      {may('delete-app') && (
        <Panel title={t('danger')}>
          <Flex wrap justify="space-between" align="center" gap={12}>
            <Typography.Text type="secondary">{t('deleteEffect')}</Typography.Text>
            <ConfirmAction
              question={{
                title: t('deleteOf', { name: app.name }),
                effect: (
                  <>
                    {t('deleteEffect')}
                    <LastDay appId={app.id} />
                  </>
                ),
                label: t('common:delete'),
                act: async () => {
                  await navigate({ to: '/apps' })
                  await remove.mutateAsync({ params: { id: app.id } })
                },
              }}
            />
          </Flex>
        </Panel>
      )}
      <EditApp app={app} open={open === 'edit'} onClose={close} />
      <EditLimits app={app} open={open === 'limits'} onClose={close} />
      <SetExpiry app={app} open={open === 'expiry'} onClose={close} />
    </Flex>
  )
}
