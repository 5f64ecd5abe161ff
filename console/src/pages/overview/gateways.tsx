// How the gateways are.

import { Alert } from 'antd'
import { useAsk } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { milliseconds } from '../../components/milliseconds.ts'
import { Problem } from '../../components/problem.tsx'
import { SmallTable } from '../../components/small-table.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { useText } from '../../text/text.ts'

type Gateway = Answer<'GET /openapi/stats/gateways'>[number]

export function Gateways() {
  const t = useText('overview')
  const { data, error, refetch } = useAsk('GET /openapi/stats/gateways', {}, { refetchInterval: 5_000 })
  if (error && !data) return <Problem error={error} retry={refetch} />
  if (data?.length === 0) return <Alert type="error" showIcon title={t('noGateways')} description={t('noGatewaysHint')} />
  return (
    <SmallTable
      title={t('gateways')}
      label={t('gateways')}
      rows={data ?? []}
      keyOf={({ source }) => source}
      columns={[
        { title: t('node'), render: ({ node }) => node },
        { title: t('state'), render: (gateway) => <State of={gateway} /> },
        { title: t('p95'), isNumber: true, render: ({ latency }) => (latency.p95 === null ? '–' : `≤ ${latency.p95} ms`) },
        { title: t('lateness'), isNumber: true, render: ({ lateness }) => milliseconds(lateness) },
        { title: t('connections'), isNumber: true, render: ({ connections }) => connections.toLocaleString() },
        { title: t('memory'), isNumber: true, render: ({ memory }) => `${Math.round(memory / 1_048_576)} MB` },
        { title: t('revision'), isNumber: true, render: ({ revision }) => revision },
      ]}
    />
  )
}

/** It tells every five seconds, and hears the platform every second. */
const ageMax = 15
const stalenessMsMax = 5_000

function State({ of: { age, staleness } }: { readonly of: Gateway }) {
  const t = useText('overview')
  if (age > ageMax) return <StatusTag mood="bad">{t('silent')}</StatusTag>
  if (staleness > stalenessMsMax) return <StatusTag mood="warn">{t('stale')}</StatusTag>
  return <StatusTag mood="good">{t('serving')}</StatusTag>
}
