// Projects: what an app's data is bounded by.

import { Button } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { DataTable } from '../../components/data-table.tsx'
import { useDeletion } from '../../components/deletion.ts'
import { ButtonLink, TextLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import type { Action } from '../../components/row-actions.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { ProjectForm } from './project-form.tsx'

export type Project = RecordOf<'GET /openapi/project/page'>

export function Page() {
  const t = useText('projects')
  const may = useMay()
  const deletion = useDeletion()
  const remove = useTell('DELETE /openapi/project/delete/{id}')
  const [open, setOpen] = useState<Project | 'new'>()

  function actions(project: Project): Action[] {
    const edit = { label: t('common:edit'), onClick: () => setOpen(project) }
    const drop = deletion({
      title: t('deleteOf', { name: project.name }),
      effect: t('deleteEffect'),
      act: () => remove.mutateAsync({ params: { id: project.id } }),
    })
    // The source has the say over what it brought: the next pull would bring it again.
    return [...(may('edit-project') ? [edit] : []), ...(may('delete-project') && project.sourceId === null ? [drop] : [])]
  }

  const add = may('create-project') && (
    <Button type="primary" onClick={() => setOpen('new')}>
      {t('add')}
    </Button>
  )
  return (
    <PageShell
      title={t('title')}
      about={t('about')}
      actions={
        <>
          {may('view-project-source') && <ButtonLink to="/projects/sources">{t('sources')}</ButtonLink>}
          {add}
        </>
      }
    >
      <DataTable
        of="GET /openapi/project/page"
        label={t('title')}
        filters={[
          { name: 'name', label: t('name') },
          { name: 'code', label: t('code') },
        ]}
        columns={[
          { title: t('name'), sort: 'name', render: ({ name }) => name },
          { title: t('known'), render: ({ code, id }) => <code>{code ?? id}</code> },
          { title: t('remark'), minWidth: 160, render: ({ remark }) => remark || '–' },
          {
            title: t('origin'),
            isShort: true,
            render: ({ sourceId }) =>
              sourceId === null ? t('byHand') : <TextLink to="/projects/sources">{`${t('sources')} #${sourceId}`}</TextLink>,
          },
          { title: t('updatedAt'), render: ({ updateTime }) => <Time at={updateTime} /> },
        ]}
        actions={actions}
        empty={{ title: t('emptyTitle'), text: t('emptyText'), action: add }}
      />
      <ProjectForm of={open} onClose={() => setOpen(undefined)} />
    </PageShell>
  )
}
