// Every published interface that one may see.

import { Alert, Flex, Tag, Typography } from 'antd'
import { faults } from '#core/fault.ts'
import type { RecordOf } from '../../api/types.ts'
import { slugOf } from '../../components/anchor.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { Parted } from '../../components/interface-name.tsx'
import { ButtonLink, TextLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useUrlState } from '../../components/url-state.ts'
import { useText } from '../../text/text.ts'
import { useServiceTypes } from '../service-types/use-service-types.ts'

export function Page() {
  const t = useText('docs')
  const types = useServiceTypes()
  const titles = new Map(types.map(({ value, label }) => [value, label]))
  return (
    <PageShell
      title={t('title')}
      about={t('about')}
      actions={
        <>
          <ButtonLink to="/docs/errors">{t('errorsTitle')}</ButtonLink>
          <ButtonLink to="/docs/schemes">{t('schemesTitle')}</ButtonLink>
        </>
      }
    >
      <ErrorFound />
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
            render: ({ id, name, found }) => (
              <>
                <TextLink to={docAt(id)}>{name}</TextLink>
                {found && found.place !== 'name' && <FoundIn id={id} found={found} />}
              </>
            ),
          },
          { title: t('call'), minWidth: 240, render: (row) => <Call method={row.method} path={row.path} /> },
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
          { title: t('security'), isShort: true, render: ({ security }) => <Tag>{t(`security_${security}`)}</Tag> },
          { title: t('updatedAt'), render: ({ updateTime }) => <Time at={updateTime} /> },
        ]}
        empty={{ title: t('emptyTitle'), text: t('emptyText') }}
      />
    </PageShell>
  )
}

type FoundText = NonNullable<RecordOf<'GET /openapi/doc/page'>['found']>

/** Where the text stands that was searched for; of a document a link to its place. */
function FoundIn({ id, found }: { readonly id: number; readonly found: FoundText }) {
  const t = useText('docs')
  const [{ search = '' }] = useUrlState()
  const at = found.text.toLowerCase().indexOf(search.toLowerCase())
  const hash = found.heading === null ? undefined : `doc-${slugOf(found.heading)}`
  return (
    <div style={{ fontSize: 13, fontWeight: 'normal', maxWidth: 420, overflowWrap: 'anywhere', color: 'var(--ant-color-text-secondary)' }}>
      {t(`found_${found.place}`)}
      {found.heading !== null && hash && (
        <>
          {' › '}
          <TextLink to={docAt(id)} hash={hash} underline>
            {found.heading}
          </TextLink>
        </>
      )}
      {': '}
      {at < 0 ? (
        found.text
      ) : (
        <>
          {found.text.slice(0, at)}
          <mark>{found.text.slice(at, at + search.length)}</mark>
          {found.text.slice(at + search.length)}
        </>
      )}
    </div>
  )
}

/** Every interface may answer most of the errors: who looks for one of them is led to what is said of it. */
function ErrorFound() {
  const t = useText('docs')
  const [{ search = '' }] = useUrlState()
  const wanted = search.trim().toLowerCase()
  const found = Object.entries(faults).filter(([name, { code }]) => wanted.length > 3 && (name.includes(wanted) || String(code) === wanted))
  if (found.length === 0) return null
  return (
    <Alert
      type="info"
      showIcon
      title={
        <Flex wrap gap="4px 12px">
          {t('errorsFound')}
          {found.slice(0, 8).map(([name]) => (
            <TextLink key={name} to="/docs/errors" hash={name}>
              {name}
            </TextLink>
          ))}
        </Flex>
      }
    />
  )
}

export const docAt = (id: number): string => `/docs/${id}`

export function Call({ method, path }: { readonly method: string; readonly path: string }) {
  return (
    <Typography.Text code style={{ overflowWrap: 'anywhere' }}>
      {method} <Parted text={path} after="/" />
    </Typography.Text>
  )
}
