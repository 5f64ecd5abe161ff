// By which settings the platform runs. They are environment variables, read at the start: here they are only shown.

import { Flex, Tag, Typography } from 'antd'
import { useMay } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { DataTable } from '../../components/data-table.tsx'
import { ButtonLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Words } from '../../components/words.tsx'
import { useText } from '../../text/text.ts'

type Setting = RecordOf<'GET /openapi/setting/page'>

export function Page() {
  const t = useText('settings')
  const { data } = useAsk('GET /openapi/setting/page', { query: { size: 1 } })
  const may = useMay()
  const actions = (
    <Flex wrap gap={8} align="center">
      {data && <Tag>{t('version', { version: data.version })}</Tag>}
      {may('rotate-oauth-key') && <ButtonLink to="/settings/keys">{t('keys')}</ButtonLink>}
    </Flex>
  )
  return (
    <PageShell title={t('title')} about={t('about')} actions={actions}>
      <DataTable
        of="GET /openapi/setting/page"
        label={t('title')}
        filters={[{ name: 'text', label: t('search') }]}
        rowKey={({ name }) => name}
        columns={[
          { title: t('name'), render: (setting) => <Name of={setting} /> },
          { title: t('value'), minWidth: 160, render: (setting) => <Value of={setting} /> },
          { title: t('default'), minWidth: 130, render: ({ defaultValue }) => <Literal text={defaultValue} /> },
        ]}
        empty={{ title: t('emptyTitle'), text: '' }}
      />
    </PageShell>
  )
}

function Name({ of: { name, meaning, pending } }: { readonly of: Setting }) {
  const t = useText('settings')
  return (
    <div style={{ minWidth: 240, maxWidth: 560 }}>
      <code style={{ overflowWrap: 'anywhere' }}>{name}</code> {pending && <Tag>{t('pending')}</Tag>}
      <Typography.Paragraph type="secondary" style={{ margin: 0, fontWeight: 'normal' }}>
        <Words text={meaning} />
      </Typography.Paragraph>
    </div>
  )
}

function Value({ of: { secret, isSet, value, defaultValue } }: { readonly of: Setting }) {
  const t = useText('settings')
  if (secret) return isSet ? t('set') : t('notSet')
  return (
    <>
      <Literal text={value} /> {value !== defaultValue && <Tag color="blue">{t('changed')}</Tag>}
    </>
  )
}

function Literal({ text }: { readonly text: string | null }) {
  if (text === null) return '–'
  return <code style={{ display: 'inline-block', maxWidth: 280, overflowWrap: 'anywhere' }}>{text}</code>
}
