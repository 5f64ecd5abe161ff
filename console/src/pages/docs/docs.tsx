// Every published interface that one may see.

import { Flex, Tag, Typography } from 'antd'
import { useAsk } from '../../api/query.ts'
import { DataTable } from '../../components/data-table.tsx'
import { TextLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useLanguage, useText } from '../../text/text.ts'

export function Page() {
  const t = useText('docs')
  const language = useLanguage()
  const { data: types } = useAsk('GET /openapi/serviceType/page', { query: { size: 200 } })
  const titles = new Map((types?.records ?? []).map(({ id, titleZh, titleEn }) => [id, language === 'en' ? titleEn : titleZh]))
  return (
    <PageShell title={t('title')} about={t('about')}>
      <DataTable
        of="GET /openapi/doc/page"
        label={t('title')}
        filters={[
          { name: 'search', label: t('search') },
          { name: 'serviceType', label: t('serviceType'), options: [...titles].map(([id, label]) => ({ value: String(id), label })) },
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
          { title: t('serviceType'), render: ({ serviceType }) => titles.get(serviceType) ?? serviceType },
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
