// How each service is: its targets as gateways find them at this moment, its failures and latency in the range. Those that ail come first.

import { useAsk } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { TextLink } from '../../components/link.tsx'
import { milliseconds } from '../../components/milliseconds.ts'
import { Nothing } from '../../components/nothing.tsx'
import type { Range } from '../../components/range.tsx'
import { SmallTable } from '../../components/small-table.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { useText } from '../../text/text.ts'
import { shareOf, staying, totalsQuery } from './totals.ts'

type Service = RecordOf<'GET /openapi/service/page'>

const servicesMax = 200
const rowsMax = 8

export function Services({ range }: { readonly range: Range }) {
  const t = useText('overview')
  const services = useAsk('GET /openapi/service/page', { query: { size: servicesMax } }, { refetchInterval: 60_000 })
  const health = useAsk('GET /openapi/service/health', {}, { refetchInterval: 10_000 })
  const sums = useAsk('GET /openapi/stats/totals', { query: { ...totalsQuery(range), groupBy: 'service', orderBy: 'failed' } }, staying)
  const rows = (services.data?.records ?? [])
    .map((service) => {
      const counts = sums.data?.groups.find(({ id }) => id === service.id)
      return { service, down: downOf(service, health.data?.ailing ?? []), counts }
    })
    .sort(
      (one, other) =>
        other.down - one.down ||
        (other.counts?.failed ?? 0) - (one.counts?.failed ?? 0) ||
        (other.counts?.calls ?? 0) - (one.counts?.calls ?? 0),
    )
    .slice(0, rowsMax)
  return (
    <SmallTable
      title={t('services')}
      label={t('services')}
      extra={<TextLink to="/services">{t('allServices')}</TextLink>}
      rows={rows}
      keyOf={({ service }) => service.id}
      columns={[
        { title: t('service'), render: ({ service }) => service.name },
        { title: t('targets'), render: ({ service, down }) => <Targets all={service.targets.length} down={down} /> },
        { title: t('calls'), isNumber: true, render: ({ counts }) => (counts ? (counts.calls - counts.refused).toLocaleString() : '0') },
        {
          title: t('failedShort'),
          isNumber: true,
          render: ({ counts }) => (counts ? shareOf(counts.failed, counts.calls - counts.refused) : '–'),
        },
        { title: t('latencyShort'), isNumber: true, render: ({ counts }) => milliseconds(counts?.latency) },
      ]}
      empty={<Nothing title={services.data ? t('noServices') : t('common:loading')} />}
    />
  )
}

function downOf({ id, targets }: Service, ailing: readonly { readonly serviceId: number; readonly url: string }[]): number {
  return targets.filter(({ url }) => ailing.some((one) => one.serviceId === id && one.url === url)).length
}

function Targets({ all, down }: { readonly all: number; readonly down: number }) {
  const t = useText('overview')
  if (down === 0) return <StatusTag mood="good">{t('targetsUp', { all })}</StatusTag>
  return <StatusTag mood={down < all ? 'warn' : 'bad'}>{t('targetsDown', { all, down })}</StatusTag>
}
