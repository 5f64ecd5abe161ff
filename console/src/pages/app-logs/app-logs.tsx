// What apps recorded at the user centre of what people did in them.

import { Drawer, Flex } from 'antd'
import { useState } from 'react'
import type { RecordOf } from '../../api/types.ts'
import { Code } from '../../components/code.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { type Fact, Facts } from '../../components/facts.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { RangeFilter, useRange } from '../../components/range.tsx'
import { Time } from '../../components/time.tsx'
import { useIsPhone } from '../../shell/shell.tsx'
import { useText } from '../../text/text.ts'

type Entry = RecordOf<'GET /openapi/log/page'>

const types = ['A', 'U', 'D', 'S'] as const

export function Page() {
  const t = useText('appLogs')
  const isPhone = useIsPhone()
  const range = useRange('any', 'day', 'week', 'month')
  const [open, setOpen] = useState<Entry>()
  const { from, to } = range
  return (
    <PageShell title={t('title')} about={t('about')}>
      <DataTable
        of="GET /openapi/log/page"
        label={t('title')}
        lead={<RangeFilter of={range} />}
        query={{ from, to }}
        filters={[
          { name: 'appId', label: t('app') },
          { name: 'userId', label: t('userId'), pattern: /^[1-9]\d{0,9}$/ },
          { name: 'type', label: t('type'), options: types.map((value) => ({ value, label: t(value) })) },
        ]}
        columns={[
          { title: t('subject'), render: ({ title }) => title },
          { title: t('type'), isShort: true, render: ({ type }) => t(type) },
          { title: t('user'), isShort: true, render: ({ username, userId }) => `${username} (${userId})` },
          { title: t('app'), render: ({ appId }) => <code>{appId}</code> },
          { title: t('time'), render: ({ time }) => <Time at={time} /> },
        ]}
        actions={(entry) => [{ label: t('show'), onClick: () => setOpen(entry) }]}
        empty={{ title: t('emptyTitle'), text: t('emptyText') }}
      />
      <Drawer open={open !== undefined} onClose={() => setOpen(undefined)} title={open?.title} size={isPhone ? '100%' : 640}>
        {open && <InFull of={open} />}
      </Drawer>
    </PageShell>
  )
}

function InFull({ of: { time, appId, userId, username, type, data, sql } }: { readonly of: Entry }) {
  const t = useText('appLogs')
  const facts: Fact[] = [
    [t('time'), <Time key="time" at={time} />],
    [t('type'), t(type)],
    [t('user'), `${username} (${userId})`],
    [t('app'), <code key="app">{appId}</code>],
  ]
  return (
    <Flex vertical gap={16}>
      <Facts facts={facts} />
      <Code title={t('data')} text={data} />
      {sql !== null && <Code title="SQL" text={sql} />}
    </Flex>
  )
}
