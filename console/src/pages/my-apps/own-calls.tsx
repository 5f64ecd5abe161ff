// The calls of one app since yesterday, each with the way to its explanation.

import { useAsk } from '../../api/query.ts'
import { DataTable } from '../../components/data-table.tsx'
import { TextLink } from '../../components/link.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from '../apps/app.tsx'
import { Called } from '../calls/called.tsx'
import { useInterfaceFilter } from '../calls/named-filters.tsx'

/** Those that a gateway answers, and a service mostly. */
const statuses = ['200', '400', '401', '403', '404', '413', '429', '500', '502', '503', '504']

export function OwnCalls({ app }: { readonly app: AppInFull }) {
  const t = useText('mine')
  const byInterface = useInterfaceFilter()
  // The platform's days, which are not those of a browser elsewhere.
  const { data } = useAsk('GET /openapi/stats/series', { query: { step: 'day', groupBy: 'status', appId: app.appId } })
  if (!data) return null
  const [yesterday, today] = data.starts.slice(-2) as [string, string]
  return (
    <DataTable
      of="GET /openapi/stats/calls"
      label={t('tabCalls')}
      query={{ appId: app.appId, from: yesterday, to: `${today.slice(0, 10)} 23:59:59` }}
      filters={[byInterface, { name: 'status', label: t('httpStatus'), options: statuses.map((value) => ({ value, label: value })) }]}
      rowKey={({ requestId }) => requestId}
      columns={[
        { title: t('common:time'), render: ({ time }) => <Time at={time} /> },
        { title: t('call'), render: (call) => <Called of={call} /> },
        { title: t('httpStatus'), render: ({ status }) => <StatusTag mood={status < 400 ? 'good' : 'bad'}>{status}</StatusTag> },
        { title: t('latency'), isNumber: true, render: ({ latency }) => latency.toLocaleString() },
        {
          title: t('outcome'),
          render: ({ error, requestId }) => (
            <TextLink to="/explain" search={{ requestId }}>
              {error ?? t('answered')}
            </TextLink>
          ),
        },
      ]}
      empty={{ title: t('noCalls'), text: t('noCallsText') }}
    />
  )
}
