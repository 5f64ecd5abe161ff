// All interfaces: published ones and drafts.

import { Button, Dropdown } from 'antd'
import { useMay } from '../../api/me.ts'
import type { RecordOf } from '../../api/types.ts'
import { DataTable } from '../../components/data-table.tsx'
import { Target } from '../../components/interface-name.tsx'
import { ButtonLink, TextLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import type { Action } from '../../components/row-actions.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { useServiceTypes } from '../service-types/use-service-types.ts'
import { InterfaceStatus } from './interface-status.tsx'
import { useInterfaceActions } from './use-interface-actions.tsx'

export type Interface = RecordOf<'GET /openapi/interface/page'>

export function Page() {
  const t = useText('interfaces')
  const may = useMay()
  const act = useInterfaceActions()
  const serviceTypes = useServiceTypes()

  function actions(one: Interface): Action[] {
    const isServed = one.status === 1 && one.enable === 0
    return [
      ...(may('publish-interface') && (!isServed || one.tripped)
        ? [{ label: one.tripped ? t('reopen') : t('publish'), onClick: () => act.publish(one) }]
        : []),
      ...(may('publish-interface') && isServed ? [{ label: t('disable'), onClick: () => act.disable(one) }] : []),
      ...(may('delete-interface') ? [{ label: t('common:delete'), danger: true, onClick: () => act.remove([one]) }] : []),
    ]
  }

  const add = may('create-interface') && (
    <ButtonLink type="primary" to="/interfaces/new">
      {t('add')}
    </ButtonLink>
  )
  const bulk = (rows: readonly Interface[], clear: () => void) => (
    <>
      {may('export-interface') && <Export label={t('exportOf', { count: rows.length })} ids={rows.map(({ id }) => id)} />}
      {may('delete-interface') && (
        <Button danger onClick={() => act.remove(rows, clear)}>
          {t('deleteSome', { count: rows.length })}
        </Button>
      )}
    </>
  )
  return (
    <PageShell
      title={t('title')}
      about={t('about')}
      actions={
        <>
          {may('import-interface') && <ButtonLink to="/interfaces/import">{t('import')}</ButtonLink>}
          {may('export-interface') && <Export label={t('export')} />}
          {add}
        </>
      }
    >
      <DataTable
        of="GET /openapi/interface/page"
        label={t('title')}
        filters={[
          { name: 'name', label: t('name') },
          { name: 'path', label: t('path') },
          { name: 'serviceType', label: t('serviceType'), options: serviceTypes },
          {
            name: 'status',
            label: t('status'),
            options: [
              { value: '1', label: t('published') },
              { value: '0', label: t('draft') },
            ],
          },
        ]}
        columns={[
          { title: t('name'), sort: 'name', render: (one) => <Name of={one} /> },
          {
            title: t('path'),
            sort: 'path',
            minWidth: 240,
            render: ({ method, path }) => <Target method={method ?? ''} path={path ?? ''} />,
          },
          { title: t('version'), isShort: true, render: ({ version }) => version },
          { title: t('status'), render: (one) => <InterfaceStatus of={one} /> },
          { title: t('security'), isShort: true, render: ({ security }) => (security ? t(security) : '–') },
          { title: t('updatedAt'), render: ({ updateTime }) => <Time at={updateTime} /> },
        ]}
        actions={actions}
        {...(may('export-interface') || may('delete-interface')
          ? { bulk, nameOf: ({ name, version }: Interface) => `${name} ${version}` }
          : {})}
        empty={{ title: t('emptyTitle'), text: t('emptyText'), action: add }}
      />
    </PageShell>
  )
}

const Name = ({ of: { id, name } }: { readonly of: Interface }) => (
  <TextLink to="/interfaces/$id" params={{ id: String(id) }}>
    {name}
  </TextLink>
)

/** Links, so that the browser does the saving; the session's cookie goes with them. */
function Export({ label, ids }: { readonly label: string; readonly ids?: readonly number[] }) {
  const t = useText('interfaces')
  const forms = { json: t('exportJson'), xlsx: t('exportXlsx'), openapi: t('exportOpenapi'), 'openapi-yaml': t('exportYaml') }
  const items = Object.entries(forms).map(([format, title]) => {
    const query = new URLSearchParams({ format, ...(ids ? { ids: ids.join(',') } : {}) })
    return {
      key: format,
      label: (
        <a href={`/openapi/interface/export?${query}`} download={format === 'json' ? 'interfaces.json' : ''}>
          {title}
        </a>
      ),
    }
  })
  return (
    <Dropdown trigger={['click']} menu={{ items }}>
      <Button>{label}</Button>
    </Dropdown>
  )
}
