// What an app may call, and what was applied for.

import { Button, Flex, Typography } from 'antd'
import { useState } from 'react'
import { useAsk } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { InterfaceName } from '../../components/interface-name.tsx'
import { ButtonLink } from '../../components/link.tsx'
import { Nothing } from '../../components/nothing.tsx'
import { Problem } from '../../components/problem.tsx'
import { SmallTable } from '../../components/small-table.tsx'
import { type Mood, StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from '../apps/app.tsx'
import { Apply } from './apply.tsx'

/** More than anybody reads; the interfaces of one app are few. */
const shownMax = 200

export function OwnInterfaces({ app }: { readonly app: AppInFull }) {
  const t = useText('mine')
  const [isApplying, setApplying] = useState(false)
  const granted = useAsk('GET /openapi/app/config/{id}', { params: { id: app.id }, query: { size: shownMax } })
  const apply = (
    <Button type="primary" onClick={() => setApplying(true)}>
      {t('apply')}
    </Button>
  )
  if (granted.error && !granted.data) return <Problem error={granted.error} retry={granted.refetch} />
  const rows = granted.data?.records ?? []
  const limit = (count: number | null) => count?.toLocaleString() ?? t('unlimited')
  return (
    <Flex vertical gap={16}>
      <SmallTable
        title={t('granted')}
        label={t('granted')}
        extra={rows.length > 0 && apply}
        rows={rows}
        keyOf={({ id }) => id}
        empty={granted.data && <Nothing title={t('noGrants')} text={t('noGrantsText')} action={apply} />}
        columns={[
          { title: t('interface'), render: (row) => <InterfaceName of={row} to="/docs/$id" /> },
          { title: t('version'), render: ({ version }) => version },
          { title: t('limitCount'), isNumber: true, render: ({ limitCount }) => limit(limitCount) },
          { title: t('dayQuota'), isNumber: true, render: ({ dayQuota }) => limit(dayQuota) },
          { title: t('grantedAt'), render: ({ createTime }) => <Time at={createTime} /> },
          {
            title: t('common:actions'),
            render: ({ id }) => (
              <ButtonLink size="small" to="/docs/$id" params={{ id: String(id) }} search={{ tab: 'try' }}>
                {t('tryIt')}
              </ButtonLink>
            ),
          },
        ]}
      />
      <Requests app={app} />
      <Apply app={app} open={isApplying} onClose={() => setApplying(false)} />
    </Flex>
  )
}

type Request = RecordOf<'GET /openapi/app/apply/page'>
const moods: Record<Request['status'], Mood> = { waiting: 'busy', approved: 'good', refused: 'bad' }

function Requests({ app }: { readonly app: AppInFull }) {
  const t = useText('mine')
  const { data } = useAsk(
    'GET /openapi/app/apply/page',
    { query: { appId: app.appId, size: 20 } },
    // Somebody else decides, meanwhile.
    { refetchInterval: 10_000 },
  )
  if (!data || data.total === 0) return null
  return (
    <SmallTable
      title={t('requests')}
      label={t('requests')}
      rows={data.records}
      keyOf={({ id }) => id}
      columns={[
        {
          title: t('interface'),
          render: ({ interfaces }) => interfaces.map((one) => <InterfaceName key={one.id} of={one} to="/docs/$id" />),
        },
        { title: t('reason'), render: ({ reason }) => <div style={{ maxWidth: 280, whiteSpace: 'pre-wrap' }}>{reason || '–'}</div> },
        { title: t('status'), render: (request) => <Decision of={request} /> },
        { title: t('appliedAt'), render: ({ createTime }) => <Time at={createTime} /> },
      ]}
    />
  )
}

function Decision({ of: { status, answer } }: { readonly of: Request }) {
  const t = useText('mine')
  return (
    <Flex vertical align="flex-start">
      <StatusTag mood={moods[status]}>{t(`requests:${status}`)}</StatusTag>
      {answer && <Typography.Text type="secondary">{answer}</Typography.Text>}
    </Flex>
  )
}
