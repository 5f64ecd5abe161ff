// What an app is, what is left of its limits, and its calls over the last month.

import { Alert, Button, Card, Flex, Typography } from 'antd'
import { useState } from 'react'
import { useAsk } from '../../api/query.ts'
import { Chart } from '../../components/chart.tsx'
import { Facts } from '../../components/facts.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from '../apps/app.tsx'
import { AppExpiry } from '../apps/app-state.tsx'
import { CallbackAddress } from '../events/callback-address.tsx'
import { EditOwnApp } from './edit-own-app.tsx'

export function OwnBasics({ app }: { readonly app: AppInFull }) {
  const t = useText('mine')
  const [isEditing, setEditing] = useState(false)
  const appId = (
    <Typography.Text copyable code>
      {app.appId}
    </Typography.Text>
  )
  return (
    <Flex vertical gap={16}>
      {app.status === 1 && <Alert type="info" showIcon title={t('disabledTitle')} description={t('disabledText')} />}
      <Card size="small" title={t('basics')} extra={<Button onClick={() => setEditing(true)}>{t('common:edit')}</Button>}>
        <Facts
          facts={[
            ['appId', appId],
            [t('expiry'), <AppExpiry key="expiry" app={app} />],
            [t('events:callback'), <CallbackAddress key="callback" of={app} />],
            [t('remark'), app.remark || '–'],
            [t('createdAt'), <Time key="created" at={app.createTime} />],
          ]}
        />
      </Card>
      <Limits app={app} />
      <OwnSeries app={app} />
      <EditOwnApp app={app} open={isEditing} onClose={() => setEditing(false)} />
    </Flex>
  )
}

function Limits({ app }: { readonly app: AppInFull }) {
  const t = useText('mine')
  const { data } = useAsk('GET /openapi/stats/current', { query: { appId: app.appId } }, { refetchInterval: 10_000 })
  function quota(max: number | null, used: number | undefined) {
    if (max === null) return t('unlimited')
    if (used === undefined) return max.toLocaleString()
    return t('left', { max: max.toLocaleString(), left: Math.max(0, max - used).toLocaleString() })
  }
  return (
    <Card size="small" title={t('limits')}>
      <Facts
        facts={[
          [t('limitCount'), app.limitCount?.toLocaleString() ?? t('unlimited')],
          [t('dayQuota'), quota(app.dayQuota, data?.day)],
          [t('monthQuota'), quota(app.monthQuota, data?.month)],
        ]}
      />
    </Card>
  )
}

function OwnSeries({ app }: { readonly app: AppInFull }) {
  const t = useText('mine')
  const { data } = useAsk('GET /openapi/stats/series', { query: { step: 'day', groupBy: 'status', appId: app.appId } })
  const { calls = [], refused = [], failed = [] } = data?.total ?? {}
  return (
    <Chart
      title={t('callsOfMonth')}
      times={data?.starts ?? []}
      kind="bar"
      isStacked
      series={[
        { name: t('overview:answered'), values: calls.map((all, at) => all - refused[at]! - failed[at]!), color: 'colorPrimary' },
        { name: t('overview:refused'), values: refused, color: 'colorWarning' },
        { name: t('overview:failed'), values: failed, color: 'colorError' },
      ]}
    />
  )
}
