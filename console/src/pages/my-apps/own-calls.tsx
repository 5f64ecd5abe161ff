// The calls of one app in a range: why some were refused, in sum, and each with the way to its explanation.

import { Flex } from 'antd'
import { DataTable } from '../../components/data-table.tsx'
import { TextLink } from '../../components/link.tsx'
import { RangeFilter, useRange } from '../../components/range.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from '../apps/app.tsx'
import { Called } from '../calls/called.tsx'
import { useInterfaceFilter } from '../calls/named-filters.tsx'
import { ErrorsTable } from '../statistics/errors-table.tsx'

/** Those that a gateway answers, and a service mostly. */
const statuses = ['200', '400', '401', '403', '404', '413', '429', '500', '502', '503', '504']

export function OwnCalls({ app }: { readonly app: AppInFull }) {
  const t = useText('mine')
  const range = useRange('day', 'hour', 'today', 'week', 'month', 'year')
  const byInterface = useInterfaceFilter()
  const { from, to } = range
  return (
    <Flex vertical gap={16}>
      <RangeFilter of={range} />
      <ErrorsTable of={range} appId={String(app.id)} />
      <DataTable
        of="GET /openapi/stats/calls"
        label={t('tabCalls')}
        query={{ appId: app.appId, from, to }}
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
    </Flex>
  )
}
