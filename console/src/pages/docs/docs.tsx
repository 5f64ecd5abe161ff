// Every published interface that one may see.

import { Flex, Tag, Typography } from 'antd'
import { DataTable } from '../../components/data-table.tsx'
import { TextLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { useServiceTypes } from '../service-types/use-service-types.ts'

export function Page() {
  const t = useText('docs')
  const types = useServiceTypes()
  const titles = new Map(types.map(({ value, label }) => [value, label]))
  return (
    <PageShell title={t('title')} about={t('about')}>
      <DataTable
        of="GET /openapi/doc/page"
        label={t('title')}
        filters={[
          { name: 'search', label: t('search') },
          { name: 'serviceType', label: t('serviceType'), options: types },
        ]}
        columns={[
          {
            title: t('name'),
            render: ({ id, name }) => <TextLink to={docAt(id)}>{name}</TextLink>,
          },
          { title: t('call'), render: (row) => <Call method={row.method} path={row.path} /> },
          {
            title: t('version'),
            render: ({ version, deprecationTime }) => (
              <Flex gap={8} align="center" style={{ display: 'inline-flex' }}>
                {version}
                {deprecationTime && <StatusTag mood="warn">{t('deprecated')}</StatusTag>}
              </Flex>
            ),
          },
          { title: t('serviceType'), render: ({ serviceType }) => titles.get(String(serviceType)) ?? serviceType },
          { title: t('security'), render: ({ security }) => <Tag>{t(`security_${security}`)}</Tag> },
          { title: t('updatedAt'), render: ({ updateTime }) => <Time at={updateTime} /> },
        ]}
        empty={{ title: t('emptyTitle'), text: t('emptyText') }}
      />
    </PageShell>
  )
}

export const docAt = (id: number): string => `/docs/${id}`

export function Call({ method, path }: { readonly method: string; readonly path: string }) {
  return (
    <Typography.Text code style={{ overflowWrap: 'anywhere' }}>
      {method} {path}
    </Typography.Text>
  )
}
