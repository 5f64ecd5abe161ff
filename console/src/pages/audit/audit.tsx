// Who changed what, from where, and what it was before.

import { DownloadOutlined } from '@ant-design/icons'
import { Button, Drawer, Flex } from 'antd'
import { useState } from 'react'
import type { RecordOf } from '../../api/types.ts'
import { DataTable } from '../../components/data-table.tsx'
import { type Fact, Facts } from '../../components/facts.tsx'
import type { Filter } from '../../components/filters.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { RangeFilter, useRange } from '../../components/range.tsx'
import { SmallCode } from '../../components/small-code.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useUrlState } from '../../components/url-state.ts'
import { useIsPhone } from '../../shell/shell.tsx'
import { useText } from '../../text/text.ts'
import { changesOf } from './changes.ts'
import './audit.css'

type Entry = RecordOf<'GET /openapi/audit/page'>

const actions = ['insert', 'update', 'delete', 'act'] as const
type Action = (typeof actions)[number]
const moods = { insert: 'good', update: 'busy', delete: 'bad', act: 'idle' } as const

/** What is audited; a platform that was extended may tell of more. */
const kinds = [
  'app',
  'app_secret',
  'app_project',
  'grant',
  'grant_request',
  'consent',
  'event_choice',
  'operation',
  'service',
  'service_type',
  'project',
  'project_source',
  'user',
  'user_detail',
  'user_role',
  'role',
  'role_permission',
  'passkey',
  'second_factor',
  'signing_key',
  'id_token_key',
] as const
const isKnown = (kind: string): kind is (typeof kinds)[number] => kinds.some((one) => one === kind)

/** The server reads no more than that for a text. */
const textRangeMsMax = 31 * 86_400_000

export function Page() {
  const t = useText('audit')
  const isPhone = useIsPhone()
  const [values] = useUrlState()
  const range = useRange('week', 'day', 'month', 'any')
  const [open, setOpen] = useState<Entry>()
  const { from, to } = range
  const filters: Filter[] = [
    { name: 'username', label: t('username') },
    { name: 'kind', label: t('kind'), options: kinds.map((value) => ({ value, label: t(`kind_${value}`) })) },
    { name: 'subject', label: t('subject') },
    { name: 'action', label: t('action'), options: actions.map((value) => ({ value, label: t(value) })) },
    { name: 'route', label: t('route') },
    ...(range.lengthMs <= textRangeMsMax ? [{ name: 'text', label: t('text') }] : []),
  ]
  const asked = { from, to, ...Object.fromEntries(filters.map(({ name }) => [name, values[name]])) }
  return (
    <PageShell title={t('title')} about={t('about')} actions={<Exports asked={asked} />}>
      <DataTable
        of="GET /openapi/audit/page"
        label={t('title')}
        lead={<RangeFilter of={range} />}
        query={{ from, to }}
        filters={filters}
        columns={[
          { title: t('what'), render: ({ kind, subject }) => <What kind={kind} subject={subject} /> },
          { title: t('action'), render: ({ action }) => <Done action={action as Action} /> },
          { title: t('username'), render: ({ username }) => username ?? t('nobody') },
          { title: t('ip'), render: ({ ip }) => (ip === null ? '–' : <code>{ip}</code>) },
          { title: t('route'), minWidth: 200, render: ({ route }) => (route === null ? '–' : <code>{route}</code>) },
          { title: t('time'), render: ({ time }) => <Time at={time} /> },
        ]}
        actions={(entry) => [{ label: t('show'), onClick: () => setOpen(entry) }]}
        empty={{ title: t('emptyTitle'), text: t('emptyText') }}
      />
      <Drawer
        open={open !== undefined}
        onClose={() => setOpen(undefined)}
        title={open && <What kind={open.kind} subject={open.subject} />}
        size={isPhone ? '100%' : 760}
      >
        {open && <InFull of={open} />}
      </Drawer>
    </PageShell>
  )
}

/** By its name for people, with the table and the row's id that the filters take and the API knows. */
function What({ kind, subject }: Pick<Entry, 'kind' | 'subject'>) {
  const t = useText('audit')
  return (
    <>
      {isKnown(kind) && <div>{t(`kind_${kind}`)}</div>}
      <SmallCode>{`${kind} ${subject}`}</SmallCode>
    </>
  )
}

function Done({ action }: { readonly action: Action }) {
  const t = useText('audit')
  return <StatusTag mood={moods[action]}>{t(action)}</StatusTag>
}

/** The same rows as a file, all pages of them. */
function Exports({ asked }: { readonly asked: Readonly<Record<string, string | undefined>> }) {
  const t = useText('audit')
  const given = Object.entries(asked).filter((one): one is [string, string] => Boolean(one[1]))
  return (['csv', 'ndjson'] as const).map((format) => (
    <Button
      key={format}
      icon={<DownloadOutlined />}
      href={`/openapi/audit/export?${new URLSearchParams([...given, ['format', format]])}`}
      download
    >
      {t(format)}
    </Button>
  ))
}

function InFull({ of }: { readonly of: Entry }) {
  const t = useText('audit')
  const facts: Fact[] = [
    [t('time'), <Time key="time" at={of.time} />],
    [t('username'), of.username ?? t('nobody')],
    [t('action'), <Done key="action" action={of.action as Action} />],
    [t('ip'), of.ip ?? '–'],
    [t('route'), of.route === null ? '–' : <code key="route">{of.route}</code>],
    [t('requestId'), of.requestId === null ? '–' : <code key="requestId">{of.requestId}</code>],
  ]
  return (
    <Flex vertical gap={16}>
      <Facts facts={facts} />
      <Changes of={of} />
    </Flex>
  )
}

function Changes({ of: { before, after } }: { readonly of: Entry }) {
  const t = useText('audit')
  const changes = changesOf(before, after)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section className="changes" tabIndex={0} aria-label={t('changes')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('field')}</th>
            {before && <th scope="col">{t('before')}</th>}
            {after && <th scope="col">{t('after')}</th>}
          </tr>
        </thead>
        <tbody>
          {changes.map(({ place, before: was, after: is }) => (
            <tr key={place}>
              <th scope="row">
                <code>{place}</code>
              </th>
              {before && <td>{was === undefined ? <None /> : <del>{was}</del>}</td>}
              {after && <td>{is === undefined ? <None /> : <ins>{is}</ins>}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function None() {
  const t = useText('common')
  return <span className="nothing">{t('none')}</span>
}
